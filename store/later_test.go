package store_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"xmode/call"
	"xmode/store"
)

// slow is a Traces whose writes wait for a word.
type slow struct {
	start  chan int
	finish chan error
}

func (s slow) Leave(_ context.Context, traces []call.Trace) error {
	s.start <- len(traces)
	return <-s.finish
}

func TestLaterGathersWhileItWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow{make(chan int), make(chan error)}
		written := 0
		l := store.NewLater(s, 10, store.LaterHooks{Written: func(n int) { written += n }})
		l.Leave(call.Trace{})
		if n := <-s.start; n != 1 {
			t.Errorf("first write of %d traces", n)
		}
		for range 3 {
			l.Leave(call.Trace{})
		}
		s.finish <- nil
		if n := <-s.start; n != 3 {
			t.Errorf("second write of %d traces, want the 3 that had gathered", n)
		}
		s.finish <- nil
		if err := l.Close(t.Context()); err != nil || written != 4 {
			t.Errorf("closed with %v, %d written", err, written)
		}
	})
}

func TestLaterDropsWhenFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow{make(chan int), make(chan error)}
		var lost int
		var cause error
		l := store.NewLater(s, 2, store.LaterHooks{Lost: func(n int, err error) { lost, cause = lost+n, err }})
		l.Leave(call.Trace{})
		<-s.start // the writer is busy; two have room
		for i, want := range []bool{true, true, false, false} {
			if got := l.Leave(call.Trace{}); got != want {
				t.Errorf("trace %d: room %v, want %v", i, got, want)
			}
		}
		if lost != 2 || cause != nil {
			t.Errorf("%d lost, %v", lost, cause)
		}
		s.finish <- store.ErrUnavailable
		<-s.start
		if lost != 3 || !errors.Is(cause, store.ErrUnavailable) {
			t.Errorf("%d lost after a failed write, %v", lost, cause)
		}
		s.finish <- nil
		_ = l.Close(t.Context())
	})
}

func TestLaterCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow{make(chan int), make(chan error)}
		l := store.NewLater(s, 2, store.LaterHooks{})
		l.Leave(call.Trace{})
		<-s.start
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := l.Close(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("closed while writing: %v", err)
		}
		if l.Leave(call.Trace{}) {
			t.Error("a closed writer took a trace")
		}
		s.finish <- nil
		if err := l.Close(t.Context()); err != nil {
			t.Errorf("closed again: %v", err)
		}
	})
}

func TestErrorsSayWhatHappened(t *testing.T) {
	conflict := &store.Conflict{With: call.Binding{ID: 7, A: call.NumberFromStore("+8613800000021")}, Route: "extension"}
	for want, err := range map[string]error{
		"conflicts with binding 7: extension":                                                                     conflict,
		"conflicts with binding 7: extension; everything applied before was undone":                               &store.Undone{Cause: conflict, Complete: true},
		"conflicts with binding 7: extension; what was applied before could not be undone whole: repeat the call": &store.Undone{Cause: conflict},
		"unknown binding ids: 8, 9":                                                                               &store.Missing{IDs: []call.ID{8, 9}},
	} {
		if err.Error() != want {
			t.Errorf("got  %q\nwant %q", err, want)
		}
	}
	if !errors.Is(&store.Undone{Cause: store.ErrBusy}, store.ErrBusy) || !errors.Is(&store.Missing{}, store.ErrNotFound) {
		t.Error("causes are not found")
	}
}

// TestLaterWaitsForAStoreThatIsAway: what was certainly not written is written when the
// store is back; what may have been written is not written twice.
func TestLaterWaitsForAStoreThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow{make(chan int), make(chan error)}
		written, lost := 0, 0
		l := store.NewLater(s, 10, store.LaterHooks{
			Written: func(n int) { written += n }, Lost: func(n int, _ error) { lost += n },
		})
		l.Leave(call.Trace{})
		for range 50 {
			<-s.start
			s.finish <- store.ErrUnsent
		}
		<-s.start
		s.finish <- nil
		l.Leave(call.Trace{})
		<-s.start
		s.finish <- store.ErrUnavailable
		synctest.Wait()
		if written != 1 || lost != 1 {
			t.Errorf("%d written, %d lost", written, lost)
		}
		l.Leave(call.Trace{})
		<-s.start
		s.finish <- store.ErrUnsent
		if err := l.Close(t.Context()); err != nil || lost != 2 {
			t.Errorf("closed with %v, %d lost", err, lost)
		}
	})
}
