package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xmode/call"
	"xmode/handlers"
	"xmode/platform"
	"xmode/store"
)

// asked sends the fake platform's query to a public listener.
func asked(t *testing.T, d handlers.Deps) (int, string) {
	t.Helper()
	w := send(t, public(d), http.MethodPost, "/acme/query", "signed")
	if ct := w.Header().Get("Content-Type"); ct != "application/json" {
		t.Errorf("Content-Type %q", ct)
	}
	return w.Code, strings.TrimSpace(w.Body.String())
}

func TestQueryIsDecided(t *testing.T) {
	d := deps(t, &fakeStore{route: admits(store.Fresh)})
	status, body := asked(t, d)
	if status != 200 || body != `{"outcome":"connect","reason":"peer"}` {
		t.Errorf("answered %d %s", status, body)
	}
}

// The store learns exactly what it needs for the replay check.
func TestStoreSeesTheMessage(t *testing.T) {
	var query call.Query
	var message store.Message
	d := deps(t, &fakeStore{route: func(ctx context.Context, q call.Query, m *store.Message) (call.Routes, store.Seen, error) {
		query, message = q, *m
		if _, ok := ctx.Deadline(); !ok {
			t.Error("no deadline")
		}
		return call.Routes{}, store.Fresh, nil
	}})
	asked(t, d)
	want := store.Message{Platform: "acme", Nonce: "n1", Digest: [16]byte{7}, At: now, Until: now.Add(4 * time.Minute)}
	if diff := cmp.Diff(want, message); diff != "" {
		t.Error(diff)
	}
	if query.At != now || query.CallID != "call-77" {
		t.Errorf("query of %v about %s", query.At, query.CallID)
	}
}

// The adapter sees the message as it came.
func TestAdapterSeesTheMessage(t *testing.T) {
	var got platform.Message
	d := deps(t, &fakeStore{route: admits(store.Fresh)})
	d.Adapters = []platform.Adapter{&fakeAdapter{receive: func(m platform.Message) (platform.Received, error) {
		got = m
		return question(), nil
	}}}
	send(t, public(d), http.MethodPost, "/acme/query?a=%2B&a=2", "body", header("X-Sign", "s"))
	if got.Path != "/acme/query" || got.RawQuery != "a=%2B&a=2" || string(got.Body) != "body" || got.Header.Get("X-Sign") != "s" {
		t.Errorf("got %q %q %q %q", got.Path, got.RawQuery, got.Body, got.Header.Get("X-Sign"))
	}
}

func TestRefusals(t *testing.T) {
	refuses := func(class platform.Refused, code string) *fakeAdapter {
		return &fakeAdapter{receive: func(platform.Message) (platform.Received, error) {
			return platform.Received{}, &platform.Refusal{Class: class, Code: code, Message: "why"}
		}}
	}
	for _, tt := range []struct {
		name    string
		adapter *fakeAdapter
		seen    store.Seen
		method  string
		path    string
		body    string
		status  int
		want    string
	}{
		{"signature missing", refuses(platform.Unauthorized, "SignatureMissing"), 0, "POST", "/acme/query", "x",
			401, `{"code":"SignatureMissing","message":"why"}`},
		{"parameter", refuses(platform.Malformed, "InvalidParameter"), 0, "GET", "/acme/query", "",
			400, `{"code":"InvalidParameter","message":"why"}`},
		{"content type", refuses(platform.UnsupportedType, "UnsupportedMediaType"), 0, "POST", "/acme/query", "x",
			415, `{"code":"UnsupportedMediaType","message":"why"}`},
		{"long query string", refuses(platform.TooLong, "QueryTooLong"), 0, "GET", "/acme/query", "",
			431, `{"code":"QueryTooLong","message":"why"}`},
		{"replayed", &fakeAdapter{}, store.Replayed, "POST", "/acme/query", "x",
			401, `{"code":"NonceReplayed","message":"nonce: used before"}`},
		{"body over the route's limit", &fakeAdapter{}, 0, "POST", "/acme/query", strings.Repeat("x", 1025),
			413, `{"code":"BodyTooLarge","message":"body too large"}`},
		{"body over the server's limit", &fakeAdapter{}, 0, "POST", "/acme/push", strings.Repeat("x", 1<<20+1),
			413, `{"code":"BodyTooLarge","message":"body too large"}`},
		{"unknown path", &fakeAdapter{}, 0, "GET", "/acme", "", 404, `{"code":"NotFound","message":"no such path"}`},
		{"root", &fakeAdapter{}, 0, "GET", "/", "", 404, `{"code":"NotFound","message":"no such path"}`},
		{"junk after the path", &fakeAdapter{}, 0, "POST", "/acme/query/", "x", 404, `{"code":"NotFound","message":"no such path"}`},
		{"admin path", &fakeAdapter{}, 0, "GET", "/metrics", "", 404, `{"code":"NotFound","message":"no such path"}`},
		{"fault of the adapter", &fakeAdapter{receive: func(platform.Message) (platform.Received, error) {
			return platform.Received{}, errors.New("13800000021")
		}}, 0, "POST", "/acme/query", "x", 500, `{"code":"InternalError","message":"internal error"}`},
		{"panic before verification", &fakeAdapter{receive: func(platform.Message) (platform.Received, error) {
			panic("13800000021")
		}}, 0, "POST", "/acme/query", "x", 500, `{"code":"InternalError","message":"internal error"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := deps(t, &fakeStore{route: admits(tt.seen)})
			d.Adapters = []platform.Adapter{tt.adapter}
			d.Leave = func(call.Trace) bool { t.Error("left a trace"); return true }
			w := send(t, public(d), tt.method, tt.path, tt.body)
			wants(t, w, tt.status, tt.want)
			if ct := w.Header().Get("Content-Type"); ct != "application/json" {
				t.Errorf("Content-Type %q", ct)
			}
		})
	}
}

func TestOtherMethods(t *testing.T) {
	e := public(deps(t, &fakeStore{route: admits(store.Fresh)}))
	for _, tt := range []struct{ method, path, allow string }{
		{"PUT", "/acme/query", "GET, POST"},
		{"DELETE", "/acme/query", "GET, POST"},
		{"HEAD", "/acme/query", "GET, POST"},
		{"OPTIONS", "/acme/query", "GET, POST"},
		{"BREW", "/acme/query", "GET, POST"},
		{"GET", "/acme/push", "POST"},
		{"POST", "/healthz", "GET"},
	} {
		w := send(t, e, tt.method, tt.path, "")
		wants(t, w, 405, `{"code":"MethodNotAllowed","message":"method not allowed on this path"}`)
		if got := w.Header().Get("Allow"); got != tt.allow {
			t.Errorf("%s %s: Allow %q, want %q", tt.method, tt.path, got, tt.allow)
		}
	}
}

func TestHealthz(t *testing.T) {
	wants(t, send(t, public(deps(t, &fakeStore{})), "GET", "/healthz", ""), 200, `{"status":"ok"}`)
}

// A platform that is not configured has no paths.
func TestNoAdapters(t *testing.T) {
	d := deps(t, &fakeStore{})
	d.Adapters = nil
	wants(t, send(t, public(d), "POST", "/acme/query", "x"), 404, `{"code":"NotFound","message":"no such path"}`)
}

// Neither logs nor answers hold a whole number, a call id, a URL or what a
// panic said.
func TestPublicLeaksNothing(t *testing.T) {
	leaks := func(t *testing.T, texts ...string) {
		t.Helper()
		for _, text := range texts {
			for _, secret := range []string{"3800000021", "3900000011", "7000000001", "call-77", "n1\"", "sig=", "boom"} {
				if strings.Contains(text, secret) {
					t.Errorf("%q is in %s", secret, text)
				}
			}
		}
	}
	for name, change := range map[string]func(*handlers.Deps, *fakeStore){
		"decision": func(*handlers.Deps, *fakeStore) {},
		"refusal": func(d *handlers.Deps, _ *fakeStore) {
			d.Adapters = []platform.Adapter{&fakeAdapter{receive: func(platform.Message) (platform.Received, error) {
				return platform.Received{}, &platform.Refusal{Class: platform.Unauthorized, Code: "SignatureInvalid", Message: "no match"}
			}}}
		},
		"panicking adapter": func(d *handlers.Deps, _ *fakeStore) {
			d.Adapters = []platform.Adapter{&fakeAdapter{receive: func(platform.Message) (platform.Received, error) {
				panic("boom 13800000021")
			}}}
		},
		"panicking store": func(_ *handlers.Deps, s *fakeStore) {
			s.route = func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
				panic(errors.New("boom 13800000021"))
			}
		},
		"failing store": func(_ *handlers.Deps, s *fakeStore) {
			s.route = func(context.Context, call.Query, *store.Message) (call.Routes, store.Seen, error) {
				return call.Routes{}, 0, errors.New("boom 13800000021")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &fakeStore{route: admits(store.Fresh)}
			d := deps(t, s)
			var log *bytes.Buffer
			d.Log, log = recordLog()
			change(&d, s)
			w := send(t, public(d), "GET", "/acme/query?sig=13800000021", "")
			leaks(t, w.Body.String(), log.String())
			if log.Len() == 0 {
				t.Error("nothing logged")
			}
		})
	}
}

// A decision can be followed in the log, without anybody getting at the call.
func TestDecisionIsLogged(t *testing.T) {
	d := deps(t, &fakeStore{route: admits(store.Fresh)})
	var log *bytes.Buffer
	d.Log, log = recordLog()
	asked(t, d)
	for _, want := range []string{`"level":"DEBUG"`, `"x":"+86170****0001"`, `"caller":"+86138****0021"`,
		`"outcome":"connect"`, `"reason":"peer"`, `"row":5`, `"binding":"100001"`, `"signature":"plain"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s is not in %s", want, log)
		}
	}
}

// The same call has the same tag in one process and another one in the next.
func TestCallTag(t *testing.T) {
	tag := func(log string) string {
		_, rest, _ := strings.Cut(log, `"call":"`)
		tag, _, _ := strings.Cut(rest, `"`)
		return tag
	}
	tags := make([]string, 0, 3)
	first := deps(t, &fakeStore{route: admits(store.Fresh)})
	var log *bytes.Buffer
	first.Log, log = recordLog()
	e := public(first)
	for range 2 {
		log.Reset()
		send(t, e, "POST", "/acme/query", "signed")
		tags = append(tags, tag(log.String()))
	}
	log.Reset()
	send(t, public(first), "POST", "/acme/query", "signed")
	tags = append(tags, tag(log.String()))
	if len(tags[0]) != 12 || tags[0] != tags[1] || tags[1] == tags[2] {
		t.Errorf("tags %q", tags)
	}
}
