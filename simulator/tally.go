package simulator

import (
	"slices"
	"strings"
	"time"
)

// Tally is what became of the downloads of a recording.
type Tally struct {
	// Name of the recording.
	Name string
	// Begun is how many downloads were let in, Refused how many were not.
	Begun, Refused int
	// Complete is how many of them came to the end of the file, from wherever they
	// had begun.
	Complete int
	// Sent is the number of bytes that went into them.
	Sent int64
	// AtOnce is how many were under way at the same time, at most. A client that
	// hangs up is noticed late, so that its next download may count as a second.
	AtOnce int
}

// Tally is that of one recording; nothing for a name that is not there. It holds
// everything that a client has seen of the storage: what is sent counts before it
// is sent.
func (s *Storage) Tally(name string) Tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o, ok := s.objects[name]; ok {
		return o.tally
	}
	return Tally{Name: name}
}

// Tallies are those of all recordings, by name.
func (s *Storage) Tallies() []Tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Tally, 0, len(s.objects))
	for _, o := range s.objects {
		list = append(list, o.tally)
	}
	slices.SortFunc(list, func(a, b Tally) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// begun counts a download that is let in, and tells what it is of and how it has
// to go.
func (s *Storage) begun(name string) (a Audio, modified time.Time, mode Mode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[name]
	o.tally.Begun++
	o.open++
	o.tally.AtOnce = max(o.tally.AtOnce, o.open)
	if len(o.modes) > 0 {
		mode = o.modes[0]
	}
	if len(o.modes) > 1 {
		o.modes = o.modes[1:]
	}
	return o.audio, o.modified, mode
}

// sending counts bytes that are about to be sent.
func (s *Storage) sending(name string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[name].tally.Sent += int64(n)
}

// ended counts a download that is over, or of which nothing remains but to send
// the last bytes.
func (s *Storage) ended(name string, complete bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[name]
	o.open--
	if complete {
		o.tally.Complete++
	}
}

// refused counts a download that is not let in.
func (s *Storage) refused(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o, ok := s.objects[name]; ok {
		o.tally.Refused++
	}
}
