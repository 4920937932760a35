package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"xmode/store"
)

// drainTime bounds how long a stop waits for answers in flight, flushTime how
// long it waits for what decisions leave behind.
const (
	drainTime = 20 * time.Second
	flushTime = 3 * time.Second
)

// Config is what a [Server] is made of.
type Config struct {
	// Settings as an [Input] loaded and checked them.
	Settings Settings
	// Log takes what operators should know; required.
	Log *slog.Logger
	// Version and Commit appear in the metrics.
	Version, Commit string
	// Hangup, when it receives, makes the server read secret files again; nil:
	// they stay.
	Hangup <-chan os.Signal
	// Now is the clock; nil: the system's.
	Now func() time.Time
	// Hurry, when it gives something, ends the drain delay of a stop; nil: nothing does.
	Hurry <-chan struct{}
	// Ticker paces the background loops; nil: by the system's clock.
	Ticker Ticker
	// Open opens the store; nil: the one that Settings.Redis names. The
	// function it returns closes the store.
	Open func() (Store, func() error, error)
}

// Server is the endpoint: two listeners, a store, and loops in the background.
type Server struct {
	config     Config
	registry   *prometheus.Registry
	health     health
	circuits   *circuits
	rotator    *rotator
	sweeper    *sweeper
	retirer    *retirer
	recordings *recordings
	checkup    *checkup
	unfit      chan error // why the store is none to work with
	later      *store.Later
	store      Store
	closing    func() error

	publicEcho, adminEcho *echo.Echo
	plans                 [2]plan
	public, admin         *listener
}

// New wires a server. It opens the store without waiting for it; nothing
// listens yet. A server that is not going to [Server.Run] has to be closed.
func New(c Config) (*Server, error) {
	if c.Log == nil {
		return nil, errors.New("server: Log is missing")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Ticker == nil {
		c.Ticker = realTicker
	}
	return wire(c)
}

// Listen opens both sockets, so that their addresses are known. [Server.Run]
// does it where it has not been done.
func (s *Server) Listen() error {
	for i, at := range []**listener{&s.public, &s.admin} {
		if *at != nil {
			continue
		}
		l, err := s.plans[i].listen(s.config.Now, s.config.Log)
		if err != nil {
			return err
		}
		*at = l
	}
	return nil
}

// PublicAddr is where the platforms reach the server; valid after Listen.
func (s *Server) PublicAddr() net.Addr { return s.public.socket.Addr() }

// AdminAddr is where the admin listener is; valid after Listen.
func (s *Server) AdminAddr() net.Addr { return s.admin.socket.Addr() }

// Run serves until ctx ends or a listener breaks, then stops in order: not
// ready any more, answers in flight finished, traces written, store closed. The
// error is nil when all of that was done in time.
func (s *Server) Run(ctx context.Context) error {
	if err := s.Listen(); err != nil {
		return errors.Join(err, s.Close())
	}
	s.config.Settings.warn(s.config.Log)
	s.checkup.start()
	loops, stopLoops := context.WithCancel(context.WithoutCancel(ctx))
	var background sync.WaitGroup
	s.startLoops(loops, &background)

	broken := make(chan error, 2)
	for _, l := range []*listener{s.public, s.admin} {
		s.config.Log.Info("listening", slog.String("listener", l.name), slog.String("address", l.socket.Addr().String()), slog.Bool("tls", l.http.TLSConfig != nil))
		background.Go(func() { broken <- l.serve() })
	}
	var err error
	select {
	case <-ctx.Done():
		err = s.drain(context.WithoutCancel(ctx), broken)
	case err = <-broken:
		err = errors.Join(err, s.drain(context.WithoutCancel(ctx), nil))
	case err = <-s.unfit:
		err = errors.Join(err, s.drain(context.WithoutCancel(ctx), nil))
	}
	stopLoops()
	background.Wait()
	return errors.Join(err, s.recordings.close(), s.closing())
}

// closeLater writes the traces that are still queued.
func (s *Server) closeLater(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	if err := s.later.Close(ctx); err != nil {
		return fmt.Errorf("write the last traces: %w", err)
	}
	return nil
}

// Close releases a server that never ran.
func (s *Server) Close() error {
	for _, l := range []*listener{s.public, s.admin} {
		if l != nil {
			_ = l.socket.Close()
		}
	}
	return errors.Join(s.closeLater(context.Background()), s.recordings.close(), s.closing())
}
