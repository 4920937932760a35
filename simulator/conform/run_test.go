package conform_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"time"

	"xmode/simulator/conform"
)

// clock is one that stands.
func clock() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }

// checked is a clause with a check.
func checked(name string, basis conform.Basis, check conform.Check, needs ...string) conform.Clause {
	return conform.Rule(name, basis, "A1 Fields", "It is so.", "fields/one", check, needs...)
}

// mixed is a run with every verdict.
func mixed(t *testing.T) conform.Report {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	fault := func(context.Context) error { return errors.New("sent a <query>, got | nothing") }
	return conform.Run(ctx, conform.Config{
		Target: "http://127.0.0.1:8080", Now: clock, Given: map[string]bool{"--given": true},
		Clauses: []conform.Clause{
			checked("ALI-TST-01", conform.Doc, kept, "--given"),
			checked("ALI-TST-02", conform.Doc, fault),
			checked("ALI-TST-03", conform.Inferred, fault),
			checked("ALI-TST-04", conform.Doc, kept, "--given", "--x-asks", "--extension"),
			checked("ALI-TST-05", conform.Doc, func(context.Context) error { return conform.Note("p99 3ms") }),
			checked("ALI-TST-06", conform.Doc, func(context.Context) error { panic("odd") }),
			checked("ALI-TST-07", conform.Doc, func(context.Context) error { cancel(); return errors.New("broken off") }),
			checked("ALI-TST-08", conform.Doc, kept),
		},
	})
}

func TestRunGivesVerdicts(t *testing.T) {
	report := mixed(t)
	for i, want := range []struct {
		verdict conform.Verdict
		detail  string
	}{
		{conform.Passed, ""},
		{conform.Failed, "sent a <query>, got | nothing"},
		{conform.Failed, "sent a <query>, got | nothing"},
		{conform.Skipped, "needs --x-asks and --extension"},
		{conform.Passed, "p99 3ms"},
		{conform.Failed, "the check itself broke: odd"},
		{conform.Unfinished, ""},
		{conform.Unfinished, ""},
	} {
		if got := report.Results[i]; got.Verdict != want.verdict || got.Detail != want.detail {
			t.Errorf("%s: %s %q, want %s %q", got.Clause.Name, got.Verdict, got.Detail, want.verdict, want.detail)
		}
	}
	if report.Conforms() || report.FailedMusts() != 2 {
		t.Errorf("conforms %v, %d musts", report.Conforms(), report.FailedMusts())
	}
	if got, want := report.Summary(), "8 clauses: 2 passed, 3 failed (2 must), 1 skipped, 2 not finished"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAFailedShouldDoesNotBreakTheContract(t *testing.T) {
	fault := func(context.Context) error { return errors.New("no") }
	for basis, conforms := range map[conform.Basis]bool{conform.Doc: false, conform.Sibling: true, conform.Code: true, conform.Inferred: true} {
		report := conform.Run(t.Context(), conform.Config{Now: clock, Clauses: []conform.Clause{checked("ALI-TST-01", basis, fault)}})
		if report.Conforms() != conforms {
			t.Errorf("%s: conforms %v", basis, report.Conforms())
		}
	}
}

func TestClausesThatMeasureRunAlone(t *testing.T) {
	var others, done int
	alone := checked("ALI-TST-01", conform.Doc, func(context.Context) error {
		if done != others {
			return errors.New("not alone")
		}
		return nil
	}).Apart()
	config := conform.Config{Now: clock, Parallel: 4, Clauses: []conform.Clause{alone}, Done: func(conform.Result) { done++ }}
	for range 30 {
		config.Clauses = append(config.Clauses, checked("ALI-TST-02", conform.Doc, kept))
		others++
	}
	if report := conform.Run(t.Context(), config); report.Count(conform.Passed) != 31 || done != 31 {
		t.Errorf("%s, heard of %d", report.Summary(), done)
	}
}

func TestReportsSayTheSame(t *testing.T) {
	report := mixed(t)
	var table, page, object, junit bytes.Buffer
	for _, err := range []error{report.WriteTable(&table), report.WriteMarkdown(&page), report.WriteJSON(&object), report.WriteJUnit(&junit)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range []string{
		"ALI-TST-02  must    failed      It is so.\n    sent a <query>, got | nothing\n", "ALI-TST-04  must    skipped     It is so.\n    needs --x-asks and --extension\n",
		"\n8 clauses: 2 passed, 3 failed (2 must), 1 skipped, 2 not finished\n",
	} {
		if !strings.Contains(table.String(), line) {
			t.Errorf("no %q in\n%s", line, table.String())
		}
	}
	if row := "| ALI-TST-03 | should | failed | It is so. | sent a &lt;query>, got \\| nothing |\n"; !strings.Contains(page.String(), row) {
		t.Errorf("no %q in\n%s", row, page.String())
	}
	var read struct {
		Conforms                                        bool
		Passed, Failed, FailedMust, Skipped, Unfinished int
		Clauses                                         []struct{ Name, Level, Verdict, Detail string }
	}
	if err := json.Unmarshal(bytes.ReplaceAll(object.Bytes(), []byte("failed_must"), []byte("failedmust")), &read); err != nil {
		t.Fatal(err)
	}
	if read.Conforms || read.Passed != 2 || read.Failed != 3 || read.FailedMust != 2 || read.Skipped != 1 || read.Unfinished != 2 ||
		read.Clauses[2].Level != "should" || read.Clauses[2].Verdict != "failed" {
		t.Errorf("%+v", read)
	}
	var suite struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Failure *struct {
				Type    string `xml:"type,attr"`
				Message string `xml:"message,attr"`
			} `xml:"failure"`
		} `xml:"testcase"`
	}
	if err := xml.Unmarshal(junit.Bytes(), &suite); err != nil {
		t.Fatal(err)
	}
	if suite.Tests != 8 || suite.Failures != 3 || suite.Errors != 2 || suite.Skipped != 1 ||
		suite.Cases[1].Failure == nil || suite.Cases[1].Failure.Type != "must" || suite.Cases[1].Failure.Message != "sent a <query>, got | nothing" {
		t.Errorf("%+v\n%s", suite, junit.String())
	}
}

func TestSelectGoesByPatterns(t *testing.T) {
	all := []conform.Clause{clause("ALI-SIG-01"), clause("ALI-SIG-02"), clause("HW-CDR-07")}
	for pattern, want := range map[string]string{
		"": "ALI-SIG-01 ALI-SIG-02 HW-CDR-07", "ALI-*": "ALI-SIG-01 ALI-SIG-02", "hw-cdr-07, *-02": "ALI-SIG-02 HW-CDR-07",
	} {
		chosen, err := conform.Select(all, pattern)
		var names []string
		for _, c := range chosen {
			names = append(names, c.Name)
		}
		if err != nil || strings.Join(names, " ") != want {
			t.Errorf("%q: %v, %v", pattern, names, err)
		}
	}
	for _, pattern := range []string{"ALI-XYZ-*", "[", "ALI-*,nothing"} {
		if _, err := conform.Select(all, pattern); !errors.Is(err, conform.ErrPattern) {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}
