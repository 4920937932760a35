package recording

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xmode/call"
	"xmode/store"
)

// Words for what no reason says.
const (
	wordLost  = "lost"  // the claim ended before it was settled
	wordWait  = "wait"  // it is not due yet
	wordPanic = "panic" // a fault of ours
)

// Metrics counts what became of recordings. No label holds anything that a sender
// chooses.
type Metrics struct {
	attempts *prometheus.CounterVec
	bytes    *prometheus.CounterVec
	states   *prometheus.GaugeVec
	oldest   *prometheus.GaugeVec
	expiring *prometheus.GaugeVec
}

// NewMetrics registers the metrics of recordings with reg. It panics when reg has
// them already.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, append([]string{"platform"}, labels...))
	}
	m := &Metrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "xmode_recording_attempts_total",
			Help: "Attempts to fetch a recording, by platform and result: archived, located, expired, failed, unmatched, wait, lost " +
				"(somebody else has it, or the store is away), or why it has to be tried again (not_ready, throttled, clock, refused, " +
				"no_credentials, no_names, bad_answer, unavailable, address_refused, insecure, unreachable, tls, timeout, status, " +
				"too_large, cut_off, not_audio, storage, panic).",
		}, []string{"platform", "result"}),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "xmode_recording_bytes_total", Help: "Bytes of recordings that were archived, by platform.",
		}, []string{"platform"}),
		states: gauge("xmode_recordings",
			"Recordings by platform and state (pending, located, archived, expired, failed, unmatched).", "state"),
		oldest: gauge("xmode_recordings_oldest_pending_seconds",
			"Age of the oldest recording that is still to be fetched, since it was named, by platform; 0: there is none."),
		expiring: gauge("xmode_recordings_expiring",
			"Recordings still to be fetched that their platform throws away within a day, going by when they were named, by platform."),
	}
	reg.MustRegister(m.attempts, m.bytes, m.states, m.oldest, m.expiring)
	return m
}

// Count brings the gauges up to date.
func (m *Metrics) Count(ctx context.Context, list store.RecordingList, sources []Source, now time.Time) error {
	const day = 24 * time.Hour
	for _, source := range sources {
		p := source.Name
		c, err := list.CountRecordings(ctx, p, now.Add(day-source.Recordings.Terms().Keeps))
		if err != nil {
			return err
		}
		for state, n := range c.States {
			m.states.WithLabelValues(string(p), string(state)).Set(float64(n))
		}
		age := 0.
		if !c.Oldest.IsZero() {
			age = max(now.Sub(c.Oldest).Seconds(), 0)
		}
		m.oldest.WithLabelValues(string(p)).Set(age)
		m.expiring.WithLabelValues(string(p)).Set(float64(c.Early))
	}
	return nil
}

// report tells what became of a recording.
func (l *lane) report(r *store.Recording, err error) {
	result := string(r.State)
	switch {
	case err != nil:
		result = reasonOf(err)
	case r.State == call.RecordingPending:
		result = wordWait
	}
	l.Metrics.attempts.WithLabelValues(string(r.Platform), result).Inc()
	level, message := slog.LevelDebug, "recording is tried again later"
	switch r.State {
	case call.RecordingExpired:
		level, message = slog.LevelError, "recording expired before it could be fetched"
	case call.RecordingFailed:
		level, message = slog.LevelError, "recording cannot be fetched"
	case call.RecordingUnmatched:
		level, message = slog.LevelInfo, "recording of a call that was never decided here is not fetched"
	case call.RecordingKept, call.RecordingLocated:
		message = "recording " + string(r.State)
	}
	l.Log.Log(context.Background(), level, message, slog.String("platform", string(r.Platform)), slog.String("call", l.Tag(r.CallID)),
		slog.Int("attempts", r.Attempts), slog.String("reason", r.Error))
}

// reasonOf is the word by which an error is counted.
func reasonOf(err error) string {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f.Reason
	}
	reason, _, _ := strings.Cut(err.Error(), ":")
	return reason
}
