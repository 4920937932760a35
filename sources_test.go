package xmode_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the module's path; std stands for the whole standard library.
const (
	module = "xmode"
	std    = "std"
)

// goFile is a Go file of the module that is no test.
type goFile struct {
	name, folder string
	imports      []string // the module's own packages by folder, others by path
	syntax       *ast.File
	set          *token.FileSet
}

// goFiles parses the whole module. A folder with a go.mod of its own is another
// one.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || isModule(name)) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parseFile(name)
		files = append(files, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// isModule reports whether a folder is the root of a module.
func isModule(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil
}

func parseFile(name string) (goFile, error) {
	source, err := os.ReadFile(name)
	if err != nil {
		return goFile{}, err
	}
	f := goFile{name: name, folder: filepath.ToSlash(filepath.Dir(name)), set: token.NewFileSet()}
	if f.syntax, err = parser.ParseFile(f.set, name, source, parser.SkipObjectResolution); err != nil {
		return f, err
	}
	for _, spec := range f.syntax.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return f, err
		}
		f.imports = append(f.imports, strings.TrimPrefix(p, module+"/"))
	}
	return f, nil
}

// uses lists where the file names a reserved function of a package.
func (f goFile) uses(reserved map[string][]string) []string {
	var found []string
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := sel.X.(*ast.Ident)
		if ok && slices.Contains(reserved[f.importNamed(pkg.Name)], sel.Sel.Name) {
			found = append(found, fmt.Sprintf("%s: %s.%s", f.set.Position(n.Pos()), pkg.Name, sel.Sel.Name))
		}
		return true
	})
	return found
}

// importNamed is the path of the import that the file calls by a name.
func (f goFile) importNamed(name string) string {
	for i, spec := range f.syntax.Imports {
		local := path.Base(f.imports[i])
		if spec.Name != nil {
			local = spec.Name.Name
		}
		if local == name {
			return f.imports[i]
		}
	}
	return ""
}

// importsAny reports whether the file imports a package of these patterns. A
// folder of this module stands for itself, a library for all its packages.
func (f goFile) importsAny(patterns ...string) bool {
	return slices.ContainsFunc(f.imports, func(p string) bool { return allowed(p, patterns) })
}

// allowed reports whether p is one of the packages that patterns name.
func allowed(p string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		library := strings.Contains(pattern, ".")
		return pattern == std && isStd(p) || matches(pattern, p) || library && strings.HasPrefix(p, pattern+"/")
	})
}

// isStd reports whether p belongs to the standard library: no dot in its first
// element, and no folder of this module.
func isStd(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	_, err := os.Stat(first)
	return !strings.Contains(first, ".") && err != nil
}

// matches reports whether a folder is the one of a pattern.
func matches(pattern, folder string) bool {
	ok, err := path.Match(pattern, folder)
	return err == nil && ok
}

// within reports whether a folder is one of those of patterns, or inside it.
func within(patterns []string, folder string) bool {
	for ; folder != "."; folder = path.Dir(folder) {
		if slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, folder) }) {
			return true
		}
	}
	return false
}

// platformOf is the platform to whose folder p belongs.
func platformOf(p string) (string, bool) {
	rest, ok := strings.CutPrefix(p, "platform/")
	name, _, _ := strings.Cut(rest, "/")
	return name, ok
}
