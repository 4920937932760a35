package handlers

import (
	"net/http"

	"xmode/call"
	"xmode/store"
)

// list is the answer of every list.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next_cursor"`
}

// createBinding creates a binding, or finds the one that is equal already.
func (a *admin) createBinding(r *request, b call.Binding) (reply, error) {
	return a.put(r, store.Write{Binding: b, Create: true})
}

// putBinding creates or replaces the binding with the id in the path.
func (a *admin) putBinding(r *request, in replacement) (reply, error) {
	return a.put(r, store.Write{Binding: in.binding, Match: in.match})
}

// put makes one write.
func (a *admin) put(r *request, w store.Write) (reply, error) {
	out := a.Provisioner.Put(r.ctx, r.now, w)[0]
	if out.Err != nil {
		return reply{}, out.Err
	}
	if !out.Unchanged {
		a.audit(r, actionOf(out), "", out.Binding.ID)
	}
	answer := reply{etag: out.ETag, body: wireBinding(&out.Binding, r.now).withWarnings(&out.Binding)}
	if out.Created {
		answer.status, answer.location = http.StatusCreated, "/v1/bindings/"+out.Binding.ID.String()
	}
	return answer, nil
}

// actionOf names a write for the audit.
func actionOf(out store.Written) string {
	if out.Created {
		return "create"
	}
	return "replace"
}

// getBinding reads one binding, an expired one too until it is swept.
func (a *admin) getBinding(r *request, id call.ID) (reply, error) {
	entry, err := a.Bindings.Get(r.ctx, id)
	if err != nil {
		return reply{}, err
	}
	return reply{etag: entry.ETag, body: wireBinding(&entry.Binding, r.now)}, nil
}

// deleteBinding removes one binding.
func (a *admin) deleteBinding(r *request, t target) (reply, error) {
	if err := a.Provisioner.Delete(r.ctx, t.id, t.match); err != nil {
		return reply{}, err
	}
	a.audit(r, "delete", "", t.id)
	return reply{status: http.StatusNoContent}, nil
}

// listBindings reads a page of bindings. Where those of one owner are picked
// from it, it may come out shorter than asked for, and the next one is still to
// be read.
func (a *admin) listBindings(r *request, in listing) (reply, error) {
	found, err := a.Bindings.List(r.ctx, in.Filter)
	if err != nil {
		return reply{}, err
	}
	answer := list[Binding]{Items: make([]Binding, 0, len(found.Entries)), Next: found.Next}
	for i := range found.Entries {
		if b := &found.Entries[i].Binding; in.of.IsZero() || b.A == in.of {
			answer.Items = append(answer.Items, wireBinding(b, r.now))
		}
	}
	return reply{body: answer}, nil
}
