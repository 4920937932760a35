package redisstore

import (
	_ "embed"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// What lies in the journal is packed with a dictionary that knows what most
// documents look like: half of the pushes hold a single one. Once something is packed with it, the dictionary stays as it
// is: a better one gets the next number, and this one is still read.

//go:embed dictionary-1.zstd
var dictionary1 []byte

// maxDocument bounds what an entry may unpack to: a body of the largest size, as
// a JSON string of escapes, and some more.
const maxDocument = 512 << 20

// packer packs and unpacks. It is safe for concurrent use.
type packer struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

func newPacker() (*packer, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderDict(dictionary1), zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderCRC(false), zstd.WithWindowSize(256<<10))
	if err != nil {
		return nil, fmt.Errorf("redisstore: dictionary: %w", err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderDicts(dictionary1), zstd.WithDecoderConcurrency(0),
		zstd.WithDecoderMaxMemory(maxDocument))
	if err != nil {
		return nil, fmt.Errorf("redisstore: dictionary: %w", err)
	}
	return &packer{encoder, decoder}, nil
}

// close releases the packer.
func (p *packer) close() {
	_ = p.encoder.Close()
	p.decoder.Close()
}

// pack packs a text. Without room of its own the encoder would make as much as the
// text takes.
func (p *packer) pack(text []byte) []byte {
	return p.encoder.EncodeAll(text, make([]byte, 0, len(text)/4+64))
}

// errPacked: an entry is damaged.
var errPacked = errors.New("document in the store is damaged")

// unpack gives the text.
func (p *packer) unpack(entry string) ([]byte, error) {
	text, err := p.decoder.DecodeAll([]byte(entry), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPacked, err)
	}
	return text, nil
}
