package handlers

import (
	"errors"
	"net/http"

	"xmode/call"
	"xmode/platform"
	"xmode/store"
)

// Requeued says what became of something that was in quarantine.
type Requeued struct {
	// ID is the one that it had there.
	ID       string `json:"id"`
	Platform string `json:"platform"`
	// Became is "record", "event" or "number_status".
	Became string `json:"became"`
	// Outcome is "stored"; "duplicate": it had come by another way; "conflict":
	// with other content, and both are kept.
	Outcome string `json:"outcome"`
	// CallID, and the one of the others that names what it became.
	CallID   string `json:"call_id,omitempty"`
	RecordID string `json:"record_id,omitempty"`
	EventID  string `json:"event_id,omitempty"`
	Number   string `json:"number,omitempty"`
}

// retryQuarantined tries to understand something once more, as if it came now,
// and takes it out of the quarantine when it is stored. To do so twice, or to
// stop in between, does no harm: the second time it is a duplicate.
func (a *admin) retryQuarantined(r *request, id string) (reply, error) {
	q, err := a.Quarantine.GetQuarantined(r.ctx, id)
	if err != nil {
		return reply{}, quarantineError(err)
	}
	report, err := a.understand(r, &q)
	if err != nil {
		return reply{}, err
	}
	out, err := a.Inbox.Deposit(r.ctx, store.Delivery{Platform: q.Platform, Kind: q.Kind, Items: [][]byte{q.Raw},
		Read: func(int) call.Report { return report }, At: q.At, Requeued: true})
	if err != nil {
		return reply{}, err
	}
	if out.Quarantined > 0 { // the store itself can make nothing of it
		return reply{}, notUnderstood(q.Reason)
	}
	if err := a.Quarantine.DropQuarantined(r.ctx, id); err != nil && !errors.Is(err, store.ErrNotFound) {
		return reply{}, err
	}
	a.auditQuarantine(r, "quarantine_retry", id)
	return reply{body: requeued(&q, report, out)}, nil
}

// understand reads the entry with the adapter of its platform.
func (a *admin) understand(r *request, q *store.Quarantined) (call.Report, error) {
	adapter := a.adapterOf(q.Platform)
	if adapter == nil {
		return call.Report{}, notUnderstood("platform: not configured")
	}
	report := readItem(adapter, q.Kind, q.Raw, q.At, func(v any) { a.logPanic("admin", r.echo.Path(), v) })
	if report.Fault != "" {
		return report, notUnderstood(report.Fault)
	}
	return report, nil
}

// adapterOf finds the adapter of a platform; nil: it is not configured.
func (a *admin) adapterOf(name call.Platform) platform.Adapter {
	for _, adapter := range a.Adapters {
		if adapter.Name() == name {
			return adapter
		}
	}
	return nil
}

// notUnderstood says why something stays in quarantine.
func notUnderstood(reason string) error {
	return &apiError{status: http.StatusConflict, Code: "not_understood", Message: reason}
}

// requeued words what became of an entry.
func requeued(q *store.Quarantined, report call.Report, out store.Deposited) Requeued {
	w := Requeued{ID: q.ID, Platform: string(q.Platform), Outcome: "stored"}
	switch {
	case out.Conflicts > 0:
		w.Outcome = "conflict"
	case out.Duplicates > 0:
		w.Outcome = "duplicate"
	}
	switch {
	case report.Record != nil:
		w.Became, w.CallID, w.RecordID = "record", report.Record.CallID, report.Record.ID
	case report.Event != nil:
		w.Became, w.CallID, w.EventID = "event", report.Event.CallID, report.Event.ID
	case report.Status != nil:
		w.Became, w.Number = "number_status", report.Status.Number.Full()
	}
	return w
}
