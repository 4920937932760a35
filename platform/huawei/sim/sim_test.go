package sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"xmode/fixtures"
	"xmode/platform/huawei/sim"
	"xmode/signature"
)

var now = time.Date(2026, 3, 4, 5, 6, 7, 23e6, time.UTC)

func config(base string) sim.Config {
	return sim.Config{
		Addresses: sim.AddressesAt(base), AppKey: "ak", AppSecret: "s3cr3t",
		Now:   func() time.Time { return now },
		Nonce: func() string { return "57c7298675cf4f65b4ed42e4b9ab841e" },
	}
}

func client(t testing.TB, c sim.Config) *sim.Client {
	t.Helper()
	made, err := sim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// received is what an endpoint got.
type received struct {
	method, path, body string
	header             http.Header
}

// endpoint answers everything with the text and notes it.
func endpoint(t testing.TB, status int, answer string) (base string, last *received) {
	last = &received{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*last = received{r.Method, r.URL.Path, string(body), r.Header}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return server.URL, last
}

func TestSignIsTheVector(t *testing.T) {
	vectors, err := fixtures.HuaweiVectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		created, err := time.Parse(time.RFC3339, v.Created)
		if err != nil {
			t.Fatal(err)
		}
		for scheme, digest := range map[signature.TokenScheme]string{signature.AKSK: v.AKSK, signature.WSSE: v.WSSE} {
			c := config("http://endpoint")
			c.AppKey, c.AppSecret, c.Scheme = v.AppKey, v.AppSecret, scheme
			c.Now, c.Nonce = func() time.Time { return created }, func() string { return v.Nonce }
			word := strings.ToUpper(string(scheme))
			for comma, spaces := range map[string]bool{",": false, ", ": true} {
				c.Spaces = spaces
				h := http.Header{}
				client(t, c).Sign(h)
				want := fmt.Sprintf("UsernameToken Username=%q,PasswordDigest=%q,Nonce=%q,Created=%q", v.AppKey, digest, v.Nonce, v.Created)
				if got := h.Get("X-" + word); got != strings.ReplaceAll(want, ",", comma) {
					t.Errorf("\n got %s\nwant %s", got, want)
				}
				profile := strings.ReplaceAll(word+` realm="SDP",profile="UsernameToken",type="Appkey"`, ",", comma)
				if h.Get("Authorization") != profile || h.Get("Content-Type") != "application/json;charset=UTF-8" || len(h) != 3 {
					t.Errorf("%v", h)
				}
			}
		}
	}
}

func TestMessages(t *testing.T) {
	code := 0
	event := sim.Event{SessionID: "s", Caller: "+8613800000021", Called: "+8617000000001"}
	ended := sim.Event{SessionID: "s", StateCode: &code, CallRelDirection: 2, Timestamp: "x"}
	text := sim.Text{SMSIdentifier: "i", Calling: "+8613800000021", VirtualNumber: "+8617000000001", SMSContent: "hi"}
	for _, c := range []struct {
		path, body string
		send       func(ctx context.Context, c *sim.Client) (sim.Exchange, error)
	}{
		{"/huawei/call-events", `{"eventType":"answer","statusInfo":{"sessionId":"s","timestamp":"2026-03-04 05:06:07","caller":"+8613800000021","called":"+8617000000001"}}`,
			func(ctx context.Context, c *sim.Client) (sim.Exchange, error) { return c.Tell(ctx, "answer", event) }},
		{"/huawei/call-events", `{"eventType":"disconnect","statusInfo":{"sessionId":"s","timestamp":"x","stateCode":0,"callRelDirection":2}}`,
			func(ctx context.Context, c *sim.Client) (sim.Exchange, error) {
				return c.Tell(ctx, "disconnect", ended)
			}},
		{"/huawei/cdrs", `{"eventType":"fee","feeLst":[{"direction":0,"icid":"1","fwdUnaswRsn":17,"ulFailReason":0,"sipStatusCode":0,"recordFlag":0},` +
			`{"direction":0,"icid":"2","fwdUnaswRsn":0,"ulFailReason":0,"sipStatusCode":0,"recordFlag":1}]}`,
			func(ctx context.Context, c *sim.Client) (sim.Exchange, error) {
				return c.PushFees(ctx, sim.Fee{ICID: "1", FwdUnaswRsn: 17}, sim.Fee{ICID: "2", RecordFlag: 1})
			}},
		{"/huawei/cdrs", `{"eventType":"fee","feeLst":[]}`,
			func(ctx context.Context, c *sim.Client) (sim.Exchange, error) { return c.PushFees(ctx) }},
		{"/huawei/cdrs", "{\"eventType\":\"fee\",\"feeLst\":[{\"icid\":\"\xff\"},x]}",
			func(ctx context.Context, c *sim.Client) (sim.Exchange, error) {
				return c.PushRaw(ctx, json.RawMessage("{\"icid\":\"\xff\"}"), json.RawMessage("x"))
			}},
		{"/huawei/number-status", `{"eventType":"numStatus","numInfo":[{"number":"+8617000000001","status":"9"}]}`,
			func(ctx context.Context, c *sim.Client) (sim.Exchange, error) {
				return c.PushNumbers(ctx, sim.Number{Number: "+8617000000001", Status: "9"})
			}},
		{"/huawei/sms", `{"appKey":"ak","smsEvent":{"smsIdentifier":"i","notificationMode":"Notify","calling":"+8613800000021","virtualNumber":"+8617000000001",` +
			`"event":"Text SMS","timeStamp":"2026-03-04T05:06:07.023Z","smsContent":"hi"}}`,
			func(ctx context.Context, c *sim.Client) (sim.Exchange, error) { return c.TellText(ctx, text) }},
	} {
		base, last := endpoint(t, 200, "")
		e, err := c.send(t.Context(), client(t, config(base)))
		if err != nil || !e.Accepted() || len(e.Raw) != 0 || e.URL != base+c.path || e.Request() != "POST "+e.URL+"\n"+e.Body {
			t.Errorf("%s: %+v, %v", c.path, e, err)
		}
		if last.method != "POST" || last.path != c.path || last.body != c.body || last.header.Get("X-AKSK") == "" {
			t.Errorf("received %+v\nwant %s", *last, c.body)
		}
	}
}

func TestAsk(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		want   sim.Decision
	}{
		"object": {`{"operation":"connect","connectInfo":{"displayCalleeNum":"+8617000000001","calleeNum":"+8613900000022","maxDuration":60,"waitVoice":"w",` +
			`"recordFlag":"true","recordHintTone":"r","lastMinVoice":"l","calleeHintVoice":"c","userData":"u"}}`, full()},
		"list": {`{"operation":"connect","connectInfo":[{"displayCalleeNum":"+8617000000001","calleeNum":"+8613900000022","maxDuration":60,"waitVoice":"w",` +
			`"recordFlag":"true","recordHintTone":"r","lastMinVoice":"l","calleeHintVoice":"c","userData":"u"}]}`, full()},
		"close":         {`{"operation":"close","closeInfo":{"closeHintTone":"t","userData":"u"}}`, sim.Decision{Operation: "close", Close: sim.CloseInfo{CloseHintTone: "t", UserData: "u"}}},
		"close, list":   {`{"operation":"close","closeInfo":[{"closeHintTone":"t","userData":"u"}]}`, sim.Decision{Operation: "close", Close: sim.CloseInfo{CloseHintTone: "t", UserData: "u"}}},
		"close, no why": {`{"operation":"close"}`, sim.Decision{Operation: "close"}},
	} {
		base, last := endpoint(t, 200, c.answer)
		got, e, err := client(t, config(base)).Ask(t.Context(), sim.Event{SessionID: "s", Called: "+8617000000001"})
		if err != nil || got != c.want || string(e.Raw) != c.answer {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if want := `{"eventType":"callin","statusInfo":{"sessionId":"s","timestamp":"2026-03-04 05:06:07","called":"+8617000000001","notifyMode":"Block"}}`; last.body != want {
			t.Errorf("sent %s, want %s", last.body, want)
		}
	}
	for _, bad := range []string{
		``, `<html>`, `{}`, `{"operation":"ask"}`, `{"operation":"connect"}`, `{"operation":"connect","connectInfo":[]}`, `{"operation":"connect","connectInfo":"x"}`,
		`{"operation":"connect","connectInfo":{"calleeNum":"1","maxDuration":1441}}`, `{"operation":"connect","connectInfo":{"calleeNum":"1","maxDuration":"60"}}`,
		`{"operation":"connect","connectInfo":{"calleeNum":"1","recordFlag":true}}`, `{"operation":"connect","connectInfo":{"calleeNum":"1","recordFlag":"yes"}}`,
		`{"operation":"close","closeInfo":[{},{}]}`,
	} {
		base, _ := endpoint(t, 200, bad)
		if d, e, err := client(t, config(base)).Ask(t.Context(), sim.Event{}); !errors.Is(err, sim.ErrAnswer) || d != (sim.Decision{}) || string(e.Raw) != bad {
			t.Errorf("%s: %+v, %v", bad, d, err)
		}
	}
	base, _ := endpoint(t, 401, `{"code":"SignatureInvalid"}`)
	if d, e, err := client(t, config(base)).Ask(t.Context(), sim.Event{}); err != nil || d != (sim.Decision{}) || e.Status != 401 || e.Accepted() {
		t.Errorf("refused: %+v, %+v, %v", d, e, err)
	}
}

func full() sim.Decision {
	return sim.Decision{Operation: "connect", Connect: sim.ConnectInfo{DisplayCalleeNum: "+8617000000001", CalleeNum: "+8613900000022", MaxDuration: 60,
		WaitVoice: "w", RecordFlag: "true", RecordHintTone: "r", LastMinVoice: "l", CalleeHintVoice: "c", UserData: "u"}}
}

func TestAskText(t *testing.T) {
	for answer, want := range map[string]sim.Routing{
		`{"actions":[{"operation":"vNumberRoute","message":{"called":"+8613900000022","calling":"+8613800000021"}}]}`: {Forwarded: true, Called: "+8613900000022", Calling: "+8613800000021"},
		`{"actions":[{"operation":"DiscardMessage"}]}`:                                                                {},
	} {
		base, last := endpoint(t, 200, answer)
		got, _, err := client(t, config(base)).AskText(t.Context(), sim.Text{SMSIdentifier: "i", Event: "TextSMS", TimeStamp: "t"})
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", answer, got, err)
		}
		if want := `{"appKey":"ak","smsEvent":{"smsIdentifier":"i","notificationMode":"Block","event":"TextSMS","timeStamp":"t"}}`; last.body != want {
			t.Errorf("sent %s, want %s", last.body, want)
		}
	}
	for _, bad := range []string{``, `{}`, `{"actions":[]}`, `{"actions":[{"operation":"x"}]}`, `{"actions":[{"operation":"vNumberRoute"}]}`,
		`{"actions":[{"operation":"DiscardMessage"},{"operation":"DiscardMessage"}]}`} {
		base, _ := endpoint(t, 200, bad)
		if _, _, err := client(t, config(base)).AskText(t.Context(), sim.Text{}); !errors.Is(err, sim.ErrAnswer) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestEditAndPostSendNonsense(t *testing.T) {
	base, last := endpoint(t, 200, "")
	c := config(base)
	c.Edit = func(r *http.Request) { r.Header.Del("Authorization") }
	e, err := client(t, c).Post(t.Context(), base+"/elsewhere", []byte("{"))
	if err != nil || last.path != "/elsewhere" || last.body != "{" || last.header.Get("Authorization") != "" || e.Header.Get("X-AKSK") == "" {
		t.Errorf("%+v, %v", *last, err)
	}
}

func TestNumbersGoToTheStatusAddressWithoutOneOfTheirOwn(t *testing.T) {
	base, last := endpoint(t, 200, "")
	c := config(base)
	c.Addresses.Numbers, c.Addresses.SMS = "", ""
	made := client(t, c)
	if _, err := made.PushNumbers(t.Context()); err != nil || last.path != "/huawei/call-events" {
		t.Errorf("%+v, %v", *last, err)
	}
	if _, err := made.TellText(t.Context(), sim.Text{}); !errors.Is(err, sim.ErrURL) {
		t.Errorf("no address: %v", err)
	}
}

func TestNewReportsAllFaults(t *testing.T) {
	_, err := sim.New(sim.Config{Addresses: sim.Addresses{SMS: "ftp://x"}, Scheme: "md5"})
	for _, want := range []error{sim.ErrURL, sim.ErrNow, sim.ErrApp, sim.ErrScheme} {
		if !errors.Is(err, want) {
			t.Errorf("%v is missing in %v", want, err)
		}
	}
	if text := fmt.Sprintf("%v %+v", client(t, config("http://h")), client(t, config("http://h"))); strings.Contains(text, "s3cr3t") {
		t.Errorf("a secret is printed: %s", text)
	}
}

func TestRandomNonceIs32Digits(t *testing.T) {
	a, b := sim.RandomNonce(), sim.RandomNonce()
	if !regexp.MustCompile(`^[0-9A-F]{32}$`).MatchString(a) || a == b {
		t.Errorf("%s, then %s", a, b)
	}
}
