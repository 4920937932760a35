package handlers

import (
	"log/slog"

	"xmode/call"
	"xmode/store"
)

// auditItem is an entry of the audit as it is read.
type auditItem struct {
	At        string `json:"at"`
	Key       string `json:"key"`
	Action    string `json:"action"`
	BindingID string `json:"binding_id"` // empty: the change is about no binding
	UserID    string `json:"user_id,omitempty"`
}

// audit notes what a request changed, once it is changed. That the note could
// not be written is counted and logged, but undoes nothing and is no error of
// the request: the change is made.
func (a *admin) audit(r *request, action, userID string, ids ...call.ID) {
	entries := make([]store.AuditEntry, len(ids))
	for i, id := range ids {
		entries[i] = store.AuditEntry{At: r.now, Key: r.key.name, Action: action, BindingID: id, UserID: userID}
	}
	a.record(r, entries)
}

// record writes entries of the audit.
func (a *admin) record(r *request, entries []store.AuditEntry) {
	if len(entries) == 0 {
		return
	}
	if err := a.Audit.Record(r.ctx, entries...); err != nil {
		a.Metrics.audits.Add(float64(len(entries)))
		a.Log.Error("audit not written", slog.String("key", r.key.name), slog.Int("entries", len(entries)),
			slog.String("code", apiErrorOf(err).Code))
	}
}

// listAudit reads a page of the audit, newest first.
func (a *admin) listAudit(r *request, p page) (reply, error) {
	entries, next, err := a.Audit.Recent(r.ctx, p.limit, p.cursor)
	if err != nil {
		return reply{}, err
	}
	answer := list[auditItem]{Items: make([]auditItem, len(entries)), Next: next}
	for i, e := range entries {
		answer.Items[i] = auditItem{At: e.At.UTC().Format(instantForm), Key: e.Key, Action: e.Action,
			BindingID: idOrNone(e.BindingID), UserID: e.UserID}
	}
	return reply{body: answer}, nil
}

// idOrNone writes an id; none is empty.
func idOrNone(id call.ID) string {
	if id == 0 {
		return ""
	}
	return id.String()
}
