package verify

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"time"

	"xmode/simulator/load"
)

// Pauses before what is not right yet is read again.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 8 * time.Second
)

// calls reads every call that has a record or a recording. What may become right is
// read again, with growing pauses, until the time to settle is over.
func (v *Verifier) calls(ctx context.Context, t *table, verdict *Verdict) error {
	var open []int
	for n := range t.calls {
		e := &t.calls[n]
		if e.record == load.Due || e.recording == load.Due {
			open = append(open, n)
			verdict.Calls++
		}
		if e.recording == load.Due {
			verdict.Recordings++
		}
	}
	end := v.c.Now().Add(v.c.Settle)
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		last := !v.c.Now().Before(end)
		left, err := v.round(ctx, t, open, verdict, last)
		if err != nil || len(left) == 0 {
			return err
		}
		open = left
		if err := wait(ctx, min(pause, end.Sub(v.c.Now()))); err != nil {
			return err
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(max(0, d))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// round reads calls once, in lanes, and returns those that may become right; there
// are none in the last round.
func (v *Verifier) round(ctx context.Context, t *table, open []int, verdict *Verdict, last bool) (left []int, err error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var mu sync.Mutex
	var lanes sync.WaitGroup
	work := make(chan int)
	for range v.c.Parallel {
		lanes.Go(func() {
			for n := range work {
				s, err := v.story(ctx, t.id(n))
				if err != nil {
					stop(err)
					continue
				}
				found := v.compare(&s, &t.calls[n])
				mu.Lock()
				if !last && found.open() {
					left = append(left, n)
				} else {
					verdict.note(t.id(n), &t.calls[n], found)
				}
				mu.Unlock()
			}
		})
	}
	for _, n := range open {
		if ctx.Err() != nil {
			break
		}
		work <- n
	}
	close(work)
	lanes.Wait()
	return left, context.Cause(ctx)
}

// story reads all that is known of a call; of one that is not known it is empty.
func (v *Verifier) story(ctx context.Context, callID string) (s story, err error) {
	query := url.Values{"platform": {v.c.Platform}, "call_id": {callID}}
	if err = v.getJSON(ctx, "/v1/calls?"+query.Encode(), &s); errors.Is(err, errNone) {
		return story{}, nil
	}
	return s, err
}

// note counts a call that was read, and what is wrong with it.
func (v *Verdict) note(id string, e *expected, found found) {
	if len(found.call) == 0 {
		v.CallsRight++
	} else {
		v.CallsWrong++
		v.differs("call %q: %s", id, strings.Join(found.call, ", "))
	}
	if found.recording != "" {
		v.differs("recording of %q: %s", id, found.recording)
	}
	if e.recording != load.Due {
		return
	}
	switch {
	case found.recording == "":
		v.RecordingsRight++
	case found.missing:
		v.RecordingsMissing++
	default:
		v.RecordingsWrong++
	}
	if found.archived {
		v.RecordingsArchived++
	}
}
