// Package xmode_test holds the tests of the project as a whole: the import rules
// that keep the architecture, and that the documents speak of what exists.
package xmode_test

import (
	"go/ast"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// notYet are folders that rules speak of and that do not exist. A folder that
// has come is taken off this list, so that its rules are kept from then on.
var notYet = []string{"console"}

// onlyImports: the packages of a folder import these packages and no others.
var onlyImports = []struct {
	in     string
	allows []string
}{
	{in: "call", allows: []string{std, "github.com/nyaruka/phonenumbers"}},
	{in: "call/calltest", allows: []string{std, "call", "pgregory.net/rapid"}},
	{in: "signature", allows: []string{std}},
	{in: "explain", allows: []string{std, "signature"}},
	{in: "fixtures", allows: []string{std}},
	{in: "doctor", allows: []string{std, "platform", "store"}},
	{in: "platform", allows: []string{std, "call"}},
	{in: "platform/*", allows: []string{std, "call", "platform", "signature"}},
	{in: "platform/*/sim", allows: []string{std, "signature", "simulator"}},
	{in: "platform/*/sim/life", allows: []string{std, "signature", "simulator", "simulator/load", "platform/*/sim"}},
	{in: "platform/*/sim/clauses", allows: []string{std, "signature", "simulator/conform", "platform/*/sim"}},
	{in: "simulator", allows: []string{std}},
	{in: "simulator/conform", allows: []string{std}},
	{in: "simulator/load", allows: []string{std}},
	{in: "simulator/verify", allows: []string{std, "simulator/load"}},
	{in: "internal/s3test", allows: []string{std}},
	{in: "internal/leaktest", allows: []string{std, goLeak}},
	{in: "store", allows: []string{std, "call"}},
	{in: "store/stale", allows: []string{std, "call", "store", lru}},
	{in: "recording", allows: []string{std, "call", "platform", "store", goCloud, prometheus}},
	{in: "store/redisstore", allows: []string{std, "call", "store", goRedis, miniredis, zstd}},
}

// The libraries that have their place.
const (
	echo       = "github.com/labstack/echo/v4"
	goRedis    = "github.com/redis/go-redis/v9"
	miniredis  = "github.com/alicebob/miniredis/v2"
	zstd       = "github.com/klauspost/compress"
	lru        = "github.com/hashicorp/golang-lru/v2"
	goCloud    = "gocloud.dev"
	goLeak     = "go.uber.org/goleak"
	prometheus = "github.com/prometheus/client_golang"
)

// onlyImportedBy: a package is imported from these folders, from itself, and from
// nowhere else. The rules hold for the product; bench is beside it, and its
// baseline is a handler that somebody might write without the product.
var onlyImportedBy = []struct {
	pkg string
	by  []string
}{
	{pkg: echo, by: []string{"handlers", "console", "server"}},
	{pkg: goCloud, by: []string{"recording"}},
	{pkg: goLeak, by: []string{"internal/leaktest"}},
	{pkg: goRedis, by: []string{"store/redisstore", "server", "bench/baseline"}},
	{pkg: miniredis, by: []string{"store/redisstore"}},
	{pkg: zstd, by: []string{"store/redisstore"}},
	{pkg: "recording", by: []string{"server"}},
	{pkg: "github.com/nyaruka/phonenumbers", by: []string{"call"}},
	{pkg: "store/redisstore", by: []string{"server"}},
	{pkg: "explain", by: []string{"cmd"}},
	{pkg: "fixtures", by: []string{"cmd"}},
	{pkg: "doctor", by: []string{"server", "cmd"}},
	{pkg: "platform/*", by: []string{"server"}},
	{pkg: "platform/*/sim", by: []string{"cmd", "bench"}},
	{pkg: "platform/*/sim/clauses", by: []string{"cmd"}},
	{pkg: "platform/*/sim/life", by: []string{"cmd"}},
	{pkg: "simulator/load", by: []string{"platform/*/sim/life", "simulator/verify", "cmd"}},
	{pkg: "simulator/verify", by: []string{"cmd"}},
	{pkg: "simulator/conform", by: []string{"platform/*/sim/clauses", "cmd"}},
	{pkg: "simulator", by: []string{"platform/*/sim", "cmd", "bench"}},
	{pkg: "server", by: []string{"cmd"}},
	{pkg: "internal/s3test", by: nil},
	{pkg: "internal/leaktest", by: nil},
	{pkg: "cmd/*", by: nil},
}

// neverImports: what a folder must not know, beyond what the tables above say.
var neverImports = []struct {
	in    string
	never []string
}{
	{in: "handlers", never: []string{"platform/*", "store/*", "recording"}},
	{in: "console", never: []string{"platform/*", "store/*", "recording"}},
	{in: "recording", never: []string{"platform/*", "store/*", "handlers", "console"}},
	{in: "simulator", never: []string{"call", "platform", "platform/*", "store", "store/*", "handlers", "console", "recording"}},
}

// clocks, environment and exits belong to the outermost packages; bench is a set
// of programs of its own.
var (
	outermost = []string{"cmd", "server", "bench"}
	reserved  = map[string][]string{
		"time": {"Now", "Since", "Until"},
		"os":   {"Getenv", "LookupEnv", "Environ", "Exit"},
	}
)

func TestPackagesImportOnlyWhatTheirFolderAllows(t *testing.T) {
	files := goFiles(t)
	for _, rule := range onlyImports {
		t.Run(rule.in, func(t *testing.T) {
			checked := 0
			for _, f := range files {
				if !matches(rule.in, f.folder) {
					continue
				}
				checked++
				for _, p := range f.imports {
					if !allowed(p, rule.allows) {
						t.Errorf("%s imports %s", f.name, p)
					}
				}
			}
			counted(t, checked, rule.in)
		})
	}
}

func TestPackagesAreImportedOnlyWhereTheyBelong(t *testing.T) {
	files := goFiles(t)
	for _, rule := range onlyImportedBy {
		t.Run(rule.pkg, func(t *testing.T) {
			imported := 0
			for _, f := range files {
				if !f.importsAny(rule.pkg) {
					continue
				}
				imported++
				if !within(append(rule.by, rule.pkg), f.folder) {
					t.Errorf("%s imports %s, which belongs to %v", f.name, rule.pkg, rule.by)
				}
			}
			if imported == 0 && len(rule.by) > 0 {
				t.Errorf("nothing imports %s: the rule checks nothing", rule.pkg)
			}
		})
	}
}

func TestPackagesNeverImportWhatTheyMustNotKnow(t *testing.T) {
	files := goFiles(t)
	for _, rule := range neverImports {
		t.Run(rule.in, func(t *testing.T) {
			checked := 0
			for _, f := range files {
				if !within([]string{rule.in}, f.folder) {
					continue
				}
				checked++
				if f.importsAny(rule.never...) {
					t.Errorf("%s imports one of %v", f.name, rule.never)
				}
			}
			counted(t, checked, rule.in)
		})
	}
}

func TestPlatformsDoNotKnowEachOther(t *testing.T) {
	checked := 0
	for _, f := range goFiles(t) {
		own, ok := platformOf(f.folder)
		if !ok {
			continue
		}
		checked++
		for _, p := range f.imports {
			if other, ok := platformOf(p); ok && other != own {
				t.Errorf("%s imports %s", f.name, p)
			}
		}
	}
	counted(t, checked, "platform/*")
}

func TestClockEnvironmentAndExitOnlyAtTheEdge(t *testing.T) {
	checked := 0
	for _, f := range goFiles(t) {
		if within(outermost, f.folder) {
			continue
		}
		checked++
		for _, use := range f.uses(reserved) {
			t.Error(use)
		}
	}
	counted(t, checked, "the folders inside "+strings.Join(outermost, ", "))
}

func TestNothingRegistersItself(t *testing.T) {
	checked := 0
	for _, f := range goFiles(t) {
		checked++
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has an init function", f.name)
			}
		}
	}
	counted(t, checked, "the module")
}

func TestFoldersToComeAreNotThereYet(t *testing.T) {
	for _, folder := range notYet {
		found, err := filepath.Glob(folder)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			t.Errorf("%v exists: take %q off the list notYet", found, folder)
		}
	}
}

// counted fails a rule that checked nothing, unless its folder is still to come.
func counted(t *testing.T, checked int, folder string) {
	t.Helper()
	if checked == 0 && slices.Contains(notYet, folder) {
		t.Skipf("%s is still to come", folder)
	}
	if checked == 0 {
		t.Errorf("%s: no file checked", folder)
	}
}
