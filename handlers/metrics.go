package handlers

import (
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what both listeners do. No label holds a number, a call id or
// anything else that a sender chooses.
type Metrics struct {
	registry   *prometheus.Registry
	queries    *prometheus.CounterVec
	refusals   *prometheus.CounterVec
	duration   *prometheus.HistogramVec
	signatures *prometheus.CounterVec
	fallbacks  *prometheus.CounterVec
	panics     *prometheus.CounterVec
	admin      *prometheus.CounterVec
	audits     prometheus.Counter
}

// NewMetrics registers the metrics of the handlers with reg, which is also
// what /metrics shows. It panics when reg has them already.
func NewMetrics(reg *prometheus.Registry) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry: reg,
		queries: counter("xmode_queries_total",
			"Queries answered, by platform, kind, outcome and reason.", "platform", "kind", "outcome", "reason"),
		refusals: counter("xmode_refusals_total",
			"Messages of platforms refused without a decision, by platform and code.", "platform", "code"),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "xmode_query_duration_seconds",
			Help:    "Time from the first byte of a query's handling to its written answer, by platform.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1},
		}, []string{"platform"}),
		signatures: counter("xmode_signature_matches_total",
			"Verified messages, by platform and the signature form that matched.", "platform", "form"),
		fallbacks: counter("xmode_fallbacks_total",
			"Queries answered by the fallback, by platform and cause (store, deadline, panic).", "platform", "cause"),
		panics: counter("xmode_handler_panics_total",
			"Panics recovered in a handler, by listener.", "listener"),
		admin: counter("xmode_admin_requests_total",
			"Requests on the admin listener, by method, route and status.", "method", "route", "status"),
		audits: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "xmode_audit_failures_total",
			Help: "Audit entries that could not be written; the changes themselves were made.",
		}),
	}
	reg.MustRegister(m.queries, m.refusals, m.duration, m.signatures, m.fallbacks, m.panics, m.admin, m.audits)
	return m
}
