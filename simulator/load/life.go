package load

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// life is a call under way. One lane at a time leads it on.
type life struct {
	call  Call
	began time.Time // here, not on the platform's clock

	mu       sync.Mutex // below: it may be stopped from outside
	decision Decision
	decided  bool
	told     []Told
	next     int
	turn     int // which step is awaited; one of an earlier plan is none
}

// number is the one of the call with an id.
func (c *Config) number(id string) (int, bool) {
	text, ok := strings.CutPrefix(id, c.Prefix)
	n, err := strconv.Atoi(text)
	return n, ok && err == nil && n >= 0 && n < c.Calls && strconv.Itoa(n) == text
}

// decide has a life go on as the endpoint decided.
func (l *Load) decide(f *life, d Decision) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.decision, f.decided = d, true
	f.told = l.c.Platform.Tell(f.call, d)
	l.history.decided(f.call, d)
	if l.reordered(f.call.N) {
		shuffle(f.told, l.c.Seed, f.call.N)
		l.books.met("reorder")
	}
	l.await(f)
}

// reordered reports whether a call is told of in any order.
func (l *Load) reordered(n int) bool {
	return draws(l.c.Seed, ofOrder, uint64(n)).Float64() < l.c.Trouble.Reorder
}

// shuffle puts what is told into any order, at the times that there are.
func shuffle(told []Told, seed uint64, n int) {
	times := make([]time.Duration, len(told))
	for i, t := range told {
		times[i] = t.After
	}
	draws(seed, ofOrder, uint64(n)).Shuffle(len(told), func(i, j int) { told[i], told[j] = told[j], told[i] })
	slices.Sort(times)
	for i := range told {
		told[i].After = times[i]
	}
}

// await has the next step be done in its time, or ends the life. The lock is held.
func (l *Load) await(f *life) {
	f.turn++
	if f.next >= len(f.told) {
		l.over(f)
		return
	}
	turn := f.turn
	l.agenda.add(f.began.Add(l.c.pause(f.told[f.next].After)), func(ln *lane) { l.step(ln, f, turn) })
}

// over takes a life from those under way.
func (l *Load) over(f *life) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.lives, f.call.N)
	l.books.ended()
}

// step tells the next thing of a call.
func (l *Load) step(ln *lane, f *life, turn int) {
	f.mu.Lock()
	if turn != f.turn {
		f.mu.Unlock()
		return
	}
	t := f.told[f.next]
	f.next++
	made, d, place := f.call, f.decision, f.next
	f.mu.Unlock()
	if t.Record && made.Recorded(d) {
		l.c.Platform.Keep(made, d)
	}
	l.tell(ln, made, t, place)
	f.mu.Lock()
	defer f.mu.Unlock()
	l.await(f)
}

// tell sends something of a call, or puts it into a batch.
func (l *Load) tell(ln *lane, c Call, t Told, place int) {
	m := mark{n: c.N, record: t.Record, recording: t.Recording}
	if t.Batch != "" {
		l.batches.add(t.Batch, t.Entry, m)
		return
	}
	luck := l.c.Trouble.fate(draws(l.c.Seed, ofTold, uint64(c.N)<<8|uint64(place)))
	l.deliver(ln, l.newPush(t.Message, []mark{m}, luck))
}

// answered is about when a call is answered, after it was dialled: a moment later
// than any platform says.
func (f *life) answered() time.Duration {
	if f.decision.Typed != "" {
		return f.call.Ring + 3*time.Second + typing
	}
	return f.call.Ring + 3*time.Second
}

// stop cuts a call, if it was answered and goes on, and reports whether it did. One
// of which is told in any order goes on: what was told already could not be true
// any more.
func (f *life) stop(l *Load, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.decided || f.decision.Verb != Connect || f.call.Kind != Voice || f.call.Stopped || f.call.Ending != Answered || l.reordered(f.call.N) {
		return false
	}
	so := time.Duration(float64(now.Sub(f.began)) * l.c.Speed).Truncate(time.Second)
	talked := so - f.answered()
	if f.next >= len(f.told) || talked < time.Second || talked >= f.call.Talked(f.decision) {
		return false
	}
	f.call.Stopped, f.call.Talk = true, talked
	l.history.decided(f.call, f.decision)
	if told := l.c.Platform.Tell(f.call, f.decision); len(told) >= f.next {
		f.told = told
	}
	l.await(f)
	return true
}
