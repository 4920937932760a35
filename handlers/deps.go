package handlers

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xmode/call"
	"xmode/platform"
	"xmode/store"
)

// Deps is what the handlers work with. [Public] needs Adapters, Router, Inbox,
// Leave, Policy, DecisionBudget, PushBudget, MaxBody and Now; [Admin] the rest
// too.
type Deps struct {
	// Adapters are the configured platforms; their routes appear on the public
	// listener, and a platform without an adapter has none.
	Adapters []platform.Adapter
	// Platforms are the names that a binding may carry and /v1/decide accepts.
	Platforms []KnownPlatform
	// Router looks up what a decision needs. It keeps its context's deadline.
	Router store.Router
	// Memory remembers what queries found, for when Router cannot look; nil: the
	// fallback rejects.
	Memory Memory
	// Inbox takes what platforms push, and what comes out of the quarantine. It
	// keeps its context's deadline.
	Inbox store.Inbox
	// Records reads what was pushed.
	Records store.Records
	// Quarantine keeps what could not be understood.
	Quarantine store.Quarantine
	// Recordings reads recordings, Archive their files; a nil Archive has none.
	Recordings store.RecordingList
	Archive    Archive
	// Tag makes call ids fit for logs, the same for all that logs; nil: one of its
	// own.
	Tag func(callID string) string
	// Bindings reads bindings.
	Bindings store.Bindings
	// Provisioner writes bindings.
	Provisioner store.Provisioner
	// Audit keeps who changed what.
	Audit store.Audit
	// Leave hands a trace to the bounded asynchronous writer. It never blocks;
	// false says that the trace was dropped, which the writer counts.
	Leave func(call.Trace) bool
	// Keys gives the API keys that are valid now; they rotate.
	Keys func() Keyring
	// Presets are defaults for the bindings of /provision_x, JSON objects by
	// config_id.
	Presets map[string]json.RawMessage
	// Policy holds the operator's choices for the decision.
	Policy call.Policy
	// DecisionBudget is the time after which the fallback answers a query.
	DecisionBudget time.Duration
	// PushBudget is the time after which a push is refused.
	PushBudget time.Duration
	// MaxBody is the largest body of a push or an admin request in bytes, as it
	// was before it was packed.
	MaxBody int64
	// Sources may reach the platforms' paths; nil: anybody.
	Sources Networks
	// Proxies are those whose X-Forwarded-For counts.
	Proxies Networks
	// AuthFailures is how often a minute one source may fail to prove who it is before
	// it is told to wait; 0: any number. It is never held against a valid request.
	AuthFailures int
	// Vouch hears of the context of each request that proved who sent it; nil: nobody
	// does.
	Vouch func(context.Context)
	// Bulkheads bound how much is under way at a time, on both listeners together;
	// nil: each has its own.
	Bulkheads *Bulkheads
	// Ready says how the process is doing, for /readyz.
	Ready func() Readiness
	// Now is the clock.
	Now func() time.Time
	// Log takes decisions (debug), refusals (info) and faults (error); nil: none.
	Log *slog.Logger
	// Metrics counts; nil: nobody looks.
	Metrics *Metrics
}

// Memory is what this process remembers of queries by itself.
type Memory interface {
	// Meet files the nonce of a query, before the store is asked.
	Meet(m *store.Message) store.Encounter
	// Remember keeps what a query found.
	Remember(q call.Query, e store.Encounter, r call.Routes)
	// Recall gives what an equal query found; false: nothing that may be used.
	Recall(q call.Query, e store.Encounter) (call.Routes, bool)
	// Asked counts an ask that was decided by what was recalled.
	Asked(q call.Query)
}

// KnownPlatform is a platform that this build knows, configured or not.
type KnownPlatform struct {
	// Name is how bindings spell it.
	Name call.Platform
	// CanAsk is set where the platform can ask a caller for an extension.
	CanAsk bool
}

// Readiness is how the process is doing.
type Readiness struct {
	// Reached is set once the store has answered for the first time.
	Reached bool
	// Draining is set from the moment the process is asked to stop.
	Draining bool
	// Degraded lists what does not work at the moment, in a few words each.
	Degraded []string
}

// withDefaults fills what may be left out.
func (d Deps) withDefaults() Deps {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Tag == nil {
		d.Tag = NewCallTag().Of
	}
	if d.Vouch == nil {
		d.Vouch = func(context.Context) {}
	}
	if d.Bulkheads == nil {
		d.Bulkheads = NewBulkheads()
	}
	if d.Metrics == nil {
		d.Metrics = NewMetrics(prometheus.NewRegistry())
	}
	return d
}
