package main

import (
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	aliyun "xmode/platform/aliyun/sim"
	huawei "xmode/platform/huawei/sim"
	"xmode/server"
	"xmode/simulator"
	"xmode/simulator/load"
)

// apiFlags are those of what the platform itself serves.
type apiFlags struct {
	APIListen string  `name:"api-listen" group:"api" placeholder:"ADDRESS" help:"Serve the platform's own APIs here, such as 127.0.0.1:9090: where recordings are, the recordings, the end of a call."`
	Audio     int64   `name:"audio-size" group:"api" default:"65536" help:"Bytes of a recording."`
	Throttled float64 `name:"api-throttled" group:"api" placeholder:"SHARE" help:"Recordings whose first request is refused by flow control. An endpoint then leaves the platform alone for a while."`
	NotReady  float64 `name:"api-not-ready" group:"api" placeholder:"SHARE" help:"Recordings that are not there yet at the first request."`
	APICut    float64 `name:"api-cut" group:"api" placeholder:"SHARE" help:"Recordings whose first download ends in the middle."`
	APISlow   float64 `name:"api-slow" group:"api" placeholder:"SHARE" help:"Recordings that trickle."`
}

// logged is how many requests to the platform are kept to be held against the
// contract.
const logged = 10_000

// platformAPIs is what the platform serves. Nil serves nothing.
type platformAPIs struct {
	storage *simulator.Storage
	trouble *simulator.Trouble
	mux     *http.ServeMux
	server  *http.Server
	load    atomic.Pointer[load.Load] // that is asked of before there is one, too
	checks  []func() []string         // what of the requests so far breaks the contract
}

// listen begins to serve, if that is asked for.
func (f *loadFlags) listen(std streams) (*platformAPIs, error) {
	if f.APIListen == "" {
		return nil, nil
	}
	trouble, err := simulator.NewTrouble(simulator.TroubleConfig{
		Seed: f.Seed, Throttled: f.Throttled, NotReady: f.NotReady, CutOff: f.APICut, Slow: f.APISlow,
	})
	if err != nil {
		return nil, usageError{err.Error()}
	}
	a := &platformAPIs{trouble: trouble, mux: http.NewServeMux()}
	a.storage, err = simulator.NewStorage(simulator.StorageConfig{Now: time.Now, Trouble: trouble, LogSize: logged})
	if err != nil {
		return nil, err
	}
	a.mux.Handle("/", a.storage)
	a.checks = append(a.checks, a.storage.CheckDownloads)
	if host, _, err := net.SplitHostPort(f.APIListen); err != nil || host == "" {
		return nil, usageError{"--api-listen: not of the form host:port; the addresses of recordings name the host"}
	}
	socket, err := net.Listen("tcp", f.APIListen)
	if err != nil {
		return nil, fmt.Errorf("--api-listen: %w", err)
	}
	base := "http://" + socket.Addr().String()
	fmt.Fprintf(std.err, "the platform's APIs are at %s\n", base)
	a.server = &http.Server{Handler: a.mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = a.server.Serve(socket) }()
	return a, a.storage.SetBase(base)
}

// close stops serving.
func (a *platformAPIs) close() {
	if a != nil {
		_ = a.server.Close()
	}
}

// breaches lists what of the endpoint's requests breaks the platform's contract.
func (a *platformAPIs) breaches() (list []string) {
	if a == nil {
		return nil
	}
	for _, check := range a.checks {
		list = append(list, check()...)
	}
	return list[:min(len(list), maxBreaches)]
}

// maxBreaches is how many are listed.
const maxBreaches = 100

// stops has calls of a load be stopped by the API.
func (a *platformAPIs) stops(l *load.Load) {
	if a != nil {
		a.load.Store(l)
	}
}

// stop stops a call.
func (a *platformAPIs) stop(id string) bool {
	l := a.load.Load()
	return l != nil && l.Stop(id) == nil
}

// sum is the digest of a recording.
func (a *platformAPIs) sum(name string) (string, bool) {
	audio, ok := a.storage.Audio(name)
	if !ok {
		return "", false
	}
	return audio.SHA256(), true
}

// serveAliyun serves the API of Alibaba Cloud.
func (a *platformAPIs) serveAliyun(keys server.PlatformKeys) (*aliyun.API, error) {
	access := map[string]string{keys.AccessKeyID.Reveal(): keys.AccessKeySecret.Reveal()}
	api, err := aliyun.NewAPI(aliyun.APIConfig{
		Keys: access, Storage: a.storage, Now: time.Now, Trouble: a.trouble, LogSize: logged,
	})
	if err != nil {
		return nil, fmt.Errorf("--api-listen: XMODE_ALIYUN_ACCESS_KEY_ID and XMODE_ALIYUN_ACCESS_KEY_SECRET: %w", err)
	}
	a.mux.Handle("/{$}", api)
	a.checks = append(a.checks, func() []string { return aliyun.CheckRequests(api.Requests(), aliyun.Contract{Keys: access}) })
	return api, nil
}

// serveHuawei serves the APIs of Huawei Cloud.
func (a *platformAPIs) serveHuawei(key, secret string) error {
	apps := map[string]string{key: secret}
	recordings, err := huawei.NewAPI(huawei.APIConfig{Apps: apps, Storage: a.storage, Now: time.Now, Trouble: a.trouble, LogSize: logged})
	if err != nil {
		return err
	}
	stop, err := huawei.NewStopAPI(huawei.StopConfig{Apps: apps, Stop: a.stop, Now: time.Now, LogSize: logged})
	if err != nil {
		return err
	}
	a.mux.Handle("/rest/provision/voice/record/v1.0", recordings)
	a.checks = append(a.checks, func() []string { return recordings.Check() }, stop.Check)
	a.mux.Handle("/rest/httpsessions/callStop/v2.0", stop)
	return nil
}
