package simulator

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
)

// Format is how a recording is written.
type Format int

// The formats of recordings.
const (
	// WAV is A-law, 8 kHz, mono, as Huawei keeps recordings.
	WAV Format = iota
	// MP3 is a bare stream of frames, MPEG-2.5 layer III, 8 kHz, mono: the sample
	// address of Alibaba Cloud's page ends in .mp3, the rest is inferred.
	MP3
	// ID3 is MP3 behind an ID3v2 tag.
	ID3
)

// ContentType is what a storage calls the format; inferred.
func (f Format) ContentType() string {
	if f == WAV {
		return "audio/x-wav"
	}
	return "audio/mpeg"
}

// Ext is the end of a file's name: ".wav" or ".mp3".
func (f Format) Ext() string {
	if f == WAV {
		return ".wav"
	}
	return ".mp3"
}

// Audio is a recording that is never held in memory: its bytes follow from its
// format, size and seed, wherever one begins to read.
type Audio struct {
	// Format of the file.
	Format Format
	// Size in bytes. A file too small for its own header is cut off inside it.
	Size int64
	// Seed makes the noise that one hears.
	Seed uint64
}

// ErrSeek: somebody seeks to before the start.
var ErrSeek = errors.New("seek before the start of the recording")

// Open returns a reader of the file, at its start.
func (a Audio) Open() io.ReadSeeker { return &reader{audio: a} }

// SHA256 is the digest of the file, in hexadecimal digits.
func (a Audio) SHA256() string {
	h := sha256.New()
	_, _ = io.Copy(h, a.Open()) // neither of them fails
	return hex.EncodeToString(h.Sum(nil))
}

// reader reads a recording.
type reader struct {
	audio Audio
	at    int64
}

// Read makes the next bytes.
func (r *reader) Read(p []byte) (int, error) {
	left := r.audio.Size - r.at
	if left <= 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), left)]
	r.audio.fill(p, r.at)
	r.at += int64(len(p))
	return len(p), nil
}

// Seek goes to an offset; the error is [ErrSeek].
func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.audio.Size
	}
	if offset < 0 {
		return 0, ErrSeek
	}
	r.at = offset
	return offset, nil
}

// fill makes the bytes from an offset on. Beyond the end of the file it goes on
// in the same way, for a body that does not end.
func (a Audio) fill(p []byte, at int64) {
	noise(p, at, a.Seed)
	switch a.Format {
	case WAV:
		overlay(p, at, 0, wavHeader(a.Size))
	case MP3:
		frames(p, at, 0)
	case ID3:
		tag := id3Tag()
		frames(p, at, int64(len(tag)))
		overlay(p, at, 0, tag)
	}
}

// overlay puts what stands at an offset of the file over the bytes p, which
// begin at another one.
func overlay(p []byte, at, offset int64, what []byte) {
	if skip := at - offset; skip > 0 {
		what = what[min(skip, int64(len(what))):]
		offset = at
	}
	if start := offset - at; start < int64(len(p)) {
		copy(p[start:], what)
	}
}

// noise writes pseudo-random bytes, which depend on seed and offset alone.
func noise(p []byte, at int64, seed uint64) {
	var word [8]byte
	for len(p) > 0 {
		value, skip := mix(seed+uint64(at/8)), int(at%8)
		n := 8
		if skip == 0 && len(p) >= 8 {
			binary.LittleEndian.PutUint64(p, value)
		} else {
			binary.LittleEndian.PutUint64(word[:], value)
			n = copy(p, word[skip:])
		}
		p, at = p[n:], at+int64(n)
	}
}

// mix is the output number x of SplitMix64, https://prng.di.unimi.it/splitmix64.c
func mix(x uint64) uint64 {
	x *= 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
