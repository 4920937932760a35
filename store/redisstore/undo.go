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

// applyPlan writes the owner index, then each X number atomically. When one
// fails, the others are undone.
func (s *Store) applyPlan(ctx context.Context, at time.Time, p *plan) error {
	err := s.exec(ctx, func(pipe redis.Pipeliner) {
		for i := range p.bind {
			s.addOwner(ctx, pipe, p.bind[i].A, p.bind[i].ID)
		}
	})
	if err != nil {
		return unavailable("writing the owner index", err)
	}
	cmds := make([]*redis.Cmd, len(p.batches))
	_ = s.exec(ctx, func(pipe redis.Pipeliner) { // the commands know their errors
		for i, b := range p.batches {
			cmds[i] = s.step(ctx, pipe, b.x, at, b.since, false, b.ops...)
		}
	})
	var undo []*batch
	sure := true
	for i, b := range p.batches {
		done, failed := readStep(b.x, cmds[i])
		if failed == nil {
			b.done = done
		} else if err == nil {
			err = failed
		}
		// A step without an answer may have happened: what the check said it would
		// do is undone as well.
		if unheard := errors.Is(failed, store.ErrUnavailable); failed == nil || unheard {
			undo, sure = append(undo, b), sure && !unheard
		}
	}
	if err == nil || len(undo) == 0 {
		return err
	}
	return &store.Undone{Cause: err, Complete: s.undo(ctx, at, undo) && sure}
}

// undo puts back what the batches had changed and reports whether that worked
// for all. A batch of which anything has been written anew since is left alone.
func (s *Store) undo(ctx context.Context, at time.Time, batches []*batch) bool {
	ctx, cancel := settled(ctx)
	defer cancel()
	cmds := make([]*redis.Cmd, len(batches))
	_ = s.exec(ctx, func(pipe redis.Pipeliner) {
		for i, b := range batches {
			cmds[i] = s.step(ctx, pipe, b.x, at, "", false, b.inverse()...)
		}
	})
	whole := true
	for i, b := range batches {
		_, err := readStep(b.x, cmds[i])
		whole = whole && err == nil
	}
	return whole
}

// inverse are the operations that take the batch back, last first, if what it
// left is still there.
func (b *batch) inverse() []op {
	var ops []op
	for i, d := range slices.Backward(b.done) {
		left := []string{etagOf(b.ops[i].body)}
		switch d.status {
		case created:
			ops = append(ops, op{verb: verbDel, id: d.id, match: left})
		case replaced:
			ops = append(ops, op{verb: verbPut, id: d.id, match: left, body: d.old})
		case deleted:
			ops = append(ops, op{verb: verbNew, id: d.id, body: d.old})
		}
	}
	return ops
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
			fate := l.unused()
			if unknown {
				fate = repair
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
