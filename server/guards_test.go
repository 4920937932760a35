package server_test

import (
	"log/slog"
	"strings"
	"testing"

	"xmode/server"
)

// TestConnectionsLeaveFilesToTheStore: where few files may be open, there are fewer
// connections than the settings allow, and the log says so.
func TestConnectionsLeaveFilesToTheStore(t *testing.T) {
	for _, c := range []struct{ most, files, public, admin int }{
		{16384, 20000, 16384, 1024},
		{16384, 16384 + 1024 + 512, 16384, 1024},
		{16384, 16384 + 1024 + 511, 16383, 1024},
		{16384, 0, 16384, 1024}, // nobody knows
		{100, 1024, 100, 100},
		{16384, 1024, 640, 128},
		{16384, 128, 80, 16},
		{16384, 1, 1, 1},
	} {
		var log logBuffer
		public, admin := server.Rooms(server.Guards{MaxConnections: c.most}, c.files, slog.New(slog.NewTextHandler(&log, nil)))
		if public != c.public || admin != c.admin {
			t.Errorf("--max-connections=%d, %d files: %d and %d, want %d and %d", c.most, c.files, public, admin, c.public, c.admin)
		}
		warned := strings.Contains(log.String(), "too few files may be open for --max-connections")
		if want := public < c.most; warned != want {
			t.Errorf("--max-connections=%d, %d files: warned %t: %s", c.most, c.files, warned, &log)
		}
	}
}
