package platform_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"xmode/platform/aliyun"
)

// TestEveryKindHasFixtures reads from the code which kinds there are, on both
// sides: whoever adds one adds a message of it.
func TestEveryKindHasFixtures(t *testing.T) {
	receipts := slices.DeleteFunc(texts(t, "aliyun/receipt.go"), func(word string) bool {
		return (&aliyun.Adapter{}).Read(word, []byte("{}"), time.Time{}).Fault == "kind: not a type of receipt"
	})
	simulated := constants(t, "aliyun/sim/receipt.go", "Type")
	states := cases(t, "huawei/recording.go", "troubleOf")
	for what, c := range map[string]struct {
		platform string
		least    int
		kinds    []string
	}{
		"receipt that is read":      {"aliyun", 9, receipts},
		"receipt that is simulated": {"aliyun", 9, simulated},
		"event with a stage":        {"huawei", 4, cases(t, "huawei/event.go", "stageOf")},
		"message beside events":     {"huawei", 6, []string{"callin", "collectInfo", "fee", "numStatus", "sms-block", "sms-notify"}},
		"API of recordings":         {"aliyun", 1, []string{"QueryRecordFileDownloadUrl"}},
		"address of recordings":     {"huawei", 1, []string{"recording"}},
	} {
		if len(c.kinds) < c.least {
			t.Errorf("only %q are found in the code: %s", c.kinds, what)
		}
		for _, kind := range c.kinds {
			if len(of(t, c.platform, kind)) == 0 {
				t.Errorf("there is no fixture of %s/%s: %s", c.platform, kind, what)
			}
		}
	}
	var answers strings.Builder
	for _, m := range of(t, "huawei", "recording") {
		answers.Write(m.Answer.Body)
	}
	if len(states) < 20 {
		t.Errorf("only %q are found in the code", states)
	}
	for _, code := range states {
		if !strings.Contains(answers.String(), `"resultcode":"`+code+`"`) {
			t.Errorf("there is no fixture of the result code %s", code)
		}
	}
}

// texts are the texts in a file's constants.
func texts(t *testing.T, file string) []string {
	t.Helper()
	return inspect(t, file, func(n ast.Node) []ast.Expr {
		if spec, ok := n.(*ast.ValueSpec); ok {
			return spec.Values
		}
		return nil
	})
}

// constants are the values of a file's constants of a type.
func constants(t *testing.T, file, kind string) []string {
	t.Helper()
	return inspect(t, file, func(n ast.Node) []ast.Expr {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if name, ok := spec.Type.(*ast.Ident); ok && name.Name == kind {
				return spec.Values
			}
		}
		return nil
	})
}

// cases are the texts that a function tells apart.
func cases(t *testing.T, file, function string) []string {
	t.Helper()
	return inspect(t, file, func(n ast.Node) []ast.Expr {
		f, ok := n.(*ast.FuncDecl)
		if !ok || f.Name.Name != function {
			return nil
		}
		var found []ast.Expr
		ast.Inspect(f, func(n ast.Node) bool {
			if c, ok := n.(*ast.CaseClause); ok {
				found = append(found, c.List...)
			}
			return true
		})
		return found
	})
}

// inspect collects the texts among the expressions that take finds in a file.
func inspect(t *testing.T, file string, take func(ast.Node) []ast.Expr) []string {
	t.Helper()
	syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	ast.Inspect(syntax, func(n ast.Node) bool {
		for _, e := range take(n) {
			if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil {
					found = append(found, text)
				}
			}
		}
		return true
	})
	return found
}

// TestRecordsThatBelongTogether: which records of the fixtures are one and the
// same, and which contradict each other.
func TestRecordsThatBelongTogether(t *testing.T) {
	for _, c := range []struct {
		first, second string
		same          bool // else a conflict: one identity, two contents
	}{
		{"aliyun/SecretReport/answered", "aliyun/SecretReport/numbers-as-strings", true},
		{"aliyun/SecretReport/answered", "aliyun/SecretReport/conflict", false},
		{"huawei/fee/answered", "huawei/fee/numbers-as-strings", true},
		{"huawei/fee/answered", "huawei/fee/repeated", true},
		{"huawei/fee/answered", "huawei/fee/conflict", false},
	} {
		a, b := recordOf(t, c.first), recordOf(t, c.second)
		if a.Identity() != b.Identity() {
			t.Errorf("%s and %s are two records", c.first, c.second)
		}
		if same := a.Content() == b.Content(); same != c.same {
			t.Errorf("%s and %s say the same: %t, want %t", c.first, c.second, same, c.same)
		}
	}
}
