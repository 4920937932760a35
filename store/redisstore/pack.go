package redisstore

import (
	_ "embed"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// Documents in the journal are packed with a dictionary that knows what most of
// them look like. Once something is packed with it, the dictionary stays as it
// is: a better one gets the next number, and this one is still read.

//go:embed dictionary-1.zstd
var dictionary1 []byte

// The sorts of documents, which are the first byte of an entry of the journal.
const (
	sortRecord = 'r'
	sortEvent  = 'e'
	sortQuery  = 'q'
	sortText   = 'x' // quarantined
)

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
		zstd.WithEncoderConcurrency(2), zstd.WithEncoderCRC(false), zstd.WithWindowSize(8<<10))
	if err != nil {
		return nil, fmt.Errorf("redisstore: dictionary: %w", err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderDicts(dictionary1), zstd.WithDecoderConcurrency(2),
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

// pack appends a document's sort and its packed text.
func (p *packer) pack(dst []byte, sort byte, document []byte) []byte {
	return p.encoder.EncodeAll(document, append(dst, sort))
}

// errPacked: an entry is damaged.
var errPacked = errors.New("document in the store is damaged")

// unpack gives the sort and the text.
func (p *packer) unpack(entry string) (sort byte, document []byte, err error) {
	if entry == "" {
		return 0, nil, errPacked
	}
	document, err = p.decoder.DecodeAll([]byte(entry[1:]), nil)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", errPacked, err)
	}
	return entry[0], document, nil
}
