package simulator_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"xmode/simulator"
)

func all(t testing.TB, a simulator.Audio) []byte {
	t.Helper()
	b, err := io.ReadAll(a.Open())
	if err != nil || int64(len(b)) != a.Size {
		t.Fatalf("%d bytes of %d, %v", len(b), a.Size, err)
	}
	return b
}

func TestAudioIsTheSameFromAnyOffset(t *testing.T) {
	for _, format := range []simulator.Format{simulator.WAV, simulator.MP3, simulator.ID3} {
		a := simulator.Audio{Format: format, Size: 1000, Seed: 42}
		whole := all(t, a)
		for from := range whole {
			r := a.Open()
			if _, err := r.Seek(int64(from), io.SeekStart); err != nil {
				t.Fatal(err)
			}
			for at, step := from, 1; at < len(whole); step = step%37 + 1 {
				piece := make([]byte, step)
				n, err := r.Read(piece)
				if err != nil || !bytes.Equal(piece[:n], whole[at:at+n]) {
					t.Fatalf("format %d from %d: at %d %x, %v, want %x", format, from, at, piece[:n], err, whole[at:at+n])
				}
				at += n
			}
		}
		if other := all(t, simulator.Audio{Format: format, Size: 1000, Seed: 43}); bytes.Equal(other, whole) {
			t.Errorf("format %d: the seed changes nothing", format)
		}
	}
}

func TestSeek(t *testing.T) {
	r := simulator.Audio{Size: 100}.Open()
	for _, c := range []struct {
		offset int64
		whence int
		want   int64
		err    error
	}{
		{10, io.SeekStart, 10, nil}, {-4, io.SeekCurrent, 6, nil}, {-1, io.SeekEnd, 99, nil}, {5, io.SeekEnd, 105, nil}, {-1, io.SeekStart, 0, simulator.ErrSeek},
	} {
		if got, err := r.Seek(c.offset, c.whence); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%+v: %d, %v", c, got, err)
		}
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("behind the end: %d, %v", n, err)
	}
}

func TestWAV(t *testing.T) {
	b := all(t, simulator.Audio{Format: simulator.WAV, Size: 8058, Seed: 1})
	long := func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
	short := func(at int) uint16 { return binary.LittleEndian.Uint16(b[at:]) }
	if string(b[:4]) != "RIFF" || long(4) != 8050 || string(b[8:16]) != "WAVEfmt " || long(16) != 18 {
		t.Errorf("%q", b[:20])
	}
	if short(20) != 6 || short(22) != 1 || long(24) != 8000 || long(28) != 8000 || short(32) != 1 || short(34) != 8 || short(36) != 0 {
		t.Errorf("format %x", b[20:38])
	}
	if string(b[38:42]) != "fact" || long(42) != 4 || long(46) != 8000 || string(b[50:54]) != "data" || long(54) != 8000 {
		t.Errorf("%x", b[38:58])
	}
	if small := all(t, simulator.Audio{Size: 10}); string(small[:4]) != "RIFF" {
		t.Errorf("%q", small)
	}
}

func TestMP3(t *testing.T) {
	bare := all(t, simulator.Audio{Format: simulator.MP3, Size: 14400, Seed: 1})
	for at := 0; at < len(bare); at += 144 {
		if !bytes.Equal(bare[at:at+4], []byte{0xff, 0xe3, 0x28, 0xc0}) {
			t.Fatalf("no frame at %d: %x", at, bare[at:at+4])
		}
	}
	tagged := all(t, simulator.Audio{Format: simulator.ID3, Size: 1000, Seed: 1})
	size := int(tagged[6])<<21 | int(tagged[7])<<14 | int(tagged[8])<<7 | int(tagged[9])
	if string(tagged[:5]) != "ID3\x04\x00" || tagged[5] != 0 || size != 20 || string(tagged[10:14]) != "TSSE" || tagged[17] != 10 {
		t.Errorf("%x", tagged[:32])
	}
	if next := tagged[10+size:]; !bytes.Equal(next[:4], bare[:4]) {
		t.Errorf("behind the tag: %x", next[:4])
	}
}

func BenchmarkRead(b *testing.B) {
	a := simulator.Audio{Format: simulator.WAV, Size: 1 << 20, Seed: 1}
	buffer := make([]byte, 32<<10)
	b.SetBytes(a.Size)
	for b.Loop() {
		for r := a.Open(); ; {
			if _, err := r.Read(buffer); err != nil {
				break
			}
		}
	}
}
