package server

import (
	"log/slog"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"xmode/handlers"
)

// rotation is a secret that can be exchanged while the process runs.
type rotation struct {
	// name of the variable, for the log.
	name string
	// secret as it is in force.
	secret Secret
	// apply puts a new value in force; an error leaves the old one.
	apply func(value string) error
}

// keyring holds the API keys in force.
type keyring struct {
	current atomic.Pointer[handlers.Keyring]
}

// set puts keys in force, written as in XMODE_API_KEYS.
func (k *keyring) set(text string) error {
	parsed, err := handlers.ParseKeyring(text)
	if err == nil {
		k.current.Store(&parsed)
	}
	return err
}

// get returns the keys in force.
func (k *keyring) get() handlers.Keyring { return *k.current.Load() }

// rotator reads secret files again when it is told to.
type rotator struct {
	rotations []rotation
	done      *prometheus.CounterVec
	log       *slog.Logger
}

// newRotator makes a rotator and its metric.
func newRotator(rotations []rotation, reg prometheus.Registerer, log *slog.Logger) *rotator {
	done := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "xmode_secret_reloads_total",
		Help: "Secret files read again on SIGHUP, by setting and result (ok, failed).",
	}, []string{"setting", "result"})
	reg.MustRegister(done)
	return &rotator{rotations: rotations, done: done, log: log}
}

// rotate reads each secret again, by itself: a fault in one keeps only that one
// as it was.
func (r *rotator) rotate() {
	for i := range r.rotations {
		this := &r.rotations[i]
		fresh, err := this.secret.Reread()
		if err == nil {
			err = this.apply(fresh.Reveal())
		}
		if err != nil {
			r.done.WithLabelValues(this.name, "failed").Inc()
			r.log.Error("secret not usable, keeping the one before", slog.String("setting", this.name), slog.String("error", oneLine(err)))
			continue
		}
		this.secret = fresh
		r.done.WithLabelValues(this.name, "ok").Inc()
		r.log.Info("secret read again", slog.String("setting", this.name))
	}
}
