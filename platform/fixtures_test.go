package platform_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"xmode/call"
	"xmode/fixtures"
	"xmode/platform"
	"xmode/platform/aliyun"
	"xmode/platform/huawei"
)

// TestFixturesAreUnderstoodAsTheySay takes every message through its platform's
// adapter, under the keys of fixtures/README.md, at its own instant.
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
			var got []string
			if message, ok := routed(a, m); ok {
				received, err := a.Receive(message, m.At)
				got = understood(t, a, message, received, err, m.At)
			} else {
				got = told(t, a, m)
			}
			if diff := gocmp.Diff(m.Expect, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
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

// TestEveryRouteHasFixtures: each path and each method of it.
func TestEveryRouteHasFixtures(t *testing.T) {
	list, err := fixtures.Messages()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	adapters := exampleAdapters(t)
	for _, m := range list {
		if message, ok := routed(adapters[m.Platform], m); ok {
			used[m.Method+" "+message.Path] = true
		}
	}
	for _, a := range adapters {
		for _, r := range a.Routes() {
			for _, method := range r.Methods {
				if !used[method+" "+r.Path] {
					t.Errorf("no fixture comes by %s %s", method, r.Path)
				}
			}
		}
	}
}

// routed finds the route by which a message comes, as a server would; a request
// to the platform has none.
func routed(a platform.Adapter, m fixtures.Message) (platform.Message, bool) {
	for _, r := range a.Routes() {
		params, ok := match(r.Path, m.Path)
		if ok && slices.Contains(r.Methods, m.Method) {
			return platform.Message{Path: r.Path, Params: params, RawQuery: m.Query, Header: m.Header, Body: m.Body}, true
		}
	}
	return platform.Message{}, false
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
func understood(t *testing.T, a platform.Adapter, m platform.Message, r platform.Received, err error, at time.Time) []string {
	t.Helper()
	if refusal, ok := errors.AsType[*platform.Refusal](err); ok {
		return []string{refused(refusal)}
	}
	switch {
	case err != nil:
		t.Fatalf("no refusal: %v", err)
	case r.Query != nil:
		return []string{asked(r.Query)}
	case r.Push == nil:
		t.Fatal("neither a question nor a push")
	case len(r.Push.Items) == 0:
		return []string{"nothing"}
	}
	var lines []string
	for _, item := range r.Push.Items {
		instant := at
		if !r.Proof.SignedAt.IsZero() { // as the server has it
			instant = r.Proof.SignedAt
		}
		lines = append(lines, reported(a.Read(r.Push.Kind, item, instant), m.Body))
	}
	if r.Broken != nil {
		lines = append(lines, refused(r.Broken))
	}
	return lines
}

// told says how a platform's answer to a question of ours is read.
func told(t *testing.T, a platform.Adapter, m fixtures.Message) []string {
	t.Helper()
	r, ok := a.(platform.Recordings)
	if !ok || m.Answer == nil {
		t.Fatalf("no route for %s %s, nor an answer to read", m.Method, m.Path)
	}
	address, err := r.Told(m.Answer.Status, m.Answer.Header, m.Answer.Body)
	if err == nil {
		return []string{"address " + address.Reveal()}
	}
	trouble, ok := errors.AsType[*platform.Trouble](err)
	if !ok {
		t.Fatalf("no trouble: %v", err)
	}
	l := line{words: []string{"trouble", trouble.Reason, quoted(trouble.Code)}}
	if trouble.Pause > 0 {
		l.text("pause", trouble.Pause.String())
	}
	return []string{l.String()}
}

func refused(r *platform.Refusal) string {
	status := map[platform.Refused]int{
		platform.Unauthorized: http.StatusUnauthorized, platform.Malformed: http.StatusBadRequest,
		platform.UnsupportedType: http.StatusUnsupportedMediaType, platform.Absent: http.StatusNotFound,
	}
	return fmt.Sprintf("%d %s", status[r.Class], r.Code)
}

func asked(q *call.Query) string {
	l := line{words: []string{"query", string(q.Kind)}}
	l.text("call", q.CallID)
	l.text("caller", q.Caller.Full())
	l.text("x", q.X.Full())
	l.text("extension", q.Extension)
	return l.String()
}
