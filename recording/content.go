package recording

import (
	"context"
	"errors"
	"io"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// Content reads a file of the archive; it is what http.ServeContent wants. It asks a
// bucket for no more than is read: a seek costs nothing.
type Content struct {
	ctx    context.Context
	bucket *blob.Bucket
	key    string
	size   int64
	at     time.Time
	offset int64
	reader *blob.Reader // at offset; nil: nothing has been read since the last seek
}

var _ io.ReadSeekCloser = (*Content)(nil)

// Open opens a file for reading, as long as ctx lasts. The error is [ErrGone] where
// there is none, otherwise a *Failure of reason storage.
func (a *Archive) Open(ctx context.Context, key string) (*Content, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	about, err := a.bucket.Attributes(ctx, key)
	if err != nil {
		return nil, goneOr(err)
	}
	return &Content{ctx: ctx, bucket: a.bucket, key: key, size: about.Size, at: about.ModTime}, nil
}

func goneOr(err error) error {
	if gcerrors.Code(err) == gcerrors.NotFound {
		return ErrGone
	}
	return storageFailure(err)
}

// Size is the length of the file in bytes.
func (c *Content) Size() int64 { return c.size }

// ModTime is when the file came into the archive.
func (c *Content) ModTime() time.Time { return c.at }

// Read reads on from where the last Read or Seek ended.
func (c *Content) Read(p []byte) (int, error) {
	if c.offset >= c.size {
		return 0, io.EOF
	}
	if c.reader == nil {
		r, err := c.bucket.NewRangeReader(c.ctx, c.key, c.offset, -1, nil)
		if err != nil {
			return 0, goneOr(err)
		}
		c.reader = r
	}
	n, err := c.reader.Read(p)
	c.offset += int64(n)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	return n, storageFailure(err)
}

// Seek sets where the next Read begins.
func (c *Content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.offset
	case io.SeekEnd:
		offset += c.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning of the file")
	}
	if offset != c.offset {
		_ = c.Close()
		c.offset = offset
	}
	return offset, nil
}

// Close ends the reading.
func (c *Content) Close() error {
	if c.reader == nil {
		return nil
	}
	err := c.reader.Close()
	c.reader = nil
	if err != nil {
		return storageFailure(err)
	}
	return nil
}
