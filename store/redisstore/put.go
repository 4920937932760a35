package redisstore

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// job is one Write on its way.
type job struct {
	op
	b     call.Binding
	lease lease
	out   store.Written
}

// Put writes each binding by itself, in order, in a handful of round trips for
// all of them together: leases, owner index, atomic steps, tidying up. Only a
// write that waits for another writer of its id falls behind.
func (s *Store) Put(ctx context.Context, at time.Time, writes ...store.Write) []store.Written {
	jobs := make([]*job, len(writes))
	for i, w := range writes {
		jobs[i] = newJob(w)
	}
	for rest := jobs; len(rest) > 0; {
		n := distinct(rest)
		s.putAll(ctx, at, rest[:n])
		rest = rest[n:]
	}
	results := make([]store.Written, len(jobs))
	for i, j := range jobs {
		results[i] = j.out
	}
	return results
}

// distinct returns how many jobs at the front have ids of their own: a second
// write of an id has to wait for the first.
func distinct(jobs []*job) int {
	seen := make(map[call.ID]bool, len(jobs))
	for i, j := range jobs {
		if seen[j.id] {
			return i
		}
		seen[j.id] = true
	}
	return len(jobs)
}

// putAll writes the jobs, and again those whose id another writer holds.
func (s *Store) putAll(ctx context.Context, at time.Time, jobs []*job) {
	_ = s.patiently(ctx, func() error {
		s.putOnce(ctx, at, jobs)
		if jobs = stillBusy(jobs); len(jobs) > 0 {
			return store.ErrBusy
		}
		return nil
	})
}

func newJob(w store.Write) *job {
	j := &job{b: w.Binding, op: op{verb: verbPut, id: w.Binding.ID, match: w.Match}}
	switch {
	case j.id == 0:
		j.id, j.verb = newID(), verbAdd
	case w.Create:
		j.verb = verbNew
	}
	j.b.ID = j.id
	j.body = encodeBody(&j.b)
	return j
}

func stillBusy(jobs []*job) []*job {
	var list []*job
	for _, j := range jobs {
		if errors.Is(j.out.Err, store.ErrBusy) {
			list = append(list, j)
		}
	}
	return list
}

func (s *Store) putOnce(ctx context.Context, at time.Time, jobs []*job) {
	held := s.leaseAll(ctx, at, jobs)
	if len(held) == 0 {
		return
	}
	steps := make([]*redis.Cmd, len(held))
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for _, j := range held {
			s.addOwner(ctx, p, j.b.A, j.id)
		}
	})
	if err == nil {
		err = s.exec(ctx, func(p redis.Pipeliner) {
			for i, j := range held {
				steps[i] = s.step(ctx, p, j.b.X, at, j.lease.since, false, j.op)
			}
		})
	}
	ctx, cancel := settled(ctx)
	defer cancel()
	_ = s.exec(ctx, func(p redis.Pipeliner) {
		for i, j := range held {
			s.settle(ctx, p, j, steps[i], err)
		}
	})
}

// leaseAll takes the leases and returns the jobs that have theirs; the others
// get their error.
func (s *Store) leaseAll(ctx context.Context, at time.Time, jobs []*job) []*job {
	token := newToken()
	cmds := make([]*redis.Cmd, len(jobs))
	err := s.exec(ctx, func(p redis.Pipeliner) {
		for i, j := range jobs {
			cmds[i] = s.reserve(ctx, p, j.id, j.b.X, token)
		}
	})
	held := make([]*job, 0, len(jobs))
	for i, j := range jobs {
		if j.out.Err = unavailable("taking a lease", err); err != nil {
			continue
		}
		j.lease, j.out.Err = readLease(cmds[i], j.id, token)
		if at2, ok := errors.AsType[*elsewhere](j.out.Err); ok {
			j.lease, j.out.Err = s.move(ctx, at, j, at2.x)
		}
		if j.out.Err == nil {
			held = append(held, j)
		}
	}
	return held
}

// move takes the lease of an id that is on another X number. That is refused
// while its binding lives; an expired or half-written one makes room.
func (s *Store) move(ctx context.Context, at time.Time, j *job, from call.Number) (lease, error) {
	if err := s.evict(ctx, at, j.id); err != nil {
		if errors.Is(err, store.ErrXImmutable) && j.verb == verbNew {
			return lease{}, store.ErrExists
		}
		return lease{}, err
	}
	l, err := s.take(ctx, j.id, j.b.X)
	if _, again := errors.AsType[*elsewhere](err); again {
		return lease{}, store.ErrXImmutable
	}
	return l, err
}

// evict frees an id whose binding has expired or was never written whole;
// ErrXImmutable when it lives.
func (s *Store) evict(ctx context.Context, at time.Time, id call.ID) error {
	l, err := s.take(ctx, id, call.Number{})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	status, err := s.finish(ctx, l, at, op{verb: verbSweep, id: id})
	if err == nil && status == alive {
		return store.ErrXImmutable
	}
	return err
}

// finish runs one removing op under its lease, tidies the indexes and gives the
// lease back.
func (s *Store) finish(ctx context.Context, l lease, at time.Time, o op) (status string, err error) {
	d, err := s.runStep(ctx, l.x, at, l.since, false, o)
	ctx, cancel := settled(ctx)
	defer cancel()
	tidy := s.exec(ctx, func(p redis.Pipeliner) {
		if err != nil {
			s.release(ctx, p, l, repair, time.Time{})
			return
		}
		s.tidy(ctx, p, l, d[0])
	})
	if err != nil {
		return "", err
	}
	return d[0].status, unavailable("tidying up", tidy)
}

// tidy brings the indexes in line with a removal and gives the lease back.
func (s *Store) tidy(ctx context.Context, p redis.Pipeliner, l lease, d done) {
	old, err := decodeBody(l.x, l.id, d.old)
	switch {
	case d.status == alive && err == nil:
		s.addOwner(ctx, p, old.A, l.id)
		s.release(ctx, p, l, keep, old.ExpiresAt)
	case d.status == alive:
		s.release(ctx, p, l, repair, time.Time{})
	default:
		if err == nil && d.old != "" {
			s.dropOwner(ctx, p, old.A, l.id)
		}
		s.release(ctx, p, l, drop, time.Time{})
	}
}

// settle reads what became of a job, tidies the indexes and gives the lease
// back.
func (s *Store) settle(ctx context.Context, p redis.Pipeliner, j *job, cmd *redis.Cmd, err error) {
	var d []done
	if err != nil && (cmd == nil || cmd.Err() != nil) {
		err = unavailable("writing bindings", err)
	} else {
		d, err = readStep(j.b.X, cmd)
	}
	if err != nil {
		j.out.Err = err
		s.abandon(ctx, p, j)
		return
	}
	s.accept(ctx, p, j, d[0])
}

// abandon undoes the preparations of a write that was refused. Where it is not
// known what happened, the sweeper finds out.
func (s *Store) abandon(ctx context.Context, p redis.Pipeliner, j *job) {
	if j.lease.fresh && !errors.Is(j.out.Err, store.ErrUnavailable) {
		s.dropOwner(ctx, p, j.b.A, j.id)
		s.release(ctx, p, j.lease, drop, time.Time{})
		return
	}
	s.release(ctx, p, j.lease, repair, time.Time{})
}

func (s *Store) accept(ctx context.Context, p redis.Pipeliner, j *job, d done) {
	j.out = store.Written{Binding: j.b, ETag: etagOf(j.body), Created: d.status == created, Unchanged: d.status == unchanged}
	switch d.status {
	case same:
		s.dropOwner(ctx, p, j.b.A, j.id)
		s.release(ctx, p, j.lease, drop, time.Time{})
		j.out.Binding, j.out.Err = decodeBody(j.b.X, d.id, d.old)
		j.out.ETag, j.out.Unchanged = etagOf(d.old), true
		return
	case replaced:
		if old, err := decodeBody(j.b.X, j.id, d.old); err == nil && old.A != j.b.A {
			s.dropOwner(ctx, p, old.A, j.id)
		}
	}
	s.release(ctx, p, j.lease, keep, j.b.ExpiresAt)
}

// Delete removes one binding.
func (s *Store) Delete(ctx context.Context, id call.ID, match []string) error {
	l, err := s.take(ctx, id, call.Number{})
	if err != nil {
		return err
	}
	status, err := s.finish(ctx, l, s.now(), op{verb: verbDel, id: id, match: match})
	if err == nil && status != deleted {
		return store.ErrNotFound
	}
	return err
}
