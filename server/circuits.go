package server

import (
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
)

// circuits shows which ways to the store lead to servers that do not answer.
type circuits struct {
	open *prometheus.GaugeVec
	log  *slog.Logger
}

// newCircuits makes the metric.
func newCircuits(reg prometheus.Registerer, log *slog.Logger) *circuits {
	open := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "xmode_store_circuits_open",
		Help: "Servers of the store that are known not to answer and are only probed, by way (queries, pushes, others, background).",
	}, []string{"way"})
	reg.MustRegister(open)
	return &circuits{open: open, log: log}
}

// told counts and logs one that opened or closed.
func (c *circuits) told(way string, open bool) {
	if open {
		c.open.WithLabelValues(way).Inc()
		c.log.Warn("a server of the store does not answer: it is probed, nobody waits for it", slog.String("way", way))
		return
	}
	c.open.WithLabelValues(way).Dec()
	c.log.Info("the server of the store answers again", slog.String("way", way))
}
