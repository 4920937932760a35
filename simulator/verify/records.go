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

// records reads all call records since the load began, one line at a time, and
// looks whether each that must be there is there once.
func (v *Verifier) records(ctx context.Context, table []load.Want, verdict *Verdict) error {
	query := url.Values{"platform": {v.c.Platform}, "since": {v.c.Since.UTC().Format(time.RFC3339)}}
	body, err := v.get(ctx, "/v1/cdrs?"+query.Encode(), "application/x-ndjson")
	if err != nil {
		return none(err)
	}
	defer body.Close()
	seen := make([]uint8, len(table))
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var r record
		if json.Unmarshal(lines.Bytes(), &r) != nil {
			return fmt.Errorf("%w: a line cannot be read", ErrAPI)
		}
		if n, ours := v.number(r.CallID); ours && n < len(table) {
			seen[n] = min(seen[n], 254) + 1
			if diffs := differences(r, table[n]); seen[n] == 1 && len(diffs) == 0 {
				verdict.RecordsRight++
			} else {
				verdict.differs("record of %s: %s", r.CallID, strings.Join(append(diffs, again(seen[n])...), ", "))
			}
		}
	}
	if err := lines.Err(); err != nil {
		return away(ctx, err)
	}
	missing(table, seen, verdict)
	return nil
}

// none: where lists are, something is always found.
func none(err error) error {
	if err == errNone {
		return fmt.Errorf("%w: status 404", ErrAPI)
	}
	return err
}

func again(n uint8) []string {
	if n > 1 {
		return []string{fmt.Sprintf("there %d times", n)}
	}
	return nil
}

// missing notes the records that must be there and are not.
func missing(table []load.Want, seen []uint8, verdict *Verdict) {
	for n, w := range table {
		if w.Record != load.Due {
			continue
		}
		verdict.Records++
		if seen[n] == 0 {
			verdict.differs("record of %s: missing", w.CallID)
		}
	}
}

// differences says in clauses what is wrong with a record.
func differences(r record, w load.Want) (diffs []string) {
	if w.CallID == "" || w.Record == load.Absent {
		return []string{"there, although it was never told"}
	}
	if r.Conflict {
		diffs = append(diffs, "marked as a conflict")
	}
	if kind := map[load.Kind]string{load.Voice: "voice", load.Text: "sms"}[w.Kind]; r.Kind != kind {
		diffs = append(diffs, fmt.Sprintf("kind %s, want %s", r.Kind, kind))
	}
	for _, number := range []struct{ what, got, want string }{{"x", r.X, w.X}, {"caller", r.Caller, w.Caller}, {"callee", r.Callee, w.Callee}} {
		if plain(number.got) != plain(number.want) && number.want != "" {
			diffs = append(diffs, fmt.Sprintf("%s %s, want %s", number.what, masked(number.got), masked(number.want)))
		}
	}
	if want := int(w.Talked / time.Second); r.Duration != want {
		diffs = append(diffs, fmt.Sprintf("duration %d s, want %d s", r.Duration, want))
	}
	if want := outcomes(w); !slices.Contains(want, r.Outcome) {
		diffs = append(diffs, fmt.Sprintf("outcome %s, want %s", r.Outcome, strings.Join(want, " or ")))
	}
	return diffs
}

// outcomes are what a record may say of a call.
func outcomes(w load.Want) []string {
	switch {
	case w.Kind == load.Text && w.Verb == load.Connect:
		return []string{"answered"}
	case w.Verb != load.Connect && w.Failed:
		return []string{"blocked", "failed"}
	case w.Verb == load.Ask:
		return []string{"blocked", "no_answer", "failed"}
	case w.Verb != load.Connect:
		return []string{"blocked"}
	}
	switch w.Ending {
	case load.Answered:
		return []string{"answered"}
	case load.NoAnswer, load.HungUp:
		return []string{"no_answer"}
	case load.Busy:
		return []string{"busy"}
	case load.Refused:
		return []string{"rejected"}
	}
	return []string{"failed"}
}

// plain is a number without country code and trunk prefix, so that it is the same
// in whatever form it is written.
func plain(number string) string {
	number = strings.TrimPrefix(number, "+86")
	if strings.HasPrefix(number, "0") && !strings.HasPrefix(number, "00") {
		number = number[1:]
	}
	return number
}

// masked leaves the last two digits of a number.
func masked(number string) string {
	if len(number) <= 2 {
		return fmt.Sprintf("%q", number)
	}
	return strings.Repeat("*", len(number)-2) + number[len(number)-2:]
}
