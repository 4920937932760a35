package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// StorageConfig says where a storage is and how it behaves.
type StorageConfig struct {
	// Base is under which address it is reached, scheme, host and port:
	// "http://127.0.0.1:9000"; empty: see [Storage.SetBase].
	Base string
	// Secret signs addresses; empty: a fixed one, which is good enough where
	// nothing is secret.
	Secret string
	// Validity is for how long an address holds; 0: two hours.
	Validity time.Duration
	// Now is the storage's clock; required.
	Now func() time.Time
	// Trouble on purpose; nil: none.
	Trouble *Trouble
	// LogSize is how many requests are kept to be looked at; 0: 100 000.
	LogSize int
	// Pause waits between the pieces of a slow download; nil: 10 ms, or until the
	// request is over.
	Pause func(context.Context)
}

// Faults of a [StorageConfig].
var (
	ErrBase = errors.New("base must be http or https with a host, and nothing else")
	ErrNow  = errors.New("a clock is due")
)

// Storage plays the object storage that keeps recordings: it hands out signed
// addresses, and serves the files to whoever has one. It is an [http.Handler],
// takes ranges, and is safe for concurrent use.
type Storage struct {
	c   StorageConfig
	log Log

	mu      sync.Mutex
	base    string
	objects map[string]*object
}

// object is a recording and its history.
type object struct {
	audio    Audio
	modified time.Time
	modes    []Mode // of the downloads to come; the last one stays
	tally    Tally
	open     int // downloads under way
}

// NewStorage returns an empty storage. The error lists all faults.
func NewStorage(c StorageConfig) (*Storage, error) {
	var err error
	if c.Base != "" && !isBase(c.Base) {
		err = ErrBase
	}
	if c.Now == nil {
		err = errors.Join(err, ErrNow)
	}
	if err != nil {
		return nil, fmt.Errorf("make storage: %w", err)
	}
	if c.Secret == "" {
		c.Secret = "simulated"
	}
	if c.Validity == 0 {
		c.Validity = 2 * time.Hour
	}
	if c.Pause == nil {
		c.Pause = pause
	}
	return &Storage{c: c, log: Log{Size: c.LogSize}, base: c.Base, objects: map[string]*object{}}, nil
}

func isBase(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && address == u.Scheme+"://"+u.Host
}

// pause waits ten milliseconds.
func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Millisecond):
	}
}

// SetBase says where the storage is reached, for a listener whose port is known
// only once it listens. The error is [ErrBase].
func (s *Storage) SetBase(base string) error {
	if !isBase(base) {
		return fmt.Errorf("set base: %w", ErrBase)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = base
	return nil
}

// Put keeps a recording under a name, any text, in place of one that is there.
func (s *Storage) Put(name string, a Audio) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.object(name)
	o.audio, o.modified = a, s.c.Now()
}

// object is the one of a name; the lock is held.
func (s *Storage) object(name string) *object {
	o, ok := s.objects[name]
	if !ok {
		o = &object{tally: Tally{Name: name}}
		s.objects[name] = o
	}
	return o
}

// PutMany keeps n recordings of a kind, each with a seed of its own, and returns
// their names: "prefix-000.wav", "prefix-001.wav".
func (s *Storage) PutMany(prefix string, n int, a Audio) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s-%03d%s", prefix, i, a.Format.Ext())
		s.Put(names[i], Audio{Format: a.Format, Size: a.Size, Seed: mix(a.Seed) + uint64(i)<<32})
	}
	return names
}

// Audio is the recording of a name: its size, and its digest.
func (s *Storage) Audio(name string) (Audio, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.objects[name]
	if !ok {
		return Audio{}, false
	}
	return o.audio, true
}

// Misbehave has the next downloads of a recording that is there end in these
// ways, one after the other, the last way for ever; nil among them is the right
// way. None: from now on the right way.
func (s *Storage) Misbehave(name string, modes ...Mode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o, ok := s.objects[name]; ok {
		o.modes = modes
	}
}

// Requests are those that reached the storage. Their Code is that of the
// refusal, or "OK", and their Status 200 for everything that was let in.
func (s *Storage) Requests() []Request { return s.log.List() }

// String hides the secret.
func (s *Storage) String() string { return "simulator.Storage" }

// nameOf is the name that a path stands for.
func nameOf(u *url.URL) string {
	name, err := url.PathUnescape(strings.TrimPrefix(u.EscapedPath(), "/"))
	if err != nil {
		return ""
	}
	return name
}

// ServeHTTP serves a download, or refuses it.
func (s *Storage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, now := nameOf(r.URL), s.c.Now()
	noted, _ := Read(r, now) // a body is of no interest here
	refused := s.admit(name, r, now)
	noted.Status, noted.Code = refused.status, refused.code
	s.log.Add(noted)
	if refused.status != http.StatusOK {
		s.refused(name)
		refused.write(w)
		return
	}
	s.send(w, r, name)
}
