package server

import "github.com/prometheus/client_golang/prometheus"

// connectionCounts are the metrics of all listeners' connections.
type connectionCounts struct {
	open         *prometheus.GaugeVec
	shed, failed *prometheus.CounterVec
}

// newConnectionCounts registers the metrics.
func newConnectionCounts(reg prometheus.Registerer) *connectionCounts {
	listener := []string{"listener"}
	c := &connectionCounts{
		open: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "xmode_connections", Help: "Open connections, by listener.",
		}, listener),
		shed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "xmode_connections_shed_total",
			Help: "Connections closed because there were too many, or too many open files, by listener.",
		}, listener),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "xmode_accept_failures_total",
			Help: "Times that no connection could be accepted for want of files, by listener.",
		}, listener),
	}
	reg.MustRegister(c.open, c.shed, c.failed)
	return c
}

// connectionCount are the metrics of one listener's connections.
type connectionCount struct {
	name         string
	open         prometheus.Gauge
	shed, failed prometheus.Counter
}

// of gives those of a listener.
func (c *connectionCounts) of(listener string) *connectionCount {
	return &connectionCount{name: listener, open: c.open.WithLabelValues(listener),
		shed: c.shed.WithLabelValues(listener), failed: c.failed.WithLabelValues(listener)}
}
