package sim_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/fixtures"
	"xmode/platform/aliyun/sim"
	"xmode/signature"
)

// vector is the message that the tests send, and its signature as computed
// elsewhere.
func vector(t testing.TB, name string) fixtures.AliyunVector {
	t.Helper()
	list, err := fixtures.AliyunVectors()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(v fixtures.AliyunVector) bool { return v.Name == name })
	if i < 0 {
		t.Fatalf("no vector %s", name)
	}
	return list[i]
}

// config makes the client send exactly the vector.
func config(t testing.TB, v fixtures.AliyunVector, address string) sim.Config {
	t.Helper()
	at, err := time.Parse(time.RFC3339, v.Params["timestamp"])
	if err != nil {
		t.Fatal(err)
	}
	return sim.Config{
		URL: address, Key: v.Key,
		Now:   func() time.Time { return at },
		Nonce: func() string { return v.Params["signatureNonce"] },
	}
}

func queryOf(v fixtures.AliyunVector) sim.Query {
	return sim.Query{
		Caller: v.Params["callNo"], X: v.Params["secretNo"], Extension: v.Params["extension"],
		Kind: sim.Kind(v.Params["recordType"]), CallID: v.Params["callId"],
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

func TestSignIsTheVector(t *testing.T) {
	for _, name := range []string{"voice-no-extension", "voice-extension", "sms"} {
		v := vector(t, name)
		want := url.Values{"signature": {v.Signature}, "extension": {v.Params["extension"]}}
		for parameter, value := range v.Params {
			want.Set(parameter, value)
		}
		got := client(t, config(t, v, "http://endpoint/x")).Sign(queryOf(v))
		if got.Encode() != want.Encode() {
			t.Errorf("%s\n got %s\nwant %s", name, got.Encode(), want.Encode())
		}
		c := config(t, v, "http://endpoint/x")
		c.Form = signature.AmpersandRFC3986
		if got := client(t, c).Sign(queryOf(v)).Get("signature"); got != v.WithAmpersandKey {
			t.Errorf("%s with an ampersand key: %s, want %s", name, got, v.WithAmpersandKey)
		}
	}
}

func TestKindIsVoiceUnlessSaid(t *testing.T) {
	v := vector(t, "voice-extension")
	if got := client(t, config(t, v, "http://endpoint/x")).Sign(sim.Query{}).Get("recordType"); got != "CAL" {
		t.Errorf("recordType %q", got)
	}
}

// received is what an endpoint got.
type received struct {
	method, contentType string
	params              url.Values
}

// endpoint answers every query with the text and notes it.
func endpoint(t testing.TB, status int, answer string) (address string, last *received) {
	last = &received{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*last = received{method: r.Method, contentType: r.Header.Get("Content-Type"), params: r.URL.Query()}
		var object map[string]string
		if json.Unmarshal(body, &object) == nil {
			for name, value := range object {
				last.params.Add(name, value)
			}
		} else if form, err := url.ParseQuery(string(body)); err == nil {
			for name := range form {
				last.params.Add(name, form.Get(name))
			}
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/aliyun/call-control", last
}

const answer = `{"code":"OK","message":"OK","model":{"controlOperate":"CONTINUE","controlMsg":"OK","subsId":"1000000001",
	"callNoPlayCode":"1001","calledNo":"13900002222","calledDisplayNo":"17000000000","calledNoPlayCode":"1002",
	"callDuration":3600,"needRecord":true,"outId":"order-1","smsChannel":"SMS_NORMAL_SEND"}}`

func TestSendAsksByEveryWay(t *testing.T) {
	address, last := endpoint(t, 200, answer)
	v := vector(t, "sms")
	want := client(t, config(t, v, address)).Sign(queryOf(v)).Encode()
	for _, c := range []struct {
		via                 sim.Via
		method, contentType string
	}{
		{sim.ViaGET, "GET", ""},
		{sim.ViaForm, "POST", "application/x-www-form-urlencoded"},
		{sim.ViaJSON, "POST", "application/json"},
	} {
		settings := config(t, v, address)
		settings.Via = c.via
		e, err := client(t, settings).Send(t.Context(), queryOf(v))
		if err != nil {
			t.Fatal(err)
		}
		if last.method != c.method || last.contentType != c.contentType || last.params.Encode() != want {
			t.Errorf("received %+v, want %s, %s, %s", *last, c.method, c.contentType, want)
		}
		if e.Method != c.method || e.Status != 200 || string(e.Raw) != answer || e.Answer.Model.CalledNo != "13900002222" {
			t.Errorf("exchange %+v", e)
		}
		line := e.Request()
		if !strings.HasPrefix(line, c.method+" "+address) || !strings.Contains(line, "FIuO95r6lt0eosQ0X0Sme7x") {
			t.Errorf("the transcript shows %q", line)
		}
	}
}

func TestDecode(t *testing.T) {
	want := sim.Answer{Code: "OK", Message: "OK", Model: sim.Model{
		ControlOperate: "CONTINUE", ControlMsg: "OK", SubsID: "1000000001", CallNoPlayCode: "1001", CalledNo: "13900002222",
		CalledDisplayNo: "17000000000", CalledNoPlayCode: "1002", CallDuration: 3600, NeedRecord: true, OutID: "order-1",
		SMSChannel: "SMS_NORMAL_SEND",
	}}
	if got, err := sim.Decode([]byte(answer)); err != nil || got != want {
		t.Errorf("object: %+v, %v", got, err)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal([]byte(answer), &parts); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(string(parts["model"]))
	if err != nil {
		t.Fatal(err)
	}
	parts["model"] = text
	asString, err := json.Marshal(parts)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := sim.Decode(asString); err != nil || got != want {
		t.Errorf("string: %+v, %v", got, err)
	}
	for _, bad := range []string{"", "<html>", `{"model":[]}`, `{"model":"x"}`, `{"model":{"subsId":1}}`} {
		if got, err := sim.Decode([]byte(bad)); !errors.Is(err, sim.ErrAnswer) || got != (sim.Answer{}) {
			t.Errorf("%q: %+v, %v", bad, got, err)
		}
	}
}

func TestSendReadsARefusal(t *testing.T) {
	address, _ := endpoint(t, 401, `{"code":"SignatureInvalid","message":"signature: does not match"}`)
	v := vector(t, "sms")
	e, err := client(t, config(t, v, address)).Send(t.Context(), queryOf(v))
	if err != nil || e.Status != 401 || e.Answer.Code != "SignatureInvalid" {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestSendKeepsWhatItCannotRead(t *testing.T) {
	address, _ := endpoint(t, 502, "<html>")
	v := vector(t, "sms")
	e, err := client(t, config(t, v, address)).Send(t.Context(), queryOf(v))
	if !errors.Is(err, sim.ErrAnswer) || e.Status != 502 || string(e.Raw) != "<html>" {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestNewReportsAllFaults(t *testing.T) {
	_, err := sim.New(sim.Config{URL: "ftp://x", Form: "md5"})
	for _, want := range []error{sim.ErrURL, sim.ErrNow, signature.ErrKeyEmpty, signature.ErrForm} {
		if !errors.Is(err, want) {
			t.Errorf("%v is missing in %v", want, err)
		}
	}
	for _, address := range []string{"", "http://", "/x", "http://h/x?a=1", "http://h/x?", "http://h/#x", "http://h:x/"} {
		if _, err := sim.New(sim.Config{URL: address, Key: "k", Now: time.Now}); !errors.Is(err, sim.ErrURL) {
			t.Errorf("%q: %v, want ErrURL", address, err)
		}
	}
}

func TestRandomNonceIsAUUID(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	a, b := sim.RandomNonce(), sim.RandomNonce()
	if !form.MatchString(a) || a == b {
		t.Errorf("%s, then %s", a, b)
	}
}

func BenchmarkSign(b *testing.B) {
	v := vector(b, "voice-extension")
	c := client(b, config(b, v, "http://endpoint/x"))
	q := queryOf(v)
	b.ReportAllocs()
	for b.Loop() {
		c.Sign(q)
	}
}
