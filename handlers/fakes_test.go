package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"xmode/call"
	"xmode/handlers"
	"xmode/platform"
	"xmode/store"
)

// now is the instant of all tests that look at no real connection.
var now = time.Date(2030, 1, 2, 3, 4, 5, 678_000_000, time.UTC)

// The keys of the tests, one a role.
const (
	readKey      = "read-key-0123456789"
	provisionKey = "provision-key-0123456789"
	adminKey     = "admin-key-0123456789"
	keys         = "reader:read:" + readKey + ",crm:provision:" + provisionKey + ",root:admin:" + adminKey
)

// fakeStore plays all roles of a store; a role without a function is not
// expected to be asked.
type fakeStore struct {
	route  func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error)
	get    func(call.ID) (store.Entry, error)
	list   func(store.Filter) (store.Page, error)
	put    func(writes []store.Write) []store.Written
	remove func(call.ID, []string) error
	apply  func(store.Change) (store.Applied, error)
	record func([]store.AuditEntry) error
	recent func(int, string) ([]store.AuditEntry, string, error)

	deposit   func(context.Context, store.Delivery) (store.Deposited, error)
	records   func(store.RecordFilter) (store.RecordPage, error)
	call      func(call.Platform, string) (store.CallLog, error)
	numbers   func() ([]call.NumberStatus, error)
	held      func(int, string) ([]store.Quarantined, string, error)
	heldOne   func(string) (store.Quarantined, error)
	heldDrops func(string) error

	recordings func(store.RecordingFilter) ([]store.Recording, string, error)
	recording  func(string) (store.Recording, error)
	retried    func(string, time.Time) (store.Recording, error)
}

func (f *fakeStore) ListRecordings(_ context.Context, r store.RecordingFilter) ([]store.Recording, string, error) {
	return f.recordings(r)
}
func (f *fakeStore) GetRecording(_ context.Context, id string) (store.Recording, error) {
	return f.recording(id)
}
func (f *fakeStore) RetryRecording(_ context.Context, id string, at time.Time) (store.Recording, error) {
	return f.retried(id, at)
}
func (f *fakeStore) CountRecordings(context.Context, call.Platform, time.Time) (store.RecordingCounts, error) {
	return store.RecordingCounts{}, errors.New("not asked for")
}

func (f *fakeStore) Deposit(ctx context.Context, d store.Delivery) (store.Deposited, error) {
	return f.deposit(ctx, d)
}
func (f *fakeStore) Records(_ context.Context, r store.RecordFilter) (store.RecordPage, error) {
	return f.records(r)
}
func (f *fakeStore) Call(_ context.Context, p call.Platform, id string) (store.CallLog, error) {
	return f.call(p, id)
}
func (f *fakeStore) Numbers(context.Context) ([]call.NumberStatus, error) { return f.numbers() }
func (f *fakeStore) ListQuarantine(_ context.Context, n int, cursor string) ([]store.Quarantined, string, error) {
	return f.held(n, cursor)
}
func (f *fakeStore) GetQuarantined(_ context.Context, id string) (store.Quarantined, error) {
	return f.heldOne(id)
}
func (f *fakeStore) DropQuarantined(_ context.Context, id string) error { return f.heldDrops(id) }

func (f *fakeStore) Route(ctx context.Context, q call.Query, m *store.Message) (call.Routes, store.Seen, error) {
	return f.route(ctx, q, m)
}
func (f *fakeStore) Get(_ context.Context, id call.ID) (store.Entry, error)     { return f.get(id) }
func (f *fakeStore) List(_ context.Context, s store.Filter) (store.Page, error) { return f.list(s) }
func (f *fakeStore) Sweep(context.Context, time.Time) (int, error) {
	return 0, errors.New("not asked for")
}
func (f *fakeStore) Delete(_ context.Context, id call.ID, match []string) error {
	return f.remove(id, match)
}
func (f *fakeStore) Record(_ context.Context, entries ...store.AuditEntry) error {
	return f.record(entries)
}
func (f *fakeStore) Apply(_ context.Context, c store.Change) (store.Applied, error) {
	return f.apply(c)
}
func (f *fakeStore) Put(_ context.Context, _ time.Time, w ...store.Write) []store.Written {
	return f.put(w)
}
func (f *fakeStore) Recent(_ context.Context, n int, cursor string) ([]store.AuditEntry, string, error) {
	return f.recent(n, cursor)
}

// fakeAdapter is a platform whose messages are all genuine, and answered by
// what was decided.
type fakeAdapter struct {
	receive func(platform.Message) (platform.Received, error)
	answer  func(call.Query, call.Decision) []byte
	read    func(kind string, item []byte, at time.Time) call.Report
	ack     []byte
}

func (f *fakeAdapter) Name() call.Platform { return "acme" }
func (f *fakeAdapter) Routes() []platform.Route {
	return []platform.Route{
		{Path: "/acme/query", Methods: []string{http.MethodGet, http.MethodPost}, MaxBody: 1024},
		{Path: "/acme/push", Methods: []string{http.MethodPost}},
		{Path: "/acme/receipts/:token/:type", Methods: []string{http.MethodPost}, Early: true},
	}
}
func (f *fakeAdapter) Receive(m platform.Message, _ time.Time) (platform.Received, error) {
	if f.receive != nil {
		return f.receive(m)
	}
	return question(), nil
}
func (f *fakeAdapter) Answer(q call.Query, d call.Decision) []byte {
	if f.answer != nil {
		return f.answer(q, d)
	}
	return []byte(`{"outcome":"` + string(d.Outcome) + `","reason":"` + string(d.Reason) + `"}`)
}
func (f *fakeAdapter) Read(kind string, item []byte, at time.Time) call.Report {
	return f.read(kind, item, at)
}
func (f *fakeAdapter) Acknowledge() []byte { return f.ack }

// question is what the fake platform asks.
func question() platform.Received {
	return platform.Received{
		Query: &call.Query{Platform: "acme", Kind: call.Voice, CallID: "call-77", Caller: party("13800000021"),
			X: party("17000000001"), CanAsk: true},
		Proof: platform.Proof{Nonce: "n1", Digest: [16]byte{7}, SignedAt: now.Add(-time.Minute),
			Until: now.Add(4 * time.Minute), Form: "plain"},
	}
}

// party reads a number that is one.
func party(s string) call.Number {
	n, err := call.ParseParty(s)
	if err != nil {
		panic(err)
	}
	return n
}

// pair is a binding between owner 13900000011 and peer 13800000021.
func pair() call.Binding {
	return call.Binding{ID: 100001, X: party("17000000001"), A: party("13900000011"),
		Peers: []call.Number{party("13800000021")}, PeerCount: 1, Direction: call.Both, SMS: call.Forward}
}

// admits is a router that knows the pair.
func admits(seen store.Seen) func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
	return func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
		b := pair()
		return call.Routes{Own: &b}, seen, nil
	}
}

// deps are those of a working process around one store.
func deps(t testing.TB, s *fakeStore) handlers.Deps {
	ring, err := handlers.ParseKeyring(keys)
	if err != nil {
		t.Fatal(err)
	}
	return handlers.Deps{
		Adapters:  []platform.Adapter{&fakeAdapter{}},
		Platforms: []handlers.KnownPlatform{{Name: "acme", CanAsk: true}, {Name: "mute"}},
		Router:    s, Bindings: s, Provisioner: s, Audit: s, Inbox: s, Records: s, Quarantine: s, Recordings: s, Archive: fakeArchive{},
		Leave:  func(call.Trace) bool { return true },
		Keys:   func() handlers.Keyring { return ring },
		Policy: call.Policy{MaxAsks: 3}, DecisionBudget: time.Minute, PushBudget: time.Minute, MaxBody: 1 << 20,
		Ready:   func() handlers.Readiness { return handlers.Readiness{Reached: true} },
		Now:     func() time.Time { return now },
		Metrics: handlers.NewMetrics(prometheus.NewRegistry()),
	}
}

func public(d handlers.Deps) *echo.Echo { e := echo.New(); handlers.Public(e, d); return e }
func admin(d handlers.Deps) *echo.Echo  { e := echo.New(); handlers.Admin(e, d); return e }

// reqOpt changes a request before it is sent.
type reqOpt func(*http.Request)

func header(name, value string) reqOpt {
	return func(r *http.Request) { r.Header.Add(name, value) }
}
func key(k string) reqOpt { return header("Authorization", "Bearer "+k) }

// send sends one request straight to a handler.
func send(t testing.TB, h http.Handler, method, path, body string, opts ...reqOpt) *httptest.ResponseRecorder {
	t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, path, in)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, o := range opts {
		o(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// wants fails unless an answer has the status and exactly the body.
func wants(t testing.TB, w *httptest.ResponseRecorder, status int, body string) {
	t.Helper()
	if got := strings.TrimSpace(w.Body.String()); w.Code != status || got != body {
		t.Errorf("answered %d %s\n    want %d %s", w.Code, got, status, body)
	}
}

// fields are the faults of an answer of the admin listener, by field.
func fields(t testing.TB, w *httptest.ResponseRecorder) (code string, f map[string]string) {
	t.Helper()
	var in struct {
		Error struct {
			Code   string
			Fields map[string]string
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &in); err != nil {
		t.Fatalf("answer %q: %v", w.Body, err)
	}
	return in.Error.Code, in.Error.Fields
}

// recordLog returns a logger that logs everything, and what it logged.
func recordLog() (*slog.Logger, *bytes.Buffer) {
	var out bytes.Buffer
	return slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})), &out
}

// posted sends a message over a real connection and closes returned once the
// handler has returned, which may be after the answer.
func posted(t testing.TB, d handlers.Deps, path string, returned chan<- struct{}) *http.Response {
	t.Helper()
	e := public(d)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(returned)
		e.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	response, err := http.Post(server.URL+path, "application/json", strings.NewReader("signed"))
	if err != nil {
		t.Fatal(err)
	}
	return response
}
