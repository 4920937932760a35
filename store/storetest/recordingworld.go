package storetest

import (
	"slices"
	"strings"
	"time"

	"xmode/call"
	"xmode/store"
)

// Short words for what the tests of recordings do.

// file has what pushes named become work, as happens all the time.
func (w *world) file() {
	w.Helper()
	if err := w.FileRecordings(w.Context()); err != nil {
		w.Fatalf("FileRecordings: %v", err)
	}
}

func (w *world) claims(p call.Platform, n int) []store.Claim {
	w.Helper()
	claims, err := w.ClaimRecordings(w.Context(), p, n)
	if err != nil {
		w.Fatalf("ClaimRecordings: %v", err)
	}
	return claims
}

// claimed waits until a lease has ended, which goes by the store's own clock.
func (w *world) claimed(p call.Platform) store.Claim {
	w.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		if claims := w.claims(p, 1); len(claims) > 0 {
			return claims[0]
		}
		select {
		case <-tick.C:
		case <-w.Context().Done():
		}
	}
	w.Fatal("the lease does not end")
	return store.Claim{}
}

// settle ends a claim, which has to succeed.
func (w *world) settle(c store.Claim, change func(*store.Recording)) store.Recording {
	w.Helper()
	r := c.Recording
	change(&r)
	if r.State != call.RecordingPending {
		r.NextTryAt = time.Time{}
	}
	if err := w.SettleRecording(w.Context(), c, r); err != nil {
		w.Fatalf("SettleRecording: %v", err)
	}
	return r
}

// recording reads one of Aliyun's by its file.
func (w *world) recording(file string) store.Recording {
	w.Helper()
	w.file()
	r, err := w.GetRecording(w.Context(), fileID(file))
	if err != nil {
		w.Fatalf("GetRecording: %v", err)
	}
	return r
}

// recordStates holds what records say of their recordings against what it should
// be: "id state recording".
func (w *world) recordStates(want ...string) {
	w.Helper()
	w.file()
	var got []string
	for _, s := range w.records(store.RecordFilter{}) {
		got = append(got, strings.TrimSpace(s.RecordID+" "+s.Recording+" "+s.RecordingID))
	}
	if !slices.Equal(got, want) {
		w.Errorf("records say %q, want %q", got, want)
	}
}

// listsRecordings holds a list against the files that it should have, page by page.
func (w *world) listsRecordings(f store.RecordingFilter, want ...string) {
	w.Helper()
	w.file()
	if f.Limit == 0 {
		f.Limit = 100
	}
	var got []string
	for {
		page, next, err := w.ListRecordings(w.Context(), f)
		if err != nil {
			w.Fatalf("ListRecordings: %v", err)
		}
		if len(page) > f.Limit {
			w.Errorf("a page of %d, limit %d", len(page), f.Limit)
		}
		for _, r := range page {
			got = append(got, r.Names["file"])
		}
		if f.Cursor = next; next == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		w.Errorf("listed %v, want %v", got, want)
	}
}

func (w *world) countsRecordings(p call.Platform, pending, kept int, oldest, before time.Time, early int) {
	w.Helper()
	w.file()
	c, err := w.CountRecordings(w.Context(), p, before)
	if err != nil {
		w.Fatal(err)
	}
	if c.States[call.RecordingPending] != pending || c.States[call.RecordingKept] != kept || !c.Oldest.Equal(oldest) || c.Early != early {
		w.Errorf("counted %+v, want %d pending since %v, %d early ones, %d kept", c, pending, oldest, early, kept)
	}
}

// retries makes one due again.
func (w *world) retries(id string) {
	w.Helper()
	r, err := w.RetryRecording(w.Context(), id, w.clock.Now())
	if err != nil || r.State != call.RecordingPending || !r.Asked || !r.NextTryAt.Equal(w.clock.Now()) {
		w.Errorf("retried: %+v, %v", r, err)
	}
}
