package sim_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
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

// TestStopTakesAForeignClient: signed by openssl, sent by curl.
func TestStopTakesAForeignClient(t *testing.T) {
	for _, tool := range []string{"openssl", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s", tool)
		}
	}
	api, err := sim.NewStopAPI(sim.StopConfig{
		Apps: map[string]string{apiKey: apiSecret}, Stop: func(id string) bool { return id == "live" }, Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	defer server.Close()
	created := now.UTC().Format("2006-01-02T15:04:05Z")
	mac := exec.CommandContext(t.Context(), "openssl", "dgst", "-sha256", "-hmac", apiSecret, "-binary")
	mac.Stdin = strings.NewReader("66C92B11" + created)
	digest, err := mac.Output()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "curl", "-sS", "-X", "POST", server.URL+stopPath, "-w", " %{http_code}",
		"-H", "Content-Type: application/json;charset=UTF-8", "-H", "Authorization: "+profile, "-d", `{"sessionid":"live","signal":"call_stop"}`,
		"-H", `X-AKSK: UsernameToken Username="ak", PasswordDigest="`+base64.StdEncoding.EncodeToString(digest)+`", Nonce="66C92B11", Created="`+created+`"`,
	).CombinedOutput()
	if want := `{"resultcode":"0","resultdesc":"Success"} 200`; err != nil || string(out) != want {
		t.Errorf("%s, %v, want %s", out, err, want)
	}
	if found := api.Check(); len(found) > 0 {
		t.Error(found)
	}
}

// TestStopCutsNothingOnAWrongRequest: each of them is refused by its code, and
// found by the contract check.
func TestStopCutsNothingOnAWrongRequest(t *testing.T) {
	const live = `{"sessionid":"live","signal":"call_stop"}`
	created := func(off time.Duration) string { return now.Add(off).UTC().Format("2006-01-02T15:04:05Z") }
	for name, c := range map[string]struct {
		body   string
		edit   func(*http.Request)
		status int
		code   string
		fault  string
	}{
		"no profile":        {live, cut("Authorization", profile), 400, "1023006", "Authorization does not begin with AKSK"},
		"unknown app":       {live, swap("X-AKSK", `Username="ak"`, `Username="x"`), 403, "1010002", "unknown app key"},
		"too old":           {live, set("X-AKSK", sign("old", created(-6*time.Minute))), 401, "1010013", "Created is off the platform's clock"},
		"in UTC+8":          {live, set("X-AKSK", sign("east", created(8*time.Hour))), 401, "1010013", "Created is off the platform's clock"},
		"no content type":   {live, func(r *http.Request) { r.Header.Del("Content-Type") }, 403, "1010002", "Content-Type is not application/json;charset=UTF-8"},
		"other path":        {live, func(r *http.Request) { r.URL.Path = "/rest/httpsessions" }, 403, "1010002", `path "/rest/httpsessions" is not the API's, or has parameters`},
		"parameters":        {live, func(r *http.Request) { r.URL.RawQuery = "a=b" }, 403, "1010002", `path "` + stopPath + `" is not the API's, or has parameters`},
		"no body":           {"", nil, 403, "1010002", `body is not {"sessionid":"…","signal":"call_stop"}`},
		"null":              {"null", nil, 403, "1010002", `body is not {"sessionid":"…","signal":"call_stop"}`},
		"sessionid, number": {`{"sessionid":1,"signal":"call_stop"}`, nil, 403, "1010002", `body is not {"sessionid":"…","signal":"call_stop"}`},
		"sessionid, long":   {`{"sessionid":"` + strings.Repeat("x", 257) + `","signal":"call_stop"}`, nil, 403, "1010002", `body is not {"sessionid":"…","signal":"call_stop"}`},
	} {
		api, ask := stops(t)
		status, answer := ask(c.body, c.edit)
		if status != c.status || !strings.Contains(answer, `"resultcode":"`+c.code+`"`) {
			t.Errorf("%s: %d %s, want %d %s", name, status, answer, c.status, c.code)
		}
		if found := api.Check(); !slices.Contains(found, "request 1: "+c.fault) {
			t.Errorf("%s: found %q, want %q", name, found, c.fault)
		}
	}
}

func TestNewStopAPIReportsAllFaults(t *testing.T) {
	_, err := sim.NewStopAPI(sim.StopConfig{Apps: map[string]string{apiKey: ""}})
	for _, want := range []error{sim.ErrApp, sim.ErrNow, sim.ErrStop} {
		if !errors.Is(err, want) {
			t.Errorf("%v is missing in %v", want, err)
		}
	}
	api, _ := stops(t)
	if text := fmt.Sprintf("%v %+v", api, api); strings.Contains(text, apiSecret) {
		t.Errorf("a secret is printed: %s", text)
	}
}

// TestLogsAreBounded: those of both APIs.
func TestLogsAreBounded(t *testing.T) {
	s := serveRecordings(t, sim.APIConfig{LogSize: 1})
	stop, err := sim.NewStopAPI(sim.StopConfig{
		Apps: map[string]string{apiKey: apiSecret}, Stop: func(string) bool { return true }, Now: func() time.Time { return now }, LogSize: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s.ask(t, rightAsk, nil)
		stop.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, stopPath, nil))
	}
	if a, b := len(s.api.Requests()), len(stop.Requests()); a != 1 || b != 1 {
		t.Errorf("%d and %d requests in logs of one", a, b)
	}
}
