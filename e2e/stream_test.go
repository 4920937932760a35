package e2e_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"
)

// streamedRecords is several pages of a stream.
const streamedRecords = 5000

// TestRecordStreams: a stream holds all records, once, newest first, in either
// form; and a client who goes away in the middle leaves nothing behind.
func TestRecordStreams(t *testing.T) {
	e := serve(t, nil, "--max-body=16MiB", "--push-budget=10s")
	e.push(callRecords, fees(plainFees(0, streamedRecords)...))
	gone := func() {
		resp := e.stream("application/x-ndjson", nil)
		if _, err := resp.Body.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	for range 10 {
		gone()
	}
	var names []string
	for _, r := range e.records(nil) {
		names = append(names, r.RecordID)
	}
	inOrder(t, names)
	t.Run("CSV", func(t *testing.T) {
		resp := e.stream("text/csv", nil)
		defer resp.Body.Close()
		rows, err := csv.NewReader(resp.Body).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		column := slices.Index(rows[0], "record_id")
		var names []string
		for _, row := range rows[1:] {
			names = append(names, row[column])
		}
		inOrder(t, names)
	})
	t.Run("a part", func(t *testing.T) {
		since, until := day(1000).Format(time.RFC3339), day(1200).Format(time.RFC3339)
		if got := e.records(url.Values{"since": {since}, "until": {until}, "x": {"+8617000000107"}}); len(got) != 4 {
			t.Errorf("%d records, want 4", len(got))
		}
	})
	within(t, 20*time.Second, "the streams that nobody reads to end", func() bool {
		return e.metric("xmode_admin_requests_total", `route="/v1/cdrs"`) >= 13
	})
	if n := e.metric("xmode_handler_panics_total"); n != 0 {
		t.Errorf("%v panics:\n%s", n, e.log)
	}
	if r := e.get("http://" + e.admin + "/readyz?strict=1"); r.status != http.StatusOK {
		t.Errorf("readiness: %d %s", r.status, r.body)
	}
}

// inOrder asserts that the records are all there, newest first.
func inOrder(t *testing.T, names []string) {
	t.Helper()
	if len(names) != streamedRecords {
		t.Fatalf("%d records, want %d", len(names), streamedRecords)
	}
	for i, name := range names {
		if want := streamedRecords - 1 - i; name != "fee-"+strconv.Itoa(100000 + want)[1:] {
			t.Fatalf("record %d is %s, want number %d", i, name, want)
		}
	}
}
