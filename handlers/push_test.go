package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"xmode/call"
	"xmode/handlers"
	"xmode/platform"
	"xmode/store"
)

type depositFunc = func(context.Context, store.Delivery) (store.Deposited, error)

// notStored is the answer to a push that is to be sent again.
const notStored = `{"code":"NotStored","message":"not stored: send it again"}`

// pushed is a push of the fake platform, one item for each text.
func pushed(items ...string) platform.Received {
	push := &platform.Push{Kind: "fee"}
	for _, text := range items {
		push.Items = append(push.Items, []byte(text))
	}
	return platform.Received{Push: push, Proof: platform.Proof{Nonce: "k n1", Digest: [16]byte{7},
		SignedAt: now.Add(-time.Minute), Until: now.Add(time.Hour), Form: "plain"}}
}

// receives is an adapter to which every message says the same.
func receives(r platform.Received) *fakeAdapter {
	return &fakeAdapter{
		receive: func(platform.Message) (platform.Received, error) { return r, nil },
		read: func(string, []byte, time.Time) call.Report {
			return call.Report{Record: &call.Record{Platform: "acme", ID: "r1"}}
		},
	}
}

// takes is a store that reads every item and counts it.
func takes(_ context.Context, d store.Delivery) (out store.Deposited, err error) {
	for i := range d.Items {
		if d.Read(i).Fault != "" {
			out.Quarantined++
		} else {
			out.Fresh++
		}
	}
	return out, nil
}

// delivered sends a push to a public listener.
func delivered(t *testing.T, a *fakeAdapter, s *fakeStore, change ...func(*handlers.Deps)) *httptest.ResponseRecorder {
	t.Helper()
	d := deps(t, s)
	d.Adapters = []platform.Adapter{a}
	for _, c := range change {
		c(&d)
	}
	return send(t, public(d), "POST", "/acme/push", "signed")
}

func TestPushIsAcknowledged(t *testing.T) {
	for _, tt := range []struct {
		name        string
		ack         []byte
		contentType string
	}{
		{"without a body", nil, ""},
		{"with a body", []byte(`{"code":0,"msg":"success"}`), "application/json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := receives(pushed("{}"))
			a.ack = tt.ack
			w := delivered(t, a, &fakeStore{deposit: takes})
			wants(t, w, 200, string(tt.ack))
			h := w.Header()
			if h.Get("Content-Type") != tt.contentType || h.Get("Content-Length") != fmt.Sprint(len(tt.ack)) {
				t.Errorf("header %v", h)
			}
		})
	}
}

// The store learns what was pushed, and nothing is read unless it asks.
func TestStoreSeesThePush(t *testing.T) {
	var got store.Delivery
	var at []time.Time
	a := receives(pushed(`{"a":1}`, `{"a":2}`))
	a.read = func(kind string, item []byte, when time.Time) call.Report {
		at = append(at, when)
		return call.Report{Event: &call.Event{Type: kind, ID: string(item)}}
	}
	s := &fakeStore{deposit: func(ctx context.Context, d store.Delivery) (store.Deposited, error) {
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("no deadline")
		}
		got = d
		if e := d.Read(1).Event; e.Type != "fee" || e.ID != `{"a":2}` {
			t.Errorf("read %+v", e)
		}
		return store.Deposited{}, nil
	}}
	delivered(t, a, s)
	want := store.Delivery{Platform: "acme", Kind: "fee", Items: [][]byte{[]byte(`{"a":1}`), []byte(`{"a":2}`)}, At: now,
		Message: &store.Message{Platform: "acme", Nonce: "k n1", Digest: [16]byte{7}, At: now, Until: now.Add(time.Hour)}}
	got.Read = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(at) != 1 || at[0] != now.Add(-time.Minute) {
		t.Errorf("read as of %v, not of the signature", at)
	}
}

// A push by a secret address has no nonce, and is read as of its arrival.
func TestPushWithoutAProof(t *testing.T) {
	r := pushed("{}")
	r.Proof = platform.Proof{}
	a := receives(r)
	a.read = func(_ string, _ []byte, at time.Time) call.Report {
		if at != now {
			t.Errorf("read as of %v", at)
		}
		return call.Report{Fault: "x"}
	}
	wants(t, delivered(t, a, &fakeStore{deposit: func(ctx context.Context, d store.Delivery) (store.Deposited, error) {
		if d.Message != nil {
			t.Errorf("message %+v", d.Message)
		}
		return takes(ctx, d)
	}}), 200, "")
}

func TestPushOfNothing(t *testing.T) {
	wants(t, delivered(t, receives(pushed()), &fakeStore{deposit: takes}), 200, "")
}

func TestPushRefusals(t *testing.T) {
	fails := func(err error) depositFunc {
		return func(context.Context, store.Delivery) (store.Deposited, error) {
			return store.Deposited{}, fmt.Errorf("13800000021: %w", err)
		}
	}
	broken := pushed("{")
	broken.Broken = &platform.Refusal{Class: platform.Malformed, Code: "MalformedBody", Message: "body: not valid JSON at byte 1"}
	for _, tt := range []struct {
		name     string
		received platform.Received
		deposit  depositFunc
		status   int
		want     string
		result   string
	}{
		{"replayed", pushed("{}"), fails(store.ErrReplayed), 401, `{"code":"NonceReplayed","message":"nonce: used before"}`, "replayed"},
		{"not durable", pushed("{}"), fails(store.ErrNotDurable), 503, notStored, "durability"},
		{"store away", pushed("{}"), fails(store.ErrUnavailable), 503, notStored, "store"},
		{"other partitions", pushed("{}"), fails(store.ErrPartitions), 503, notStored, "store"},
		{"error that no store promised", pushed("{}"), fails(errors.New("surprise")), 503, notStored, "store"},
		{"too slow", pushed("{}"), fails(context.DeadlineExceeded), 503, notStored, "deadline"},
		{"panic in the store", pushed("{}"), func(context.Context, store.Delivery) (store.Deposited, error) { panic("13800000021") },
			503, notStored, "panic"},
		{"no JSON, kept", broken, takes, 400, `{"code":"MalformedBody","message":"body: not valid JSON at byte 1"}`, "broken"},
		{"no JSON, not kept", broken, fails(store.ErrUnavailable), 503, notStored, "store"},
		{"neither question nor push", platform.Received{}, nil, 500, `{"code":"InternalError","message":"internal error"}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reg := prometheus.NewRegistry()
			var log *bytes.Buffer
			w := delivered(t, receives(tt.received), &fakeStore{deposit: tt.deposit}, func(d *handlers.Deps) {
				d.Metrics = handlers.NewMetrics(reg)
				d.Log, log = recordLog()
			})
			wants(t, w, tt.status, tt.want)
			if again := w.Header().Get("Retry-After"); (again == "1") != (tt.status == 503) {
				t.Errorf("Retry-After %q", again)
			}
			if strings.Contains(log.String(), "3800000021") {
				t.Errorf("logged %s", log)
			}
			if want := `xmode_pushes_total{kind="fee",platform="acme",result="` + tt.result + `"} 1`; tt.result != "" {
				counted(t, reg, "xmode_pushes_total", want)
			}
		})
	}
}

// counted fails unless a metric has exactly these values.
func counted(t *testing.T, reg *prometheus.Registry, name string, lines ...string) {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+`="`+l.GetValue()+`"`)
			}
			values = append(values, fmt.Sprintf("%s{%s} %v", name, strings.Join(labels, ","), m.GetCounter().GetValue()))
		}
	}
	if diff := cmp.Diff(lines, values); diff != "" {
		t.Error(diff)
	}
}

// What the store made of the items is counted, and a conflict is told.
func TestPushedItemsAreCounted(t *testing.T) {
	reg := prometheus.NewRegistry()
	var log *bytes.Buffer
	delivered(t, receives(pushed("{}")), &fakeStore{deposit: func(context.Context, store.Delivery) (store.Deposited, error) {
		return store.Deposited{Fresh: 40, Duplicates: 7, Conflicts: 2, Quarantined: 1}, nil
	}}, func(d *handlers.Deps) {
		d.Metrics = handlers.NewMetrics(reg)
		d.Log, log = recordLog()
	})
	counted(t, reg, "xmode_push_records_total",
		`xmode_push_records_total{kind="fee",outcome="conflict",platform="acme"} 2`,
		`xmode_push_records_total{kind="fee",outcome="duplicate",platform="acme"} 7`,
		`xmode_push_records_total{kind="fee",outcome="fresh",platform="acme"} 40`,
		`xmode_push_records_total{kind="fee",outcome="quarantined",platform="acme"} 1`)
	if !strings.Contains(log.String(), `"level":"WARN","msg":"pushed again with other content","platform":"acme","kind":"fee","conflicts":2`) {
		t.Errorf("logged %s", log)
	}
}

// Whatever kinds an adapter comes up with, the labels stay few and clean.
func TestKindsAreBounded(t *testing.T) {
	reg := prometheus.NewRegistry()
	n := 0
	a := receives(platform.Received{})
	a.receive = func(platform.Message) (platform.Received, error) {
		r := pushed()
		if n++; n == 1 {
			r.Push.Kind = "+8613800000021"
		} else {
			r.Push.Kind = fmt.Sprintf("kind%d", n)
		}
		return r, nil
	}
	d := deps(t, &fakeStore{deposit: takes})
	d.Adapters, d.Metrics = []platform.Adapter{a}, handlers.NewMetrics(reg)
	e := public(d)
	for range 200 {
		send(t, e, "POST", "/acme/push", "x")
	}
	if series, err := testutil.GatherAndCount(reg, "xmode_pushes_total"); err != nil || series != 65 {
		t.Errorf("%d series, %v", series, err)
	}
}

// A panic costs the item, not its batch.
func TestPanicInReading(t *testing.T) {
	reg := prometheus.NewRegistry()
	a := receives(pushed("1", "2", "3"))
	a.read = func(_ string, item []byte, _ time.Time) call.Report {
		if string(item) == "2" {
			panic("13800000021")
		}
		return call.Report{Record: &call.Record{}}
	}
	var log *bytes.Buffer
	var faults []string
	w := delivered(t, a, &fakeStore{deposit: func(_ context.Context, d store.Delivery) (store.Deposited, error) {
		for i := range d.Items {
			faults = append(faults, d.Read(i).Fault)
		}
		return store.Deposited{}, nil
	}}, func(d *handlers.Deps) {
		d.Metrics = handlers.NewMetrics(reg)
		d.Log, log = recordLog()
	})
	wants(t, w, 200, "")
	if diff := cmp.Diff([]string{"", "internal: panic while it was read", ""}, faults); diff != "" {
		t.Error(diff)
	}
	counted(t, reg, "xmode_handler_panics_total", `xmode_handler_panics_total{listener="public"} 1`)
	if !strings.Contains(log.String(), "panic in a handler") || strings.Contains(log.String(), "3800000021") {
		t.Errorf("logged %s", log)
	}
}

// A batch that panics over every item is counted whole and logged in part.
func TestManyPanicsInReading(t *testing.T) {
	reg := prometheus.NewRegistry()
	a := receives(pushed(strings.Split(strings.Repeat("x", 500), "")...))
	a.read = func(string, []byte, time.Time) call.Report { panic("boom") }
	var log *bytes.Buffer
	delivered(t, a, &fakeStore{deposit: takes}, func(d *handlers.Deps) {
		d.Metrics = handlers.NewMetrics(reg)
		d.Log, log = recordLog()
	})
	counted(t, reg, "xmode_handler_panics_total", `xmode_handler_panics_total{listener="public"} 500`)
	if n := strings.Count(log.String(), "panic in a handler"); n != 10 {
		t.Errorf("%d logged", n)
	}
}

func TestPanicInAcknowledging(t *testing.T) {
	d := deps(t, &fakeStore{deposit: takes})
	d.Adapters = []platform.Adapter{panickingAck{receives(pushed("{}"))}}
	wants(t, send(t, public(d), "POST", "/acme/push", "x"), 503, notStored)
}

type panickingAck struct{ *fakeAdapter }

func (panickingAck) Acknowledge() []byte { panic("boom") }

// A store that keeps no deadline does not keep the platform waiting.
func TestStuckInbox(t *testing.T) {
	answered, returned := make(chan struct{}), make(chan struct{})
	d := deps(t, &fakeStore{deposit: func(context.Context, store.Delivery) (store.Deposited, error) {
		<-answered
		return store.Deposited{Fresh: 1}, nil
	}})
	d.PushBudget = time.Millisecond
	d.Adapters = []platform.Adapter{receives(pushed("{}"))}
	reg := prometheus.NewRegistry()
	d.Metrics = handlers.NewMetrics(reg)
	response := posted(t, d, "/acme/push", returned)
	if body := read(t, response); response.StatusCode != 503 || body != notStored || response.Header.Get("Retry-After") != "1" {
		t.Errorf("answered %d %s", response.StatusCode, body)
	}
	close(answered)
	<-returned
	counted(t, reg, "xmode_push_records_total", `xmode_push_records_total{kind="fee",outcome="fresh",platform="acme"} 1`)
}

// A platform that hangs up does not cut the storing short.
func TestPusherGone(t *testing.T) {
	d := deps(t, &fakeStore{deposit: func(ctx context.Context, _ store.Delivery) (store.Deposited, error) {
		if ctx.Err() != nil {
			t.Error("the deposit was cancelled")
		}
		return store.Deposited{}, nil
	}})
	d.Adapters = []platform.Adapter{receives(pushed("{}"))}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	send(t, public(d), "POST", "/acme/push", "x", func(r *http.Request) { *r = *r.WithContext(ctx) })
}

// What stands in the path comes decoded, once, whichever way it was written.
func TestPathParameters(t *testing.T) {
	for path, want := range map[string]map[string]string{
		"/acme/receipts/secret/Report":       {"token": "secret", "type": "Report"},
		"/acme/receipts/a%2Fb/Report":        {"token": "a/b", "type": "Report"},
		"/acme/receipts/a%2Fb%2541/R%65port": {"token": "a/b%41", "type": "Report"},
		"/acme/receipts/a%2541/Report":       {"token": "a%41", "type": "Report"},
		"/acme/receipts/a%20b/Report":        {"token": "a b", "type": "Report"},
		"/acme/receipts/secret/Report/more":  {"token": "secret", "type": "Report/more"},
	} {
		a := receives(pushed())
		a.receive = func(m platform.Message) (platform.Received, error) {
			if diff := cmp.Diff(want, m.Params); diff != "" || m.Path != "/acme/receipts/:token/:type" {
				t.Errorf("%s: %s %s", path, m.Path, diff)
			}
			return pushed(), nil
		}
		d := deps(t, &fakeStore{deposit: takes})
		d.Adapters = []platform.Adapter{a}
		wants(t, send(t, public(d), "POST", path, "x"), 200, "")
	}
}

// What a platform calls absent cannot be told from what is.
func TestAbsent(t *testing.T) {
	reg := prometheus.NewRegistry()
	a := receives(platform.Received{})
	a.receive = func(platform.Message) (platform.Received, error) {
		return platform.Received{}, &platform.Refusal{Class: platform.Absent, Code: "WrongToken", Message: "no such token"}
	}
	d := deps(t, &fakeStore{})
	d.Adapters, d.Metrics = []platform.Adapter{a}, handlers.NewMetrics(reg)
	var log *bytes.Buffer
	d.Log, log = recordLog()
	e := public(d)
	wrong := send(t, e, "POST", "/acme/receipts/guess-0123456789/Report", "x")
	absent := send(t, e, "POST", "/nothing/here", "x")
	wants(t, wrong, 404, `{"code":"NotFound","message":"no such path"}`)
	if wrong.Code != absent.Code || wrong.Body.String() != absent.Body.String() || !cmp.Equal(wrong.Header(), absent.Header()) {
		t.Errorf("%d %v %s\n%d %v %s", wrong.Code, wrong.Header(), wrong.Body, absent.Code, absent.Header(), absent.Body)
	}
	// Nor can it by what no body or method that is served would get.
	for what, w := range map[string]*httptest.ResponseRecorder{
		"another method":  send(t, e, "GET", "/acme/receipts/guess-0123456789/Report", ""),
		"unknown method":  send(t, e, "FOO", "/acme/receipts/guess-0123456789/Report", ""),
		"too large":       send(t, e, "POST", "/acme/receipts/guess-0123456789/Report", strings.Repeat(" ", 2<<20)),
		"OPTIONS":         send(t, e, "OPTIONS", "/acme/receipts/guess-0123456789/Report", ""),
		"another coding":  send(t, e, "POST", "/acme/receipts/guess-0123456789/Report", "x", header("Content-Encoding", "br")),
		"a broken packet": send(t, e, "POST", "/acme/receipts/guess-0123456789/Report", "x", header("Content-Encoding", "gzip")),
	} {
		if w.Code != absent.Code || w.Body.String() != absent.Body.String() || !cmp.Equal(w.Header(), absent.Header()) {
			t.Errorf("%s: %d %v %s", what, w.Code, w.Header(), w.Body)
		}
	}
	counted(t, reg, "xmode_refusals_total", `xmode_refusals_total{code="NotFound",platform="acme"} 6`)
	if strings.Contains(log.String(), "guess") || !strings.Contains(log.String(), `"route":"/acme/receipts/:token/:type"`) {
		t.Errorf("logged %s", log)
	}
}
