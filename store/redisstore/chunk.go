package redisstore

import (
	"encoding/binary"
	"fmt"
	"sync"
)

// The documents of a push go into the journal by the chunk: packed together they
// take less time and room than one by one, and a chunk is small enough to be
// unpacked for one of them.

// chunkDocuments is the largest number of documents in a chunk: half of the
// largest usual push.
const chunkDocuments = 25

// The sorts of documents in a chunk.
const (
	sortRecord = 'r'
	sortEvent  = 'e'
	sortQuery  = 'q'
)

// documentHeader is the sort of a document and its length, four bytes.
const documentHeader = 1 + 4

// chunks takes documents.
type chunks struct {
	texts [][]byte
	count int // of documents in the last one
	spare *spare
}

// spare lends the memory for chunks: a push takes some hundred kilobytes of it.
type spare struct{ pool sync.Pool }

const (
	usualChunk   = chunkDocuments * 2 << 10
	largestSpare = 4 * usualChunk // larger ones are not kept
)

func (s *spare) get() []byte {
	if b, ok := s.pool.Get().(*[]byte); ok {
		return (*b)[:0]
	}
	return make([]byte, 0, usualChunk)
}

// release gives the memory back; no document may be used any more.
func (c *chunks) release() {
	for i := range c.texts {
		if cap(c.texts[i]) <= largestSpare {
			c.spare.pool.Put(&c.texts[i])
		}
	}
	c.texts = nil
}

// add writes a document, and says where it is: the chunk, from 1, and the
// position in it. The document stays valid whatever is added behind it, until release.
func (c *chunks) add(sort byte, write func([]byte) []byte) (chunk int, position, document []byte) {
	if len(c.texts) == 0 || c.count == chunkDocuments {
		c.texts, c.count = append(c.texts, c.spare.get()), 0
	}
	last := &c.texts[len(c.texts)-1]
	start := len(*last) + documentHeader
	*last = write(append(*last, sort, 0, 0, 0, 0))
	document = (*last)[start:]
	binary.BigEndian.PutUint32((*last)[start-4:], uint32(len(document)))
	c.count++
	return len(c.texts), []byte{byte(c.count - 1)}, document
}

// pack gives the chunks as arguments of a script.
func (c *chunks) pack(p *packer) []any {
	packed := make([]any, len(c.texts))
	for i, text := range c.texts {
		packed[i] = p.pack(text)
	}
	return packed
}

// document is one of a chunk.
type document struct {
	sort byte
	json []byte
}

// unchunk reads an entry of the journal.
func (p *packer) unchunk(entry string) ([]document, error) {
	text, err := p.unpack(entry)
	if err != nil {
		return nil, err
	}
	var list []document
	for len(text) > 0 {
		if len(text) < documentHeader {
			return nil, fmt.Errorf("%w: cut off", errPacked)
		}
		end := documentHeader + uint64(binary.BigEndian.Uint32(text[1:]))
		if uint64(len(text)) < end {
			return nil, fmt.Errorf("%w: cut off", errPacked)
		}
		list = append(list, document{text[0], text[documentHeader:end:end]})
		text = text[end:]
	}
	return list, nil
}
