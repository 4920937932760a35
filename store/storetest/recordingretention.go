package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"xmode/call"
	"xmode/store"
)

// recordingRetentionContract: what is too old goes, whatever became of it.
func recordingRetentionContract(t *testing.T, open Open) {
	t.Run("WhatNobodyEverTriedGoes", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: -60}), store.Deposited{Fresh: 1})
		w.clock.Advance(2 * recordingLife)
		w.forgetsAll(1)
		if got := w.claims("aliyun", 9); len(got) != 0 {
			t.Errorf("claimed though forgotten: %+v", got)
		}
	})
	t.Run("WhatARecordNamedAfterItsEndGoes", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "e", Call: "c", Event: "recording", Recording: "f"}), store.Deposited{Fresh: 1})
		w.settle(w.claims("aliyun", 1)[0], func(r *store.Recording) { r.State = call.RecordingUnmatched })
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: -60}), store.Deposited{Fresh: 1})
		w.clock.Advance(2 * recordingLife)
		w.forgetsAll(1)
	})
	t.Run("WhatIsStillDueHidesNothing", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "k", Call: "k", Recording: "k", Ended: -60}), store.Deposited{Fresh: 1})
		w.settle(w.claims("aliyun", 1)[0], func(r *store.Recording) { r.State = call.RecordingKept })
		for i := range 5 {
			w.deposit(w.delivery(told{ID: fmt.Sprint(i), Call: fmt.Sprint(i), Recording: fmt.Sprint(i), Ended: -60}), store.Deposited{Fresh: 1})
		}
		w.file()
		old, err := w.OldRecordings(t.Context(), w.clock.Now().Add(time.Hour), 3)
		if err != nil || len(old) != 1 || old[0].Names["file"] != "k" {
			t.Errorf("old ones: %+v, %v", old, err)
		}
	})
	t.Run("WhatChangedMeanwhileStays", func(t *testing.T) {
		w := newWorld(t, open)
		w.deposit(w.delivery(told{ID: "1", Call: "c", Recording: "f", Ended: -60}), store.Deposited{Fresh: 1})
		r := w.recording("f")
		w.retries(r.ID)
		if gone, err := w.ForgetRecording(t.Context(), r); gone || err != nil {
			t.Errorf("forgotten: %v, %v", gone, err)
		}
		r = w.recording("f")
		w.claims("aliyun", 1)
		if gone, err := w.ForgetRecording(t.Context(), r); gone || err != nil {
			t.Errorf("forgotten in somebody's hands: %v, %v", gone, err)
		}
	})
	t.Run("OfEveryPartition", func(t *testing.T) {
		w := newWorld(t, open)
		const calls = 8
		for i := range calls { // of different calls, which may lie in different partitions
			w.deposit(w.delivery(told{ID: fmt.Sprint(i), Call: fmt.Sprint(i), Recording: "f", Ended: -60}), store.Deposited{Fresh: 1})
			w.clock.Advance(time.Second)
		}
		w.clock.Advance(2 * recordingLife)
		w.file()
		old, err := w.OldRecordings(t.Context(), w.clock.Now(), 100)
		if err != nil {
			t.Fatal(err)
		}
		w.forgetsAll(len(old))
		if _, err := w.GetRecording(t.Context(), fileID("f")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("forgotten: %v", err)
		}
	})
}

// forgetsAll removes everything that is old by now, which has to be so much.
func (w *world) forgetsAll(want int) {
	w.Helper()
	w.file()
	old, err := w.OldRecordings(w.Context(), w.clock.Now(), 100)
	if err != nil || len(old) != want {
		w.Fatalf("old ones: %+v, %v, want %d", old, err, want)
	}
	for _, r := range old {
		if gone, err := w.ForgetRecording(w.Context(), r); !gone || err != nil {
			w.Errorf("not forgotten: %v, %+v", err, r)
		}
	}
	w.listsRecordings(store.RecordingFilter{})
}
