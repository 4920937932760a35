package recording

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"gocloud.dev/blob"
)

// partSize is how much of a file is sent to a bucket at a time: S3 takes no
// smaller parts.
const partSize = 5 << 20

// Entry is a file on its way into the archive. It is for one goroutine. Either
// Commit or Abort has to be called; Abort after either does nothing.
type Entry struct {
	archive *Archive
	key     string
	writer  *blob.Writer
	cancel  context.CancelFunc
	stall   *time.Timer
	stalled atomic.Bool
	file    *os.File // in a folder; nil: in a bucket
	ended   bool
}

var _ Target = (*Entry)(nil)

// Create begins a file, which nobody sees before [Entry.Commit]. A key is made of
// a-z, A-Z, 0-9, "-_=." and, between folders, slashes. When ctx ends, the file does,
// too. An empty contentType is left to the storage; a folder keeps none.
func (a *Archive) Create(ctx context.Context, key, contentType string) (*Entry, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	a.forgetMissing(key)
	ctx, cancel := context.WithCancel(ctx)
	e := &Entry{archive: a, key: key, cancel: cancel}
	w, err := a.bucket.NewWriter(ctx, key, &blob.WriterOptions{
		ContentType:                 contentType,
		DisableContentTypeDetection: true,
		BufferSize:                  partSize,
		MaxConcurrency:              1, // for each has a buffer of its own
		BeforeWrite: func(as func(any) bool) error {
			as(&e.file) // a bucket has none
			return nil
		},
	})
	if err != nil {
		cancel()
		return nil, storageFailure(err)
	}
	e.writer = w
	e.stall = time.AfterFunc(a.stall, e.giveUp)
	e.stall.Stop()
	return e, nil
}

// Write adds bytes. The error is a *Failure of reason storage.
func (e *Entry) Write(p []byte) (int, error) {
	if e.ended {
		return 0, newFailure(ReasonStorage, "the file has been ended")
	}
	defer e.watch()()
	n, err := e.writer.Write(p)
	if err != nil {
		return n, e.failure(err)
	}
	return n, nil
}

// Commit shows the file, whole, in place of one that had its key. When it returns
// nil, a file in a folder survives a power cut. The error is a *Failure of reason
// storage; then there is no file.
func (e *Entry) Commit() error {
	if e.ended {
		return newFailure(ReasonStorage, "the file has been ended")
	}
	defer e.watch()()
	if e.file == nil {
		return e.close()
	}
	// The bytes go to the disk before the name does: the other way round, a power
	// cut may leave a name without bytes.
	if err := e.file.Sync(); err != nil {
		e.Abort()
		return e.failure(err)
	}
	if err := e.close(); err != nil {
		return err
	}
	if err := e.archive.settle(e.key); err != nil {
		_ = os.Remove(e.archive.path(e.key))
		return storageFailure(err)
	}
	return nil
}

// close ends the writer, which shows the file unless the context is over.
func (e *Entry) close() error {
	e.ended = true
	err := e.writer.Close()
	e.cancel()
	if err != nil {
		e.sweep()
		return e.failure(err)
	}
	return nil
}

// Abort drops the file.
func (e *Entry) Abort() {
	if e.ended {
		return
	}
	e.ended = true
	e.cancel() // which makes Close drop what was written
	defer e.watch()()
	_ = e.writer.Close()
	e.sweep()
}

// sweep removes the temporary file, which fileblob leaves behind when a disk fails
// as late as in closing it.
func (e *Entry) sweep() {
	if e.file != nil {
		_ = os.Remove(e.file.Name())
	}
}

// watch bounds one step.
func (e *Entry) watch() (stop func()) {
	e.stall.Reset(e.archive.stall)
	return func() { e.stall.Stop() }
}

func (e *Entry) giveUp() {
	e.stalled.Store(true)
	e.cancel()
}

// failure says what went wrong: a context that we ended means that it took too long.
func (e *Entry) failure(err error) error {
	if e.stalled.Load() {
		return newFailure(ReasonStorage, "timed out")
	}
	return storageFailure(err)
}

// path is where a file lies in a folder.
func (a *Archive) path(key string) string { return filepath.Join(a.folder, filepath.FromSlash(key)) }
