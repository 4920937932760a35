package load

import (
	"maps"
	"time"
)

// Report is what a load did, and what the endpoint must have of it.
type Report struct {
	// Platform that was played, and the seed.
	Platform string `json:"platform"`
	Seed     uint64 `json:"seed"`
	// Broken: it was ended before its time.
	Broken bool `json:"broken_off"`
	// Seconds that it took, and messages sent in each.
	Seconds  float64 `json:"seconds"`
	Messages int     `json:"messages"`
	// Begun calls, Ended ones of these; and what the endpoint decided of them.
	Begun     int `json:"begun"`
	Ended     int `json:"ended"`
	Connected int `json:"connected"`
	Rejected  int `json:"rejected"`
	Asked     int `json:"asked"`
	Lost      int `json:"lost"`
	// Records and Recordings that the endpoint must have.
	Records    int `json:"records_due"`
	Recordings int `json:"recordings_due"`
	// Kinds of messages, by the platform's word.
	Kinds []KindReport `json:"kinds"`
	// Trouble that messages met, by its word.
	Trouble map[string]int `json:"trouble"`
	// Findings about the endpoint.
	Findings []Found `json:"findings"`
}

// KindReport is of all messages of a kind. Times are in milliseconds.
type KindReport struct {
	Kind string `json:"kind"`
	// Sent messages, those Taken as they should, those Refused as they should be,
	// those that were to be repeated, and those that were given up.
	Sent    int     `json:"sent"`
	Taken   int     `json:"taken"`
	Refused int     `json:"refused"`
	Repeats int     `json:"repeats"`
	GaveUp  int     `json:"given_up"`
	P50     float64 `json:"p50_ms"`
	P95     float64 `json:"p95_ms"`
	P99     float64 `json:"p99_ms"`
	Max     float64 `json:"max_ms"`
}

// Faults reports whether calls or records were lost, or a wrong signature taken.
func (r Report) Faults() bool { return len(r.Findings) > 0 && r.Findings[0].Level == Fault }

// report is that of now.
func (l *Load) report(broken bool) Report {
	took := l.c.Now().Sub(l.begun)
	r := Report{Platform: l.c.Platform.Name(), Seed: l.c.Seed, Broken: broken, Seconds: took.Seconds()}
	l.books.fill(&r)
	for n := range l.c.Calls {
		if w, asked := l.want(n); asked && l.history.of(n).decided {
			r.count(w)
		}
	}
	return r
}

// count counts what must be there of a call.
func (r *Report) count(w Want) {
	switch {
	case w.Failed:
		r.Lost++
	case w.Verb == Connect:
		r.Connected++
	case w.Verb == Ask:
		r.Asked++
	default:
		r.Rejected++
	}
	if w.Record == Due {
		r.Records++
	}
	if w.Recording == Due {
		r.Recordings++
	}
}

// fill copies what was counted.
func (b *books) fill(r *Report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r.Begun, r.Ended, r.Trouble, r.Findings = b.begun, b.over, maps.Clone(b.trouble), b.list()
	for _, name := range b.names() {
		k := b.kinds[name]
		r.Messages += k.sent
		r.Kinds = append(r.Kinds, KindReport{
			Kind: name, Sent: k.sent, Taken: k.taken, Refused: k.refused, Repeats: k.repeats, GaveUp: k.gaveUp,
			P50: millis(k.took.Quantile(0.5)), P95: millis(k.took.Quantile(0.95)), P99: millis(k.took.Quantile(0.99)), Max: millis(k.took.Max()),
		})
	}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// Progress is how far a load is.
type Progress struct {
	// Calls of all there are, those Begun, and those Ended.
	Calls, Begun, Ended int
	// Faults and Notes found so far.
	Faults, Notes int
	// Took is how long the answers took.
	Took Latencies
}

// Progress tells how far it is, while it runs.
func (l *Load) Progress() Progress {
	b := l.books
	b.mu.Lock()
	defer b.mu.Unlock()
	p := Progress{Calls: l.c.Calls, Begun: b.begun, Ended: b.over, Took: b.all}
	for _, f := range b.findings {
		if f.Level == Fault {
			p.Faults += f.Count
		} else {
			p.Notes += f.Count
		}
	}
	return p
}
