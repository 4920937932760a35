package verify

import (
	"fmt"
	"strings"
	"sync"
)

// Verdict is what a comparison found.
type Verdict struct {
	// Records that must be there, and how many of them are, once and right.
	Records      int `json:"records"`
	RecordsRight int `json:"records_right"`
	// Calls whose whole story was read, and those of them that are right.
	Calls      int `json:"calls"`
	CallsRight int `json:"calls_right"`
	// Recordings that must be known, those that are, and those in the archive.
	Recordings      int `json:"recordings"`
	RecordingsRight int `json:"recordings_right"`
	Archived        int `json:"recordings_archived"`
	// Wrong is how many differences there are; Differences are the first of them,
	// in sentences that hold no whole number of a phone.
	Wrong       int      `json:"wrong"`
	Differences []string `json:"differences"`

	mu sync.Mutex
}

// maxDifferences is how many are listed.
const maxDifferences = 100

// OK reports whether everything is there.
func (v *Verdict) OK() bool { return v.Wrong == 0 }

// differs notes a difference.
func (v *Verdict) differs(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.Wrong++
	if len(v.Differences) < maxDifferences {
		v.Differences = append(v.Differences, fmt.Sprintf(format, args...))
	}
}

// String is the verdict in a few lines, then the differences.
func (v *Verdict) String() string {
	text := &strings.Builder{}
	fmt.Fprintf(text, "verified: %d of %d records there once and right; %d of %d calls right; %d of %d recordings known, %d of them in the archive",
		v.RecordsRight, v.Records, v.CallsRight, v.Calls, v.RecordingsRight, v.Recordings, v.Archived)
	for _, d := range v.Differences {
		fmt.Fprintf(text, "\nwrong: %s", d)
	}
	if more := v.Wrong - len(v.Differences); more > 0 {
		fmt.Fprintf(text, "\nwrong: %d more", more)
	}
	return text.String()
}
