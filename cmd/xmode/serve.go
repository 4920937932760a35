package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"xmode/server"
)

// serveCmd is `xmode serve`.
type serveCmd struct {
	server.Settings `embed:""`
}

// Run serves until ctx ends.
func (c *serveCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	hangup, stop := hangups()
	defer stop()
	if err := input.LoadToServe(&c.Settings); err != nil {
		return err
	}
	version, commit := build()
	endpoint, err := server.New(server.Config{
		Settings: c.Settings, Log: server.NewLog(std.err, c.Logging),
		Version: version, Commit: commit, Hangup: hangup,
	})
	if err != nil {
		return err
	}
	return endpoint.Run(ctx)
}

// hangups delivers SIGHUP, on which secret files are read again, until stop.
func hangups() (<-chan os.Signal, func()) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	return hangup, func() { signal.Stop(hangup) }
}
