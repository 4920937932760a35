package doctor

import (
	"time"

	"xmode/store"
)

// noticeable is from when on clocks differ.
const noticeable = time.Second

func (f *Findings) clock(n store.Node, skew time.Duration) {
	off := max(n.Offset.Abs()-n.Doubt, 0) // what is certain
	level := OK
	switch {
	case off >= max(skew/2, noticeable):
		level = Problem
	case off >= noticeable:
		level = Warning
	}
	way := "ahead of ours"
	if n.Offset < 0 {
		way = "behind ours"
	}
	f.add(level, Clock, n.Name, "Redis' clock is %s %s, give or take %s; signed times may be off by %s",
		seconds(n.Offset.Abs()), way, seconds(n.Doubt), skew)
}

// seconds are written in full where there are many of them.
func seconds(d time.Duration) string {
	if d >= noticeable {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Millisecond).String()
}

func (f *Findings) shardClocks(nodes []store.Node) {
	all := byOffset(nodes)
	if len(all) < 2 {
		return
	}
	first, last := all[0], all[len(all)-1]
	apart := last.Offset - first.Offset
	level := OK
	if apart-first.Doubt-last.Doubt >= noticeable {
		level = Warning
	}
	f.add(level, ShardClocks, "", "the clock of %s is %s ahead of that of %s", last.Name, seconds(apart), first.Name)
}

// Offset is how far Redis' clock is ahead of ours, where several differ the one
// that is off most; false: nobody answered.
func Offset(seen store.Inspection) (worst time.Duration, known bool) {
	for _, n := range seen.Nodes {
		if n.Away == "" && (!known || n.Offset.Abs() > worst.Abs()) {
			worst, known = n.Offset, true
		}
	}
	return worst, known
}
