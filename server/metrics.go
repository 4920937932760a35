package server

import (
	"cmp"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// newRegistry makes a registry with what every process shows: the Go runtime,
// the process, and which build this is.
func newRegistry(version, commit string) *prometheus.Registry {
	reg := prometheus.NewRegistry()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "xmode_build_info",
		Help: "Always 1; the labels tell the build.",
		ConstLabels: prometheus.Labels{
			"version": cmp.Or(version, "unknown"), "commit": cmp.Or(commit, "unknown"), "go": runtime.Version(),
		},
	})
	build.Set(1)
	reg.MustRegister(build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return reg
}
