package clauses_test

import (
	"os"
	"testing"

	"xmode/platform/huawei/sim/clauses"
	"xmode/simulator/conform"
)

// TestEveryDocumentedRowHasAClause holds the clauses against the list of what the
// platform's documents say, which was copied from there and not from the clauses.
func TestEveryDocumentedRowHasAClause(t *testing.T) {
	text, err := os.ReadFile("testdata/rows.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := conform.ParseRows(string(text))
	if err != nil {
		t.Fatal(err)
	}
	all := clauses.Clauses(clauses.Config{})
	if len(rows) < 100 || len(all) < 100 {
		t.Fatalf("%d rows, %d clauses", len(rows), len(all))
	}
	for _, fault := range conform.Audit(all, clauses.Pages(), rows) {
		t.Error(fault)
	}
}
