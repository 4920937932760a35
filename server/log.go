package server

import (
	"io"
	"log/slog"
)

// NewLog makes the log that the settings ask for.
func NewLog(w io.Writer, s Logging) *slog.Logger {
	var level slog.Level
	// The validator has seen the name; an unknown one leaves the level at info.
	_ = level.UnmarshalText([]byte(s.LogLevel))
	options := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// warn logs what an operator should know about the settings at every start.
func (s *Settings) warn(log *slog.Logger) {
	if s.Redis.Reveal() == embedded {
		log.Warn("EMBEDDED STORE: everything is kept in this process only and LOST when it stops; for trying out, never for service")
	}
	if s.Redis.Reveal() != embedded && s.Durability == "memory" {
		log.Warn("durability is memory: a push is acknowledged before it is on disk or on a replica, and a crash of Redis may lose it (--durability)")
	}
	if !s.APIKeys.IsSet() {
		log.Warn("no API keys (XMODE_API_KEYS): the admin listener refuses every call that needs one")
	}
	if s.adminInClear() {
		log.Warn("the admin listener leaves loopback without TLS: keys and phone numbers travel in the clear", slog.String("address", s.AdminListen))
	}
}

// LibraryLog is what the log of Go's own package is to be written to while a server
// runs. Some libraries write there, unasked and past all levels: net/http for one
// quotes whatever the other side of a kept connection says out of turn. It is logged
// that they did, and not what.
func LibraryLog(log *slog.Logger) io.Writer { return libraryLog{log} }

type libraryLog struct{ log *slog.Logger }

// Write logs that something was written.
func (l libraryLog) Write(text []byte) (int, error) {
	l.log.Debug("a library complains; its text may quote what others sent, and is left out", slog.Int("bytes", len(text)))
	return len(text), nil
}
