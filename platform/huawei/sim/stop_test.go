package sim_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/platform/huawei/sim"
)

const stopPath = "/rest/httpsessions/callStop/v2.0"

// stops is an API under which only the call "live" goes on.
func stops(t *testing.T) (*sim.StopAPI, func(body string, edit func(*http.Request)) (int, string)) {
	t.Helper()
	api, err := sim.NewStopAPI(sim.StopConfig{
		Apps: map[string]string{apiKey: apiSecret}, Stop: func(id string) bool { return id == "live" }, Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	nonce := "N"
	return api, func(body string, edit func(*http.Request)) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+stopPath, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		nonce += "1"
		r.Header.Set("Content-Type", "application/json;charset=UTF-8")
		r.Header.Set("Authorization", profile)
		r.Header.Set("X-AKSK", sign(nonce, now.UTC().Format("2006-01-02T15:04:05Z")))
		if edit != nil {
			edit(r)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
}

func TestStopEndsACallThatGoesOn(t *testing.T) {
	api, ask := stops(t)
	const live = `{"sessionid":"live","signal":"call_stop"}`
	for _, c := range []struct {
		name, body string
		edit       func(*http.Request)
		status     int
		answer     string
	}{
		{"a call that goes on", live, nil, 200, `{"resultcode":"0","resultdesc":"Success"}`},
		{"one that has ended", `{"sessionid":"over","signal":"call_stop"}`, nil, 200, `"resultcode":"1012012"`},
		{"sessionId in the case of events", `{"sessionId":"live","signal":"call_stop"}`, nil, 403, `"resultcode":"1010002"`},
		{"another signal", `{"sessionid":"live","signal":"pause"}`, nil, 403, `"resultcode":"1010002"`},
		{"no JSON", `live`, nil, 403, `"resultcode":"1010002"`},
		{"without X-AKSK", live, func(r *http.Request) { r.Header.Del("X-AKSK") }, 400, `"resultcode":"1023033"`},
		{"a digest of another secret", live, func(r *http.Request) {
			r.Header.Set("X-AKSK", strings.Replace(r.Header.Get("X-AKSK"), `PasswordDigest="`, `PasswordDigest="A`, 1))
		}, 403, `"resultcode":"1010002"`},
		{"GET", live, func(r *http.Request) { r.Method = http.MethodGet }, 403, `"resultcode":"1010002"`},
	} {
		status, answer := ask(c.body, c.edit)
		if status != c.status || !strings.Contains(answer, c.answer) {
			t.Errorf("%s: %d %s, want %d %s", c.name, status, answer, c.status, c.answer)
		}
	}
	if found := api.Check(); len(found) != 6 || slices.ContainsFunc(found, func(s string) bool { return strings.HasPrefix(s, "request 1:") }) {
		t.Errorf("the contract check found %q", found)
	}
}

func TestStopTakesANonceOnce(t *testing.T) {
	_, ask := stops(t)
	same := func(r *http.Request) { r.Header.Set("X-AKSK", sign("same", now.UTC().Format("2006-01-02T15:04:05Z"))) }
	const live = `{"sessionid":"live","signal":"call_stop"}`
	if status, answer := ask(live, same); status != 200 {
		t.Error(status, answer)
	}
	if status, answer := ask(live, same); status != 403 {
		t.Errorf("a nonce that was used: %d %s", status, answer)
	}
}
