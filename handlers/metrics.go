package handlers

import (
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what both listeners do. No label holds a number, a call id or
// anything else that a sender chooses.
type Metrics struct {
	registry     *prometheus.Registry
	queries      *prometheus.CounterVec
	refusals     *prometheus.CounterVec
	duration     *prometheus.HistogramVec
	signatures   *prometheus.CounterVec
	fallbacks    *prometheus.CounterVec
	stale        *prometheus.CounterVec
	pushes       *prometheus.CounterVec
	pushed       *prometheus.CounterVec
	pushDuration *prometheus.HistogramVec
	panics       *prometheus.CounterVec
	admin        *prometheus.CounterVec
	audits       prometheus.Counter
	strangers    prometheus.Counter
}

// NewMetrics registers the metrics of the handlers with reg, which is also
// what /metrics shows. It panics when reg has them already.
func NewMetrics(reg *prometheus.Registry) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	duration := func(name, help string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help,
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1}}, []string{"platform"})
	}
	m := &Metrics{
		registry: reg,
		queries: counter("xmode_queries_total",
			"Queries answered, by platform, kind, outcome and reason.", "platform", "kind", "outcome", "reason"),
		refusals: counter("xmode_refusals_total",
			"Messages of platforms refused without a decision, by platform and code.", "platform", "code"),
		duration: duration("xmode_query_duration_seconds",
			"Time from the first byte of a query's handling to its written answer, by platform."),
		signatures: counter("xmode_signature_matches_total",
			"Verified messages, by platform and the signature form that matched.", "platform", "form"),
		fallbacks: counter("xmode_fallbacks_total",
			"Queries answered by the fallback, by platform and cause (store, deadline, panic, overload).", "platform", "cause"),
		stale: counter("xmode_stale_answers_total",
			"Queries decided by the fallback stale, from what this process remembered, by platform and outcome; among xmode_fallbacks_total.",
			"platform", "outcome"),
		pushes: counter("xmode_pushes_total",
			"Pushes answered, by platform, kind and result: stored, broken (no JSON: kept, refused), replayed, or what kept them "+
				"from being stored (store, durability, deadline, panic, overload).", "platform", "kind", "result"),
		pushed: counter("xmode_push_records_total",
			"Things that pushes reported, by platform, kind and outcome (fresh, duplicate, conflict, quarantined).",
			"platform", "kind", "outcome"),
		pushDuration: duration("xmode_push_duration_seconds",
			"Time from the first byte of a push's handling to its written answer, by platform."),
		panics: counter("xmode_handler_panics_total",
			"Panics recovered in a handler, by listener.", "listener"),
		admin: counter("xmode_admin_requests_total",
			"Requests on the admin listener, by method, route and status.", "method", "route", "status"),
		audits: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "xmode_audit_failures_total",
			Help: "Audit entries that could not be written; the changes themselves were made.",
		}),
		strangers: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "xmode_sources_refused_total",
			Help: "Requests on the public listener from addresses that --platform-sources leaves out.",
		}),
	}
	reg.MustRegister(m.queries, m.refusals, m.duration, m.signatures, m.fallbacks, m.stale,
		m.pushes, m.pushed, m.pushDuration, m.panics, m.admin, m.audits, m.strangers)
	return m
}
