package xmode_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// readmes are the same text in two languages.
var readmes = []string{"README.md", "README.zh-CN.md"}

// documents are the pages that people read.
func documents(t *testing.T) []string {
	t.Helper()
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "fixtures/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	for _, page := range readmes {
		if !slices.Contains(pages, page) {
			t.Fatalf("%s is missing", page)
		}
	}
	return pages
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

var (
	makeCommand = regexp.MustCompile("(?m)(?:^|`)make ([a-z-]+)")
	makeTarget  = regexp.MustCompile(`(?m)^([a-z-]+):.*## `)
)

func TestDocumentsNameMakeTargetsThatExist(t *testing.T) {
	var targets []string
	for _, m := range makeTarget.FindAllStringSubmatch(read(t, "Makefile"), -1) {
		targets = append(targets, m[1])
	}
	for _, page := range documents(t) {
		named := makeCommand.FindAllStringSubmatch(read(t, page), -1)
		for _, m := range named {
			if !slices.Contains(targets, m[1]) {
				t.Errorf("%s names `make %s`, and the Makefile has no such target", page, m[1])
			}
		}
		if len(named) == 0 && slices.Contains(readmes, page) {
			t.Errorf("%s names no make target", page)
		}
	}
}

func TestCIRunsTheTestCommandOfTheReadme(t *testing.T) {
	const command = "make test"
	for _, page := range readmes {
		if !strings.Contains(read(t, page), "\n"+command) {
			t.Errorf("%s does not show %q", page, command)
		}
	}
	var lines []string
	for line := range strings.Lines(read(t, ".ci/run")) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	last := lines[len(lines)-1]
	if last != "exec "+command+" </dev/null" {
		t.Errorf(".ci/run ends in %q, not in %q", last, command)
	}
}

var (
	fence   = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")
	comment = regexp.MustCompile(`(?m)^\s*#.*\n|\s+# .*$`)
)

func TestReadmesShowTheSameCommands(t *testing.T) {
	var commands [2][]string
	for i, page := range readmes {
		for _, m := range fence.FindAllStringSubmatch(read(t, page), -1) {
			commands[i] = append(commands[i], comment.ReplaceAllString(m[2], ""))
		}
	}
	if len(commands[0]) == 0 {
		t.Fatal("no command found")
	}
	if !slices.Equal(commands[0], commands[1]) {
		t.Errorf("%s shows\n%s\nand %s shows\n%s", readmes[0], commands[0], readmes[1], commands[1])
	}
}

var link = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)\s]*)?\)`)

func TestLinksResolve(t *testing.T) {
	checked := 0
	for _, page := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(read(t, page), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			checked++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links %s: %v", page, m[1], err)
			}
		}
	}
	if checked == 0 {
		t.Error("no link checked")
	}
}

// machinePath is an absolute path into somebody's home or workspace.
var machinePath = regexp.MustCompile(`(^|[\s"'=(:,` + "`" + `])/(work|workspace|home|root|Users)/[\w.]`)

func TestNoFileNamesAPathOfOneMachine(t *testing.T) {
	checked := 0
	for _, name := range tracked(t) {
		content, err := os.ReadFile(name)
		if err != nil || !utf8.Valid(content) {
			continue // deleted and not yet committed, or no text
		}
		checked++
		if found := machinePath.Find(content); found != nil {
			t.Errorf("%s names %q", name, found)
		}
	}
	if checked == 0 {
		t.Error("no file checked")
	}
}

// tracked lists the files of the repository; outside of one, all Go files and
// pages.
func tracked(t *testing.T) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		names := documents(t)
		for _, f := range goFiles(t) {
			names = append(names, f.name)
		}
		return names
	}
	return strings.Split(strings.Trim(string(out), "\x00"), "\x00")
}
