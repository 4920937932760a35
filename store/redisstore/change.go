package redisstore

import (
	"context"
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
	for i := range p.bind {
		if p.bind[i].ID == 0 {
			p.bind[i].ID, p.assign[i] = newID(), true
		}
	}
	where, err := s.claimIDs(ctx, c, p)
	if err != nil {
		return err
	}
	for _, id := range c.Unbind {
		p.on(where[id]).add(op{verb: verbDel, id: id}, -1)
	}
	for i := range p.bind {
		b, verb := &p.bind[i], verbPut
		if where[b.ID] != b.X {
			return store.ErrXImmutable
		}
		if p.assign[i] {
			verb = verbAdd
		}
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

// report lists the ids in the order of the Change. With Dry an id that would be
// drawn is 0.
func (p *plan) report(c store.Change) store.Applied {
	a := store.Applied{Bound: make([]call.ID, len(c.Bind)), Unbound: slices.Clone(c.Unbind)}
	changed, removed := make([]bool, len(c.Bind)), map[call.ID]bool{}
	for _, b := range p.batches {
		for i, d := range b.done {
			n := b.bound[i]
			if n < 0 {
				removed[d.id] = removed[d.id] || d.status == deleted
				continue
			}
			a.Bound[n] = d.id
			if c.Dry && p.assign[n] && d.status == created {
				a.Bound[n] = 0
			}
			changed[n] = d.status == created || d.status == replaced
		}
	}
	for n, id := range a.Bound {
		if changed[n] {
			a.Changed = append(a.Changed, id)
		}
	}
	a.Removed = slices.DeleteFunc(slices.Clone(c.Unbind), func(id call.ID) bool { return !removed[id] })
	return a
}
