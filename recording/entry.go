package recording

import (
	"context"
	"io"
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
	draft   draft
	limit   time.Duration
	stall   *time.Timer
	stalled atomic.Bool
	ended   bool
}

var _ Target = (*Entry)(nil)

// draft is a file that nobody sees yet.
type draft interface {
	io.Writer
	// commit shows the file; after an error there is none.
	commit() error
	// drop removes what was written.
	drop()
	// hurry ends whatever it waits for.
	hurry()
}

// Create begins a file, which nobody sees before [Entry.Commit]. A key is made of
// a-z, A-Z, 0-9, "-_=." and, between folders, slashes. When ctx ends, the file does,
// too. A folder keeps no content types.
func (a *Archive) Create(ctx context.Context, key, contentType string) (*Entry, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	var d draft
	if a.folder == "" {
		d = a.newBucketDraft(ctx, key, contentType)
	} else {
		var err error
		if d, err = a.newFileDraft(ctx, key, contentType); err != nil {
			return nil, storageFailure(err)
		}
	}
	e := &Entry{draft: d, limit: a.stall}
	e.stall = time.AfterFunc(e.limit, func() {
		e.stalled.Store(true)
		d.hurry()
	})
	e.stall.Stop()
	return e, nil
}

func writerOptions(contentType string) *blob.WriterOptions {
	return &blob.WriterOptions{
		ContentType:                 contentType,
		DisableContentTypeDetection: true,
		BufferSize:                  partSize,
		MaxConcurrency:              1, // for each has a buffer of its own
	}
}

// Write adds bytes. The error is a *Failure of reason storage.
func (e *Entry) Write(p []byte) (int, error) {
	if e.ended {
		return 0, newFailure(ReasonStorage, "the file has been ended")
	}
	defer e.watch()()
	n, err := e.draft.Write(p)
	return n, e.failure(err)
}

// Commit shows the file, whole, in place of one that had its key. When it returns
// nil, a file in a folder survives a power cut (but see [OpenArchive]). The error is a *Failure of reason
// storage; then there is no file.
func (e *Entry) Commit() error {
	if e.ended {
		return newFailure(ReasonStorage, "the file has been ended")
	}
	e.ended = true
	defer e.watch()()
	return e.failure(e.draft.commit())
}

// Abort drops the file.
func (e *Entry) Abort() {
	if e.ended {
		return
	}
	e.ended = true
	defer e.watch()()
	e.draft.drop()
}

// watch bounds one step.
func (e *Entry) watch() (stop func()) {
	e.stall.Reset(e.limit)
	return func() { e.stall.Stop() }
}

// failure says what went wrong: what we ended ourselves took too long.
func (e *Entry) failure(err error) error {
	switch {
	case err == nil:
		return nil
	case e.stalled.Load():
		return newFailure(ReasonStorage, "timed out")
	}
	return storageFailure(err)
}
