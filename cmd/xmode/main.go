// Command xmode is the customer side of privacy-number X mode: the endpoint
// that answers the platforms' queries, and the tools around it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"
)

// What the linker knows about the build (-ldflags "-X main.version=… -X
// main.commit=…"); where it was not told, the module's build information
// stands in.
var version, commit string

// again is after how long a second signal is one.
const again = 500 * time.Millisecond

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	hurry := make(chan struct{})
	go func() {
		<-signals
		cancel()
		for {
			time.Sleep(again) // some senders signal a process and then its group
			for len(signals) > 0 {
				<-signals
			}
			<-signals
			select {
			case hurry <- struct{}{}: // nothing but waiting is cut short
			default:
				os.Exit(exitFailed) // at once
			}
		}
	}()
	os.Exit(run(ctx, os.Args[1:], os.Environ(), streams{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: isatty.IsTerminal(os.Stderr.Fd()), hurry: hurry,
	}))
}
