package verify

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"xmode/simulator/load"
)

// record is what is compared of a call record.
type record struct {
	CallID   string `json:"call_id"`
	Kind     string `json:"kind"`
	X        string `json:"x"`
	Caller   string `json:"caller"`
	Callee   string `json:"callee"`
	Duration int    `json:"duration_s"`
	Outcome  string `json:"outcome"`
	Conflict bool   `json:"conflict"`
}

// maxLine is the longest line that is read.
const maxLine = 4 << 20

// stream is the form in which all records come.
const stream = "application/x-ndjson"

// records reads all call records since the load began, one line at a time, and
// looks whether each that must be there is there once.
func (v *Verifier) records(ctx context.Context, t *table, verdict *Verdict) error {
	query := url.Values{"platform": {v.c.Platform}, "since": {v.c.Since.UTC().Format(time.RFC3339)}}
	body, err := v.get(ctx, "/v1/cdrs?"+query.Encode(), stream)
	if err != nil {
		return listed(err)
	}
	defer body.Close()
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var r record
		if json.Unmarshal(lines.Bytes(), &r) != nil {
			if lines.Err() != nil {
				break // the rest of a line that was cut off
			}
			return fmt.Errorf("%w: a line cannot be read", ErrAPI)
		}
		if strings.HasPrefix(r.CallID, v.c.Prefix) {
			t.see(r, verdict)
		}
	}
	if err := lines.Err(); err != nil {
		return readable(err)
	}
	t.sum(verdict)
	return nil
}

// readable is why a stream ended too early.
func readable(err error) error {
	if err == bufio.ErrTooLong {
		return fmt.Errorf("%w: a line is too long", ErrAPI)
	}
	return err
}

// see compares a record of the load.
func (t *table) see(r record, verdict *Verdict) {
	e := t.find(r.CallID)
	if e == nil || !e.known || e.record == load.Absent && !e.kept() {
		verdict.RecordsUntold++
		verdict.differs("record of %q: there, although it was never told", r.CallID)
		return
	}
	diffs := t.differences(r, e)
	if len(diffs) > 0 {
		e.marks |= wrong
	}
	if r.Conflict {
		e.marks |= conflicting
		diffs = append(diffs, "marked as a conflict")
	}
	if e.marks&once != 0 {
		e.marks |= twice
		diffs = append(diffs, "there more than once")
	}
	e.marks |= once
	if len(diffs) > 0 {
		verdict.differs("record of %q: %s", r.CallID, strings.Join(diffs, ", "))
	}
}

// sum counts what was found, and notes the records that must be there and are not.
func (t *table) sum(verdict *Verdict) {
	for n := range t.calls {
		e := &t.calls[n]
		if e.marks&wrong != 0 {
			verdict.RecordsWrong++
		}
		if e.marks&conflicting != 0 {
			verdict.RecordsConflicting++
		}
		if e.marks&twice != 0 {
			verdict.RecordsTwice++
		}
		if e.record != load.Due {
			continue
		}
		verdict.Records++
		switch e.marks {
		case once:
			verdict.RecordsRight++
		case 0:
			verdict.RecordsMissing++
			verdict.differs("record of %q: missing", t.id(n))
		}
	}
}

// differences says in clauses what is wrong with what a record says.
func (t *table) differences(r record, e *expected) (diffs []string) {
	if want := kind(e); r.Kind != want {
		diffs = append(diffs, fmt.Sprintf("kind %q, want %q", r.Kind, want))
	}
	for _, number := range []struct {
		what, got string
		want      uint32
	}{{"x", r.X, e.x}, {"caller", r.Caller, e.caller}, {"callee", r.Callee, e.callee}} {
		if want := t.numbers[number.want]; plain(number.got) != want {
			diffs = append(diffs, fmt.Sprintf("%s %s, want %s", number.what, masked(number.got), masked(want)))
		}
	}
	if r.Duration != int(e.talked) {
		diffs = append(diffs, fmt.Sprintf("duration %d s, want %d s", r.Duration, e.talked))
	}
	if want := outcomes(e); !slices.Contains(want, r.Outcome) {
		diffs = append(diffs, fmt.Sprintf("outcome %q, want %s", r.Outcome, strings.Join(want, " or ")))
	}
	return diffs
}
