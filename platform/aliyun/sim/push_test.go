package sim_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xmode/platform/aliyun/sim"
)

const token = "secret-token-of-receipts"

// inbox answers every push and notes it.
func inbox(t testing.TB, status int, answer string) (*sim.Pusher, *[]string) {
	t.Helper()
	var lines []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		lines = append(lines, r.Method+" "+r.RequestURI+" "+r.Header.Get("Content-Type")+" "+string(body))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return pusher(t, sim.PushConfig{URL: server.URL + "/aliyun/receipts", Token: token, HTTP: server.Client()}), &lines
}

func pusher(t testing.TB, c sim.PushConfig) *sim.Pusher {
	t.Helper()
	p, err := sim.NewPusher(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPush(t *testing.T) {
	p, lines := inbox(t, 200, `{"code":0,"msg":"success"}`)
	got, err := p.Push(t.Context(), sim.SecretRecording, sim.Receipt{"call_id": "a"}, sim.Receipt{"call_id": "b"})
	const body = `[{"call_id":"a"},{"call_id":"b"}]`
	if err != nil || !got.Acknowledged || got.Status != 200 || got.Type != sim.SecretRecording || string(got.Body) != body || string(got.Raw) != `{"code":0,"msg":"success"}` {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := p.PushBody(t.Context(), "no/such type", []byte("<nonsense>")); err != nil {
		t.Error(err)
	}
	const start, utf8 = "POST /aliyun/receipts/" + token + "/", " application/json;charset=UTF-8 "
	want := start + "SecretRecording" + utf8 + body + "\n" + start + "no%2Fsuch%20type" + utf8 + "<nonsense>"
	if got := strings.Join(*lines, "\n"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestAcknowledgement(t *testing.T) {
	for _, c := range []struct {
		status int
		answer string
		want   bool
	}{
		{200, `{"code":0,"msg":"success"}`, true}, {200, `{"code":500}`, true}, {200, `{"code":-1.5}`, true},
		{200, `{"code":"0"}`, false}, {200, `{"code":null}`, false}, {200, `{"Code":0}`, false}, {200, `{}`, false}, {200, `[0]`, false}, {200, "", false},
		{201, `{"code":0}`, false}, {503, `{"code":0}`, false}, {404, `{"code":"NotFound","message":"no such path"}`, false},
	} {
		p, _ := inbox(t, c.status, c.answer)
		got, err := p.Push(t.Context(), sim.SecretReport)
		if err != nil || got.Acknowledged != c.want || got.Status != c.status {
			t.Errorf("%d %s: %+v, %v", c.status, c.answer, got, err)
		}
	}
}

func TestPusherFaults(t *testing.T) {
	for _, c := range []sim.PushConfig{{}, {URL: "ftp://x/", Token: "a/b"}, {URL: "http://h/x?a=1", Token: ""}} {
		if _, err := sim.NewPusher(c); !errors.Is(err, sim.ErrURL) || !errors.Is(err, sim.ErrToken) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestPushErrorsHoldNoToken(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	address := server.URL
	server.Close() // nobody listens there now
	p := pusher(t, sim.PushConfig{URL: address + "/", Token: token})
	got, err := p.Push(t.Context(), sim.SecretReport, example(t).Report())
	if err == nil || strings.Contains(err.Error(), token) || !strings.HasPrefix(err.Error(), "push: ") || got.Acknowledged || len(got.Body) == 0 {
		t.Errorf("%+v, %v", got, err)
	}
}
