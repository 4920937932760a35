package recording

import (
	"encoding/binary"
	"mime"
	"strings"
)

// headSize is how many bytes tell what a file is.
const headSize = 12

// audio is a kind of file that recordings come as.
type audio struct {
	ext, contentType string
}

// sniff tells by its first bytes what a file is.
func sniff(head []byte) (audio, bool) {
	switch {
	case len(head) < headSize:
		return audio{}, false
	case string(head[:4]) == "RIFF" && string(head[8:12]) == "WAVE":
		return audio{".wav", "audio/wav"}, true
	case string(head[:3]) == "ID3" || isFrame(head):
		return audio{".mp3", "audio/mpeg"}, true
	}
	return audio{}, false
}

// isFrame reports whether bytes can begin a frame of MPEG audio, layer III: eleven
// bits of ones, then a version, a layer, a bit rate and a sampling rate none of
// which is a reserved value.
func isFrame(b []byte) bool {
	const versionReserved, layerIII = 1, 1
	version, layer := b[1]>>3&3, b[1]>>1&3
	rate, sampling := b[2]>>4, b[2]>>2&3
	return b[0] == 0xff && b[1]>>5 == 7 && version != versionReserved && layer == layerIII &&
		rate != 0 && rate != 15 && sampling != 3
}

// promisedByRIFF is how long a WAV file says that it is; 0: it does not. Who writes
// one while it is being recorded leaves the length open.
func promisedByRIFF(head []byte) int64 {
	if len(head) < headSize || string(head[:4]) != "RIFF" {
		return 0
	}
	n := binary.LittleEndian.Uint32(head[4:8])
	if n == 0 || n >= 0x7fffffff {
		return 0
	}
	return int64(n) + 8
}

// isProse reports whether a content type is none of a file but of a page or a
// message, whatever the first bytes look like.
func isProse(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		t, _, _ = strings.Cut(strings.ToLower(contentType), ";")
		t = strings.TrimSpace(t)
	}
	major, minor, _ := strings.Cut(t, "/")
	if _, suffix, ok := strings.Cut(minor, "+"); ok {
		minor = suffix
	}
	return major == "text" || minor == "html" || minor == "xhtml" || minor == "xml" || minor == "json"
}
