package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"xmode/call"
	"xmode/store"
)

// What the recordings of these tests have in common.
const (
	recordingDelay = time.Minute
	recordingLife  = 7 * 24 * time.Hour
)

func fileID(file string) string { return call.RecordingID("aliyun", file) }

// recordingContract: a push that names a recording makes work, once.
func recordingContract(t *testing.T, open Open) {
	t.Run("OnceHoweverOftenNamed", func(t *testing.T) {
		w := newWorld(t, open)
		named := told{ID: "1", Call: "c", Recording: "f", Ended: -120}
		w.deposit(w.delivery(named, told{ID: "2", Call: "c"}), store.Deposited{Fresh: 2})
		w.deposit(w.delivery(named), store.Deposited{Duplicates: 1})
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: -120, Note: "spelt otherwise"}), store.Deposited{Duplicates: 1})
		w.deposit(w.delivery(told{ID: "3", Call: "c", Recording: "f"}), store.Deposited{Fresh: 1})
		if got := w.claims("aliyun", 9); len(got) != 1 || got[0].Names["file"] != "f" || got[0].RecordID != "1" || got[0].CallID != "c" {
			t.Errorf("claims %+v", got)
		}
		if got := w.claims("aliyun", 9); len(got) != 0 {
			t.Errorf("claimed twice: %+v", got)
		}
		if got := w.claims("huawei", 9); len(got) != 0 {
			t.Errorf("claimed for another platform: %+v", got)
		}
	})
	t.Run("WhatEachPushSaysCounts", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "e", Call: "c", Event: "recording", Recording: "f"}), store.Deposited{Fresh: 1})
		if r := w.recording("f"); !r.Unsigned || r.RecordID != "" || !r.EndedAt.IsZero() || !r.NextTryAt.Equal(w.clock.Now()) {
			t.Errorf("after the event: %+v", r)
		}
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: -50}), store.Deposited{Fresh: 1})
		r := w.recording("f")
		if r.Unsigned || r.RecordID != "1" || r.Address == "" || !r.EndedAt.Equal(w.clock.Now().Add(-50*time.Second)) {
			t.Errorf("after the record: %+v", r)
		}
	})
	t.Run("NotBeforeItIsDue", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: -30}), store.Deposited{Fresh: 1})
		if got := w.claims("aliyun", 9); len(got) != 0 {
			t.Errorf("claimed too early: %+v", got)
		}
		w.clock.Advance(31 * time.Second)
		if got := w.claims("aliyun", 9); len(got) != 1 {
			t.Errorf("claims %+v", got)
		}
	})
	t.Run("TheSameNamingLaterIsNothingNew", func(t *testing.T) {
		w := newWorld(t, open)
		again := func(spelling string) store.Delivery { // some platforms keep a recording so long from its push on
			d := w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: -120, Note: spelling})
			read, at := d.Read, w.clock.Now()
			d.Read = func(i int) call.Report {
				r := read(i)
				r.Recording.ExpiresAt = at.Add(recordingLife)
				return r
			}
			return d
		}
		w.deposit(again(""), store.Deposited{Fresh: 1})
		first := w.recording("f")
		w.settle(w.claims("aliyun", 1)[0], func(r *store.Recording) { r.Attempts, r.NextTryAt = 1, w.clock.Now().Add(time.Hour) })
		w.clock.Advance(time.Minute)
		w.deposit(again("spelt otherwise"), store.Deposited{Duplicates: 1})
		if got := w.claims("aliyun", 9); len(got) != 0 {
			t.Errorf("tried before its pause is over: %+v", got)
		}
		if r := w.recording("f"); !r.ExpiresAt.Equal(first.ExpiresAt) {
			t.Errorf("expires at %v, and first at %v", r.ExpiresAt, first.ExpiresAt)
		}
	})
	t.Run("AnEndYearsToComeDoesNotKeepItWaiting", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: 3 * 365 * 24 * 3600}), store.Deposited{Fresh: 1})
		w.clock.Advance(recordingDelay)
		if got := w.claims("aliyun", 9); len(got) != 1 {
			t.Errorf("claims %+v", got)
		}
	})
	t.Run("AnEarlierEndBringsItForward", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: 3600}), store.Deposited{Fresh: 1})
		w.deposit(w.delivery(told{ID: "2", Call: "c", Recording: "f", Ended: -60}), store.Deposited{Fresh: 1})
		if got := w.claims("aliyun", 9); len(got) != 1 {
			t.Errorf("claims %+v", got)
		}
	})
	t.Run("OfACallWhoseRecordsNameNone", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "1", Call: "c"}, told{ID: "2", Call: "d", Start: 1}), store.Deposited{Fresh: 2})
		w.deposit(w.delivery(told{ID: "e", Call: "c", Event: "recording", Recording: "c"}), store.Deposited{Fresh: 1})
		w.recordStates("2 none", "1 pending "+fileID("c"))
		c := w.claims("aliyun", 1)[0]
		w.settle(c, func(r *store.Recording) { r.State, r.RecordID = call.RecordingKept, "1" })
		w.recordStates("2 none", "1 archived "+fileID("c"))
		if r := w.recording("c"); r.RecordID != "1" {
			t.Errorf("%+v", r)
		}
	})
	t.Run("NamedAndNotYetFiled", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: -60}), store.Deposited{Fresh: 1})
		if s := w.records(store.RecordFilter{})[0]; s.Recording != "pending" || s.RecordingID != fileID("f") {
			t.Errorf("%+v", s)
		}
		if _, err := w.GetRecording(t.Context(), fileID("f")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("filed by the push itself: %v", err)
		}
		for range 2 {
			w.file()
		}
		if r := w.recording("f"); r.State != call.RecordingPending || !r.NamedAt.Equal(w.clock.Now()) {
			t.Errorf("%+v", r)
		}
	})
	t.Run("ManyPushesAreFiledInTheirOrder", func(t *testing.T) {
		w := newWorld(t, open)
		var want []string
		for i := range 30 {
			w.deposit(w.delivery(told{ID: fmt.Sprint(i), Call: fmt.Sprint(i), Recording: fmt.Sprint("f", i), Ended: -60}), store.Deposited{Fresh: 1})
			w.clock.Advance(time.Second)
			want = append([]string{fmt.Sprint("f", i)}, want...)
		}
		w.listsRecordings(store.RecordingFilter{}, want...)
	})
	t.Run("StateInRecords", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: -60}, told{ID: "2", Call: "c", Start: 1}), store.Deposited{Fresh: 2})
		w.recordStates("2 none", "1 pending "+fileID("f"))
		c := w.claims("aliyun", 1)[0]
		w.settle(c, func(r *store.Recording) { r.State, r.Key = call.RecordingKept, "k" })
		w.recordStates("2 none", "1 archived "+fileID("f"))
		if _, err := w.ForgetRecording(t.Context(), w.recording("f")); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(2 * time.Hour)
		w.recordStates("2 none", "1 expired "+fileID("f"))
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: -60}), store.Deposited{Duplicates: 1})
		w.recordStates("2 none", "1 expired "+fileID("f")) // what is known already names nothing anew
	})
}

// recordingWorkContract: one worker at a time, and the latest claim counts.
func recordingWorkContract(t *testing.T, open Open) {
	t.Run("Settle", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: -60}), store.Deposited{Fresh: 1})
		first := w.claims("aliyun", 1)[0]
		again := w.clock.Now().Add(time.Minute)
		w.settle(first, func(r *store.Recording) { r.Attempts, r.Error, r.NextTryAt = 1, "not_ready", again })
		if r := w.recording("f"); r.State != call.RecordingPending || r.Attempts != 1 || r.Error != "not_ready" || !r.NextTryAt.Equal(again) {
			t.Errorf("settled as %+v", r)
		}
		if err := w.SettleRecording(t.Context(), first, first.Recording); !errors.Is(err, store.ErrLost) {
			t.Errorf("settled twice: %v", err)
		}
		if len(w.claims("aliyun", 1)) != 0 {
			t.Error("claimed before it is due again")
		}
		w.clock.Advance(time.Minute)
		second := w.claims("aliyun", 1)[0]
		if second.Token <= first.Token || second.Taken || second.Attempts != 1 {
			t.Errorf("second claim %+v", second)
		}
		kept := w.settle(second, func(r *store.Recording) {
			r.State, r.Attempts, r.Error, r.NextTryAt, r.ArchivedAt = call.RecordingKept, 2, "", time.Time{}, w.clock.Now()
			r.Key, r.Size, r.SHA256, r.ContentType = "aliyun/f.wav", 1<<40, "00ff", "audio/wav"
		})
		if got := w.recording("f"); fmt.Sprint(got) != fmt.Sprint(kept) {
			t.Errorf("\n got %+v\nwant %+v", got, kept)
		}
		w.clock.Advance(24 * time.Hour)
		if len(w.claims("aliyun", 1)) != 0 {
			t.Error("claimed although it is done")
		}
	})
	t.Run("NamesThatComeDuringAClaimStay", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "e", Call: "c", Event: "recording", Recording: "f"}), store.Deposited{Fresh: 1})
		c := w.claims("aliyun", 1)[0]
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: -60}), store.Deposited{Fresh: 1})
		if len(w.claims("aliyun", 1)) != 0 {
			t.Error("named again, claimed by two")
		}
		w.settle(c, func(r *store.Recording) { r.NextTryAt = w.clock.Now() })
		if r := w.recording("f"); r.RecordID != "1" {
			t.Errorf("%+v", r)
		}
	})
	t.Run("LeaseEnds", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: -60}), store.Deposited{Fresh: 1})
		dead := w.claims("aliyun", 1)[0]
		if err := w.HoldRecording(t.Context(), dead); err != nil {
			t.Fatal(err)
		}
		heir := w.claimed("aliyun")
		if !heir.Taken || heir.Token <= dead.Token {
			t.Errorf("taken over as %+v", heir)
		}
		if err := w.HoldRecording(t.Context(), dead); !errors.Is(err, store.ErrLost) {
			t.Errorf("the dead one holds: %v", err)
		}
		if err := w.SettleRecording(t.Context(), dead, dead.Recording); !errors.Is(err, store.ErrLost) {
			t.Errorf("the dead one settles: %v", err)
		}
		w.settle(heir, func(r *store.Recording) { r.State, r.NextTryAt = call.RecordingKept, time.Time{} })
	})
	t.Run("Parallel", func(t *testing.T) { parallelClaims(t, open) })
}

// parallelClaims: many workers together get each recording once.
func parallelClaims(t *testing.T, open Open) {
	w := newWorld(t, open)
	const files, workers = 60, 6
	for i := range files {
		w.deposit(w.delivery(told{ID: fmt.Sprint(i), Call: fmt.Sprint("c", i), Recording: fmt.Sprint("f", i), Ended: -60}), store.Deposited{Fresh: 1})
	}
	got := make(chan string, 2*files)
	done := make(chan error, workers)
	for range workers {
		go func() {
			for {
				claims, err := w.ClaimRecordings(t.Context(), "aliyun", 3)
				if err != nil || len(claims) == 0 {
					done <- err
					return
				}
				for _, c := range claims {
					r := c.Recording
					r.State, r.NextTryAt = call.RecordingKept, time.Time{}
					if err := w.SettleRecording(t.Context(), c, r); err != nil {
						done <- err
						return
					}
					got <- c.ID
				}
			}
		}()
	}
	for range workers {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	close(got)
	var ids []string
	for id := range got {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	if n := len(slices.Compact(slices.Clone(ids))); n != files || len(ids) != files {
		t.Errorf("%d of %d recordings in %d claims", n, files, len(ids))
	}
}

func recordingListContract(t *testing.T, open Open) {
	w := newWorld(t, open)
	for i := range 5 {
		w.deposit(w.delivery(told{ID: fmt.Sprint(i), Call: fmt.Sprint("c", i), Recording: fmt.Sprint("f", i), Ended: -60 + i}), store.Deposited{Fresh: 1})
		w.clock.Advance(time.Hour)
	}
	w.deposit(w.deliveryOf("huawei", told{ID: "h", Call: "c", Recording: "h"}), store.Deposited{Fresh: 1})
	first := w.claims("aliyun", 1)[0]
	w.settle(first, func(r *store.Recording) { r.State, r.NextTryAt = call.RecordingKept, time.Time{} })

	w.listsRecordings(store.RecordingFilter{}, "h", "f4", "f3", "f2", "f1", "f0")
	w.listsRecordings(store.RecordingFilter{Limit: 1}, "h", "f4", "f3", "f2", "f1", "f0")
	w.listsRecordings(store.RecordingFilter{Limit: 2, Platform: "aliyun"}, "f4", "f3", "f2", "f1", "f0")
	w.listsRecordings(store.RecordingFilter{State: call.RecordingKept}, "f0")
	w.listsRecordings(store.RecordingFilter{State: call.RecordingFailed})
	if _, _, err := w.ListRecordings(t.Context(), store.RecordingFilter{Limit: 1, Cursor: "zz"}); !errors.Is(err, store.ErrCursor) {
		t.Errorf("bad cursor: %v", err)
	}
	second := NewClock().Now().Add(time.Hour)
	w.countsRecordings("aliyun", 4, 1, second, second, 0)
	w.countsRecordings("aliyun", 4, 1, second, second.Add(90*time.Minute), 2)
	w.countsRecordings("huawei", 1, 0, w.clock.Now(), w.clock.Now().Add(time.Hour), 1)
	w.clock.Advance(24 * time.Hour)

	w.retries(first.ID)
	if old, err := w.OldRecordings(t.Context(), w.clock.Now().Add(time.Hour), 9); err != nil || len(old) != 0 {
		t.Errorf("old ones, though all are due: %+v, %v", old, err)
	}
	again := w.claims("aliyun", 9)
	for _, c := range again {
		if _, err := w.RetryRecording(t.Context(), c.ID, w.clock.Now()); !errors.Is(err, store.ErrBusy) {
			t.Errorf("retried under somebody's hands: %v", err)
		}
		w.settle(c, func(r *store.Recording) { r.State, r.NextTryAt = call.RecordingExpired, time.Time{} })
	}
	old, err := w.OldRecordings(t.Context(), NewClock().Now().Add(90*time.Minute), 9)
	if err != nil || len(old) != 2 {
		t.Fatalf("old ones: %+v, %v", old, err)
	}
	changed := old[0]
	changed.Attempts++
	if _, err := w.ForgetRecording(t.Context(), changed); err != nil {
		t.Error(err)
	}
	w.listsRecordings(store.RecordingFilter{Platform: "aliyun"}, "f4", "f3", "f2", "f1", "f0")
	for _, r := range old {
		for range 2 {
			if _, err := w.ForgetRecording(t.Context(), r); err != nil {
				t.Error(err)
			}
		}
	}
	w.listsRecordings(store.RecordingFilter{Platform: "aliyun"}, "f4", "f3", "f2")
	w.clock.Advance(2 * recordingLife)
	if old, err := w.OldRecordings(t.Context(), w.clock.Now(), 9); err != nil || len(old) != 4 { // Huawei's was never fetched
		t.Errorf("old ones: %+v, %v", old, err)
	}
	if _, err := w.GetRecording(t.Context(), fileID("f0")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("forgotten: %v", err)
	}
	if _, err := w.RetryRecording(t.Context(), fileID("f0"), w.clock.Now()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("forgotten: %v", err)
	}
}

// asksContract: all endpoints together ask a platform so often, and not while
// there is a pause.
func asksContract(t *testing.T, open Open) {
	w := newWorld(t, open)
	admitted := 0
	for range 40 {
		wait, err := w.AdmitAsk(t.Context(), "aliyun", 10)
		if err != nil || wait > time.Second {
			t.Fatal(wait, err)
		}
		if wait == 0 {
			admitted++
		}
	}
	if admitted < 10 || admitted > 20 { // the second may have ended in between
		t.Errorf("%d questions of 10 a second", admitted)
	}
	if err := w.PauseAsks(t.Context(), "aliyun", time.Hour); err != nil {
		t.Fatal(err)
	}
	if wait, err := w.AdmitAsk(t.Context(), "aliyun", 1000); err != nil || wait < 50*time.Minute {
		t.Errorf("asked in the pause: %v, %v", wait, err)
	}
	if wait, err := w.AdmitAsk(t.Context(), "huawei", 1000); err != nil || wait != 0 {
		t.Errorf("the other platform: %v, %v", wait, err)
	}
}
