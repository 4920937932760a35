package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"

	"xmode/call"
	"xmode/handlers"
	"xmode/platform"
	"xmode/store/stale"
)

// fallbackStale is the fallback that decides by what was found before.
const fallbackStale = "stale"

// How long a message may take to be read, and its answer, beyond the budgets of
// decision and push, to be written. On the admin listener a call may be large; an import
// moves its own limits on as it goes.
const (
	readTimeout       = 10 * time.Second
	writeTimeout      = 10 * time.Second
	adminReadTimeout  = 30 * time.Second
	adminWriteTimeout = 60 * time.Second
)

// wire makes a server out of its parts.
func wire(c Config) (*Server, error) {
	s := &Server{config: c, registry: newRegistry(c.Version, c.Commit), unfit: make(chan error, 1)}
	presets, presetsErr := readPresets(c.Settings.Presets)
	keys := &keyring{}
	adapters, platformErr := s.adapters()
	if err := errors.Join(presetsErr, platformErr, keys.set(c.Settings.APIKeys)); err != nil {
		return nil, fmt.Errorf("wire the server: %w", err)
	}
	s.circuits = newCircuits(s.registry, c.Log)
	opened, closing, err := s.open()
	if err != nil {
		return nil, err
	}
	s.store, s.closing = opened, closing
	s.registry.MustRegister(s.health.storeUp(), s.health.durable())
	s.later = newLater(opened, s.registry, c.Log)
	s.sweeper = newSweeper(opened, c.Now, s.registry, c.Log)
	s.checkup = newCheckup(&s.config.Settings, opened, c.Now, s.registry, c.Log)
	s.retirer = newRetirer(opened, c.Settings.Retention, c.Now, s.registry, c.Log)
	tag := handlers.NewCallTag().Of
	if s.recordings, err = newRecordings(s, adapters, tag); err != nil {
		return nil, errors.Join(err, s.closeLater(context.Background()), closing())
	}
	s.rotator = newRotator(c.Settings.rotations(keys, adapters), s.registry, c.Log)
	s.routes(s.deps(adapters, keys, presets, tag))
	return s, nil
}

// open opens the store that the settings name, or the one that was handed in.
func (s *Server) open() (Store, func() error, error) {
	if s.config.Open != nil {
		return s.config.Open()
	}
	return openStore(&s.config.Settings, s.config.Now, s.config.Log, s.circuits.told)
}

// adapters makes the configured platforms' adapters.
func (s *Server) adapters() (all []platform.Adapter, err error) {
	set := &s.config.Settings
	for _, part := range set.Platforms {
		adapter, fault := part.(platform.Settings).Adapter(set.shared())
		err = errors.Join(err, fault)
		if adapter != nil {
			all = append(all, adapter)
		}
	}
	if len(all) == 0 && err == nil {
		s.config.Log.Warn("no platform is configured: nobody can ask for a decision", slog.Any("keys", variablesOf(set.Platforms)))
	}
	return all, err
}

// deps hands the handlers what they work with.
func (s *Server) deps(adapters []platform.Adapter, keys *keyring, presets presets, tag func(string) string) handlers.Deps {
	set := &s.config.Settings
	d := handlers.Deps{
		Adapters: adapters, Platforms: knownPlatforms(),
		Router: s.store, Bindings: s.store, Provisioner: s.store, Audit: s.store,
		Inbox: s.store, Records: s.store, Quarantine: s.store, Recordings: s.store, Archive: s.recordings.files(), Tag: tag,
		Leave: s.later.Leave, Keys: keys.get, Presets: presets,
		Policy:         call.Policy{MaxAsks: set.MaxAsks, RejectLandlines: set.LandlineCallers == "reject"},
		DecisionBudget: set.DecisionBudget, PushBudget: set.PushBudget, MaxBody: int64(set.MaxBody),
		Sources: networks(set.PlatformSources), Proxies: networks(set.TrustedProxies), AuthFailures: set.AuthFailures, Vouch: vouch,
		Bulkheads: handlers.NewBulkheads(), Ready: s.health.readiness, Now: s.config.Now, Log: s.config.Log,
		Metrics: handlers.NewMetrics(s.registry),
	}
	if set.Fallback == fallbackStale {
		memory := stale.New(stale.Config{Skew: set.ClockSkew, Now: s.config.Now})
		d.Memory, d.Provisioner = memory, memory.Hear(s.store)
	}
	return d
}

// routes plans the two listeners.
func (s *Server) routes(d handlers.Deps) {
	set := &s.config.Settings
	s.publicEcho, s.adminEcho = newEcho(), newEcho()
	handlers.Public(s.publicEcho, d)
	handlers.Admin(s.adminEcho, d)
	counts := newConnectionCounts(s.registry)
	room := set.rooms(openFiles(), s.config.Log)
	s.plans = [2]plan{
		{
			name: "public", address: set.Listen, certFile: set.TLSCert, keyFile: set.TLSKey,
			handler: parting(&s.health.draining, s.publicEcho), most: room.public, count: counts.of("public"), read: readTimeout, write: writeTimeout + set.DecisionBudget + set.PushBudget,
		},
		{
			name: "admin", address: set.AdminListen, certFile: set.AdminTLSCert, keyFile: set.AdminTLSKey,
			handler: s.adminEcho, most: room.admin, count: counts.of("admin"), read: adminReadTimeout, write: adminWriteTimeout,
		},
	}
}

// newEcho makes a router and nothing more: the servers, their limits and the
// log are ours, and no header of a sender says where a request comes from.
func newEcho() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect()
	e.Logger.SetOutput(io.Discard)
	return e
}
