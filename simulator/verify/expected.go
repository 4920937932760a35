package verify

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"xmode/simulator/load"
)

// ErrWants: what is wanted is not of the calls that are compared.
var ErrWants = errors.New("a call that is none of the load")

// expected is what must be there of a call, in a few bytes: there may be very many.
type expected struct {
	caller, x, callee uint32 // which of the numbers
	talked            uint32 // seconds
	kind              load.Kind
	verb              load.Verb
	ending            load.Ending
	record, recording load.Duty
	failed, known     bool
	intercept, cut    bool
	// marks is what was found of its record.
	marks mark
}

// mark is what was found of a call's record.
type mark uint8

const (
	once mark = 1 << iota
	twice
	conflicting
	wrong
)

// table is what must be there of all calls, by their number.
type table struct {
	prefix  string
	calls   []expected
	numbers []string // the first one is none
	index   map[string]uint32
}

// tableOf keeps what is wanted of n calls.
func tableOf(prefix string, wants iter.Seq[load.Want], n int) (*table, error) {
	t := &table{prefix: prefix, calls: make([]expected, max(0, n)), numbers: []string{""}, index: map[string]uint32{"": 0}}
	for w := range wants {
		e := t.find(w.CallID)
		if e == nil {
			return nil, fmt.Errorf("%w: %q", ErrWants, w.CallID)
		}
		*e = expected{
			caller: t.number(w.Caller), x: t.number(w.X), callee: t.number(w.Callee), talked: uint32(w.Talked / time.Second), kind: w.Kind,
			verb: w.Verb, ending: w.Ending, record: w.Record, recording: w.Recording, failed: w.Failed, intercept: w.Intercept, cut: w.Cut,
			known: true,
		}
	}
	t.index = nil
	return t, nil
}

// number is where a number is kept.
func (t *table) number(text string) uint32 {
	text = plain(text)
	at, ok := t.index[text]
	if !ok {
		at = uint32(len(t.numbers))
		t.numbers, t.index[text] = append(t.numbers, text), at
	}
	return at
}

// find finds a call by its id; nil: it is none of the load.
func (t *table) find(callID string) *expected {
	text, ours := strings.CutPrefix(callID, t.prefix)
	n, err := strconv.Atoi(text)
	if !ours || err != nil || n < 0 || n >= len(t.calls) || strconv.Itoa(n) != text {
		return nil
	}
	return &t.calls[n]
}

// id is that of the n-th call.
func (t *table) id(n int) string { return t.prefix + strconv.Itoa(n) }
