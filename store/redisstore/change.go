package redisstore

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// batch is the part of a Change on one X number.
type batch struct {
	x     call.Number
	since string // time of its oldest lease
	ops   []op
	bound []int // for each op, the index in Change.Bind, or -1
	done  []done
}

// plan is a Change sorted by X number.
type plan struct {
	batches []*batch
	leases  map[call.ID]lease
	bind    []call.Binding // with ids
	assign  []bool         // whether the id of bind[i] was drawn here
}

// Apply makes a Change, X number by X number. Everything is checked first; when
// a write fails all the same, what this call had applied is undone. The ids
// that it unbinds stay known until the end, so that the same call, repeated
// after a crash, completes it.
func (s *Store) Apply(ctx context.Context, c store.Change) (store.Applied, error) {
	p := &plan{leases: map[call.ID]lease{}, bind: slices.Clone(c.Bind), assign: make([]bool, len(c.Bind))}
	err := s.planChange(ctx, c, p)
	if err == nil {
		err = s.check(ctx, c.At, p)
	}
	if err == nil && !c.Dry {
		err = s.applyPlan(ctx, c.At, p)
	}
	if !c.Dry {
		s.conclude(ctx, p, err)
	}
	if err != nil {
		return store.Applied{}, err
	}
	return p.report(c), nil
}

// planChange finds the X numbers, draws ids, takes leases and sorts by X.
func (s *Store) planChange(ctx context.Context, c store.Change, p *plan) error {
	where := map[call.ID]call.Number{}
	var missing []call.ID
	for _, id := range c.Unbind {
		x, err := s.claimID(ctx, c, p, id, call.Number{})
		switch {
		case errors.Is(err, store.ErrNotFound):
			missing = append(missing, id)
		case err != nil:
			return err
		}
		where[id] = x
	}
	if len(missing) > 0 {
		return &store.Missing{IDs: missing}
	}
	for i := range p.bind {
		if err := s.planBind(ctx, c, p, i, where); err != nil {
			return err
		}
	}
	for _, id := range c.Unbind {
		p.on(where[id]).add(op{verb: verbDel, id: id}, -1)
	}
	for i := range p.bind {
		verb := verbPut
		if p.assign[i] {
			verb = verbAdd
		}
		b := &p.bind[i]
		p.on(b.X).add(op{verb: verb, id: b.ID, body: encodeBody(b)}, i)
	}
	for _, l := range p.leases {
		b := p.on(l.x)
		if b.since == "" || l.since < b.since {
			b.since = l.since
		}
	}
	return nil
}

func (s *Store) planBind(ctx context.Context, c store.Change, p *plan, i int, where map[call.ID]call.Number) error {
	b := &p.bind[i]
	if b.ID == 0 {
		b.ID, p.assign[i] = newID(), true
	}
	if x, unbound := where[b.ID]; unbound {
		if x != b.X {
			return store.ErrXImmutable
		}
		return nil
	}
	where[b.ID] = b.X
	x, err := s.claimID(ctx, c, p, b.ID, b.X)
	if err == nil && x != b.X {
		return store.ErrXImmutable
	}
	return err
}

// claimID takes the lease of an id, or with Dry only looks where it is.
func (s *Store) claimID(ctx context.Context, c store.Change, p *plan, id call.ID, x call.Number) (call.Number, error) {
	if l, held := p.leases[id]; held {
		return l.x, nil
	}
	if c.Dry {
		return s.whereIs(ctx, c.At, id, x)
	}
	l, err := s.take(ctx, id, x)
	if _, ok := errors.AsType[*elsewhere](err); ok {
		if err = s.evict(ctx, c.At, id); err == nil {
			l, err = s.take(ctx, id, x)
		}
	}
	if err != nil {
		return x, err
	}
	p.leases[id] = l
	return l.x, nil
}

// whereIs returns the X number of a known id; of an unknown one, or of one
// without a live binding, wanted, or ErrNotFound if nothing is wanted.
func (s *Store) whereIs(ctx context.Context, at time.Time, id call.ID, wanted call.Number) (call.Number, error) {
	e, err := s.Get(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound) && !wanted.IsZero():
		return wanted, nil
	case err != nil:
		return wanted, err
	case e.Binding.Expired(at) && !wanted.IsZero():
		return wanted, nil
	}
	return e.Binding.X, nil
}

func (p *plan) on(x call.Number) *batch {
	for _, b := range p.batches {
		if b.x == x {
			return b
		}
	}
	b := &batch{x: x}
	p.batches = append(p.batches, b)
	return b
}

func (b *batch) add(o op, bound int) {
	b.ops = append(b.ops, o)
	b.bound = append(b.bound, bound)
}

// check runs every batch without writing, in one round trip.
func (s *Store) check(ctx context.Context, at time.Time, p *plan) error {
	cmds := make([]*redis.Cmd, len(p.batches))
	err := s.exec(ctx, func(pipe redis.Pipeliner) {
		for i, b := range p.batches {
			cmds[i] = s.step(ctx, pipe, b.x, at, "", true, b.ops...)
		}
	})
	if err != nil {
		return unavailable("checking bindings", err)
	}
	for i, b := range p.batches {
		if b.done, err = readStep(b.x, cmds[i]); err != nil {
			return err
		}
	}
	return nil
}

// applyPlan writes the owner index, then batch by batch; on failure it undoes
// the batches before.
func (s *Store) applyPlan(ctx context.Context, at time.Time, p *plan) error {
	err := s.exec(ctx, func(pipe redis.Pipeliner) {
		for i := range p.bind {
			s.addOwner(ctx, pipe, p.bind[i].A, p.bind[i].ID)
		}
	})
	if err != nil {
		return unavailable("writing the owner index", err)
	}
	for n, b := range p.batches {
		if b.done, err = s.runStep(ctx, b.x, at, b.since, false, b.ops...); err != nil {
			// An unanswered step may have happened: it is undone like the others.
			if errors.Is(err, store.ErrUnavailable) {
				n++
			}
			if n == 0 {
				return err
			}
			return &store.Undone{Cause: err, Complete: s.undo(ctx, at, p.batches[:n]) && !errors.Is(err, store.ErrUnavailable)}
		}
	}
	return nil
}

// undo puts back what the batches had changed, last first, and reports whether
// that worked for all.
func (s *Store) undo(ctx context.Context, at time.Time, batches []*batch) bool {
	ctx, cancel := settled(ctx)
	defer cancel()
	whole := true
	for _, b := range slices.Backward(batches) {
		var ops []op
		for _, d := range slices.Backward(b.done) {
			switch d.status {
			case created:
				ops = append(ops, op{verb: verbDel, id: d.id})
			case replaced, deleted:
				ops = append(ops, op{verb: verbPut, id: d.id, body: d.old})
			}
		}
		if len(ops) == 0 {
			continue
		}
		_, err := s.runStep(ctx, b.x, at, "", false, ops...)
		whole = whole && err == nil
	}
	return whole
}

// conclude tidies the indexes and gives all leases back.
func (s *Store) conclude(ctx context.Context, p *plan, failed error) {
	ctx, cancel := settled(ctx)
	defer cancel()
	_ = s.exec(ctx, func(pipe redis.Pipeliner) {
		if failed == nil {
			s.tidyPlan(ctx, pipe, p)
			return
		}
		undone, partly := errors.AsType[*store.Undone](failed)
		unknown := errors.Is(failed, store.ErrUnavailable) || partly && !undone.Complete
		for _, l := range p.leases {
			fate := repair
			if l.fresh && !unknown {
				fate = drop
			}
			s.release(ctx, pipe, l, fate, time.Time{})
		}
	})
}

// tidyPlan brings the indexes in line with a plan that was applied. Later
// operations on an id overrule earlier ones.
func (s *Store) tidyPlan(ctx context.Context, pipe redis.Pipeliner, p *plan) {
	type fate struct {
		what    string
		expires time.Time
	}
	fates := map[call.ID]fate{}
	for _, b := range p.batches {
		for i, d := range b.done {
			id := b.ops[i].id
			bound := b.bound[i]
			if old, err := decodeBody(b.x, id, d.old); err == nil && d.status != same {
				if bound < 0 || old.A != p.bind[bound].A {
					s.dropOwner(ctx, pipe, old.A, id)
				}
			}
			fates[id] = fate{what: drop}
			if bound >= 0 && d.status != same {
				fates[id] = fate{keep, p.bind[bound].ExpiresAt}
				s.addOwner(ctx, pipe, p.bind[bound].A, id)
			} else if bound >= 0 {
				s.dropOwner(ctx, pipe, p.bind[bound].A, id)
			}
		}
	}
	for id, l := range p.leases {
		s.release(ctx, pipe, l, fates[id].what, fates[id].expires)
	}
}

// report lists the ids in the order of the Change. With Dry an id that would be
// drawn is 0.
func (p *plan) report(c store.Change) store.Applied {
	a := store.Applied{Bound: make([]call.ID, len(c.Bind)), Unbound: slices.Clone(c.Unbind)}
	for _, b := range p.batches {
		for i, d := range b.done {
			n := b.bound[i]
			if n < 0 {
				continue
			}
			a.Bound[n] = d.id
			if c.Dry && p.assign[n] && d.status == created {
				a.Bound[n] = 0
			}
		}
	}
	return a
}
