package recording_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/recording"
	"xmode/store"

	"github.com/prometheus/client_golang/prometheus"
)

func TestRecordingIsArchived(t *testing.T) {
	s := newScene(t)
	got := s.run(t, store.Claim{Recording: due()})
	key := "acme/2026-03-04/" + got.ID + ".wav"
	if got.State != call.RecordingKept || got.Key != key || got.Size != int64(len(audio)) || got.ContentType != "audio/wav" || len(got.SHA256) != 64 ||
		got.Attempts != 1 || got.Open() || !got.ArchivedAt.Equal(start) || got.Error != "" {
		t.Errorf("%+v", got)
	}
	if files := s.files(t); len(files) != 1 || files[0] != key {
		t.Errorf("files %q", files)
	}
}

func TestWithoutAnArchiveItIsLocated(t *testing.T) {
	s := newScene(t)
	s.config.Archive = nil
	s.file = func(http.ResponseWriter, *http.Request) { t.Error("downloaded") }
	if got := s.run(t, store.Claim{Recording: due()}); got.State != call.RecordingLocated || got.Open() || got.Attempts != 1 {
		t.Errorf("%+v", got)
	}
}

func TestWhatFailsIsTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		trouble *platform.Trouble
		file    http.HandlerFunc
		before  int // attempts
		reason  string
		pause   time.Duration // until the next attempt
		all     time.Duration // for everybody
	}{
		"not there yet":      {&platform.Trouble{Reason: platform.ReasonNotReady, Code: "1012007"}, nil, 0, "not_ready: 1012007", time.Minute, 0},
		"the third time":     {&platform.Trouble{Reason: platform.ReasonNotReady}, nil, 2, "not_ready", 4 * time.Minute, 0},
		"the twentieth time": {&platform.Trouble{Reason: platform.ReasonNotReady}, nil, 19, "not_ready", time.Hour, 0},
		"throttled":          {&platform.Trouble{Reason: platform.ReasonThrottled}, nil, 0, "throttled", 2 * time.Minute, 2 * time.Minute},
		"blocked":            {&platform.Trouble{Reason: platform.ReasonRefused, Pause: 30 * time.Minute}, nil, 0, "refused", 30 * time.Minute, 30 * time.Minute},
		"no file":            {nil, http.NotFound, 0, "status: 404", time.Minute, 0},
		"no audio": {nil, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>13800000021")) }, 0,
			"not_audio", time.Minute, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			if s.trouble = c.trouble; c.file != nil {
				s.file = c.file
			}
			r := due()
			r.Attempts = c.before
			got := s.run(t, store.Claim{Recording: r})
			if got.State != call.RecordingPending || got.Attempts != c.before+1 || !strings.HasPrefix(got.Error, c.reason) ||
				!got.NextTryAt.Equal(start.Add(c.pause)) {
				t.Errorf("%+v, next try in %v", got, got.NextTryAt.Sub(start))
			}
			if c.all == 0 != (len(s.pauses) == 0) || c.all > 0 && s.pauses[0] != c.all {
				t.Errorf("paused for %v", s.pauses)
			}
			if files := s.files(t); len(files) > 0 {
				t.Errorf("files %q", files)
			}
		})
	}
}

func TestJitterIsAQuarterEitherWay(t *testing.T) {
	for random, want := range map[float64]time.Duration{0: 45 * time.Second, 1: 75 * time.Second} {
		s := newScene(t)
		s.config.Random = func() float64 { return random }
		s.trouble = &platform.Trouble{Reason: platform.ReasonNotReady}
		if got := s.run(t, store.Claim{Recording: due()}); !got.NextTryAt.Equal(start.Add(want)) {
			t.Errorf("%v: next try in %v", random, got.NextTryAt.Sub(start))
		}
	}
}

// A recording is tried once more shortly before it expires, then given up.
func TestTheLastAttempts(t *testing.T) {
	for _, c := range []struct {
		left, next time.Duration // to its end, to the next attempt
	}{
		{3 * time.Hour, time.Hour}, {65 * time.Minute, 55 * time.Minute}, {30 * time.Minute, 20 * time.Minute},
		{10 * time.Minute, 10 * time.Minute}, {time.Minute, time.Minute},
	} {
		s := newScene(t)
		s.trouble = &platform.Trouble{Reason: platform.ReasonNotReady}
		r := due()
		r.Attempts, r.ExpiresAt = 30, start.Add(c.left)
		if got := s.run(t, store.Claim{Recording: r}); !got.NextTryAt.Equal(start.Add(c.next)) {
			t.Errorf("%v left: next try in %v", c.left, got.NextTryAt.Sub(start))
		}
	}
	s := newScene(t)
	r := due()
	r.ExpiresAt, r.Error = start, "not_ready"
	if got := s.run(t, store.Claim{Recording: r}); got.State != call.RecordingExpired || got.Open() || got.Error != "not_ready" || s.asked > 0 {
		t.Errorf("%+v, asked %d times", got, s.asked)
	}
}

// What expired is asked for again by whoever asks by hand: once.
func TestWhatExpiredIsAskedForByHand(t *testing.T) {
	for want, trouble := range map[call.RecordingState]*platform.Trouble{
		call.RecordingKept: nil, call.RecordingExpired: {Reason: platform.ReasonNotReady},
	} {
		s := newScene(t)
		s.trouble = trouble
		r := due()
		r.ExpiresAt, r.Asked = start.Add(-time.Hour), true
		if got := s.run(t, store.Claim{Recording: r}); got.State != want || got.Open() || got.Attempts != 1 || s.asked != 1 {
			t.Errorf("%+v, asked %d times, want %s", got, s.asked, want)
		}
	}
}

func TestWhatNoAttemptCanMendHasFailed(t *testing.T) {
	s := newScene(t)
	s.ask = func() error { return &platform.Trouble{Reason: platform.ReasonNoNames} }
	if got := s.run(t, store.Claim{Recording: due()}); got.State != call.RecordingFailed || got.Open() || got.Error != "no_names" {
		t.Errorf("%+v", got)
	}
	s = newScene(t)
	s.file = func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "99999999") }
	if got := s.run(t, store.Claim{Recording: due()}); got.State != call.RecordingFailed || got.Error != "too_large" {
		t.Errorf("%+v", got)
	}
}

// What a push said of the address is used only where the platform cannot be asked.
func TestAddressOfThePush(t *testing.T) {
	for reason, want := range map[string]call.RecordingState{
		platform.ReasonNoCredentials: call.RecordingKept, platform.ReasonNoNames: call.RecordingKept, platform.ReasonRefused: call.RecordingKept,
		platform.ReasonNotReady: call.RecordingPending, platform.ReasonThrottled: call.RecordingPending,
	} {
		s := newScene(t)
		s.ask = func() error { return &platform.Trouble{Reason: reason} }
		r := due()
		r.Address = s.address
		if got := s.run(t, store.Claim{Recording: r}); got.State != want {
			t.Errorf("%s: %+v", reason, got)
		}
	}
}

func TestUnsignedRecordingsHaveToBeOfOurCalls(t *testing.T) {
	ours := store.CallLog{Queries: [][]byte{[]byte(`{}`)}}
	for name, c := range map[string]struct {
		known    store.CallLog
		asked    bool
		attempts int
		want     call.RecordingState
	}{
		"nobody's":       {store.CallLog{Records: [][]byte{[]byte(`{}`)}}, false, 0, call.RecordingUnmatched},
		"ours":           {ours, false, 0, call.RecordingKept},
		"asked by hand":  {store.CallLog{}, true, 0, call.RecordingKept},
		"matched before": {store.CallLog{}, false, 1, call.RecordingKept},
	} {
		s := newScene(t)
		r := due()
		s.known, r.Unsigned, r.Asked, r.Attempts = c.known, true, c.asked, c.attempts
		got := s.run(t, store.Claim{Recording: r})
		if got.State != c.want || got.Unmatched != (c.want == call.RecordingUnmatched) || got.Unmatched && (s.asked > 0 || got.Open()) {
			t.Errorf("%s: %+v, asked %d times", name, got, s.asked)
		}
	}
}

// The first attempt waits from the end of the call on: as the push tells it, else
// as its record does, else from what named the recording.
func TestFirstAttemptWaits(t *testing.T) {
	record := func(end string) store.CallLog {
		return store.CallLog{Records: [][]byte{[]byte(`{"record_id":"r7","ended_at":` + end + `}`)}}
	}
	for name, c := range map[string]struct {
		ended time.Time
		known store.CallLog
		next  time.Time // zero: it is fetched
	}{
		"told, long ago":               {start.Add(-16 * time.Minute), store.CallLog{}, time.Time{}},
		"told":                         {start.Add(-10 * time.Minute), store.CallLog{}, start.Add(5 * time.Minute)},
		"by its record":                {time.Time{}, record(`"2026-03-04T04:51:07Z"`), time.Time{}},
		"by its record, late":          {time.Time{}, record(`"2026-03-04T05:01:07Z"`), start.Add(10 * time.Minute)},
		"not told":                     {time.Time{}, record(`null`), start.Add(14 * time.Minute)},
		"told, years to come":          {start.Add(3 * 365 * 24 * time.Hour), store.CallLog{}, start.Add(14 * time.Minute)},
		"by its record, years to come": {time.Time{}, record(`"2029-03-04T05:06:07Z"`), start.Add(14 * time.Minute)},
	} {
		s := newScene(t)
		r := due()
		r.EndedAt, r.Delay, s.known = c.ended, 15*time.Minute, c.known
		got := s.run(t, store.Claim{Recording: r})
		if !got.NextTryAt.Equal(c.next) || (got.State == call.RecordingKept) != c.next.IsZero() || got.Open() && got.Attempts != 0 {
			t.Errorf("%s: %+v", name, got)
		}
		if len(c.known.Records) > 0 && got.RecordID != "r7" {
			t.Errorf("%s: record %q", name, got.RecordID)
		}
	}
}

// Nobody asks while there is a pause; that costs no attempt.
func TestNobodyAsksDuringAPause(t *testing.T) {
	s := newScene(t)
	s.admit = func() (time.Duration, error) { return time.Hour, nil }
	if got := s.run(t, store.Claim{Recording: due()}); got.Attempts != 0 || !got.NextTryAt.Equal(start.Add(time.Hour)) || s.asked > 0 {
		t.Errorf("%+v, asked %d times", got, s.asked)
	}
}

func TestPanicCostsAnAttempt(t *testing.T) {
	s := newScene(t)
	s.ask = func() error { panic("13800000021") }
	if got := s.run(t, store.Claim{Recording: due()}); got.State != call.RecordingPending || got.Attempts != 1 || got.Error != "panic" {
		t.Errorf("%+v", got)
	}
}

// A worker that is asked to stop gives its claim back, as it was.
func TestStopGivesTheClaimBack(t *testing.T) {
	s := newScene(t)
	begun, until := make(chan struct{}), make(chan struct{})
	defer close(until)
	s.file = func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(audio))
		_ = http.NewResponseController(w).Flush()
		close(begun)
		<-until
	}
	stop := s.start(t, store.Claim{Recording: due()})
	<-begun
	stop()
	if len(s.settled) != 1 || s.settled[0].Attempts != 0 || s.settled[0].State != call.RecordingPending || !s.settled[0].NextTryAt.Equal(start) {
		t.Errorf("%+v", s.settled)
	}
	if files := s.files(t); len(files) > 0 {
		t.Errorf("files %q", files)
	}
}

// Whose claim is lost shows no file and settles nothing.
func TestLateFinisherIsDiscarded(t *testing.T) {
	s := newScene(t)
	s.config.Workers = 1 // so that the second is claimed once the first is through
	s.hold = func(id string) error {
		if id == due().ID {
			return store.ErrLost
		}
		return nil
	}
	next := due()
	next.ID = call.RecordingID("acme", "g")
	s.run(t, store.Claim{Recording: due()}, store.Claim{Recording: next})
	if files := s.files(t); len(files) != 1 || !strings.Contains(files[0], next.ID) || len(s.settled) != 1 || s.settled[0].ID != next.ID {
		t.Errorf("files %q, settled %+v", files, s.settled)
	}
}

// A store that is away costs nothing: the claim is somebody's again later.
func TestStoreAway(t *testing.T) {
	away := &store.Failure{Class: "connection", Err: store.ErrUnavailable}
	tried := make(chan struct{}, 1)
	for name, change := range map[string]func(*scene, *store.Recording){
		"when the call is looked up": func(s *scene, r *store.Recording) {
			r.Unsigned, s.call = true, func() error { tried <- struct{}{}; return away }
		},
		"when the question is admitted": func(s *scene, _ *store.Recording) {
			s.admit = func() (time.Duration, error) { tried <- struct{}{}; return 0, away }
		},
		"when the file is to be shown": func(s *scene, _ *store.Recording) {
			s.hold = func(string) error { tried <- struct{}{}; return away }
		},
	} {
		s := newScene(t)
		r := due()
		change(s, &r)
		stop := s.start(t, store.Claim{Recording: r})
		<-tried
		stop()
		if files := s.files(t); len(files) > 0 {
			t.Errorf("%s: files %q", name, files)
		}
		for _, got := range s.settled {
			if got.State != call.RecordingPending || got.Attempts != 0 {
				t.Errorf("%s: settled %+v", name, got)
			}
		}
	}
}

// The archive is not to blame, whatever kept the store from answering: it is neither
// accused nor left alone for a while.
func TestAwayStoreIsNotTakenForABrokenArchive(t *testing.T) {
	for _, cause := range []error{syscall.ECONNREFUSED, context.DeadlineExceeded, io.EOF, errors.New("LOADING")} {
		s := newScene(t)
		var log bytes.Buffer
		s.config.Log, s.config.Workers = slog.New(slog.NewTextHandler(&log, nil)), 1
		s.hold = func(id string) error {
			if id == due().ID {
				return &store.Failure{Class: "connection", Err: fmt.Errorf("%w: holding a recording: %w", store.ErrUnavailable, cause)}
			}
			return nil
		}
		next := due()
		next.ID = call.RecordingID("acme", "g")
		stop := s.start(t, store.Claim{Recording: due()}, store.Claim{Recording: next})
		<-s.done
		stop()
		if len(s.settled) != 1 || s.settled[0].ID != next.ID || s.settled[0].State != call.RecordingKept || strings.Contains(log.String(), "archive does not") {
			t.Errorf("%v: settled %+v, said %s", cause, s.settled, &log)
		}
	}
}

// The lease is begun anew as long as the work lasts, and the work ends when
// somebody else has the claim.
func TestClaimIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &work{done: make(chan struct{})}
		var held atomic.Int64
		w.hold = func(string) error {
			if held.Add(1) == 3 {
				return store.ErrLost
			}
			return nil
		}
		waiting := make(chan struct{})
		w.admit = func() (time.Duration, error) {
			select {
			case <-waiting:
			default:
				close(waiting)
			}
			return time.Second, nil // for ever
		}
		f, err := recording.NewFetcher(recording.Config{
			Sources: []recording.Source{{Name: "acme", Recordings: &acme{}}}, Store: w,
			Now: func() time.Time { return start }, Tag: func(string) string { return "" }, Log: slog.New(slog.DiscardHandler),
			Metrics: recording.NewMetrics(prometheus.NewRegistry()),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.claims = []store.Claim{{Recording: due()}}
		ctx, cancel := context.WithCancel(t.Context())
		began, ended := time.Now(), make(chan struct{})
		go func() {
			defer close(ended)
			f.Run(ctx, func(call.Platform) (<-chan time.Time, func()) { return nil, func() {} })
		}()
		<-waiting
		time.Sleep(14 * time.Second)
		synctest.Wait()
		if held.Load() != 2 {
			t.Errorf("held %d times in %v", held.Load(), time.Since(began))
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		cancel()
		<-ended
		if held.Load() != 3 || len(w.settled) > 0 {
			t.Errorf("held %d times, settled %+v", held.Load(), w.settled)
		}
	})
}

func TestFetcherNeedsItsParts(t *testing.T) {
	_, err := recording.NewFetcher(recording.Config{})
	for _, part := range []string{"Store", "Now", "Tag", "Log", "Metrics"} {
		if err == nil || !strings.Contains(err.Error(), part+" is missing") {
			t.Errorf("%s: %v", part, err)
		}
	}
	if errors.Is(err, store.ErrLost) {
		t.Error("of another sort")
	}
}
