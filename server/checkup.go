package server

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xmode/doctor"
	"xmode/store"
)

// How often a running endpoint looks at its servers and their clocks, how long
// that may take, and how often it looks at its settings: certificates end.
const (
	checkupEvery   = 10 * time.Second
	checkupTimeout = 2 * time.Second
	settingsEvery  = time.Hour
)

// toldElsewhere are checks whose findings a running endpoint logs by itself:
// [Settings.warn], the ping, and the look at the durability.
func toldElsewhere(check string) bool {
	return slices.Contains([]string{
		doctor.Settings, doctor.NoPlatforms, doctor.NoKeys, doctor.AdminListener, doctor.Redis, doctor.Durability, doctor.Partitions,
	}, check)
}

// checkup has the doctor look at a running endpoint, and logs what changes.
type checkup struct {
	settings *Settings
	store    store.Inspector // nil: the store is in this process
	now      func() time.Time
	log      *slog.Logger
	offset   clockOffset

	mu                    sync.Mutex
	looked                time.Time // when the settings were looked at
	ofSettings, ofServers told
	runs                  map[string]string // by server
}

// newCheckup makes a checkup and its metric.
func newCheckup(s *Settings, i store.Inspector, now func() time.Time, reg prometheus.Registerer, log *slog.Logger) *checkup {
	c := &checkup{settings: s, store: i, now: now, log: log, ofSettings: told{}, ofServers: told{}, runs: map[string]string{}}
	if s.Redis.Reveal() == embedded {
		c.store = nil
	}
	reg.MustRegister(&c.offset)
	return c
}

// start looks at the settings.
func (c *checkup) start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	setup := c.settings.setup(nil)
	setup.Embedded = false // that is told elsewhere
	c.looked = c.now()
	c.ofSettings.tell(setup.Judge(c.looked), c.log)
}

// due reports whether the settings have to be looked at again.
func (c *checkup) due() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now().Sub(c.looked) >= settingsEvery
}

// round looks at the servers, and at times at the settings. A store that does not
// answer is the ping's affair.
func (c *checkup) round(ctx context.Context) {
	if c.due() {
		c.start()
	}
	if c.store == nil {
		return
	}
	within, cancel := context.WithTimeout(ctx, checkupTimeout)
	defer cancel()
	seen, err := c.store.Inspect(within)
	c.offset.set(seen, err)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.renew(seen.Nodes)
	c.ofServers.tell(doctor.Servers(seen, c.settings.promise()), c.log)
}

// renew forgets what was told of a server that was started anew.
func (c *checkup) renew(nodes []store.Node) {
	for _, n := range nodes {
		if run, known := c.runs[n.Name]; known && run != n.Run && n.Away == "" {
			c.ofServers.forget(n.Name)
		}
		if n.Away == "" {
			c.runs[n.Name] = n.Run
		}
	}
}

// told are the findings that were logged, by check and place.
type told map[[2]string]doctor.Level

// tell logs what is new or of another level, and what is there no longer.
func (t told) tell(found doctor.Findings, log *slog.Logger) {
	here := told{}
	for _, f := range found {
		key := [2]string{f.Check, f.Where}
		if f.Level == doctor.OK || toldElsewhere(f.Check) {
			continue
		}
		if here[key] = f.Level; t[key] != f.Level {
			log.Warn("doctor: "+f.Found, slog.String("check", f.Check), slog.String("where", f.Where),
				slog.String("level", f.Level.String()), slog.String("why", f.Why), slog.String("do", f.Do))
		}
		t[key] = f.Level
	}
	for key := range t {
		if _, still := here[key]; !still {
			log.Info("doctor: no longer found", slog.String("check", key[0]), slog.String("where", key[1]))
			delete(t, key)
		}
	}
}

// forget has what is found at a place logged again.
func (t told) forget(where string) {
	for key := range t {
		if key[1] == where {
			t[key] = doctor.OK
		}
	}
}

// clockOffset is a gauge that is there while the servers answer.
type clockOffset struct{ seconds atomic.Pointer[float64] }

// set takes what was seen.
func (c *clockOffset) set(seen store.Inspection, err error) {
	offset, known := doctor.Offset(seen)
	if err != nil || !known {
		c.seconds.Store(nil)
		return
	}
	seconds := offset.Seconds()
	c.seconds.Store(&seconds)
}

// Describe describes the gauge.
func (c *clockOffset) Describe(all chan<- *prometheus.Desc) { all <- clockOffsetDesc() }

// Collect gives the gauge, if there is anything to tell.
func (c *clockOffset) Collect(all chan<- prometheus.Metric) {
	if seconds := c.seconds.Load(); seconds != nil {
		all <- prometheus.MustNewConstMetric(clockOffsetDesc(), prometheus.GaugeValue, *seconds)
	}
}

func clockOffsetDesc() *prometheus.Desc {
	return prometheus.NewDesc("xmode_clock_offset_seconds",
		"How far Redis' clock is ahead of ours, of several servers the one that is off most; absent while none answers. One of both clocks is wrong.", nil, nil)
}
