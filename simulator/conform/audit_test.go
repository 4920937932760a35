package conform_test

import (
	"context"
	"slices"
	"testing"

	"xmode/simulator/conform"
)

func kept(context.Context) error { return nil }

// clause is a right one.
func clause(name string) conform.Clause {
	return conform.Rule(name, conform.Doc, "A1 Fields", "It is so.", "fields/one", kept)
}

func TestAuditFindsWhatIsWrongWithClauses(t *testing.T) {
	pages := []conform.Page{{Key: "A1"}}
	rows := []conform.Row{{Page: "A1", Name: "fields/one"}}
	changed := func(change func(*conform.Clause)) []conform.Clause {
		c := clause("ALI-SIG-01")
		change(&c)
		return []conform.Clause{c}
	}
	for _, c := range []struct {
		name    string
		clauses []conform.Clause
		rows    []conform.Row
		want    []string
	}{
		{"nothing", changed(func(*conform.Clause) {}), rows, nil},
		{"no check", changed(func(c *conform.Clause) { c.Check = nil }), rows, []string{"ALI-SIG-01: there is no check"}},
		{"a name twice", []conform.Clause{clause("ALI-SIG-01"), clause("ALI-SIG-01")}, rows, []string{"ALI-SIG-01: the name is there twice"}},
		{"another name", []conform.Clause{clause("sig-1")}, rows, []string{"sig-1: the name is not of the form ALI-SIG-04"}},
		{"no basis", changed(func(c *conform.Clause) { c.Basis = "rumour" }), rows, []string{"ALI-SIG-01: the basis is none"}},
		{"no sentence", changed(func(c *conform.Clause) { c.Rule = "so" }), rows, []string{"ALI-SIG-01: the rule is no sentence"}},
		{"no such page", changed(func(c *conform.Clause) { c.Page = "A9" }), rows, []string{"ALI-SIG-01: page or section is missing"}},
		{"no section", changed(func(c *conform.Clause) { c.Section = "" }), rows, []string{"ALI-SIG-01: page or section is missing"}},
		{"no row", changed(func(c *conform.Clause) { c.Rows = nil }), nil, []string{"ALI-SIG-01: it covers no row"}},
		{
			"a row without a clause", changed(func(*conform.Clause) {}), append(rows, conform.Row{Page: "A1", Name: "fields/two"}),
			[]string{"fields/two: no clause covers the row"},
		},
		{"a clause without its row", changed(func(*conform.Clause) {}), nil, []string{"ALI-SIG-01: there is no row fields/one"}},
		{"a row of no page", changed(func(*conform.Clause) {}), []conform.Row{{Page: "A7", Name: "fields/one"}}, []string{"fields/one: there is no page A7"}},
		{"a row twice", changed(func(*conform.Clause) {}), append(rows, rows...), []string{"fields/one: the row is listed twice"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := conform.Audit(c.clauses, pages, c.rows); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestRowsAreOneALine(t *testing.T) {
	rows, err := conform.ParseRows("# what there is\n\nA1 fields/one\n  A2   fields/two \n")
	if err != nil || !slices.Equal(rows, []conform.Row{{Page: "A1", Name: "fields/one"}, {Page: "A2", Name: "fields/two"}}) {
		t.Errorf("%v, %v", rows, err)
	}
	if _, err := conform.ParseRows("A1\n"); err == nil || err.Error() != `row "A1": page and name are due` {
		t.Errorf("%v", err)
	}
}
