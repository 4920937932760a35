package simulator

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
)

// TroubleConfig says how much goes wrong, in shares of all recordings, 0 to 1.
type TroubleConfig struct {
	// Seed decides which recordings it meets.
	Seed uint64
	// Throttled recordings have their first ask refused by flow control.
	Throttled float64
	// NotReady recordings are not there yet for their first asks.
	NotReady float64
	// NotReadyAsks is how many asks that are; 0: one.
	NotReadyAsks int
	// CutOff recordings have their first download end in mid-body.
	CutOff float64
	// Slow recordings trickle.
	Slow float64
}

// ErrRate: a share is not one.
var ErrRate = errors.New("rate is not between 0 and 1")

// Trouble goes wrong on purpose, and the same way each time: what a recording
// meets follows from the seed and its name, in whatever order the requests come.
// A nil Trouble never does. It is safe for concurrent use.
type Trouble struct {
	c TroubleConfig

	mu        sync.Mutex
	asks      map[string]int
	downloads map[string]int
}

// NewTrouble returns the trouble of a seed. The error is [ErrRate].
func NewTrouble(c TroubleConfig) (*Trouble, error) {
	for _, rate := range []float64{c.Throttled, c.NotReady, c.CutOff, c.Slow} {
		if !(rate >= 0 && rate <= 1) { // nor is a number that is none
			return nil, fmt.Errorf("%w: %v", ErrRate, rate)
		}
	}
	if c.NotReadyAsks == 0 {
		c.NotReadyAsks = 1
	}
	return &Trouble{c: c, asks: map[string]int{}, downloads: map[string]int{}}, nil
}

// Fate is what a recording meets.
type Fate struct {
	// Throttled: the first ask is refused by flow control.
	Throttled bool
	// NotReady is for how many asks, flow control aside, it is not there yet.
	NotReady int
	// CutOff is after which share of the body, above 0 and below 1, the first
	// download ends; 0: at its end.
	CutOff float64
	// Slow: every download trickles.
	Slow bool
}

// Fate tells what a recording meets, and changes nothing. A storage and an API
// may know one recording under two names: then they are two fates.
func (t *Trouble) Fate(name string) Fate {
	if t == nil {
		return Fate{}
	}
	f := Fate{Throttled: t.draw("throttled", name) < t.c.Throttled, Slow: t.draw("slow", name) < t.c.Slow}
	if t.draw("not ready", name) < t.c.NotReady {
		f.NotReady = t.c.NotReadyAsks
	}
	if t.draw("cut off", name) < t.c.CutOff {
		f.CutOff = 0.1 + 0.8*t.draw("where", name)
	}
	return f
}

// Obstacle is why an ask gets no address.
type Obstacle int

// The obstacles.
const (
	NoObstacle Obstacle = iota
	Throttle            // refused by flow control
	NotYet              // there is no such recording yet
)

// Ask counts an ask for a recording, and says what stands in its way.
func (t *Trouble) Ask(name string) Obstacle {
	if t == nil {
		return NoObstacle
	}
	t.mu.Lock()
	t.asks[name]++
	n := t.asks[name]
	t.mu.Unlock()
	f := t.Fate(name)
	if f.Throttled {
		n-- // the first one does not count below
	}
	switch {
	case n == 0:
		return Throttle
	case n <= f.NotReady:
		return NotYet
	}
	return NoObstacle
}

// Download counts a download, and says after which share of its body it ends (0:
// at its end) and whether it trickles.
func (t *Trouble) Download(name string) (cutOff float64, slow bool) {
	if t == nil {
		return 0, false
	}
	t.mu.Lock()
	t.downloads[name]++
	first := t.downloads[name] == 1
	t.mu.Unlock()
	f := t.Fate(name)
	if !first {
		f.CutOff = 0
	}
	return f.CutOff, f.Slow
}

// draw is a number in [0, 1) that follows from the seed, a word and a name.
func (t *Trouble) draw(word, name string) float64 {
	text := binary.LittleEndian.AppendUint64(nil, t.c.Seed)
	sum := sha256.Sum256(append(text, word+"\x00"+name...))
	return float64(binary.LittleEndian.Uint64(sum[:])>>11) / (1 << 53)
}
