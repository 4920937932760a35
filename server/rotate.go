package server

import (
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"xmode/handlers"
	"xmode/platform"
)

// rotation is a secret that can be exchanged while the process runs.
type rotation struct {
	// variable of the secret, and the file that it names.
	variable, file string
	// apply puts a new value in force; an error leaves the old one.
	apply func(platform.Secret) error
}

// rotations are the secrets of the handlers and the platforms that came from
// files.
func (s *Settings) rotations(keys *keyring, adapters []platform.Adapter) []rotation {
	setters := map[string]func(platform.Secret) error{"XMODE_API_KEYS": keys.set}
	for _, a := range adapters {
		if rotator, ok := a.(platform.Rotator); ok {
			maps.Copy(setters, rotator.Rotations())
		}
	}
	var all []rotation
	for _, variable := range slices.Sorted(maps.Keys(setters)) {
		if file, ok := s.files[variable]; ok {
			all = append(all, rotation{variable, file, setters[variable]})
		}
	}
	return all
}

// keyring holds the API keys in force.
type keyring struct {
	current atomic.Pointer[handlers.Keyring]
}

// set puts keys in force, written as in XMODE_API_KEYS.
func (k *keyring) set(keys platform.Secret) error {
	parsed, err := handlers.ParseKeyring(keys.Reveal())
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
	for _, this := range r.rotations {
		fresh, err := readSecret(this.file)
		if err == nil {
			err = this.apply(fresh)
		}
		if err != nil {
			r.done.WithLabelValues(this.variable, "failed").Inc()
			r.log.Error("secret not usable, keeping the one before", slog.String("setting", this.variable), slog.String("error", oneLine(err)))
			continue
		}
		r.done.WithLabelValues(this.variable, "ok").Inc()
		r.log.Info("secret read again", slog.String("setting", this.variable))
	}
}
