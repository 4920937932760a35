package redisstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"xmode/call"
	"xmode/store"
)

// Verbs of apply.lua.
const (
	verbPut   = "put"
	verbNew   = "new"
	verbAdd   = "add"
	verbDel   = "del"
	verbSweep = "sweep"
)

// Statuses of apply.lua.
const (
	created   = "created"
	replaced  = "replaced"
	unchanged = "unchanged"
	same      = "same"
	deleted   = "deleted"
	alive     = "live"
)

// op is one operation of an atomic step.
type op struct {
	verb  string
	id    call.ID
	match []string
	body  string
}

// done is what became of an op.
type done struct {
	status string
	id     call.ID
	old    string
}

// step queues operations on one X number: all of them or none. since is the
// time of the leases, empty for a check or an undo.
func (s *Store) step(ctx context.Context, p redis.Pipeliner, x call.Number, at time.Time, since string, dry bool, ops ...op) *redis.Cmd {
	keys := []string{s.keys.routes(x), s.keys.bodies(x), s.keys.ids(x), s.keys.extensions(x, "")}
	args := make([]any, 0, 5+4*len(ops))
	args = append(args, at.UnixMilli(), since, leaseUse, flag(dry), s.platforms)
	for _, o := range ops {
		args = append(args, o.verb, o.id.String(), strings.Join(o.match, " "), o.body)
	}
	return s.scripts.apply.call(ctx, p, keys, args...)
}

// runStep runs one step by itself.
func (s *Store) runStep(ctx context.Context, x call.Number, at time.Time, since string, dry bool, ops ...op) ([]done, error) {
	var cmd *redis.Cmd
	if err := s.exec(ctx, func(p redis.Pipeliner) { cmd = s.step(ctx, p, x, at, since, dry, ops...) }); err != nil {
		return nil, unavailable("writing bindings", err)
	}
	return readStep(x, cmd)
}

// readStep returns what became of each op, or the reason for which none was
// done: *store.Conflict, ErrExists, ErrPrecondition, ErrTooLarge, ErrBusy,
// ErrUnavailable.
func readStep(x call.Number, cmd *redis.Cmd) ([]done, error) {
	v, err := cmd.Slice()
	if err != nil {
		return nil, unavailable("writing bindings", err)
	}
	r := reply{values: v, x: x}
	switch r.text(0) {
	case "ok":
		return readDone(&r)
	case "exists":
		return nil, store.ErrExists
	case "precondition":
		return nil, store.ErrPrecondition
	case "large":
		return nil, store.ErrTooLarge
	case "stale": // the lease ran out before the step: another may have it now
		return nil, store.ErrBusy
	case "conflict":
		return nil, readConflict(&r)
	}
	return nil, unavailable("writing bindings", fmt.Errorf("apply.lua gave %d values", len(v)))
}

func readDone(r *reply) ([]done, error) {
	list := make([]done, 0, len(r.values)/3)
	for i := 1; i+2 < len(r.values); i += 3 {
		id, err := call.ParseID(r.text(i + 1))
		if err != nil {
			return nil, unavailable("writing bindings", err)
		}
		list = append(list, done{status: r.text(i), id: id, old: r.text(i + 2)})
	}
	return list, unavailable("writing bindings", r.err)
}

func readConflict(r *reply) error {
	b := r.binding(2, 3)
	if b == nil {
		return unavailable("writing bindings", errBody)
	}
	words := map[string]string{
		"c": "owner or peer", "e": "extension", "o": "open binding", "x": "bindings with extensions",
	}
	return &store.Conflict{With: *b, Route: words[r.text(4)]}
}
