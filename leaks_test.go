package xmode_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryTestPackageLooksForLeaks: a package that has tests hands them to leaktest
// in its TestMain, and so does the module beside ours.
func TestEveryTestPackageLooksForLeaks(t *testing.T) {
	folders := testFolders(t, ".")
	maps.Copy(folders, testFolders(t, "secondopinion"))
	for folder, looks := range folders {
		if !looks {
			t.Errorf("%s: no TestMain hands the tests to leaktest.Run", folder)
		}
	}
	if len(folders) < 20 {
		t.Errorf("only %d folders with tests", len(folders))
	}
}

// testFolders are the folders of a module that have tests, and whether these look
// for leaks.
func testFolders(t *testing.T, root string) map[string]bool {
	t.Helper()
	folders := map[string]bool{}
	for _, name := range testFiles(t, root) {
		syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Dir(name)
		folders[folder] = folders[folder] || looksForLeaks(syntax)
	}
	return folders
}

// looksForLeaks reports whether a file calls leaktest.Run.
func looksForLeaks(syntax *ast.File) (found bool) {
	ast.Inspect(syntax, func(n ast.Node) bool {
		if call, ok := n.(*ast.SelectorExpr); ok && call.Sel.Name == "Run" {
			pkg, ok := call.X.(*ast.Ident)
			found = found || ok && pkg.Name == "leaktest"
		}
		return !found
	})
	return found
}

// testFiles are the test files of a module.
func testFiles(t *testing.T, root string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || isModule(name)) {
			return fs.SkipDir
		}
		if strings.HasSuffix(name, "_test.go") {
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
