package conform

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// What clauses need that read back what an endpoint kept.
const (
	FlagAdmin = "--admin"
	NeedsRead = "XMODE_API_KEY"
)

// Admin is where an endpoint says what it kept: the admin interface of xmode's own.
// An endpoint without it is checked from outside alone.
type Admin struct {
	// URL of the interface, Key that may read there.
	URL, Key string
}

// Given lists which of its parts are there.
func (a Admin) Given() map[string]bool {
	return map[string]bool{FlagAdmin: a.URL != "", NeedsRead: a.Key != ""}
}

// Kept is what an endpoint kept of a call.
type Kept struct {
	Exchange
	// Events and Records are what was pushed.
	Events, Records []KeptPush
}

// KeptPush is one pushed thing; of an event, nothing is looked at but that it is
// there.
type KeptPush struct {
	// Conflict: it came with contradicting contents, and is one of them.
	Conflict bool `json:"conflict"`
}

// Reader reads back what an endpoint kept of the calls of a platform.
type Reader struct {
	// Admin is where, Platform what the endpoint calls the platform.
	Admin    Admin
	Platform string
	// Sender asks.
	Sender *Sender
}

// How long what was acknowledged may take to appear, and how often it is looked for.
// The promise is that it is stored; nothing is promised of when a reader sees it.
const (
	appearsWithin = 3 * time.Second
	lookEvery     = 50 * time.Millisecond
)

// Records is the fault where a call does not have so many records in the end, or nil.
func (r Reader) Records(ctx context.Context, call string, want int) error {
	k, err := r.await(ctx, call, func(k Kept) bool { return len(k.Records) >= want })
	if err == nil && len(k.Records) != want {
		err = k.Fault("records kept: %d, due: %d", len(k.Records), want)
	}
	return err
}

// Conflict is the fault where a call does not have two records that are marked as
// contradicting each other, or nil.
func (r Reader) Conflict(ctx context.Context, call string) error {
	k, err := r.await(ctx, call, func(k Kept) bool { return len(k.Records) >= 2 })
	if err != nil {
		return err
	}
	if len(k.Records) != 2 || !k.Records[0].Conflict || !k.Records[1].Conflict {
		return k.Fault("two records are due, both marked as a conflict")
	}
	return nil
}

// Events is the fault where a call has fewer events, or nil.
func (r Reader) Events(ctx context.Context, call string, want int) error {
	k, err := r.await(ctx, call, func(k Kept) bool { return len(k.Events) >= want })
	if err == nil && len(k.Events) < want {
		err = k.Fault("events kept: %d, due: %d", len(k.Events), want)
	}
	return err
}

// await reads until there is enough, or no more is to be expected.
func (r Reader) await(ctx context.Context, call string, enough func(Kept) bool) (Kept, error) {
	for end := r.Sender.c.Now().Add(appearsWithin); ; {
		k, err := r.read(ctx, call)
		if err != nil || enough(k) || !r.Sender.c.Now().Before(end) {
			return k, err
		}
		select {
		case <-ctx.Done():
			return k, ctx.Err()
		case <-time.After(lookEvery):
		}
	}
}

// read asks once. Of a call that the endpoint never heard of, nothing is kept.
func (r Reader) read(ctx context.Context, call string) (Kept, error) {
	values := url.Values{"platform": {r.Platform}, "call_id": {call}}
	k := Kept{Exchange: r.Sender.Send(ctx, Message{
		What: "a question after what is kept of a call", Method: http.MethodGet,
		URL: strings.TrimSuffix(r.Admin.URL, "/") + "/v1/calls?" + values.Encode(), Header: http.Header{"Authorization": {"Bearer " + r.Admin.Key}},
	})}
	if k.Reply.Err == nil && k.Reply.Status == http.StatusNotFound {
		return k, nil
	}
	var told struct{ Events, Records []KeptPush }
	if !k.Reply.OK() || k.Reply.Long || json.Unmarshal(k.Reply.Body, &told) != nil {
		return k, k.Fault("the call, its events and records are due, as the admin interface of xmode has them")
	}
	k.Events, k.Records = told.Events, told.Records
	return k, nil
}
