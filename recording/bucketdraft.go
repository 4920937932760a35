package recording

import (
	"context"
	"errors"
	"io"
	"time"
)

// farewell is how long a bucket may take to forget a file that was given up.
const farewell = 5 * time.Second

var errDropped = errors.New("the file was dropped")

// bucketDraft is a file on its way to a bucket. It ends early by an end of its bytes
// rather than of its context: with that, the SDK could not take back the parts that
// it has sent, which would lie in the bucket, unseen and paid for.
type bucketDraft struct {
	*io.PipeWriter
	caller context.Context
	cancel context.CancelFunc
	sent   chan error
}

func (a *Archive) newBucketDraft(ctx context.Context, key, contentType string) *bucketDraft {
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r, w := io.Pipe()
	d := &bucketDraft{PipeWriter: w, caller: ctx, cancel: cancel, sent: make(chan error, 1)}
	stop := context.AfterFunc(ctx, func() {
		_ = w.CloseWithError(ctx.Err())
		time.AfterFunc(farewell, cancel)
	})
	go func() {
		err := a.bucket.Upload(sending, key, r, writerOptions(contentType))
		stop()
		cancel()
		_ = r.CloseWithError(errors.Join(err, errDropped)) // for whoever still writes
		d.sent <- err
	}()
	return d
}

func (d *bucketDraft) commit() error {
	_ = d.PipeWriter.CloseWithError(d.caller.Err()) // nil is a proper end
	return <-d.sent
}

func (d *bucketDraft) drop() {
	_ = d.PipeWriter.CloseWithError(errDropped)
	<-d.sent
}

func (d *bucketDraft) hurry() { d.cancel() }
