package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// drain stops the listeners, the public one first: /readyz goes on saying that this
// endpoint is draining while calls get their last answers. Before that new connections
// are served for a while, so that whoever sends them can go elsewhere, unless something
// is broken already.
func (s *Server) drain(ctx context.Context, broken <-chan error) error {
	s.health.draining.Store(true)
	err := s.linger(broken)
	s.config.Log.Info("stopping: finishing answers in flight")
	within, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	err = errors.Join(err, s.public.shut(within))
	// Only queries leave traces; there will be no more of them.
	err = errors.Join(err, s.closeLater(ctx))
	return errors.Join(err, s.admin.shut(within))
}

// linger serves on for the drain delay. broken is nil where there is nothing to wait for.
func (s *Server) linger(broken <-chan error) error {
	delay := s.config.Settings.DrainDelay
	if delay <= 0 || broken == nil {
		return nil
	}
	s.config.Log.Info("stopping: not ready any more, still serving", slog.Duration("for", delay))
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.config.Hurry:
	case err := <-broken:
		return err
	}
	return nil
}

// parting tells whoever sends something while the process drains that the connection
// ends with the answer: the next one then goes elsewhere, instead of into a connection
// that is about to be closed.
func parting(draining *atomic.Bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if draining.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
