package load

import (
	"errors"
	"fmt"
	"time"
)

// What a caller does who is asked for an extension.
const (
	typing  = 4 * time.Second
	maxAsks = 3 // then the caller gives up
)

// ask asks the endpoint about a call: at first, and again when the caller has
// typed an extension.
func (l *Load) ask(ln *lane, f *life, typed string, asks int) {
	m := l.c.Platform.Query(f.call, typed)
	luck := l.c.Trouble.fate(draws(l.c.Seed, ofQuery, uint64(f.call.N)*(maxAsks+1)+uint64(asks)))
	l.decoys(ln, m, luck, true)
	stamp := l.stamp()
	l.history.asked(f.call.N, luck.cut)
	d, err := l.question(ln, f, m, stamp, luck)
	if ln.ctx.Err() != nil {
		return
	}
	if err != nil {
		l.books.found(Fault, m.Kind, "no usable answer, the call is lost: "+err.Error(), f.call.ID)
		d = Decision{Failed: true}
	} else if luck.duplicate {
		l.books.met("duplicates")
		l.askTwice(ln, f, m, stamp, d)
	}
	if d.Verb == Ask && f.call.Extension != "" && asks < maxAsks {
		l.agenda.add(l.c.Now().Add(l.c.pause(typing)), func(ln *lane) { l.ask(ln, f, f.call.Extension, asks+1) })
		return
	}
	d.Typed = typed
	l.decide(f, d)
}

// question sends a query, perhaps slowly. One that is cut is sent again as it was:
// the platform's own retry.
func (l *Load) question(ln *lane, f *life, m Message, stamp Stamp, luck fate) (Decision, error) {
	how := manner{slow: luck.slow, cut: luck.cut, early: luck.early}
	l.books.metAll(how)
	if how.cut {
		_, _ = l.send(ln, m, stamp, l.terms.Query, how)
		how = manner{}
	}
	got, err := l.send(ln, m, stamp, l.terms.Query, how)
	if err != nil {
		return Decision{}, l.worded(err, l.terms.Query)
	}
	d, err := l.decision(f.call.Kind, got)
	l.books.judged(m.Kind, err == nil)
	if err == nil {
		ln.last[true] = stamp
	}
	return d, err
}

// askTwice sends a query again as it was, and expects the same answer.
func (l *Load) askTwice(ln *lane, f *life, m Message, stamp Stamp, before Decision) {
	got, err := l.send(ln, m, stamp, l.terms.Query, manner{})
	if err != nil {
		return // told by others: what counts is that the first was answered
	}
	again, err := l.decision(f.call.Kind, got)
	switch {
	case err != nil:
		l.books.found(Fault, m.Kind, "the same query at once again got no usable answer: "+err.Error(), f.call.ID)
	case again != before:
		l.books.found(Fault, m.Kind, "the same query at once again got another answer", f.call.ID)
	default:
		l.books.judged(m.Kind, true)
	}
}

// decoys sends a message as it must not be taken, before it is sent as it should.
func (l *Load) decoys(ln *lane, m Message, luck fate, query bool) {
	limit := l.terms.Push
	if query {
		limit = l.terms.Query
	}
	if luck.spoilt {
		l.decoy(ln, m, Stamp{At: l.c.Now(), Nonce: nonce(), Spoilt: true}, limit, "bad_signatures", "with a wrong signature")
	}
	if !m.Signed {
		return
	}
	if luck.skewed {
		l.decoy(ln, m, Stamp{At: l.c.Now().Add(l.terms.Skew), Nonce: nonce()}, limit, "skewed", fmt.Sprintf("signed by a clock that is %s ahead", l.terms.Skew))
	}
	if last, ok := ln.last[query]; luck.replayed && ok {
		l.decoy(ln, m, last, limit, "replayed", "with the nonce of another message")
	}
}

// decoy sends a message that has to be refused.
func (l *Load) decoy(ln *lane, m Message, stamp Stamp, limit time.Duration, met, how string) {
	l.books.met(met)
	got, err := l.send(ln, m, stamp, limit, manner{})
	switch {
	case err != nil || ln.ctx.Err() != nil: // a message that nobody took
	case l.c.Platform.Accepts(got.status, got.body) == nil:
		level := Note // what an endpoint has to make of time and nonces is not documented
		if stamp.Spoilt {
			level = Fault
		}
		l.books.found(level, m.Kind, "taken "+how, "")
	default:
		l.books.refused(m.Kind)
	}
}

// send sends a message once.
func (l *Load) send(ln *lane, m Message, stamp Stamp, limit time.Duration, how manner) (reply, error) {
	got, err := ln.line.exchange(ln.ctx, m.Write(stamp), limit, how)
	if how.slow {
		got.took = 0 // that is ours
	}
	l.books.sent(m.Kind, got.took, err)
	return got, err
}

// errLate: there was no answer in time.
var errLate = errors.New("no answer")

// worded is an error as a clause.
func (l *Load) worded(err error, limit time.Duration) error {
	switch {
	case isTimeout(err):
		return fmt.Errorf("%w within %s", errLate, limit)
	case errors.Is(err, errStale):
		return errors.New("the connection was closed without an answer")
	}
	return innermost(err)
}
