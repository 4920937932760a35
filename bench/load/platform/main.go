// Command platform plays the platform whose recordings a benchmark fetches: its
// storage, its API that tells addresses, and its pushes that name recordings. It
// notes when the first request reached it and when the last answer was over, so
// that whoever fetches is measured from the other side.
//
// Beside the API it answers GET /bench/addresses, a line "name address" for each
// recording, POST /bench/push?to=URL, which pushes all records to an endpoint, and
// GET /bench/seen, what has reached it so far.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"xmode/bench/internal/lab"
	"xmode/platform/huawei/sim"
	"xmode/simulator"
)

// options are the flags.
type options struct {
	storage, api string
	count        int
	size         int64
}

func main() {
	log.SetFlags(0)
	var o options
	flag.StringVar(&o.storage, "storage", "", "host and port of the storage")
	flag.StringVar(&o.api, "api", "", "host and port of the API")
	flag.IntVar(&o.count, "count", 1000, "recordings")
	flag.Int64Var(&o.size, "size", 1<<20, "bytes of each")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := serve(ctx, o); err != nil {
		stop()
		log.Fatal(err)
	}
}

// platform is everything that one plays.
type platform struct {
	storage *simulator.Storage
	api     *sim.API
	names   []string
	size    int64
	window  window
}

func newPlatform(o options) (*platform, error) {
	p := &platform{size: o.size}
	var err error
	if p.storage, err = simulator.NewStorage(simulator.StorageConfig{Base: "http://" + o.storage, Now: time.Now}); err != nil {
		return nil, err
	}
	p.names = p.storage.PutMany("bench", o.count, simulator.Audio{Format: simulator.WAV, Size: o.size, Seed: 1})
	p.api, err = sim.NewAPI(sim.APIConfig{
		Apps: map[string]string{lab.AppKey: lab.AppSecret}, Storage: p.storage, Now: time.Now,
	})
	return p, err
}

// serve answers until ctx ends.
func serve(ctx context.Context, o options) error {
	p, err := newPlatform(o)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /bench/addresses", p.addresses)
	mux.HandleFunc("POST /bench/push", p.push)
	mux.HandleFunc("GET /bench/seen", p.seen)
	mux.Handle("/", p.window.around(p.api))
	servers := []*http.Server{
		{Addr: o.storage, Handler: p.window.around(p.storage), ReadHeaderTimeout: 10 * time.Second},
		{Addr: o.api, Handler: mux, ReadHeaderTimeout: 10 * time.Second},
	}
	ended := make(chan error, len(servers))
	for _, s := range servers {
		go func() { ended <- s.ListenAndServe() }()
	}
	select {
	case err = <-ended:
	case <-ctx.Done():
	}
	for _, s := range servers {
		err = errors.Join(err, s.Close())
	}
	return err
}

// addresses hands out fresh ones.
func (p *platform) addresses(w http.ResponseWriter, _ *http.Request) {
	for _, name := range p.names {
		_, _ = fmt.Fprintln(w, name, p.storage.Address(name))
	}
}
