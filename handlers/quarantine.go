package handlers

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"xmode/call"
	"xmode/platform"
	"xmode/store"
)

// Quarantined is something that could not be understood.
type Quarantined struct {
	ID       string `json:"id"`
	Platform string `json:"platform"`
	Kind     string `json:"kind"`
	// Reason says why, without any value.
	Reason string `json:"reason"`
	// ReceivedAt is when it came first, Pushes how often since.
	ReceivedAt string `json:"received_at"`
	Pushes     int    `json:"pushes"`
	// Raw is the text: the JSON itself where it is JSON that every reader
	// understands alike. Otherwise it is a string, with U+FFFD for what is not
	// UTF-8, and RawBase64 holds the exact bytes.
	Raw       json.RawMessage `json:"raw"`
	RawBase64 []byte          `json:"raw_base64,omitempty"`
}

// wireQuarantined puts an entry on the wire.
func wireQuarantined(q *store.Quarantined) Quarantined {
	w := Quarantined{ID: q.ID, Platform: string(q.Platform), Kind: q.Kind, Reason: q.Reason,
		ReceivedAt: q.At.UTC().Format(instantForm), Pushes: q.Pushes}
	if platform.CheckJSON(q.Raw) == nil {
		w.Raw = q.Raw
		return w
	}
	w.Raw, _ = json.Marshal(strings.ToValidUTF8(string(q.Raw), "\uFFFD")) // a string always encodes
	w.RawBase64 = q.Raw
	return w
}

// readQuarantineID reads the id in the path. What is no id is one of nothing.
func readQuarantineID(r *request) (string, error) {
	const hexDigits = 32
	id := r.echo.Param("id")
	if len(id) != hexDigits || strings.Trim(id, "0123456789abcdef") != "" {
		return "", notQuarantined()
	}
	return id, nil
}

func notQuarantined() error {
	return &apiError{status: http.StatusNotFound, Code: "not_found", Message: "not in quarantine"}
}

// quarantineError words the store's error.
func quarantineError(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return notQuarantined()
	}
	return err
}

// listQuarantine reads a page, newest first.
func (a *admin) listQuarantine(r *request, p page) (reply, error) {
	entries, next, err := a.Quarantine.ListQuarantine(r.ctx, p.limit, p.cursor)
	if err != nil {
		return reply{}, err
	}
	answer := list[Quarantined]{Items: make([]Quarantined, len(entries)), Next: next}
	for i := range entries {
		answer.Items[i] = wireQuarantined(&entries[i])
	}
	return reply{body: answer}, nil
}

// getQuarantined reads one.
func (a *admin) getQuarantined(r *request, id string) (reply, error) {
	q, err := a.Quarantine.GetQuarantined(r.ctx, id)
	if err != nil {
		return reply{}, quarantineError(err)
	}
	return reply{body: wireQuarantined(&q)}, nil
}

// dropQuarantined removes one for good.
func (a *admin) dropQuarantined(r *request, id string) (reply, error) {
	if err := a.Quarantine.DropQuarantined(r.ctx, id); err != nil {
		return reply{}, quarantineError(err)
	}
	a.auditQuarantine(r, "quarantine_delete", id)
	return reply{status: http.StatusNoContent}, nil
}

// auditQuarantine notes who let something out of the quarantine. The audit speaks
// of bindings: it tells who and when, the log which entry.
func (a *admin) auditQuarantine(r *request, action, id string) {
	a.Log.Info("quarantine changed", slog.String("key", r.key.name), slog.String("action", action), slog.String("id", id))
	a.audit(r, action, "", call.ID(0))
}
