package stale_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"xmode/call"
	"xmode/store"
	"xmode/store/stale"
	"xmode/store/storetest"
)

const skew = 5 * time.Minute

// scene is a memory and its clock.
type scene struct {
	t     *testing.T
	clock *storetest.Clock
	*stale.Memory
	nonce int
}

func newScene(t *testing.T) *scene {
	clock := storetest.NewClock()
	return &scene{t: t, clock: clock, Memory: stale.New(stale.Config{Skew: skew, Now: clock.Now})}
}

// message is signed now, with a nonce that nobody has used.
func (s *scene) message() *store.Message {
	s.nonce++
	now := s.clock.Now()
	return &store.Message{Platform: "aliyun", Nonce: fmt.Sprint("n-", s.nonce), Digest: [16]byte{byte(s.nonce)}, At: now, Until: now.Add(skew)}
}

func (s *scene) query(caller, x string) call.Query {
	return call.Query{Platform: "aliyun", Kind: call.Voice, CallID: "c-1", Caller: call.NumberFromStore(caller), X: call.NumberFromStore(x), At: s.clock.Now()}
}

// learns lets a query find a binding.
func (s *scene) learns(q call.Query, b *call.Binding) {
	s.Remember(q, s.Meet(s.message()), call.Routes{Own: b})
}

// recalls asserts which binding an equal query finds; 0: none.
func (s *scene) recalls(q call.Query, want call.ID) {
	s.t.Helper()
	routes, ok := s.Recall(q, s.Meet(s.message()))
	got := call.ID(0)
	if routes.Own != nil {
		got = routes.Own.ID
	}
	if ok != (want != 0) || got != want {
		s.t.Errorf("recalled binding %d, %v; want %d", got, ok, want)
	}
}

func binding(id call.ID, x string) *call.Binding {
	return &call.Binding{ID: id, X: call.NumberFromStore(x), A: call.NumberFromStore("+8613800000021")}
}

const x1, x2, caller = "+8617000000001", "+8617000000002", "+8613900000022"

func TestRecall(t *testing.T) {
	s := newScene(t)
	q := s.query(caller, x1)
	s.recalls(q, 0)
	s.learns(q, binding(7, x1))
	s.recalls(q, 7)
	s.recalls(s.query("+8613900000023", x1), 0) // another caller
	s.recalls(s.query(caller, x2), 0)
	other := q
	other.Extension = "12"
	s.recalls(other, 0)
	other = q
	other.Platform = "huawei"
	s.recalls(other, 0)
	s.clock.Advance(stale.MaxAge)
	s.recalls(q, 7)
	s.clock.Advance(time.Millisecond)
	s.recalls(q, 0)
	s.learns(q, binding(8, x1))
	s.recalls(q, 8)
}

// failing makes changes and says that it is not known whether it did.
type failing struct{ store.Provisioner }

func (failing) Put(_ context.Context, _ time.Time, writes ...store.Write) []store.Written {
	return []store.Written{{Err: store.ErrUnavailable}}
}

func (failing) Delete(context.Context, call.ID, []string) error { return store.ErrUnavailable }

func (failing) Apply(context.Context, store.Change) (store.Applied, error) {
	return store.Applied{}, store.ErrUnavailable
}

func TestForgets(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(store.Provisioner)
		want   call.ID // what is still known on the first X number
	}{
		{"deleted", func(p store.Provisioner) { _ = p.Delete(t.Context(), 1, nil) }, 0},
		{"another deleted", func(p store.Provisioner) { _ = p.Delete(t.Context(), 9, nil) }, 1},
		{"bound anew", func(p store.Provisioner) {
			p.Put(t.Context(), time.Time{}, store.Write{Binding: *binding(5, x1)})
		}, 0},
		{"bound elsewhere", func(p store.Provisioner) {
			p.Put(t.Context(), time.Time{}, store.Write{Binding: *binding(5, x2)})
		}, 1},
		{"unbound", func(p store.Provisioner) { _, _ = p.Apply(t.Context(), store.Change{Unbind: []call.ID{1}}) }, 0},
		{"bound by a change", func(p store.Provisioner) {
			_, _ = p.Apply(t.Context(), store.Change{Bind: []call.Binding{*binding(5, x1)}})
		}, 0},
		{"only checked", func(p store.Provisioner) {
			_, _ = p.Apply(t.Context(), store.Change{Unbind: []call.ID{1}, Dry: true})
		}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(t)
			q := s.query(caller, x1)
			s.learns(q, binding(1, x1))
			tt.change(s.Hear(failing{}))
			s.recalls(q, tt.want)
		})
	}
}

// TestLearnsNothingOld: what was found before a change that this process heard of
// meanwhile is not kept.
func TestLearnsNothingOld(t *testing.T) {
	s := newScene(t)
	q := s.query(caller, x1)
	met := s.Meet(s.message())
	_ = s.Hear(failing{}).Delete(t.Context(), 1, nil)
	s.Remember(q, met, call.Routes{Own: binding(1, x1)})
	s.recalls(q, 0)
}

func TestReplays(t *testing.T) {
	s := newScene(t)
	s.clock.Advance(skew)
	q := s.query(caller, x1)
	s.learns(q, binding(1, x1))
	m := s.message()
	for _, tt := range []struct {
		name string
		m    func() *store.Message
		want store.Seen
	}{
		{"first", func() *store.Message { return m }, store.Fresh},
		{"the platform's retry", func() *store.Message { return m }, store.Repeated},
		{"another message with its nonce", func() *store.Message {
			other := *m
			other.Digest = [16]byte{99}
			return &other
		}, store.Replayed},
		{"later than a retry", func() *store.Message {
			s.clock.Advance(store.RetryWindow)
			other := *m
			other.At = s.clock.Now()
			return &other
		}, store.Late},
		{"signed before this process began", func() *store.Message {
			old := s.message()
			old.Until = s.clock.Now().Add(-store.RetryWindow).Add(-time.Second)
			return old
		}, store.Late},
		{"without a nonce", func() *store.Message { return nil }, store.Late},
	} {
		met := s.Meet(tt.m())
		_, ok := s.Recall(q, met)
		if met.Seen != tt.want || ok != (tt.want == store.Fresh || tt.want == store.Repeated) {
			t.Errorf("%s: %v, recalled %v", tt.name, met.Seen, ok)
		}
	}
}

// TestNoncesAreBounded: when more were met than can be remembered, nothing is recalled
// for as long as a forgotten one could be replayed.
func TestNoncesAreBounded(t *testing.T) {
	s := newScene(t)
	first := s.message()
	s.Meet(first)
	for range 2 * stale.MaxNonces {
		s.Meet(s.message())
	}
	if seen := s.Meet(first).Seen; seen != store.Late {
		t.Errorf("a forgotten nonce: %v", seen)
	}
	if seen := s.Meet(s.message()).Seen; seen != store.Late {
		t.Errorf("while that may happen: %v", seen)
	}
	s.clock.Advance(2*skew + store.RetryWindow)
	if seen := s.Meet(s.message()).Seen; seen != store.Fresh {
		t.Errorf("afterwards: %v", seen)
	}
}

func TestFindingsAreBounded(t *testing.T) {
	s := newScene(t)
	number := func(n int) string { return fmt.Sprintf("+86170%08d", n) }
	for n := range stale.Capacity + 10 {
		s.learns(s.query(caller, number(n)), binding(call.ID(n+1), number(n)))
	}
	s.recalls(s.query(caller, number(9)), 0)
	s.recalls(s.query(caller, number(10)), 11)
	if keys, bindings := s.Homes(); keys != stale.Capacity || bindings != stale.Capacity {
		t.Errorf("homes of %d X numbers and %d bindings", keys, bindings)
	}
}

func TestAsks(t *testing.T) {
	s := newScene(t)
	q := s.query(caller, x1)
	s.learns(q, nil)
	for n := range 3 {
		m := s.message()
		met := s.Meet(m)
		if r, ok := s.Recall(q, met); !ok || r.Asks != n {
			t.Errorf("asks %d, want %d", r.Asks, n)
		}
		s.Asked(q)
		if r, _ := s.Recall(q, s.Meet(m)); r.Asks != n {
			t.Errorf("asks of the platform's retry %d, want %d", r.Asks, n)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	s := newScene(t)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for n := range 500 {
				q := s.query(caller, fmt.Sprintf("+861700000%04d", n%50))
				met := s.Meet(&store.Message{Platform: "aliyun", Nonce: fmt.Sprint(w, n), At: s.clock.Now(), Until: s.clock.Now().Add(skew)})
				s.Remember(q, met, call.Routes{Own: binding(call.ID(n%50+1), q.X.Full())})
				s.Recall(q, met)
				if n%10 == 0 {
					_ = s.Hear(failing{}).Delete(t.Context(), call.ID(n%50+1), nil)
				}
			}
		})
	}
	wg.Wait()
}
