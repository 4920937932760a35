package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
)

// record is a call record as readers and consumers of the stream see it, as far
// as the tests look.
type record struct {
	Platform    string          `json:"platform"`
	RecordID    string          `json:"record_id"`
	CallID      string          `json:"call_id"`
	Kind        string          `json:"kind"`
	X           string          `json:"x"`
	Caller      string          `json:"caller"`
	Callee      string          `json:"callee"`
	BindingID   string          `json:"binding_id"`
	StartedAt   string          `json:"started_at"`
	EndedAt     string          `json:"ended_at"`
	Duration    int             `json:"duration_s"`
	Outcome     string          `json:"outcome"`
	Recording   string          `json:"recording"`
	RecordingID string          `json:"recording_id"`
	UserData    string          `json:"user_data"`
	Pushes      int             `json:"pushes"`
	Conflict    bool            `json:"conflict"`
	Raw         json.RawMessage `json:"raw"`
}

func (r record) name() string { return r.Platform + " " + r.RecordID }

// records streams all call records that a query selects, as NDJSON.
func (e *endpoint) records(query url.Values) (all []record) {
	e.t.Helper()
	resp := e.stream("application/x-ndjson", query)
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			e.t.Fatalf("line %d: %v\n%s", len(all)+1, err, lines.Bytes())
		}
		all = append(all, r)
	}
	if err := lines.Err(); err != nil {
		e.t.Fatalf("after %d records: %v", len(all), err)
	}
	return all
}

// stream asks for all call records in a form.
func (e *endpoint) stream(form string, query url.Values) *http.Response {
	e.t.Helper()
	req, err := http.NewRequestWithContext(e.t.Context(), http.MethodGet, "http://"+e.admin+"/v1/cdrs?"+query.Encode(), nil)
	if err != nil {
		e.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+readKey)
	req.Header.Set("Accept", form)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		e.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		e.t.Fatalf("stream: %d", resp.StatusCode)
	}
	return resp
}

// entry is an entry of the stream for consumers.
type entry struct {
	id, kind string
	record   record
}

// entries reads the streams for consumers, one for each partition, past the
// product.
func entries(t testing.TB, redis string, partitions int) (all []entry) {
	t.Helper()
	client := clientOf(t, redis)
	for n := range partitions {
		found, err := client.XRange(t.Context(), fmt.Sprintf("xmode:{r%d}:records", n), "-", "+").Result()
		if err != nil || len(found) == 0 {
			t.Fatalf("stream of partition %d: %d entries, %v", n, len(found), err)
		}
		for _, m := range found {
			var e entry
			text, _ := m.Values["record"].(string)
			e.id, _ = m.Values["id"].(string)
			e.kind, _ = m.Values["type"].(string)
			if err := json.Unmarshal([]byte(text), &e.record); err != nil || len(m.Values) != 3 {
				t.Fatalf("entry %s: %v", m.ID, err)
			}
			all = append(all, e)
		}
	}
	return all
}
