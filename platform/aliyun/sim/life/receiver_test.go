package life_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"xmode/platform/aliyun/sim/life"
	"xmode/server"
	"xmode/simulator/load"
)

// The keys of the receivers under test.
const (
	key    = "life-signing-key"
	token  = "life-receipt-token"
	apiKey = "life-api-key-0123"
)

// bindings are what the lives go by.
const bindings = `
{"id":"100001","x":"17000000001","a":"13800000021","peers":["13900000022"],"record":true,"user_data":"order-1"}
{"id":"100002","x":"17000000002","a":"13800000021","peers":["13900000022"],"record":true,"max_duration_s":60,"sms":"intercept"}
{"id":"100003","x":"17000000003","a":"13800000021","extension":"8011"}
{"id":"100004","x":"9501312345678901","a":"075528780001","peers":["01062345678","0012125550123"],"record":true}
`

// receiver is this project's endpoint, with the embedded store, in this process.
type receiver struct {
	t             *testing.T
	public, admin string
	fetch         chan time.Time // drives the loop that fetches recordings
}

// receive starts a receiver that has the bindings.
func receive(t *testing.T, args ...string) *receiver {
	t.Helper()
	r := &receiver{t: t, fetch: make(chan time.Time)}
	s, err := server.New(server.Config{
		Settings: settings(t, args...), Log: slog.New(slog.DiscardHandler),
		Ticker: func(loop string, _ time.Duration) (<-chan time.Time, func()) {
			if loop == server.FetchLoop+"aliyun" {
				return r.fetch, func() {}
			}
			return nil, func() {}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	r.public, r.admin = s.PublicAddr().String(), s.AdminAddr().String()
	for line := range strings.Lines(strings.TrimSpace(bindings)) {
		r.api(http.MethodPost, "/v1/bindings", line, http.StatusCreated, nil)
	}
	return r
}

func settings(t *testing.T, args ...string) server.Settings {
	t.Helper()
	in, err := server.NewInput([]string{
		"XMODE_REDIS=embedded", "XMODE_LISTEN=127.0.0.1:0", "XMODE_ADMIN_LISTEN=127.0.0.1:0", "XMODE_API_KEYS=ops:admin:" + apiKey,
		"XMODE_ALIYUN_KEYS=" + key, "XMODE_ALIYUN_RECEIPT_TOKEN=" + token, "XMODE_DECISION_BUDGET=5s", "XMODE_PUSH_BUDGET=5s",
		"XMODE_ALIYUN_ACCESS_KEY_ID=" + accessKey, "XMODE_ALIYUN_ACCESS_KEY_SECRET=" + accessSecret, "XMODE_ALIYUN_API=http://127.0.0.1:1",
	})
	if err != nil {
		t.Fatal(err)
	}
	s := server.NewSettings()
	parser, err := kong.New(&s, in.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	if err := in.Load(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// api calls the admin API, which has to answer with a status, and decodes the answer.
func (r *receiver) api(method, path, body string, status int, into any) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, "http://"+r.admin+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	got, text := do(r.t, req)
	if got != status {
		r.t.Fatalf("%s %s: %d %s", method, path, got, text)
	}
	if into != nil && json.Unmarshal(text, into) != nil {
		r.t.Fatalf("%s %s: %s", method, path, text)
	}
}

// send sends what a platform writes.
func (r *receiver) send(m load.Message, s load.Stamp) (int, []byte) {
	r.t.Helper()
	out := m.Write(s)
	req, err := http.NewRequestWithContext(r.t.Context(), out.Method, "http://"+r.public+out.Target, bytes.NewReader(out.Body))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, line := range out.Header {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Set(name, value)
	}
	return do(r.t, req)
}

func do(t *testing.T, req *http.Request) (int, []byte) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, text
}

// stamp is one of now.
func stamp(nonce string) load.Stamp { return load.Stamp{At: time.Now(), Nonce: nonce} }

// asks has a platform ask about a call, and reads the answer.
func (r *receiver) asks(p load.Platform, c load.Call, typed string) load.Decision {
	r.t.Helper()
	status, body := r.send(p.Query(c, typed), stamp("n"+c.ID+typed))
	d, err := p.Decide(c.Kind, status, body)
	if err != nil {
		r.t.Fatalf("%s: %v: %d %s", c.ID, err, status, body)
	}
	return d
}

// told pushes all that is told of a call, one by one, in order of time.
func (r *receiver) told(p load.Platform, c load.Call, d load.Decision) {
	r.t.Helper()
	last := time.Duration(0)
	for _, told := range p.Tell(c, d) {
		if told.After < last {
			r.t.Errorf("%s: told after %v, behind what is told after %v", c.ID, told.After, last)
		}
		last = told.After
		m := told.Message
		if told.Batch != "" {
			m = p.Pack(told.Batch, [][]byte{told.Entry})
		}
		status, body := r.send(m, stamp("r"+c.ID))
		if err := p.Accepts(status, body); err != nil {
			r.t.Errorf("%s: %s: %v: %s", c.ID, m.Kind, err, body)
		}
	}
}

// platform plays Alibaba Cloud towards a receiver.
func platform(t testing.TB, change func(*life.Config)) *life.Platform {
	t.Helper()
	c := life.Config{Key: key, Token: token, PoolKey: "FC1"}
	if change != nil {
		change(&c)
	}
	p, err := life.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// story is a call as /v1/calls shows it.
type story struct {
	State   string
	Queries []struct{ Decision string }
	Events  []struct{ Type, Stage string }
	Records []struct {
		Kind, X, Caller, Callee, Extension, Outcome, Recording string
		Duration                                               int    `json:"duration_s"`
		ReleasedBy                                             string `json:"released_by"`
		BindingID                                              string `json:"binding_id"`
		UserData                                               string `json:"user_data"`
		StartedAt                                              string `json:"started_at"`
		RingingAt                                              string `json:"ringing_at"`
		AnsweredAt                                             string `json:"answered_at"`
		EndedAt                                                string `json:"ended_at"`
		Cause                                                  struct{ Code, Text string }
	}
	Recordings []struct{ State, SHA256 string }
}

// story reads a call when its queries are in its log, which is written later than
// they are answered.
func (r *receiver) story(id string, queries int) (s story) {
	r.t.Helper()
	path := "/v1/calls?" + url.Values{"platform": {"aliyun"}, "call_id": {id}}.Encode()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); ; <-tick.C {
		s = story{}
		if r.api(http.MethodGet, path, "", http.StatusOK, &s); len(s.Queries) >= queries || time.Now().After(end) {
			return s
		}
	}
}
