package conform

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// WriteTable writes a report for people: name, level, verdict and rule of each
// clause, and below a failed one what was sent and what came back.
func (r Report) WriteTable(w io.Writer) error {
	var lines strings.Builder
	table := tabwriter.NewWriter(&lines, 0, 0, 2, ' ', 0)
	for _, result := range r.Results {
		c := result.Clause
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", c.Name, c.Basis.Level(), result.Verdict, c.Rule)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	i := 0
	for line := range strings.Lines(lines.String()) {
		if detail := r.Results[i].Detail; detail != "" {
			line += "    " + detail + "\n"
		}
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
		i++
	}
	_, err := fmt.Fprintf(w, "\n%s\n", r.Summary())
	return err
}

// WriteMarkdown writes a report as a page.
func (r Report) WriteMarkdown(w io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "# Conformance of %s\n\n%s, %s.\n\n", cell(r.Target), r.Started.UTC().Format(time.RFC3339), r.Summary())
	text.WriteString("| clause | level | verdict | rule | |\n|---|---|---|---|---|\n")
	for _, result := range r.Results {
		c := result.Clause
		fmt.Fprintf(&text, "| %s | %s | %s | %s | %s |\n", c.Name, c.Basis.Level(), result.Verdict, cell(c.Rule), cell(result.Detail))
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// cell writes a text into a table of Markdown.
func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;").Replace(text)
}

// WriteJSON writes a report for machines.
func (r Report) WriteJSON(w io.Writer) error {
	type clause struct {
		Name    string  `json:"name"`
		Level   Level   `json:"level"`
		Basis   Basis   `json:"basis"`
		Verdict Verdict `json:"verdict"`
		Rule    string  `json:"rule"`
		Page    string  `json:"page"`
		Section string  `json:"section"`
		Detail  string  `json:"detail,omitempty"`
		TookMS  int64   `json:"took_ms"`
	}
	list := make([]clause, len(r.Results))
	for i, one := range r.Results {
		c := one.Clause
		list[i] = clause{c.Name, c.Basis.Level(), c.Basis, one.Verdict, c.Rule, c.Page, c.Section, one.Detail, one.Took.Milliseconds()}
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(map[string]any{
		"target": r.Target, "started_at": r.Started.UTC().Format(time.RFC3339), "took_ms": r.Took.Milliseconds(), "conforms": r.Conforms(),
		"passed": r.Count(Passed), "failed": r.Count(Failed), "failed_must": r.FailedMusts(), "skipped": r.Count(Skipped),
		"unfinished": r.Count(Unfinished), "clauses": list,
	})
}

// junitCase is a test case in the form that CI servers read. A failure has the
// level as its type.
type junitCase struct {
	Class   string      `xml:"classname,attr"`
	Name    string      `xml:"name,attr"`
	Time    string      `xml:"time,attr"`
	Failure *junitCause `xml:"failure"`
	Error   *junitCause `xml:"error"`
	Skipped *junitCause `xml:"skipped"`
	Out     string      `xml:"system-out,omitempty"`
}

type junitCause struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
}

// WriteJUnit writes a report as a JUnit file.
func (r Report) WriteJUnit(w io.Writer) error {
	type suite struct {
		XMLName   xml.Name    `xml:"testsuite"`
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Time      string      `xml:"time,attr"`
		Timestamp string      `xml:"timestamp,attr"`
		Cases     []junitCase `xml:"testcase"`
	}
	s := suite{
		Name: "xmode conform", Tests: len(r.Results), Failures: r.Count(Failed), Errors: r.Count(Unfinished), Skipped: r.Count(Skipped),
		Time: seconds(r.Took), Timestamp: r.Started.UTC().Format("2006-01-02T15:04:05"),
	}
	for _, one := range r.Results {
		s.Cases = append(s.Cases, one.junit())
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(s); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (one Result) junit() junitCase {
	c := junitCase{Class: one.Clause.Family(), Name: one.Clause.Name + " " + one.Clause.Rule, Time: seconds(one.Took)}
	switch one.Verdict {
	case Failed:
		c.Failure = &junitCause{Type: string(one.Clause.Basis.Level()), Message: one.Detail}
	case Skipped:
		c.Skipped = &junitCause{Message: one.Detail}
	case Unfinished:
		c.Error = &junitCause{Type: "unfinished", Message: "the run ended before"}
	default:
		c.Out = one.Detail
	}
	return c
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
