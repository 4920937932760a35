package load

import (
	"errors"
	"fmt"
	"math/rand/v2"
)

// Trouble is what goes wrong on purpose, in shares of what it can meet, 0 to 1. A
// message that meets it is sent as it should be as well, sooner or later, so that
// an endpoint that does everything right ends with everything.
type Trouble struct {
	// Duplicates are sent once more after they were accepted.
	Duplicates float64 `json:"duplicates"`
	// Reorder is the share of calls of which is told in any order.
	Reorder float64 `json:"reorder"`
	// Late pushes wait up to ten minutes, Lost ones do not arrive the first time.
	Late float64 `json:"late"`
	Lost float64 `json:"lost"`
	// Spoilt messages are sent with a wrong signature before, Skewed ones signed by a
	// clock that is wrong, Replayed ones with the nonce of a message before.
	Spoilt   float64 `json:"bad_signatures"`
	Skewed   float64 `json:"skewed"`
	Replayed float64 `json:"replayed"`
	// Slow messages trickle in, Cut ones end with the connection: in the middle, or
	// before the answer.
	Slow float64 `json:"slow"`
	Cut  float64 `json:"cut"`
}

// Shares are all of them, by the word that they have in JSON, for whoever sets
// or shows them.
func (t *Trouble) Shares() []Share {
	return []Share{
		{"duplicates", &t.Duplicates}, {"reorder", &t.Reorder}, {"late", &t.Late}, {"lost", &t.Lost}, {"bad_signatures", &t.Spoilt},
		{"skewed", &t.Skewed}, {"replayed", &t.Replayed}, {"slow", &t.Slow}, {"cut", &t.Cut},
	}
}

// Share is one of a Trouble.
type Share struct {
	Name  string
	Value *float64
}

// ErrShare: a share is not one.
var ErrShare = errors.New("has to be between 0 and 1")

// check lists the shares that are none.
func (t *Trouble) check() error {
	var all error
	for _, s := range t.Shares() {
		if !(*s.Value >= 0 && *s.Value <= 1) { // nor is a number that is none
			all = errors.Join(all, fmt.Errorf("%s: %w", s.Name, ErrShare))
		}
	}
	return all
}

// Whatever is drawn follows from the seed, from what it is drawn for and from its
// number, in whatever order it is drawn.
type subject uint64

const (
	ofCall subject = iota + 1
	ofQuery
	ofTold
	ofPack
	ofBatch
	ofOrder
)

// draws is a source of numbers for the n-th of something.
func draws(seed uint64, of subject, n uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(of)<<56|n))
}

// fate is what one message meets.
type fate struct {
	duplicate, late, lost, spoilt, skewed, replayed, slow, cut bool
	// early: it is cut in the middle of the request, otherwise before the answer.
	early bool
	// resigned: it is signed anew when it is repeated. Whether the platforms do is
	// not known.
	resigned bool
	// delay is for how much of the longest delay a late one waits.
	delay float64
}

// fate draws what a message meets. All are drawn, so that one share leaves the
// others as they are.
func (t *Trouble) fate(r *rand.Rand) fate {
	meets := func(share float64) bool { return r.Float64() < share }
	return fate{
		duplicate: meets(t.Duplicates), late: meets(t.Late), lost: meets(t.Lost), spoilt: meets(t.Spoilt), skewed: meets(t.Skewed),
		replayed: meets(t.Replayed), slow: meets(t.Slow), cut: meets(t.Cut), early: meets(0.5), resigned: meets(0.5), delay: r.Float64(),
	}
}
