package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	aliyun "xmode/platform/aliyun/sim"
	huawei "xmode/platform/huawei/sim"
	"xmode/simulator"
)

// demoPlatforms is what the platforms serve: the APIs that tell where recordings
// are, and the storage that has them.
type demoPlatforms struct {
	storage *simulator.Storage
	aliyun  *aliyun.API
	huawei  *huawei.API
	archive string // the folder into which the endpoint puts recordings
	base    map[string]string
	servers []*http.Server
}

// accessKey is Alibaba Cloud's in the demo.
const accessKey = "demo-access-key"

// Why the recordings of Alibaba Cloud are not there at once.
const aliyunDelay = 15 * time.Minute

// startPlatforms has all three listen on free ports of this machine.
func startPlatforms(s demoSecrets, now func() time.Time) (*demoPlatforms, error) {
	p := &demoPlatforms{base: map[string]string{}}
	var errs [4]error
	p.storage, errs[0] = simulator.NewStorage(simulator.StorageConfig{Now: now})
	p.aliyun, errs[1] = aliyun.NewAPI(aliyun.APIConfig{
		Keys: map[string]string{accessKey: s.accessSecret}, Storage: p.storage, Now: now, Delay: aliyunDelay,
	})
	p.huawei, errs[2] = huawei.NewAPI(huawei.APIConfig{Apps: map[string]string{appKey: s.appSecret}, Storage: p.storage, Now: now})
	p.archive, errs[3] = os.MkdirTemp("", "xmode-demo-recordings-")
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("demo: platforms: %w", err)
	}
	for name, handler := range map[string]http.Handler{"storage": p.storage, "aliyun": p.aliyun, "huawei": p.huawei} {
		if err := p.serve(name, handler); err != nil {
			return nil, errors.Join(err, p.close())
		}
	}
	return p, p.storage.SetBase(p.base["storage"])
}

func (p *demoPlatforms) serve(name string, handler http.Handler) error {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("demo: %s: %w", name, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	p.servers, p.base[name] = append(p.servers, server), "http://"+socket.Addr().String()
	go func() { _ = server.Serve(socket) }()
	return nil
}

// settings are those of serve that lead to the simulated platforms.
func (p *demoPlatforms) settings() []string {
	return []string{
		"--huawei-api=" + p.base["huawei"], "--aliyun-api=" + p.base["aliyun"], "--aliyun-recording-delay=" + aliyunDelay.String(),
		"--recordings=file://" + p.archive, "--recording-hosts=127.0.0.1", "--recording-allow-private",
	}
}

// close stops listening; the recordings stay where they are.
func (p *demoPlatforms) close() (err error) {
	for _, server := range p.servers {
		err = errors.Join(err, server.Close())
	}
	return err
}
