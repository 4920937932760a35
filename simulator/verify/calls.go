package verify

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"xmode/simulator/load"
)

// story is what is compared of all that is known of a call.
type story struct {
	State      string      `json:"state"`
	Queries    []query     `json:"queries"`
	Records    []record    `json:"records"`
	Recordings []recording `json:"recordings"`
}

// query is a question and its answer.
type query struct {
	Decision string `json:"decision"`
}

// recording is one as the API tells of it.
type recording struct {
	State  string `json:"state"`
	SHA256 string `json:"sha256"`
	Error  string `json:"error"`
}

// calls reads every call that has a record. What is not right yet is read again,
// with growing pauses, until the time to settle is over.
func (v *Verifier) calls(ctx context.Context, table []load.Want, verdict *Verdict) error {
	var open []int
	for n, w := range table {
		if w.Record == load.Due {
			open = append(open, n)
			verdict.Calls++
		}
		if w.Recording == load.Due {
			verdict.Recordings++
		}
	}
	end := v.c.Now().Add(v.c.Settle)
	for pause := time.Second; ; pause = min(2*pause, 8*time.Second) {
		last := !v.c.Now().Before(end)
		left, err := v.round(ctx, table, open, verdict, last)
		if err != nil || len(left) == 0 || last {
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

// round reads calls once, and returns those that are not right; in the last round
// they are noted.
func (v *Verifier) round(ctx context.Context, table []load.Want, open []int, verdict *Verdict, last bool) (left []int, err error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var mu sync.Mutex
	var lanes sync.WaitGroup
	work := make(chan int)
	for range v.c.Parallel {
		lanes.Go(func() {
			for n := range work {
				s, err := v.story(ctx, table[n].CallID)
				if err != nil {
					stop(err)
					continue
				}
				diffs := v.compare(s, table[n])
				mu.Lock()
				switch {
				case len(diffs) == 0:
					verdict.right(s, table[n])
				case last:
					verdict.differs("call %s: %s", table[n].CallID, strings.Join(diffs, ", "))
				default:
					left = append(left, n)
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

// right counts a call that is.
func (v *Verdict) right(s story, w load.Want) {
	v.CallsRight++
	if w.Recording != load.Due {
		return
	}
	v.RecordingsRight++
	if s.Recordings[0].State == "archived" {
		v.Archived++
	}
}

// story reads all that is known of a call; of one that is not known it is empty.
func (v *Verifier) story(ctx context.Context, callID string) (s story, err error) {
	query := url.Values{"platform": {v.c.Platform}, "call_id": {callID}}
	if err = v.getJSON(ctx, "/v1/calls?"+query.Encode(), &s); err == errNone {
		return story{}, nil
	}
	return s, err
}

// compare says in clauses what is wrong with a call.
func (v *Verifier) compare(s story, w load.Want) (diffs []string) {
	if s.State != "ended" && w.Kind == load.Voice {
		diffs = append(diffs, fmt.Sprintf("state %q, want ended", s.State))
	}
	if len(s.Records) != 1 {
		diffs = append(diffs, fmt.Sprintf("%d records, want 1", len(s.Records)))
	}
	if verb := verbOf(w); verb != "" && !slices.Contains(s.Queries, query{verb}) {
		diffs = append(diffs, fmt.Sprintf("no query that was answered by %s", verb))
	}
	if w.Recording == load.Due {
		diffs = append(diffs, v.compareRecording(s.Recordings, w)...)
	}
	if w.Recording == load.Absent && len(s.Recordings) > 0 {
		diffs = append(diffs, "a recording, although none was told")
	}
	return diffs
}

// verbOf is the API's word for a decision; empty: none that has to be known.
func verbOf(w load.Want) string {
	if w.Failed {
		return ""
	}
	return map[load.Verb]string{load.Connect: "connect", load.Reject: "reject", load.Ask: "ask"}[w.Verb]
}

func (v *Verifier) compareRecording(known []recording, w load.Want) []string {
	if len(known) != 1 {
		return []string{fmt.Sprintf("%d recordings, want 1", len(known))}
	}
	r := known[0]
	if v.c.Archived && r.State != "archived" {
		return []string{strings.TrimSpace("recording " + r.State + ", want archived " + r.Error)}
	}
	if v.c.Sum == nil || r.State != "archived" {
		return nil
	}
	if sum, ok := v.c.Sum(w.CallID); !ok || sum != r.SHA256 {
		return []string{"recording with another SHA-256"}
	}
	return nil
}
