package platform_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"xmode/call"
	"xmode/fixtures"
)

// Both sides are held against the same files: what the receivers read, in
// TestFixturesAreUnderstoodAsTheySay, the simulators write, from the platforms'
// documents and without the receivers' code.

// of returns the messages of a platform, of certain kinds if any are named.
func of(t *testing.T, name string, kinds ...string) []fixtures.Message {
	t.Helper()
	list, err := fixtures.Messages()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(list, func(m fixtures.Message) bool {
		return m.Platform != name || len(kinds) > 0 && !slices.Contains(kinds, m.Kind)
	})
}

// fixture returns one message.
func fixture(t *testing.T, name string) fixtures.Message {
	t.Helper()
	platform, _, _ := strings.Cut(name, "/")
	for _, m := range of(t, platform) {
		if m.Name == name {
			return m
		}
	}
	t.Fatalf("no fixture %s", name)
	return fixtures.Message{}
}

// errSent ends a simulator's request where it would go onto the wire.
var errSent = errors.New("caught on the way out")

// caught keeps what a simulator sends, and answers nothing.
type caught struct {
	method, target string
	header         http.Header
	body           []byte
}

// RoundTrip keeps the request.
func (c *caught) RoundTrip(r *http.Request) (*http.Response, error) {
	c.method, c.target, c.header = r.Method, r.URL.RequestURI(), r.Header
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		c.body = body
	}
	return nil, errSent
}

// client is one that catches.
func (c *caught) client() *http.Client { return &http.Client{Transport: c} }

// decoded reads JSON with numbers as they are written.
func decoded(t *testing.T, text []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// answeredBy sends a message to a simulated API and returns what it says.
func answeredBy(t *testing.T, api http.Handler, m fixtures.Message) *http.Response {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(m.Request())))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w.Result()
}

// saysTheSame compares an answer of a simulated API with that of the file.
func saysTheSame(t *testing.T, m fixtures.Message, got *http.Response) {
	t.Helper()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	same := bytes.Equal(body, m.Answer.Body)
	if !same && json.Valid(body) && json.Valid(m.Answer.Body) { // \u0026 stands for &
		same = reflect.DeepEqual(decoded(t, body), decoded(t, m.Answer.Body))
	}
	if got.StatusCode != m.Answer.Status || !same {
		t.Errorf("answered\n     %d %s\nwant %d %s", got.StatusCode, body, m.Answer.Status, m.Answer.Body)
	}
	for _, name := range []string{"Content-Type", "Location"} {
		if got.Header.Get(name) != m.Answer.Header.Get(name) {
			t.Errorf("%s: %q, want %q", name, got.Header.Get(name), m.Answer.Header.Get(name))
		}
	}
}

// exactly fails unless the simulator does not send precisely those messages that
// are listed: what no platform would write, or writes only by mistake.
func exactly(t *testing.T, unsent, listed []string) {
	t.Helper()
	for _, name := range unsent {
		if !slices.Contains(listed, name) {
			t.Errorf("the simulator does not send %s", name)
		}
	}
	for _, name := range listed {
		if !slices.Contains(unsent, name) {
			t.Errorf("the simulator sends %s, or there is no such fixture: take it off the list", name)
		}
	}
}

// reportOf is what the only item of a push is read as.
func reportOf(t *testing.T, name string) call.Report {
	t.Helper()
	m := fixture(t, name)
	a := exampleAdapters(t)[m.Platform]
	message, ok := routed(a, m)
	if !ok {
		t.Fatalf("no route for %s", name)
	}
	received, err := a.Receive(message, m.At)
	if err != nil || len(received.Push.Items) != 1 {
		t.Fatalf("%s: %v", name, err)
	}
	return a.Read(received.Push.Kind, received.Push.Items[0], m.At)
}

// recordingOf is the recording that a push names, recordOf the record in it.
func recordingOf(t *testing.T, name string) call.Recording {
	t.Helper()
	r := reportOf(t, name).Recording
	if r == nil {
		t.Fatalf("%s names no recording", name)
	}
	return *r
}

func recordOf(t *testing.T, name string) *call.Record {
	t.Helper()
	r := reportOf(t, name).Record
	if r == nil {
		t.Fatalf("%s holds no record", name)
	}
	return r
}
