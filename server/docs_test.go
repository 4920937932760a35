package server_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"xmode/platform"
	"xmode/server"
)

var update = flag.Bool("update", false, "write the generated pages of docs/ instead of comparing them")

const generated = "<!-- Generated from the code by `make generate`; do not edit. -->\n\n"

// TestDocsAreUpToDate holds the pages that restate code against the code.
func TestDocsAreUpToDate(t *testing.T) {
	s := start(t, options{
		store: &fakeStore{}, hangup: nil,
		env: []string{
			"XMODE_ALIYUN_KEYS=" + aliyunKey, "XMODE_ALIYUN_RECEIPT_TOKEN=receipt-token-0001",
			"XMODE_HUAWEI_APPS=app:secret", "XMODE_API_KEYS=ops:read:" + apiKey,
		},
	})
	for page, text := range map[string]string{
		"SETTINGS.md": settingsPage(t), "ROUTES.md": routesPage(t, s), "METRICS.md": metricsPage(t, s),
	} {
		t.Run(page, func(t *testing.T) { compare(t, filepath.Join("..", "docs", page), generated+text) })
	}
}

// compare holds a file against what it should be, or writes it.
func compare(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is stale, run `make generate` (-want +got):\n%s", name, diff)
	}
}

// cell makes a text fit into a cell of a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// code sets a text as code, nothing as nothing.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + cell(text) + "`"
}

func settingsPage(t *testing.T) string {
	t.Helper()
	all, err := server.Variables()
	if err != nil {
		t.Fatal(err)
	}
	var flags, secrets, client strings.Builder
	for _, v := range all {
		switch {
		case v.Client:
			fmt.Fprintf(&client, "| `%s` | %s |\n", v.Name, cell(v.Help))
		case v.Secret:
			fmt.Fprintf(&secrets, "| `%s` | %s |\n", v.Name, cell(v.Help))
		default:
			fmt.Fprintf(&flags, "| `--%s` | `%s` | %s | %s |\n", v.Flag, v.Name, code(v.Default), cell(v.Help))
		}
	}
	return "# Settings\n\n" +
		"Of `xmode serve`, `xmode config` and `xmode doctor`. A flag goes before its variable, a variable before the default; an empty\n" +
		"variable counts as absent. Wrong values and unknown `XMODE_` variables stop the start, all of them reported at once;\n" +
		"those that Kubernetes injects for a service called xmode are ignored. `xmode config` prints what is in force.\n\n" +
		"## Flags and variables\n\n| flag | variable | default | meaning |\n|---|---|---|---|\n" + flags.String() +
		"\n## Secrets\n\n" +
		"Never flags. Each is read from its variable, or from the file that the variable's name with `_FILE` gives, without\n" +
		"newlines at the end; both at once is a fault. On SIGHUP the files of `XMODE_API_KEYS` and of the platforms' keys are\n" +
		"read again; what is not usable then is logged and leaves the old value in force.\n\n" +
		"| variable | meaning |\n|---|---|\n" + secrets.String() +
		"\n## Of the commands that talk to a running endpoint\n\n| variable | meaning |\n|---|---|\n" + client.String()
}

// operation is what the OpenAPI document says of a route.
type operation struct {
	Summary string
	Role    string `json:"x-role"`
}

// operations are those of the admin routes by "METHOD /path".
func operations(t *testing.T, s *running) map[string]operation {
	t.Helper()
	status, body := get(t, s.admin("/openapi.json"), apiKey)
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(body), &document); err != nil {
		t.Fatalf("/openapi.json: %d, %v", status, err)
	}
	all := map[string]operation{}
	for path, methods := range document.Paths {
		for method, raw := range methods {
			var o operation
			if json.Unmarshal(raw, &o) == nil { // parameters are a list
				all[strings.ToUpper(method)+" "+path] = o
			}
		}
	}
	return all
}

var pathParameter = regexp.MustCompile(`:(\w+)`)

func routesPage(t *testing.T, s *running) string {
	t.Helper()
	known, echos, public := operations(t, s), s.Echos(), map[string]platform.Route{
		"/healthz": {What: "Whether this process lives", Methods: []string{http.MethodGet}},
	}
	for _, r := range s.PlatformRoutes() {
		public[pathParameter.ReplaceAllString(r.Path, "{$1}")] = r
	}
	page := "# Routes\n\nWith every platform configured; one without keys has no paths.\n\n" +
		"## Public listener\n\n| path | method | what |\n|---|---|---|\n"
	page += rows(echos[0], func(method, path string) string {
		r := public[path]
		if r.What == "" {
			t.Errorf("nobody says what comes to %s", path)
		}
		if !slices.Contains(r.Methods, method) {
			return "" // refused
		}
		return fmt.Sprintf("| `%s` | %s | %s |\n", path, method, cell(r.What))
	})
	page += "\n## Admin listener\n\nThe role is the least that an API key must have; the listener describes itself in OpenAPI at `/openapi.json`.\n\n" +
		"| path | method | role | what |\n|---|---|---|---|\n"
	return page + rows(echos[1], func(method, path string) string {
		o, ok := known[method+" "+path]
		if !ok {
			t.Errorf("the OpenAPI document does not know %s %s", method, path)
		}
		return fmt.Sprintf("| `%s` | %s | %s | %s |\n", path, method, cmp.Or(o.Role, "none"), cell(o.Summary))
	})
}

// rows writes a row for each route, in the order of the paths.
func rows(e *echo.Echo, row func(method, path string) string) string {
	var all []string
	for _, r := range e.Routes() {
		if r.Method != http.MethodOptions { // refused, lest Echo answers it
			all = append(all, row(r.Method, pathParameter.ReplaceAllString(r.Path, "{$1}")))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

// description is how a metric describes itself.
var description = regexp.MustCompile(`^Desc\{fqName: "([^"]+)", help: "([^"]+)", (?:unit: "[^"]*", )?constLabels: \{([^}]*)\}, variableLabels: \{([^}]*)\}`)

func metricsPage(t *testing.T, s *running) string {
	t.Helper()
	kinds := kinds(t, s)
	descriptions := make(chan *prometheus.Desc)
	go func() { defer close(descriptions); s.Registry().Describe(descriptions) }()
	var all []string
	for d := range descriptions {
		m := description.FindStringSubmatch(d.String())
		if m == nil {
			t.Errorf("not understood: %s", d)
			continue
		}
		name, help, labels := m[1], m[2], strings.Join(labelsOf(m[3], m[4]), ", ")
		if !strings.HasPrefix(name, "xmode_") {
			continue
		}
		if gathered, ok := kinds[name]; ok && gathered != kindOf(name) {
			t.Errorf("%s is a %s, and its name says %s", name, gathered, kindOf(name))
		}
		all = append(all, fmt.Sprintf("| `%s` | %s | %s | %s |\n", name, kindOf(name), labels, cell(help)))
	}
	slices.Sort(all)
	return "# Metrics\n\nOn the admin listener under `/metrics`, in the Prometheus format, without a key. Beside these there are those of the\n" +
		"Go runtime (`go_…`) and of the process (`process_…`). No label holds a number or anything else a caller chooses.\n\n" +
		"| metric | kind | labels | meaning |\n|---|---|---|---|\n" + strings.Join(all, "")
}

// kindOf tells the kind of a metric by its name, as the conventions of
// Prometheus have it.
func kindOf(name string) string {
	switch {
	case strings.HasSuffix(name, "_total"):
		return "counter"
	case strings.HasSuffix(name, "_duration_seconds"):
		return "histogram"
	default:
		return "gauge"
	}
}

// kinds are those of the metrics that have a value already.
func kinds(t *testing.T, s *running) map[string]string {
	t.Helper()
	families, err := s.Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range families {
		all[f.GetName()] = strings.ToLower(f.GetType().String())
	}
	return all
}

// labelsOf lists constant and variable labels.
func labelsOf(constant, variable string) []string {
	var names []string
	for pair := range strings.SplitSeq(constant, ",") {
		if name, _, ok := strings.Cut(pair, "="); ok {
			names = append(names, "`"+name+"`")
		}
	}
	for name := range strings.SplitSeq(variable, ",") {
		if name != "" {
			names = append(names, "`"+name+"`")
		}
	}
	return names
}
