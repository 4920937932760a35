package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"xmode/server"
)

// The exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// streams are the standard streams of a command.
type streams struct {
	in       io.Reader
	out, err io.Writer
	// terminal is set where somebody watches err.
	terminal bool
	// hurry takes a second wish to stop from whoever has one; nil: nobody has.
	hurry chan struct{}
}

// cli is the command line: a field for each command.
type cli struct {
	Serve    serveCmd    `cmd:"" help:"Run the endpoint."`
	Demo     demoCmd     `cmd:"" help:"Run endpoint, store and platform in one process, and print what they say to each other."`
	Simulate simulateCmd `cmd:"" help:"Play a platform to any endpoint: one call or text message, its answer, and what it means."`
	Conform  conformCmd  `cmd:"" help:"Check any endpoint against the contract, clause by clause."`
	Bindings bindingsCmd `cmd:"" help:"Import, export, show and delete bindings of a running endpoint."`
	Explain  explainCmd  `cmd:"" help:"Show how a received signature comes about, and where it went wrong."`
	Fixtures fixturesCmd `cmd:"" help:"List and show example messages of the platforms, for testers of any endpoint."`
	Doctor   doctorCmd   `cmd:"" help:"Check settings, Redis and clock for what would lose or leak data."`
	Health   healthCmd   `cmd:"" help:"Exit with 0 if the endpoint on this machine is ready, else with 1."`
	Config   configCmd   `cmd:"" help:"Print the settings in force, secrets hidden."`
	Version  versionCmd  `cmd:"" help:"Print version, commit and Go version."`
}

// newCLI makes a command line whose settings know what the platforms add.
func newCLI() *cli {
	return &cli{
		Serve:  serveCmd{Settings: server.NewSettings()},
		Config: configCmd{Settings: server.NewSettings()},
		Doctor: doctorCmd{Settings: server.NewSettings()},
	}
}

// usageError is a wrong use of the command line, beyond what kong finds.
type usageError struct{ text string }

// Error returns the text.
func (u usageError) Error() string { return u.text }

// run runs one command line and returns the exit status. Whatever went wrong
// has been said on standard error by then.
func run(ctx context.Context, args, environ []string, std streams) int {
	input, err := server.NewInput(environ)
	if err != nil {
		return report(std.err, err)
	}
	helped := false
	parser, err := kong.New(newCLI(), append(input.Options(),
		kong.Name("xmode"),
		kong.Description("The customer side of privacy-number X mode."),
		kong.Writers(std.out, std.err),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)...)
	if err != nil {
		return report(std.err, err)
	}
	command, err := parser.Parse(args)
	switch {
	case helped:
		return exitOK
	case err != nil:
		return report(std.err, usageError{err.Error()})
	}
	command.BindTo(ctx, (*context.Context)(nil))
	return report(std.err, command.Run(input, std))
}

// report says what went wrong, one line each, and gives the exit status.
func report(w io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, errSaid) {
		return exitFailed
	}
	var faults server.Faults
	if errors.As(err, &faults) {
		for _, fault := range faults {
			fmt.Fprintln(w, "xmode:", fault)
		}
		return exitFailed
	}
	fmt.Fprintln(w, "xmode:", strings.ReplaceAll(err.Error(), "\n", "; "))
	if errors.As(err, new(usageError)) {
		return exitUsage
	}
	return exitFailed
}
