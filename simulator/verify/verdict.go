package verify

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// Verdict is what a comparison found.
type Verdict struct {
	// Records that must be there, those of them that are, once and right, and those
	// that are not.
	Records        int `json:"records"`
	RecordsRight   int `json:"records_right"`
	RecordsMissing int `json:"records_missing"`
	// Calls whose record is there more than once, is marked as a conflict, or says
	// something wrong.
	RecordsTwice       int `json:"records_twice"`
	RecordsConflicting int `json:"records_conflicting"`
	RecordsWrong       int `json:"records_wrong"`
	// RecordsUntold are there, although they were never told.
	RecordsUntold int `json:"records_untold"`
	// Calls that were read, those of them that are right, and those that are not.
	Calls      int `json:"calls"`
	CallsRight int `json:"calls_right"`
	CallsWrong int `json:"calls_wrong"`
	// Recordings that must be known, those that are as they must be, those of which
	// nothing is known, those that are otherwise, and all that are in the archive.
	Recordings         int `json:"recordings"`
	RecordingsRight    int `json:"recordings_right"`
	RecordingsMissing  int `json:"recordings_missing"`
	RecordingsWrong    int `json:"recordings_wrong"`
	RecordingsArchived int `json:"recordings_archived"`
	// Wrong is how many differences there are; Differences are the first of them,
	// in sentences that hold no whole number of a phone.
	Wrong       int      `json:"wrong"`
	Differences []string `json:"differences"`
}

// maxDifferences is how many are listed.
const maxDifferences = 100

// OK reports whether everything is there.
func (v *Verdict) OK() bool { return v.Wrong == 0 }

// differs notes a difference.
func (v *Verdict) differs(format string, args ...any) {
	v.Wrong++
	if len(v.Differences) < maxDifferences {
		v.Differences = append(v.Differences, fmt.Sprintf(format, args...))
	}
}

// String is the verdict as a table, then the differences.
func (v *Verdict) String() string {
	text := &strings.Builder{}
	table := tabwriter.NewWriter(text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "verified\tdue\tright\tmissing\twrong\ttwice\tconflicting\tnever told\tarchived\t")
	fmt.Fprintf(table, "records\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\t\n",
		v.Records, v.RecordsRight, v.RecordsMissing, v.RecordsWrong, v.RecordsTwice, v.RecordsConflicting, v.RecordsUntold)
	fmt.Fprintf(table, "calls\t%d\t%d\t\t%d\t\t\t\t\t\n", v.Calls, v.CallsRight, v.CallsWrong)
	fmt.Fprintf(table, "recordings\t%d\t%d\t%d\t%d\t\t\t\t%d\t\n",
		v.Recordings, v.RecordingsRight, v.RecordingsMissing, v.RecordingsWrong, v.RecordingsArchived)
	_ = table.Flush() // to memory
	for _, d := range v.Differences {
		fmt.Fprintf(text, "wrong: %s\n", d)
	}
	if more := v.Wrong - len(v.Differences); more > 0 {
		fmt.Fprintf(text, "wrong: %d more\n", more)
	}
	return strings.TrimSuffix(text.String(), "\n")
}
