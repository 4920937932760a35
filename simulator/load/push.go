package load

import (
	"errors"
	"net"
	"time"
)

// push is something told, until it is acknowledged or given up.
type push struct {
	m     Message
	marks []mark
	luck  fate
	stamp Stamp
	first time.Time
	tries int
}

// mark is what an endpoint owes for a push that it acknowledges.
type mark struct {
	n                 int // call
	record, recording bool
}

func (l *Load) newPush(m Message, marks []mark, luck fate) *push {
	return &push{m: m, marks: marks, luck: luck, first: l.c.Now()}
}

// longestDelay is how late a late push is at most.
const longestDelay = 10 * time.Minute

// deliver begins to tell something.
func (l *Load) deliver(ln *lane, p *push) {
	if p.luck.late {
		l.books.met("late")
		p.first = p.first.Add(l.c.pause(time.Duration(p.luck.delay * float64(longestDelay))))
		l.agenda.add(p.first, func(ln *lane) { l.attempt(ln, p) })
		return
	}
	l.attempt(ln, p)
}

// attempt pushes once, and again by the platform's schedule until it is
// acknowledged.
func (l *Load) attempt(ln *lane, p *push) {
	p.tries++
	if p.tries == 1 && p.luck.lost {
		l.books.met("lost")
		l.repeat(p, "")
		return
	}
	if p.stamp.Nonce == "" { // it is sent for the first time
		l.decoys(ln, p.m, p.luck, false)
	}
	if p.stamp.Nonce == "" || p.luck.resigned {
		p.stamp = l.stamp()
	}
	how := manner{slow: p.luck.slow}
	if how.cut = p.luck.cut; how.cut {
		how.early, p.luck.cut = p.luck.early, false // once
	}
	l.books.metAll(how)
	l.history.pushed(p.marks)
	got, err := l.send(ln, p.m, p.stamp, l.terms.Push, how)
	if ln.ctx.Err() != nil {
		return
	}
	l.judge(ln, p, got, err)
}

// judge reads what came back.
func (l *Load) judge(ln *lane, p *push, got reply, err error) {
	switch {
	case errors.Is(err, errCut):
		l.repeat(p, "")
		return
	case err != nil:
		err = l.worded(err, l.terms.Push)
	default:
		err = l.c.Platform.Accepts(got.status, got.body)
		l.books.judged(p.m.Kind, err == nil)
	}
	if err != nil {
		l.books.found(Note, p.m.Kind, "not acknowledged: "+err.Error(), p.example(l))
		l.repeat(p, err.Error())
		return
	}
	l.history.acknowledged(p.marks)
	ln.last[false] = p.stamp
	if p.luck.duplicate {
		l.books.met("duplicates")
		l.again(ln, p)
	}
}

// again pushes what was acknowledged already.
func (l *Load) again(ln *lane, p *push) {
	if p.luck.resigned {
		p.stamp = l.stamp()
	}
	got, err := l.send(ln, p.m, p.stamp, l.terms.Push, manner{})
	if err != nil || ln.ctx.Err() != nil {
		return // it has it; that its answer is late is told by others
	}
	if err := l.c.Platform.Accepts(got.status, got.body); err != nil {
		l.books.found(Note, p.m.Kind, "not acknowledged when pushed again: "+err.Error(), p.example(l))
		return
	}
	l.books.judged(p.m.Kind, true)
}

// repeat has a push done again in its time, or gives it up.
func (l *Load) repeat(p *push, why string) {
	if p.tries > len(l.terms.Repeats) {
		l.books.gaveUp(p.m.Kind)
		l.books.found(Fault, p.m.Kind, "given up after all repeats: "+why, p.example(l))
		return
	}
	l.books.repeats(p.m.Kind)
	l.agenda.add(p.first.Add(l.c.pause(l.terms.Repeats[p.tries-1])), func(ln *lane) { l.attempt(ln, p) })
}

// example is the id of a call that a push is of.
func (p *push) example(l *Load) string {
	if len(p.marks) == 0 {
		return ""
	}
	return l.c.call(p.marks[0].n).ID
}

// isTimeout reports whether there was no answer in time.
func isTimeout(err error) bool {
	n, ok := errors.AsType[net.Error](err)
	return ok && n.Timeout()
}

// innermost is the cause of an error, without addresses.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
