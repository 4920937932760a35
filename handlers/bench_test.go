package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xmode/store"
)

// discard is a connection that costs nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Flush()                      {}

// BenchmarkQuery measures what the funnel adds to adapter and store.
func BenchmarkQuery(b *testing.B) {
	d := deps(b, &fakeStore{route: admits(store.Fresh)})
	d.Now, d.DecisionBudget = time.Now, 500*time.Millisecond
	e := public(d)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "/acme/query", strings.NewReader("signed"))
		e.ServeHTTP(&discard{http.Header{}}, r)
	}
}

// BenchmarkRequest is the part of BenchmarkQuery that the test itself costs.
func BenchmarkRequest(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "/acme/query", strings.NewReader("signed"))
		(&discard{http.Header{}}).Header().Set("Path", r.URL.Path)
	}
}

// BenchmarkImport measures what a line of an import costs before the store.
func BenchmarkImport(b *testing.B) {
	s := working()
	e := admin(deps(b, s))
	const lines = 1000
	body := strings.Repeat(body17+"\n", lines)
	b.ReportAllocs()
	for b.Loop() {
		send(b, e, "POST", "/v1/bindings/import", body, key(provisionKey))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/lines, "ns/line")
}
