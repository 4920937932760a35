package simulator

import "encoding/binary"

// wavHeader is everything of a WAV file before its samples: A-law, 8 kHz, mono.
// https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html
func wavHeader(size int64) []byte {
	const header = 58
	samples := uint32(max(size-header, 0))
	b := make([]byte, 0, header)
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, header-8+samples+samples%2)
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 18)
	b = binary.LittleEndian.AppendUint16(b, 6)    // A-law
	b = binary.LittleEndian.AppendUint16(b, 1)    // mono
	b = binary.LittleEndian.AppendUint32(b, 8000) // samples a second
	b = binary.LittleEndian.AppendUint32(b, 8000) // bytes a second
	b = binary.LittleEndian.AppendUint16(b, 1)    // bytes a sample
	b = binary.LittleEndian.AppendUint16(b, 8)    // bits a sample
	b = binary.LittleEndian.AppendUint16(b, 0)    // no extension
	b = append(b, "fact"...)
	b = binary.LittleEndian.AppendUint32(b, 4)
	b = binary.LittleEndian.AppendUint32(b, samples)
	b = append(b, "data"...)
	return binary.LittleEndian.AppendUint32(b, samples)
}

// mp3Frame is the length of a frame: 72 * 16 kbit/s / 8 kHz.
const mp3Frame = 144

// frames puts the start of every frame over the bytes p; the first frame is at
// the offset first. A frame begins with its header, MPEG-2.5 layer III without a
// checksum, 16 kbit/s, 8 kHz, mono, and nine bytes of side information that say
// that the frame is silent: so the noise behind them is ancillary data, and the
// stream can be decoded.
func frames(p []byte, at, first int64) {
	start := []byte{0xff, 0xe3, 0x28, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	offset := first
	if at > first {
		offset = at - (at-first)%mp3Frame
	}
	for ; offset < at+int64(len(p)); offset += mp3Frame {
		overlay(p, at, offset, start)
	}
}

// id3Tag is a tag with one text, the encoder's name.
// https://id3.org/id3v2.4.0-structure
func id3Tag() []byte {
	const name = "simulator"
	frame := append([]byte("TSSE\x00\x00\x00"), byte(1+len(name)), 0, 0, 0) // size, flags, Latin-1
	frame = append(frame, name...)
	return append([]byte("ID3\x04\x00\x00\x00\x00\x00"+string(rune(len(frame)))), frame...)
}
