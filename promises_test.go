package xmode_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

var (
	testFunction = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9]+)\(`)
	promiseTest  = regexp.MustCompile(`^TestPromise`)
	testInPage   = regexp.MustCompile("`(Test[A-Za-z0-9]+)`")
)

// TestPromisesHaveTests: each test that the page of promises names is there, and each
// promise that is tested is on the page.
func TestPromisesHaveTests(t *testing.T) {
	files, err := filepath.Glob("e2e/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var tests, named []string
	for _, file := range files {
		for _, m := range testFunction.FindAllStringSubmatch(read(t, file), -1) {
			tests = append(tests, m[1])
		}
	}
	for _, m := range testInPage.FindAllStringSubmatch(read(t, "docs/PROMISES.md"), -1) {
		named = append(named, m[1])
		if !slices.Contains(tests, m[1]) {
			t.Errorf("docs/PROMISES.md names %s, which is no test of e2e", m[1])
		}
	}
	kept := 0
	for _, test := range tests {
		if promiseTest.MatchString(test) {
			kept++
			if !slices.Contains(named, test) {
				t.Errorf("docs/PROMISES.md does not name %s", test)
			}
		}
	}
	if kept == 0 {
		t.Error("no promise has a test")
	}
}
