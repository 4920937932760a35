package platform_test

import (
	"bytes"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"xmode/fixtures"
	"xmode/platform"
	"xmode/platform/aliyun"
	"xmode/platform/aliyun/sim"
	"xmode/signature"
)

// TestAliyunQueriesAreSentAlike: the simulator writes each query as its file has
// it, the signature by openssl included.
func TestAliyunQueriesAreSentAlike(t *testing.T) {
	var unsent []string
	for _, m := range of(t, "aliyun", "query") {
		if !sentAlike(t, m) {
			unsent = append(unsent, strings.TrimPrefix(m.Name, "aliyun/query/"))
		}
	}
	exactly(t, unsent, []string{
		// where parameters stand, and which of them are there, is always the same
		"voice-split", "json-without-type", "extension-absent", "caller-absent", "text-plain", "json-nested",
		"repeated", "repeated-elsewhere", "without-secret-no", "without-record-type", "without-call-id", "percent-encoding", "no-utf8",
		// a signature is right, and written in one way
		"signature-still-encoded", "signature-still-encoded-json", "signature-plus", "signature-wrong", "signature-other-key",
		"signature-missing", "signature-no-base64", "method-sha256", "version-2", "nonce-missing", "timestamp-missing",
		"timestamp-form", "timestamp-beijing", "format-xml",
	})
}

// sentAlike has the simulator send a query with the values of a message, in each
// form of the signature.
func sentAlike(t *testing.T, m fixtures.Message) bool {
	t.Helper()
	p := valuesOf(t, m)
	at, err := time.Parse(time.RFC3339, p.Get("timestamp"))
	if err != nil {
		return false
	}
	via := map[string]sim.Via{"": sim.ViaGET, "application/x-www-form-urlencoded": sim.ViaForm, "application/json": sim.ViaJSON}[m.Header.Get("Content-Type")]
	for _, form := range []signature.Form{signature.PlainForm, signature.PlainRFC3986, signature.AmpersandForm, signature.AmpersandRFC3986} {
		var c caught
		client, err := sim.New(sim.Config{
			URL: "http://endpoint.example/aliyun/call-control", Key: "example-signing-key", Form: form, Via: via, HTTP: c.client(),
			Now: func() time.Time { return at }, Nonce: func() string { return p.Get("signatureNonce") },
		})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = client.Send(t.Context(), sim.Query{Caller: p.Get("callNo"), X: p.Get("secretNo"), Extension: p.Get("extension"),
			Kind: sim.Kind(p.Get("recordType")), CallID: p.Get("callId")}) // errSent
		path, query, _ := strings.Cut(c.target, "?")
		sent := fixtures.Message{Query: query, Header: c.header, Body: c.body}
		placed := c.method == m.Method && path == m.Path && c.header.Get("Content-Type") == m.Header.Get("Content-Type") &&
			strings.Count(sent.Query, "&") == strings.Count(m.Query, "&")
		if placed && reflect.DeepEqual(valuesOf(t, sent), p) {
			return true
		}
	}
	return false
}

// valuesOf are the parameters of a query, wherever they stand.
func valuesOf(t *testing.T, m fixtures.Message) url.Values {
	t.Helper()
	values, _ := url.ParseQuery(m.Query) // some are damaged on purpose
	if bytes.HasPrefix(m.Body, []byte("{")) {
		members, _ := decoded(t, m.Body).(map[string]any)
		for name, value := range members {
			text, _ := value.(string)
			values.Add(name, text)
		}
		return values
	}
	form, _ := url.ParseQuery(string(m.Body))
	for name, list := range form {
		values[name] = append(values[name], list...)
	}
	return values
}

// TestAliyunAnswersAreRead: the simulator understands what is answered.
func TestAliyunAnswersAreRead(t *testing.T) {
	for _, m := range of(t, "aliyun", "query") {
		a, err := sim.Decode(m.Answer.Body)
		switch code, refused := strings.CutPrefix(m.Expect[0], "4"); {
		case err != nil:
			t.Errorf("%s: %v", m.Name, err)
		case refused && (m.Answer.Status == http.StatusOK || !strings.HasSuffix(code, " "+a.Code)):
			t.Errorf("%s: %d %+v", m.Name, m.Answer.Status, a)
		case !refused && (m.Answer.Status != http.StatusOK || a.Code != "OK" || !allowed(a.Model)):
			t.Errorf("%s: %d %+v", m.Name, m.Answer.Status, a)
		}
	}
}

// allowed reports whether a decision is one that the page knows.
func allowed(m sim.Model) bool {
	digits := m.SubsID != "" && strings.Trim(m.SubsID, "0123456789") == ""
	return digits && (m.ControlOperate == "CONTINUE" && m.CalledNo != "" || m.ControlOperate == "REJECT" || m.ControlOperate == "IVR" && m.CallNoPlayCode != "")
}

// aliyunAPI is the simulated API at the instant of a message, with what is to go
// wrong by itself in the fixture of that name.
func aliyunAPI(t *testing.T, m fixtures.Message) *sim.API {
	t.Helper()
	api, err := sim.NewAPI(sim.APIConfig{
		Keys: map[string]string{"example-access-key-id": "example-access-key-secret"}, Now: func() time.Time { return m.At },
		Find: func(sim.Asked) (string, bool) {
			address, found := strings.CutPrefix(fixture(t, "aliyun/QueryRecordFileDownloadUrl/ok").Expect[0], "address ")
			return address, found && !strings.HasSuffix(m.Name, "/not-ready")
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	api.SetFault(map[string]sim.Fault{
		"flow-limit": "isv.FLOW_LIMIT", "throttling": "Throttling.User", "permission": "isp.RAM_PERMISSION_DENY",
		"system-error": "isp.SYSTEM_ERROR", "unavailable": "ServiceUnavailable", "ok-without-address": sim.NoAddress, "page": sim.HTMLPage,
	}[strings.TrimPrefix(m.Name, "aliyun/QueryRecordFileDownloadUrl/")])
	return api
}

func TestAliyunAPIAnswersAlike(t *testing.T) {
	for _, m := range of(t, "aliyun", "QueryRecordFileDownloadUrl") {
		t.Run(m.Name, func(t *testing.T) { saysTheSame(t, m, answeredBy(t, aliyunAPI(t, m), m)) })
	}
}

// TestAliyunAsksAlike: the adapter asks for the recording of a record as the
// fixture does, but for what is new in each request.
func TestAliyunAsksAlike(t *testing.T) {
	a, err := (&aliyun.Settings{
		Keys: platform.NewSecret("example-signing-key"), AccessKeyID: platform.NewSecret("example-access-key-id"),
		AccessKeySecret: platform.NewSecret("example-access-key-secret"),
	}).Adapter(platform.Shared{ClockSkew: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	m := fixture(t, "aliyun/QueryRecordFileDownloadUrl/ok")
	r, err := a.(platform.Recordings).Ask(recordingOf(t, "aliyun/SecretRecording/epoch"), m.At)
	if err != nil {
		t.Fatal(err)
	}
	got, want := r.URL.Query(), valuesOf(t, m)
	for _, values := range []url.Values{got, want} {
		values.Del("SignatureNonce")
		values.Del("Signature")
	}
	if r.Method != m.Method || r.Host != m.HeaderLines[0][len("Host: "):] || r.URL.Path != m.Path || got.Encode() != want.Encode() {
		t.Errorf("%s %s%s\n got %s\nwant %s", r.Method, r.Host, r.URL.Path, got.Encode(), want.Encode())
	}
}
