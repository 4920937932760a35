package recording

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// Why a download was ended by us.
var (
	errSilent  = errors.New("silent for too long")
	errTooLong = errors.New("took too long")
)

// fetch is one download.
type fetch struct {
	*Downloader
	policy policy
	sink   *sink

	ctx      context.Context
	cancel   context.CancelCauseFunc
	total    *time.Timer
	silence  *time.Timer
	promised int64  // bytes of the whole file; -1: not told
	unended  bool   // the end of the connection is all that tells the end of the file
	resume   resume // how to go on after a cut
}

func newFetch(ctx context.Context, d *Downloader, plain hostList, s *sink) *fetch {
	f := &fetch{Downloader: d, policy: d.policy, sink: s, promised: -1}
	f.policy.plain = plain
	f.ctx, f.cancel = context.WithCancelCause(ctx)
	f.total = time.AfterFunc(d.config.Total, func() { f.cancel(errTooLong) })
	f.silence = time.AfterFunc(d.config.Total, func() { f.cancel(errSilent) })
	f.silence.Stop()
	return f
}

func (f *fetch) end() {
	f.total.Stop()
	f.silence.Stop()
	f.cancel(nil)
}

// run fetches the whole file, in several pieces if need be.
func (f *fetch) run(text string) (Fetched, error) {
	first, refused := f.policy.read(text)
	if refused != nil {
		return Fetched{}, refused
	}
	a, err := f.ask(first, nil)
	if err != nil {
		return Fetched{}, err
	}
	err = f.begin(a)
	for tries := f.config.Resumes; isCut(err) && f.resume.possible(f.promised) && tries > 0; tries-- {
		err = f.goOn()
	}
	if err != nil {
		return Fetched{}, err
	}
	return f.sink.commit()
}

// begin looks at the first answer and reads it to its end.
func (f *fetch) begin(a answer) error {
	defer a.close()
	if err := f.headFault(a.Response); err != nil {
		return err
	}
	f.promised = a.ContentLength
	f.unended = a.ContentLength < 0 && len(a.TransferEncoding) == 0
	f.resume = resumeOf(a)
	if err := f.pump(a.Body); err != nil {
		return err
	}
	return f.missing()
}

// headFault refuses what is no recording by its header.
func (f *fetch) headFault(r *http.Response) error {
	switch {
	case r.StatusCode != http.StatusOK:
		return statusFailure(r.StatusCode, "")
	case r.Header.Get("Content-Encoding") != "" && r.Header.Get("Content-Encoding") != "identity":
		return newFailure(ReasonNotAudio, "encoded")
	case isProse(r.Header.Get("Content-Type")):
		return newFailure(ReasonNotAudio, "the content type is that of a page or a message")
	case r.ContentLength > f.config.MaxSize:
		return newFailure(ReasonTooLarge, "")
	}
	return nil
}

// pump passes a body on to the sink, a full buffer at a time: what a server sends
// in small pieces is not written in small pieces.
func (f *fetch) pump(body io.Reader) error {
	buffer := f.buffers.Get().(*[bufferSize]byte)
	defer f.buffers.Put(buffer)
	for {
		n, err := f.fill(buffer[:], body)
		if n > 0 {
			if err := f.take(buffer[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return f.broken(err)
		}
	}
}

// fill reads until the buffer is full or the body ends. The first bytes are not kept
// waiting for others: they tell whether there is any use in going on.
func (f *fetch) fill(buffer []byte, body io.Reader) (n int, err error) {
	for n < len(buffer) && err == nil && (n == 0 || f.sink.target != nil) {
		// Only the server's silence counts, not the time that a disk takes.
		f.silence.Reset(f.config.Idle)
		var read int
		read, err = body.Read(buffer[n:])
		f.silence.Stop()
		n += read
	}
	return n, err
}

func (f *fetch) take(p []byte) error {
	if f.promised >= 0 && f.sink.size+int64(len(p)) > f.promised {
		return f.resume.give("more bytes than were promised")
	}
	return f.sink.write(p)
}

// broken is why a body ended before its end.
func (f *fetch) broken(err error) error {
	if over := f.over(); over != nil {
		return over
	}
	word := networkWord(err)
	if word == "" {
		word = "the connection ended early"
	}
	return &Failure{Reason: ReasonCutOff, Detail: word, Err: harmless(err)}
}

// over is the failure of a download that was ended by us; nil: it was not.
func (f *fetch) over() *Failure {
	switch cause := context.Cause(f.ctx); {
	case cause == nil:
		return nil
	case errors.Is(cause, errSilent), errors.Is(cause, errTooLong):
		return newFailure(ReasonTimeout, cause.Error())
	case errors.Is(cause, context.DeadlineExceeded):
		return &Failure{Reason: ReasonTimeout, Detail: errTooLong.Error(), Err: context.DeadlineExceeded}
	}
	return &Failure{Reason: ReasonTimeout, Detail: "given up", Err: context.Canceled}
}

// missing reports a body that ended properly, and before the file did.
func (f *fetch) missing() error {
	promised := f.promised
	if f.unended {
		promised = promisedByRIFF(f.sink.head)
	}
	if f.sink.size < promised {
		return newFailure(ReasonCutOff, "fewer bytes than were promised")
	}
	return nil
}
