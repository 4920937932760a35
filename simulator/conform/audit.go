package conform

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Row is a documented row or rule that some clause has to cover.
type Row struct {
	// Page is the key of the page, Name the row.
	Page, Name string
}

// ParseRows reads a list of rows, one a line: the key of the page and the name of
// the row. Empty lines and those that begin with # do not count.
func ParseRows(text string) ([]Row, error) {
	var rows []Row
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || strings.HasPrefix(fields[0], "#"):
		case len(fields) != 2:
			return nil, fmt.Errorf("row %q: page and name are due", strings.TrimSpace(line))
		default:
			rows = append(rows, Row{Page: fields[0], Name: fields[1]})
		}
	}
	return rows, nil
}

// Audit returns what is wrong with the clauses of a platform: one without a
// check, a rule, a known page; a name twice; a row that no clause covers, or that
// is none.
func Audit(clauses []Clause, pages []Page, rows []Row) []string {
	var faults []string
	names, covered := map[string]bool{}, map[string]string{}
	for _, c := range clauses {
		if names[c.Name] {
			faults = append(faults, c.Name+": the name is there twice")
		}
		names[c.Name] = true
		faults = append(faults, clauseFaults(c, pages)...)
		for _, name := range c.Rows {
			covered[name] = c.Name
		}
	}
	listed := map[string]bool{}
	for _, row := range rows {
		if listed[row.Name] {
			faults = append(faults, row.Name+": the row is listed twice")
		}
		listed[row.Name] = true
		if !hasPage(pages, row.Page) {
			faults = append(faults, row.Name+": there is no page "+row.Page)
		}
		if covered[row.Name] == "" {
			faults = append(faults, row.Name+": no clause covers the row")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(covered)) {
		if !listed[name] {
			faults = append(faults, covered[name]+": there is no row "+name)
		}
	}
	return faults
}

// clauseFaults looks at one clause by itself.
func clauseFaults(c Clause, pages []Page) []string {
	var faults []string
	fault := func(text string) { faults = append(faults, c.Name+": "+text) }
	if ok, _ := regexp.MatchString(`^[A-Z]+-[A-Z]+-[0-9]{2}$`, c.Name); !ok {
		fault("the name is not of the form ALI-SIG-04")
	}
	if c.Check == nil {
		fault("there is no check")
	}
	if !slices.Contains([]Basis{Doc, Sibling, Code, Inferred}, c.Basis) {
		fault("the basis is none")
	}
	if !strings.HasSuffix(c.Rule, ".") || strings.Contains(c.Rule, "\n") {
		fault("the rule is no sentence")
	}
	if !hasPage(pages, c.Page) || c.Section == "" {
		fault("page or section is missing")
	}
	if len(c.Rows) == 0 {
		fault("it covers no row")
	}
	return faults
}

func hasPage(pages []Page, key string) bool {
	return slices.ContainsFunc(pages, func(p Page) bool { return p.Key == key })
}
