package platform_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/call"
	"xmode/fixtures"
	"xmode/platform"
	"xmode/platform/aliyun"
	"xmode/platform/huawei"
)

// TestFixturesAreUnderstoodAsTheySay takes every received message through its
// platform's adapter, under the keys of fixtures/README.md, at its own instant.
func TestFixturesAreUnderstoodAsTheySay(t *testing.T) {
	list, err := fixtures.Messages()
	if err != nil || len(list) == 0 {
		t.Fatalf("%d messages, %v", len(list), err)
	}
	adapters := exampleAdapters(t)
	for _, m := range list {
		t.Run(m.Name, func(t *testing.T) {
			a := adapters[m.Platform]
			if a == nil {
				t.Fatalf("no adapter of %s", m.Platform)
			}
			received, err := a.Receive(routed(t, a, m), m.At)
			if got := understood(t, a, received, err, m.At); got != m.Expect {
				t.Errorf("\n got %s\nwant %s", got, m.Expect)
			}
		})
	}
}

// exampleAdapters are those of the example keys.
func exampleAdapters(t *testing.T) map[string]platform.Adapter {
	t.Helper()
	adapters := map[string]platform.Adapter{}
	for _, s := range []platform.Settings{
		&aliyun.Settings{Keys: platform.NewSecret("example-signing-key"), Receipts: platform.NewSecret("example-receipt-token")},
		&huawei.Settings{Apps: platform.NewSecret("example-app:example-secret")},
	} {
		a, err := s.Adapter(platform.Shared{ClockSkew: 5 * time.Minute, PushWindow: 11 * time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		adapters[string(a.Name())] = a
	}
	return adapters
}

// routed finds the route by which a message comes, as a server would.
func routed(t *testing.T, a platform.Adapter, m fixtures.Message) platform.Message {
	t.Helper()
	for _, r := range a.Routes() {
		params, ok := match(r.Path, m.Path)
		if ok && slices.Contains(r.Methods, m.Method) {
			return platform.Message{Path: r.Path, Params: params, RawQuery: m.Query, Header: m.Header, Body: m.Body}
		}
	}
	t.Fatalf("no route for %s %s", m.Method, m.Path)
	return platform.Message{}
}

// match compares a path with that of a route, whose elements with a colon stand
// for any text.
func match(route, path string) (map[string]string, bool) {
	want, got := strings.Split(route, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	params := map[string]string{}
	for i := range want {
		if name, ok := strings.CutPrefix(want[i], ":"); ok {
			params[name] = got[i]
		} else if want[i] != got[i] {
			return nil, false
		}
	}
	return params, true
}

// understood says what became of a message in the words of a fixture.
func understood(t *testing.T, a platform.Adapter, r platform.Received, err error, at time.Time) string {
	t.Helper()
	if refusal, ok := errors.AsType[*platform.Refusal](err); ok {
		return refused(refusal)
	}
	switch {
	case err != nil:
		t.Fatalf("no refusal: %v", err)
	case r.Query != nil:
		return asked(r.Query)
	case r.Push == nil:
		t.Fatal("neither a question nor a push")
	}
	var items []string
	for _, item := range r.Push.Items {
		items = append(items, reported(a.Read(r.Push.Kind, item, at)))
	}
	if r.Broken == nil {
		return strings.Join(items, ", ")
	}
	if !slices.Equal(items, []string{"quarantine"}) {
		t.Errorf("a broken push is kept as %v", items)
	}
	return refused(r.Broken)
}

func refused(r *platform.Refusal) string {
	status := map[platform.Refused]int{platform.Unauthorized: http.StatusUnauthorized, platform.Malformed: http.StatusBadRequest}
	return fmt.Sprintf("%d %s", status[r.Class], r.Code)
}

func asked(q *call.Query) string {
	text := fmt.Sprintf("query %s %s", q.Kind, q.X.National())
	if q.Extension != "" {
		text += " extension " + q.Extension
	}
	return text
}

func reported(r call.Report) string {
	switch {
	case r.Fault != "":
		return "quarantine"
	case r.Record != nil:
		return "record " + string(r.Record.Outcome)
	case r.Status != nil:
		return "status " + r.Status.Status
	case r.Event.Recorded:
		return "event recorded"
	}
	return "event " + string(r.Event.Stage)
}
