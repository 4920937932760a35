package recording

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"time"

	"xmode/platform"
	"xmode/store"
)

// shortWait is how long a worker waits for its turn to ask; for longer it lets the
// recording go.
const shortWait = 2 * time.Second

// locate asks the platform where a recording can be downloaded. The address is not
// set where this is not the time to ask: then r says when it is.
func (l *lane) locate(ctx context.Context, r *store.Recording) (platform.Secret, error) {
	if admitted, err := l.admit(ctx, r); err != nil || !admitted {
		return platform.Secret{}, err
	}
	address, err := l.ask(ctx, r)
	if t, ok := errors.AsType[*platform.Trouble](err); ok {
		l.heed(ctx, t)
		if r.Address != "" && cannotAsk(t) {
			return platform.NewSecret(r.Address), nil
		}
	}
	return address, err
}

// cannotAsk reports whether what a push said of the address is better than nothing.
func cannotAsk(t *platform.Trouble) bool {
	switch t.Reason {
	case platform.ReasonNoCredentials, platform.ReasonNoNames, platform.ReasonRefused:
		return true
	}
	return false
}

// admit waits for the turn to ask, if that is soon.
func (l *lane) admit(ctx context.Context, r *store.Recording) (bool, error) {
	perSecond := l.PerSecond
	if perSecond == 0 {
		perSecond = l.source.Recordings.Terms().PerSecond
	}
	for {
		wait, err := l.admitOnce(ctx, perSecond)
		if err != nil || wait == 0 {
			return err == nil, err
		}
		if wait > shortWait {
			until := l.Now().Add(wait)
			l.pause(until)
			r.NextTryAt = until
			return false, nil
		}
		select {
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-time.After(wait):
		}
	}
}

func (l *lane) admitOnce(ctx context.Context, perSecond int) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	return l.Store.AdmitAsk(ctx, l.source.Name, perSecond)
}

// ask puts one question.
func (l *lane) ask(ctx context.Context, r *store.Recording) (platform.Secret, error) {
	req, err := l.source.Recordings.Ask(r.Recording, l.Now())
	if err != nil {
		return platform.Secret{}, err
	}
	resp, err := l.http.Do(req.WithContext(ctx))
	if err != nil {
		return platform.Secret{}, l.unanswered(ctx, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, platform.MaxTold))
	if err != nil {
		return platform.Secret{}, l.unanswered(ctx, err)
	}
	return l.source.Recordings.Told(resp.StatusCode, resp.Header, body)
}

// unanswered is why there is no answer, without the address that was asked, which
// holds what the platform calls the recording.
func (l *lane) unanswered(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, store.ErrLost) {
		return cause
	}
	t := &platform.Trouble{Reason: platform.ReasonUnavailable}
	if n, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok && n.Timeout() {
		t.Code = "timeout"
	}
	return t
}

// heed has all endpoints leave a platform alone that asks for it.
func (l *lane) heed(ctx context.Context, t *platform.Trouble) {
	if t.Reason == platform.ReasonThrottled {
		t.Pause = max(t.Pause, 2*l.Retry) // Huawei wants a minute
	}
	if t.Pause == 0 {
		return
	}
	l.pause(l.Now().Add(t.Pause))
	within, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	_ = l.Store.PauseAsks(within, l.source.Name, t.Pause) // others will be told by the platform
	l.Log.Warn("platform is not asked for recordings for a while", slog.String("platform", string(l.source.Name)),
		slog.String("reason", t.Reason), slog.String("code", t.Code), slog.Duration("pause", t.Pause))
}

// learn has a recording know what the records of its call tell, and its names do
// not: which record, and when the call ended.
func learn(r *store.Recording, known store.CallLog) {
	for _, text := range known.Records {
		var told struct {
			RecordID string    `json:"record_id"`
			EndedAt  time.Time `json:"ended_at"`
		}
		if json.Unmarshal(text, &told) != nil {
			continue
		}
		r.RecordID = cmp.Or(r.RecordID, told.RecordID)
		if told.EndedAt.After(r.EndedAt) {
			r.EndedAt = told.EndedAt
		}
	}
}
