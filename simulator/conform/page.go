package conform

import (
	"fmt"
	"strings"
)

// WritePage returns the page that lists the clauses of one platform: the pages of
// its documentation, then a table a family.
func WritePage(platform string, pages []Page, clauses []Clause) string {
	var text strings.Builder
	fmt.Fprintf(&text, "## %s\n\n| page | |\n|---|---|\n", platform)
	for _, p := range pages {
		fmt.Fprintf(&text, "| %s | [%s](%s) |\n", p.Key, p.Title, p.URL)
	}
	family := ""
	for _, c := range clauses {
		if c.Family() != family {
			family = c.Family()
			fmt.Fprintf(&text, "\n### %s\n\n| clause | level | basis | rule | reference | needs |\n|---|---|---|---|---|---|\n", family)
		}
		fmt.Fprintf(&text, "| %s | %s | %s | %s | %s, %s | %s |\n",
			c.Name, c.Basis.Level(), c.Basis, cell(c.Rule), c.Page, cell(c.Section), needsCell(c.Needs))
	}
	return text.String()
}

func needsCell(needs []string) string {
	if len(needs) == 0 {
		return ""
	}
	return "`" + strings.Join(needs, "`, `") + "`"
}
