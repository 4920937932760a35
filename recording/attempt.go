package recording

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/store"
)

// storeTimeout bounds one call to the store.
const storeTimeout = 3 * time.Second

// attempt works on one claim, and settles it. A claim that cannot be settled
// because the store is away becomes somebody's again when its lease ends.
func (l *lane) attempt(ctx context.Context, c job) {
	held, release := l.hold(ctx, c.Claim)
	r, err := l.advance(held, c)
	release()
	if errors.Is(err, store.ErrLost) || errors.Is(err, store.ErrUnavailable) && ctx.Err() == nil {
		l.Metrics.attempts.WithLabelValues(string(l.source.Name), wordLost).Inc()
		return // another worker's by now, or soon
	}
	if ctx.Err() != nil && (err != nil || r.State == call.RecordingPending) {
		r = c.Recording // we are asked to stop: whoever comes next goes on at once
		r.NextTryAt = l.Now()
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	if err := l.Store.SettleRecording(within, c.Claim, r); err != nil {
		l.Metrics.attempts.WithLabelValues(string(l.source.Name), wordLost).Inc()
		return
	}
	if ctx.Err() == nil || r.State != call.RecordingPending {
		l.report(&r, err)
	}
}

// hold begins the lease anew from time to time, until release is called. The
// context ends with store.ErrLost as its cause where somebody else has the
// recording, or may have it because the store does not answer any more.
func (l *lane) hold(ctx context.Context, c store.Claim) (held context.Context, release func()) {
	held, cancel := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() {
			if v := recover(); v != nil { // or the whole process would end
				l.Log.Error("panic while holding a recording", slog.String("type", fmt.Sprintf("%T", v)))
				cancel(store.ErrLost)
			}
		}()
		tick := time.NewTicker(l.Hold)
		defer tick.Stop()
		for failed := 0; ; {
			select {
			case <-held.Done():
				return
			case <-tick.C:
			}
			switch err := l.holdOnce(held, c); {
			case err == nil:
				failed = 0
			case errors.Is(err, store.ErrLost), failed == 1: // the next turn would come too late
				cancel(store.ErrLost)
				return
			default:
				failed++
			}
		}
	}()
	return held, func() { cancel(nil); <-ended }
}

func (l *lane) holdOnce(ctx context.Context, c store.Claim) error {
	ctx, cancel := context.WithTimeout(ctx, min(storeTimeout, l.Hold))
	defer cancel()
	return l.Store.HoldRecording(ctx, c)
}

// advance brings a recording as far as it comes. The error is why it came no
// further: store.ErrLost, store.ErrUnavailable, a *platform.Trouble or a *Failure.
func (l *lane) advance(ctx context.Context, c job) (r store.Recording, err error) {
	defer func() {
		if v := recover(); v != nil { // costs this attempt and nothing else
			l.Log.Error("panic while fetching a recording", slog.String("type", fmt.Sprintf("%T", v)))
			r, err = l.later(c.Recording, newFailure(wordPanic, ""))
		}
	}()
	r = c.Recording
	if l.expired(&r) && !r.Asked { // who asks by hand may know better, and is told once
		return ended(r, call.RecordingExpired), nil
	}
	if wait, err := l.mayTry(ctx, &r); err != nil || wait > 0 || r.State != call.RecordingPending {
		if wait > 0 {
			r.NextTryAt = l.Now().Add(wait)
		}
		return r, err
	}
	address, err := l.locate(ctx, &r)
	if err != nil {
		return l.later(r, err)
	}
	if !address.IsSet() { // not now: the platform wants to be left alone
		return r, nil
	}
	state := call.RecordingLocated
	if l.Archive != nil {
		state = call.RecordingKept
		if err := l.fetch(ctx, c, &r, address); err != nil {
			return l.later(r, err)
		}
	}
	r.Attempts, r.Error = r.Attempts+1, ""
	return ended(r, state), nil
}

// expired reports whether the platform has thrown a recording away by what we know.
func (l *lane) expired(r *store.Recording) bool { return !l.Now().Before(r.ExpiresAt) }

// ended is a recording on which there is no more to do.
func ended(r store.Recording, state call.RecordingState) store.Recording {
	r.State, r.NextTryAt = state, time.Time{}
	return r
}

// mayTry looks at what has to be known before the first attempt: whether the call
// is one of ours, where nobody signed what names the recording, and whether the
// file can be there already.
func (l *lane) mayTry(ctx context.Context, r *store.Recording) (wait time.Duration, err error) {
	if r.Attempts > 0 || r.Asked {
		return 0, nil
	}
	if r.Unsigned || r.EndedAt.IsZero() && r.Delay > 0 {
		within, cancel := context.WithTimeout(ctx, storeTimeout)
		defer cancel()
		known, err := l.Store.Call(within, r.Platform, r.CallID)
		if err != nil {
			return 0, err
		}
		if r.Unsigned && len(known.Queries) == 0 {
			*r = ended(*r, call.RecordingUnmatched)
			r.Unmatched = true
			return 0, nil
		}
		learn(r, known)
	}
	if r.EndedAt.IsZero() || r.EndedAt.After(r.NamedAt) { // it is no later than what named it
		r.EndedAt = r.NamedAt
	}
	return r.EndedAt.Add(r.Delay).Sub(l.Now()), nil
}

// later is a recording after an attempt that failed, and why.
func (l *lane) later(r store.Recording, err error) (store.Recording, error) {
	if errors.Is(err, store.ErrLost) || errors.Is(err, store.ErrUnavailable) {
		return r, err
	}
	r.Attempts++
	r.Error = err.Error()
	pause := time.Duration(0)
	if t, ok := errors.AsType[*platform.Trouble](err); ok {
		pause = t.Pause
	}
	if f, ok := errors.AsType[*Failure](err); ok && f.Reason == ReasonStorage {
		l.archiveTrouble(f)
	}
	switch {
	case hopeless(err):
		return ended(r, call.RecordingFailed), err
	case l.expired(&r):
		return ended(r, call.RecordingExpired), err
	}
	r.NextTryAt = l.nextTry(&r, pause)
	return r, err
}

// hopeless reports whether no other attempt can end better.
func hopeless(err error) bool {
	if t, ok := errors.AsType[*platform.Trouble](err); ok {
		return t.Reason == platform.ReasonNoNames && t.Code == "" // a code names a setting that may still come
	}
	f, ok := errors.AsType[*Failure](err)
	return ok && f.Reason == ReasonTooLarge
}
