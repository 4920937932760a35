package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"xmode/server"
)

// serveCmd is `xmode serve`.
type serveCmd struct {
	server.Settings `embed:""`
}

// Run serves until ctx ends.
func (c *serveCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	calmCollector()
	hangup, stop := hangups()
	defer stop()
	if err := input.LoadToServe(&c.Settings); err != nil {
		return err
	}
	journal := server.NewLog(std.err, c.Logging)
	log.SetOutput(server.LibraryLog(journal))
	version, commit := build()
	endpoint, err := server.New(server.Config{
		Settings: c.Settings, Log: journal,
		Version: version, Commit: commit, Hangup: hangup, Hurry: std.hurry,
	})
	if err != nil {
		return err
	}
	return endpoint.Run(ctx)
}

// enoughMemory is up to where garbage is left lying: more of it is collected sooner.
const enoughMemory = 640 << 20

// calmCollector has the garbage collector run less often, unless GOGC says how
// often: the live heap is a few megabytes, and at thousands of queries a second
// collecting it at every doubling took a tenth of the processor. When there is much to
// do, the heap is not, and then memory counts (GOMEMLIMIT says how much).
func calmCollector() {
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(400)
	}
	if _, set := os.LookupEnv("GOMEMLIMIT"); !set {
		debug.SetMemoryLimit(enoughMemory)
	}
}

// hangups delivers SIGHUP, on which secret files are read again, until stop.
func hangups() (<-chan os.Signal, func()) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	return hangup, func() { signal.Stop(hangup) }
}
