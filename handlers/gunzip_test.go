package handlers_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"

	"xmode/platform"
	"xmode/store"
)

// packed is a text in gzip.
func packed(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPackedBodies(t *testing.T) {
	const (
		unsupported = `{"code":"UnsupportedMediaType","message":"Content-Encoding: must be gzip or identity"}`
		broken      = `{"code":"MalformedBody","message":"body: not gzip, or cut off"}`
		large       = `{"code":"BodyTooLarge","message":"body too large"}`
		decided     = `{"outcome":"connect","reason":"peer"}`
	)
	bomb := packed(t, strings.Repeat("0", 1<<20+1))
	if len(bomb) > 1100 {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	whole := packed(t, "signed")
	for _, tt := range []struct {
		name, path string
		coding     []string
		body       string
		status     int
		want, seen string
	}{
		{"gzip", "/acme/query", []string{"gzip"}, whole, 200, decided, "signed"},
		{"by its old name", "/acme/query", []string{"X-GZIP"}, whole, 200, decided, "signed"},
		{"gzip and identity", "/acme/query", []string{"identity, gzip"}, whole, 200, decided, "signed"},
		{"in two parts", "/acme/query", []string{"gzip"}, whole + packed(t, "2"), 200, decided, "signed2"},
		{"identity", "/acme/query", []string{"identity"}, "signed", 200, decided, "signed"},
		{"empty", "/acme/query", []string{""}, "signed", 200, decided, "signed"},
		{"no body", "/acme/query", []string{"gzip"}, "", 200, decided, ""},
		{"of nothing", "/acme/query", []string{"gzip"}, packed(t, ""), 200, decided, ""},
		{"up to the limit", "/acme/query", []string{"gzip"}, packed(t, strings.Repeat("x", 1024)), 200, decided, strings.Repeat("x", 1024)},
		{"one more", "/acme/query", []string{"gzip"}, packed(t, strings.Repeat("x", 1025)), 413, large, ""},
		{"a bomb", "/acme/push", []string{"gzip"}, bomb, 413, large, ""},
		{"too large as it comes", "/acme/query", []string{"gzip"}, strings.Repeat(packed(t, ""), 100), 413, large, ""},
		{"not gzip", "/acme/query", []string{"gzip"}, "signed", 400, broken, ""},
		{"cut off", "/acme/query", []string{"gzip"}, whole[:len(whole)-1], 400, broken, ""},
		{"wrong sum", "/acme/query", []string{"gzip"}, whole[:len(whole)-8] + "12345678", 400, broken, ""},
		{"junk after it", "/acme/query", []string{"gzip"}, whole + "x", 400, broken, ""},
		{"twice", "/acme/query", []string{"gzip, gzip"}, packed(t, whole), 415, unsupported, ""},
		{"twice in two lines", "/acme/query", []string{"gzip", "gzip"}, packed(t, whole), 415, unsupported, ""},
		{"another coding", "/acme/query", []string{"br"}, "x", 415, unsupported, ""},
		{"another coding beside", "/acme/query", []string{"gzip", "deflate"}, whole, 415, unsupported, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			seen := ""
			d := deps(t, &fakeStore{route: admits(store.Fresh)})
			d.Adapters = []platform.Adapter{&fakeAdapter{receive: func(m platform.Message) (platform.Received, error) {
				seen = string(m.Body)
				return question(), nil
			}}}
			w := send(t, public(d), "POST", tt.path, tt.body, func(r *http.Request) { r.Header["Content-Encoding"] = tt.coding })
			wants(t, w, tt.status, tt.want)
			if seen != tt.seen {
				t.Errorf("saw %d bytes", len(seen))
			}
		})
	}
}

// FuzzPackedBody: whatever claims to be gzip is read, refused as broken or as too
// large, and never more of it than the limit.
func FuzzPackedBody(f *testing.F) {
	f.Add([]byte(packed(f, "signed")))
	f.Add([]byte(packed(f, strings.Repeat("0", 1<<16))))
	f.Add([]byte{0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 255, 255})
	d := deps(f, &fakeStore{route: admits(store.Fresh)})
	longest := 0
	d.Adapters = []platform.Adapter{&fakeAdapter{receive: func(m platform.Message) (platform.Received, error) {
		longest = max(longest, len(m.Body))
		return question(), nil
	}}}
	e := public(d)
	f.Fuzz(func(t *testing.T, body []byte) {
		w := send(t, e, "POST", "/acme/query", string(body), header("Content-Encoding", "gzip"))
		if w.Code != 200 && w.Code != 400 && w.Code != 413 || longest > 1024 {
			t.Errorf("answered %d, read %d bytes", w.Code, longest)
		}
	})
}
