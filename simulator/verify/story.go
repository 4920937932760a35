package verify

import (
	"fmt"
	"slices"

	"xmode/simulator/load"
)

// story is what is compared of all that is known of a call.
type story struct {
	State      string      `json:"state"`
	Queries    []query     `json:"queries"`
	Records    []told      `json:"records"`
	Recordings []recording `json:"recordings"`
}

// told is a record: what it says was compared when all of them were read.
type told struct{}

// query is a question and its answer.
type query struct {
	Decision string `json:"decision"`
}

// recording is one as the API tells of it.
type recording struct {
	State  string `json:"state"`
	SHA256 string `json:"sha256"`
	Error  string `json:"error"`
	CallID string `json:"call_id"`
}

// found is what is wrong with a call, in clauses.
type found struct {
	call      []string
	recording string
	// final: it does not become right by itself.
	final bool
	// missing, archived: the recording is.
	missing, archived bool
}

// open reports whether it may become right.
func (f *found) open() bool { return !f.final && (len(f.call) > 0 || f.recording != "") }

// compare looks at a call.
func (v *Verifier) compare(s *story, e *expected) (f found) {
	if e.record == load.Due && s.State != "ended" {
		f.call = append(f.call, fmt.Sprintf("state %q, want ended", s.State))
	}
	if n := len(s.Records); e.record == load.Due && n != 1 || e.record == load.Perhaps && n > 1 {
		f.final = true // a record is there from when it was acknowledged
		f.call = append(f.call, fmt.Sprintf("%d records, want 1", n))
	}
	if want := decision(e); want != "" && !slices.Contains(s.Queries, query{want}) {
		f.call = append(f.call, "no query that was answered by "+want)
	}
	v.listen(s.Recordings, e, &f)
	return f
}

// listen looks at the recordings of a call.
func (v *Verifier) listen(known []recording, e *expected, f *found) {
	n := len(known)
	switch {
	case e.recording == load.Absent && n > 0:
		f.recording, f.final = "there, although none was told", true
	case n > 1:
		f.recording, f.final = fmt.Sprintf("%d of them, want 1", n), true
	case e.recording == load.Due && n == 0:
		f.recording, f.missing = "missing", true
	case n == 1:
		f.archived = known[0].State == "archived"
	}
	if f.recording == "" && e.recording == load.Due {
		v.archived(&known[0], f)
	}
}

// archived looks at the recording of a call that has one.
func (v *Verifier) archived(r *recording, f *found) {
	if v.c.Archived && !f.archived {
		f.recording = fmt.Sprintf("%q, want archived", r.State)
		if r.Error != "" {
			f.recording += fmt.Sprintf(": %.40q", r.Error)
		}
		f.final = f.final || r.State == "expired" || r.State == "failed"
		return
	}
	if v.c.Sum == nil || !f.archived {
		return
	}
	f.final = true
	switch sum, served := v.c.Sum(r.CallID); {
	case !served:
		f.recording = "archived, although it was never served"
	case sum != r.SHA256:
		f.recording = "with another SHA-256 than it was served with"
	}
}
