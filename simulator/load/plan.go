package load

import (
	"strconv"
	"time"
)

// weights are how often calls end in each way, of a hundred (inferred).
func weights() [endings]int {
	return [endings]int{Answered: 70, NoAnswer: 10, Busy: 8, Refused: 5, Dropped: 3, HungUp: 4}
}

// What a call lasts at most.
const (
	longestRing = 20 * time.Second
	longestTalk = 5 * time.Minute
)

// call is the n-th of a load, but for when it is dialled.
func (c *Config) call(n int) Call {
	r := draws(c.Seed, ofCall, uint64(n))
	made := Call{N: n, ID: c.Prefix + strconv.Itoa(n), Party: c.Parties[r.IntN(len(c.Parties))]}
	if r.Float64() < c.Texts {
		made.Kind = Text
		return made
	}
	ticket := r.IntN(100)
	for end, weight := range weights() {
		if ticket -= weight; ticket < 0 {
			made.Ending = Ending(end)
			break
		}
	}
	made.Ring = whole(1+r.IntN(int(longestRing/time.Second)), time.Second)
	made.Talk = whole(3+r.IntN(int(longestTalk/time.Second)), time.Second)
	if made.Ending != Answered {
		made.Talk = 0
	}
	made.ByCallee = r.IntN(2) == 0
	return made
}

func whole(n int, unit time.Duration) time.Duration { return time.Duration(n) * unit }

// dialled is when a call was dialled, by the platform's clock, of which the query
// is sent now: so that it ends now plus what its life takes here. At speed 1 it is
// now; a faster life began earlier, so that nothing is told of the future.
func (c *Config) dialled(made Call, now time.Time) time.Time {
	life := made.Ring + made.Talk + afterwards
	return now.Add(c.pause(life) - life)
}

// afterwards is what a life takes beside ringing and talking.
const afterwards = 10 * time.Second

// pause is how long something takes here that takes so long in life.
func (c *Config) pause(life time.Duration) time.Duration {
	return time.Duration(float64(life) / c.Speed)
}
