package recording

import (
	"context"
	"encoding/hex"
	"errors"
	"log/slog"
	"time"

	"xmode/platform"
	"xmode/store"
)

// fetch downloads a recording into the archive.
func (l *lane) fetch(ctx context.Context, c job, r *store.Recording, address platform.Secret) error {
	base := keyOf(r)
	if c.Taken { // the worker before may have left something
		if _, err := l.Archive.Tidy(ctx, base+"."); err != nil {
			return err
		}
	}
	key := ""
	var to *fenced
	create := func(ext, contentType string) (Target, error) {
		key = base + ext
		entry, err := l.Archive.Create(ctx, key, contentType)
		if err != nil {
			return nil, err
		}
		to = &fenced{Target: entry, ctx: ctx, lane: l, job: c}
		return to, nil
	}
	got, err := l.Downloader.Fetch(ctx, address, l.source.Recordings.Terms().PlainHosts, create)
	switch {
	case errors.Is(context.Cause(ctx), store.ErrLost), to != nil && errors.Is(to.disowned, store.ErrLost):
		return store.ErrLost
	case to != nil && to.disowned != nil: // a store that is away is no trouble of the archive's
		return store.ErrUnavailable
	case err != nil:
		return err
	}
	l.Metrics.bytes.WithLabelValues(string(r.Platform)).Add(float64(got.Size))
	r.Key, r.Size, r.SHA256, r.ContentType = key, got.Size, hex.EncodeToString(got.SHA256[:]), got.ContentType
	r.ArchivedAt = l.Now()
	return nil
}

// keyOf is where a recording lies in the archive, but for its suffix. Nothing of
// it is the platform's to choose.
func keyOf(r *store.Recording) string {
	return string(r.Platform) + "/" + r.NamedAt.UTC().Format("2006-01-02") + "/" + r.ID
}

// fenced shows a file only to the worker whose claim still holds.
type fenced struct {
	Target
	ctx  context.Context
	lane *lane
	job  job
	// disowned is what the store says where it does not confirm the claim.
	disowned error
}

// Commit frees the worker for the next download: files wait for the disk longer than
// for the network. Then it asks once more whose recording this is.
func (f *fenced) Commit() error {
	select {
	case f.lane.disk <- struct{}{}:
		defer func() { <-f.lane.disk }()
	case <-f.ctx.Done():
		return context.Cause(f.ctx)
	}
	f.job.done()
	if f.disowned = f.lane.holdOnce(f.ctx, f.job.Claim); f.disowned != nil {
		return f.disowned
	}
	return f.Target.Commit()
}

// archivePause is how long this endpoint fetches nothing once its archive took
// something not.
const archivePause = 10 * time.Second

// archiveTrouble lets the archive rest, and says so once a minute: nothing that was
// downloaded meanwhile could be kept.
func (l *lane) archiveTrouble(f *Failure) {
	now := l.Now()
	l.pause(now.Add(archivePause))
	if minute := now.Unix() / 60; l.warned.Swap(minute) != minute {
		l.Log.Error("the archive does not take recordings", slog.String("platform", string(l.source.Name)), slog.String("error", f.Error()))
	}
}
