package load

import (
	"container/heap"
	"sync"
	"time"
)

// agenda holds what is to be done, by when it is due. Whoever takes something from
// it does it, and says when it is done: it is over when nothing is left and nobody
// does anything that might add to it.
type agenda struct {
	now func() time.Time

	mu     sync.Mutex
	due    *sync.Cond
	items  items
	serial uint64
	busy   int
	ended  bool
	timer  *time.Timer // wakes one who waits for the next item
}

// item is one thing to do, on a lane.
type item struct {
	at     time.Time
	serial uint64 // what was added first goes first
	do     func(*lane)
}

func newAgenda(now func() time.Time) *agenda {
	a := &agenda{now: now}
	a.due = sync.NewCond(&a.mu)
	a.timer = time.AfterFunc(time.Hour, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.due.Signal()
	})
	return a
}

// add adds something to do.
func (a *agenda) add(at time.Time, do func(*lane)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.serial++
	heap.Push(&a.items, item{at, a.serial, do})
	a.due.Signal()
}

// take waits for something to do; nil: it is over.
func (a *agenda) take() func(*lane) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for {
		if a.ended || len(a.items) == 0 && a.busy == 0 {
			a.finish()
			return nil
		}
		if len(a.items) > 0 {
			wait := a.items[0].at.Sub(a.now())
			if wait <= 0 {
				next := heap.Pop(&a.items).(item)
				a.busy++
				if len(a.items) > 0 {
					a.due.Signal() // whoever waits looks whether that is due
				}
				return next.do
			}
			a.timer.Reset(wait)
		}
		a.due.Wait()
	}
}

// done says that what was taken is done.
func (a *agenda) done() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.busy--; a.busy == 0 && len(a.items) == 0 {
		a.finish()
	}
}

// end gives up what is left.
func (a *agenda) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.finish()
}

// finish wakes everybody. The lock is held.
func (a *agenda) finish() {
	a.ended = true
	a.timer.Stop()
	a.due.Broadcast()
}

// items is a heap, the earliest first.
type items []item

func (s items) Len() int { return len(s) }
func (s items) Less(i, j int) bool {
	if !s[i].at.Equal(s[j].at) {
		return s[i].at.Before(s[j].at)
	}
	return s[i].serial < s[j].serial
}
func (s items) Swap(i, j int) { s[i], s[j] = s[j], s[i] }
func (s *items) Push(x any)   { *s = append(*s, x.(item)) }
func (s *items) Pop() any {
	last := len(*s) - 1
	x := (*s)[last]
	(*s)[last] = item{}
	*s = (*s)[:last]
	return x
}
