package server

import (
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"xmode/platform"
)

// HTTPServers are the servers of both listeners; valid after Listen.
func (s *Server) HTTPServers() []*http.Server { return []*http.Server{s.public.http, s.admin.http} }

// Echos are the routers of both listeners.
func (s *Server) Echos() []*echo.Echo { return []*echo.Echo{s.publicEcho, s.adminEcho} }

// PlatformRoutes are the routes of the configured platforms.
func (s *Server) PlatformRoutes() (all []platform.Route) {
	adapters, _ := s.adapters()
	for _, a := range adapters {
		all = append(all, a.Routes()...)
	}
	return all
}

// Registry holds the metrics.
func (s *Server) Registry() *prometheus.Registry { return s.registry }

// Connections limits those of a listener, "public".
func Connections(l net.Listener, most int, now func() time.Time, log *slog.Logger, reg prometheus.Registerer) (net.Listener, func(net.Conn, http.ConnState)) {
	c := newConnections(l.(*net.TCPListener), most, now, log, newConnectionCounts(reg).of("public"))
	return c, c.changed
}

// Vouch notes that a request proved who sent it; WithConnection is what a server gives
// its context.
var (
	Vouch          = vouch
	WithConnection = withConnection
)

// Guarded is the handler of a listener.
func Guarded(h http.Handler, log *slog.Logger) http.Handler { return guarded(h, "public", log) }

// Rooms are how many connections the public and the admin listener get of so many files.
func Rooms(g Guards, files int, log *slog.Logger) (public, admin int) {
	r := g.rooms(files, log)
	return r.public, r.admin
}
