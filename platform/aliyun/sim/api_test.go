package sim_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/simulator"
)

const (
	keyID     = "testId"
	keySecret = "testSecret"
)

// asked is the clock of the API: twenty minutes after the example call's end.
var asked = time.Date(2018, 1, 1, 12, 21, 12, 0, time.UTC)

// recordings is an API with the recording of the example call, and its storage,
// on sockets.
type recordings struct {
	storage *simulator.Storage
	api     *sim.API
	base    string
	nonces  int
}

func serveRecordings(t testing.TB, c sim.APIConfig) *recordings {
	t.Helper()
	if c.Now == nil {
		c.Now = func() time.Time { return asked }
	}
	storage, err := simulator.NewStorage(simulator.StorageConfig{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	storage.Put("abcdef1234.mp3", simulator.Audio{Format: simulator.MP3, Size: 5000, Seed: 1})
	files := httptest.NewServer(storage)
	t.Cleanup(files.Close)
	if err := storage.SetBase(files.URL); err != nil {
		t.Fatal(err)
	}
	if c.Keys == nil {
		c.Keys = map[string]string{keyID: keySecret}
	}
	c.Storage = storage
	api, err := sim.NewAPI(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return &recordings{storage: storage, api: api, base: server.URL}
}

// told is an answer of the API.
type told struct {
	status      int
	kind, body  string
	Code        string
	Message     string
	RequestID   string `json:"RequestId" xml:"RequestId"`
	DownloadURL string `json:"DownloadUrl" xml:"DownloadUrl"`
}

// right are parameters that are right, but for the signature.
func (s *recordings) right() url.Values {
	s.nonces++
	return url.Values{
		"AccessKeyId": {keyID}, "Action": {"QueryRecordFileDownloadUrl"}, "Format": {"JSON"}, "SignatureMethod": {"HMAC-SHA1"},
		"SignatureNonce": {fmt.Sprintf("nonce-%d", s.nonces)}, "SignatureVersion": {"1.0"}, "Timestamp": {"2018-01-01T12:21:12Z"},
		"Version": {"2017-05-25"}, "PoolKey": {"FC1"}, "CallId": {"abcdef1234"}, "CallTime": {"2018-01-01 20:00:00"},
	}
}

// ask signs and sends parameters in the query.
func (s *recordings) ask(t testing.TB, method string, params url.Values) told {
	t.Helper()
	if params.Get("Signature") == "" {
		params.Set("Signature", sim.Signature(method, params, keySecret))
	}
	return s.send(t, method, "/?"+params.Encode(), "", "")
}

func (s *recordings) send(t testing.TB, method, target, kind, body string) told {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.base+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := told{status: resp.StatusCode, kind: resp.Header.Get("Content-Type"), body: string(text)}
	if strings.HasPrefix(a.kind, "text/xml") {
		err = xml.Unmarshal(text, &a)
	} else if strings.HasPrefix(a.kind, "application/json") {
		err = json.Unmarshal(text, &a)
	}
	if err != nil {
		t.Errorf("%s: %v", text, err)
	}
	return a
}

// TestSignaturesAreTheVectors: the first is published by the platform, the
// others were computed elsewhere.
func TestSignaturesAreTheVectors(t *testing.T) {
	common := url.Values{
		"AccessKeyId": {"testId"}, "SignatureMethod": {"HMAC-SHA1"}, "SignatureNonce": {"45e25e9b-0a6f-4070-8c85-2956eda1b466"}, "SignatureVersion": {"1.0"},
		"Timestamp": {"2017-07-12T02:42:19Z"}, "Version": {"2017-05-25"},
	}
	sms := url.Values{
		"Action": {"SendSms"}, "Format": {"XML"}, "OutId": {"123"}, "PhoneNumbers": {"15300000001"}, "RegionId": {"cn-hangzhou"}, "SignName": {"阿里云短信测试专用"},
		"TemplateCode": {"SMS_71390007"}, "TemplateParam": {`{"customer":"test"}`}, "Signature": {"left out"},
	}
	record := url.Values{
		"Action": {"QueryRecordFileDownloadUrl"}, "Format": {"JSON"}, "PoolKey": {"FC123456"}, "CallId": {"abcedf1234"}, "CallTime": {"2019-03-05 12:00:00"},
	}
	for want, c := range map[string]struct {
		method string
		params url.Values
	}{
		"zJDF+Lrzhj/ThnlvIToysFRq6t4=": {"GET", sms}, "3lPAxLLCA2bOVFiunkQrrQRx4Tg=": {"GET", record}, "b3XcMoSZI+/W64xs/5ML2h/4mRQ=": {"POST", record},
	} {
		for name, values := range common {
			c.params[name] = values
		}
		if got := sim.Signature(c.method, c.params, "testSecret"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestAPITellsTheAddress(t *testing.T) {
	s := serveRecordings(t, sim.APIConfig{})
	s.api.Keep(example(t), "abcdef1234.mp3")
	get, post := s.ask(t, "GET", s.right()), s.ask(t, "POST", s.right())
	form := s.right()
	form.Set("Signature", sim.Signature("POST", form, keySecret))
	posted := s.send(t, "POST", "/", "application/x-www-form-urlencoded", form.Encode())
	for _, got := range []told{get, post, posted} {
		if got.status != 200 || got.Code != "OK" || got.Message != "OK" || len(got.RequestID) != 36 || got.DownloadURL != s.storage.Address("abcdef1234.mp3") {
			t.Errorf("%+v", got)
		}
	}
	if get.RequestID == post.RequestID {
		t.Error("two answers with one id")
	}
	resp, err := http.Get(get.DownloadURL)
	if err != nil || resp.StatusCode != 200 || resp.ContentLength != 5000 {
		t.Errorf("%v, %v", resp, err)
	}
	resp.Body.Close()
	list := s.api.Requests()
	if len(list) != 3 || list[0].Method != "GET" || list[0].Status != 200 || list[0].Code != "OK" || list[2].Body != form.Encode() || !list[0].At.Equal(asked) {
		t.Errorf("%+v", list)
	}
	if faults := s.api.Check(); len(faults) > 0 {
		t.Errorf("%q", faults)
	}
}

// TestAPIRefuses: what is answered, and what CheckRequests says of it.
func TestAPIRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		parameter, value string // "-" takes it away
		status           int
		code, fault      string
	}{
		"no action":          {"Action", "-", 400, "MissingAction", "Action is missing"},
		"another action":     {"Action", "SendSms", 404, "InvalidAction.NotFound", "Action is not QueryRecordFileDownloadUrl"},
		"another version":    {"Version", "2017-05-26", 400, "InvalidVersion", "Version is not 2017-05-25"},
		"no key":             {"AccessKeyId", "-", 400, "MissingAccessKeyId", "AccessKeyId is missing"},
		"unknown key":        {"AccessKeyId", "x", 404, "InvalidAccessKeyId.NotFound", "unknown AccessKeyId"},
		"no nonce":           {"SignatureNonce", "-", 400, "MissingSignatureNonce", "SignatureNonce is missing"},
		"no time":            {"Timestamp", "-", 400, "MissingTimestamp", "Timestamp is missing"},
		"Beijing time":       {"Timestamp", "2018-01-01T20:21:12Z", 400, "InvalidTimeStamp.Expired", "Timestamp is off the platform's clock"},
		"clock slow":         {"Timestamp", "2018-01-01T12:06:11Z", 400, "InvalidTimeStamp.Expired", "Timestamp is off the platform's clock"},
		"time with offset":   {"Timestamp", "2018-01-01T20:21:12+08:00", 400, "InvalidTimeStamp.Format", "Timestamp is not UTC in the form yyyy-MM-ddTHH:mm:ssZ"},
		"another method":     {"SignatureMethod", "HMAC-SHA256", 400, "InvalidParameter.SignatureMethod", "SignatureMethod is not HMAC-SHA1"},
		"another scheme":     {"SignatureVersion", "2.0", 400, "InvalidParameter.SignatureVersion", "SignatureVersion is not 1.0"},
		"wrong signature":    {"Signature", "x", 400, "SignatureDoesNotMatch", "Signature is wrong"},
		"no call":            {"CallId", "-", 400, "MissingCallId", "CallId is missing"},
		"no call time":       {"CallTime", "-", 200, "isv.ILLEGAL_ARGUMENT", "CallTime is missing"},
		"milliseconds":       {"CallTime", "1514808000000", 200, "isv.ILLEGAL_ARGUMENT", "CallTime is an epoch"},
		"seconds":            {"CallTime", "1514808000", 200, "isv.ILLEGAL_ARGUMENT", "CallTime is an epoch"},
		"ISO":                {"CallTime", "2018-01-01T20:00:00", 200, "isv.ILLEGAL_ARGUMENT", "CallTime is not in the form yyyy-MM-dd HH:mm:ss"},
		"UTC":                {"CallTime", "2018-01-01 12:00:00", 200, "isv.RECORD_NOT_EXIST", "CallTime is -8h0m0s off that of the call"},
		"future":             {"CallTime", "2018-01-02 04:00:00", 200, "isv.RECORD_NOT_EXIST", "CallTime lies in the future: not Beijing time?"},
		"no pool":            {"PoolKey", "-", 200, "isv.ILLEGAL_ARGUMENT", "PoolKey and ProductType are missing"},
		"another pool":       {"PoolKey", "FC2", 200, "isv.RECORD_NOT_EXIST", "PoolKey is not that of the call"},
		"another call":       {"CallId", "x", 200, "isv.RECORD_NOT_EXIST", "CallId was not announced"},
		"no such product":    {"ProductType", "AXB", 200, "isv.ILLEGAL_ARGUMENT", "ProductType is none"},
		"product":            {"ProductType", "AXB_170", 200, "OK", ""},
		"unknown parameter":  {"X", "1", 200, "OK", `"X" is no parameter of the API`},
		"XML":                {"Format", "XML", 200, "OK", "Format is not JSON"},
		"signed extra":       {"RegionId", "cn-hangzhou", 200, "OK", ""},
		"window":             {"Timestamp", "2018-01-01T12:06:12Z", 200, "OK", ""},
		"nonce of any chars": {"SignatureNonce", "a b*~+/录", 200, "OK", ""},
	} {
		s := serveRecordings(t, sim.APIConfig{})
		s.api.Keep(example(t), "abcdef1234.mp3")
		params := s.right()
		params.Set(c.parameter, c.value)
		if c.value == "-" {
			params.Del(c.parameter)
		}
		got := s.ask(t, "GET", params)
		if got.status != c.status || got.Code != c.code || (got.DownloadURL != "") != (c.code == "OK") || got.Message == "" || got.RequestID == "" {
			t.Errorf("%s: %+v, want %d %s", name, got, c.status, c.code)
		}
		faults := s.api.Check()
		if c.fault == "" && len(faults) > 0 || c.fault != "" && !slices.Contains(faults, "request 1: "+c.fault) {
			t.Errorf("%s: %q", name, faults)
		}
	}
}

func TestAPIRefusesOtherWaysOfAsking(t *testing.T) {
	s := serveRecordings(t, sim.APIConfig{})
	signed := func(method string) string {
		params := s.right()
		params.Set("Signature", sim.Signature(method, params, keySecret))
		return params.Encode()
	}
	for name, c := range map[string]struct {
		method, target, kind, body string
		code, fault                string
	}{
		"no signature":         {"GET", "/?" + s.right().Encode(), "", "", "MissingSignature", "Signature is missing"},
		"signed for another":   {"POST", "/?" + signed("GET"), "", "", "SignatureDoesNotMatch", "Signature is wrong"},
		"another path":         {"GET", "/x?" + signed("GET"), "", "", "InvalidApi.NotFound", `path "/x", want /`},
		"DELETE":               {"DELETE", "/?" + signed("DELETE"), "", "", "UnsupportedHTTPMethod", "method DELETE, want GET or POST"},
		"JSON":                 {"POST", "/", "application/json", "{}", "MissingAction", "a body that is no form of a POST"},
		"twice":                {"POST", "/?" + signed("POST"), "application/x-www-form-urlencoded", "CallId=x", "InvalidParameter", `"CallId" is there 2 times`},
		"broken query":         {"GET", "/?%zz&" + signed("GET"), "", "", "InvalidParameter", "query cannot be read"},
		"broken form":          {"POST", "/?" + signed("POST"), "application/x-www-form-urlencoded", "%zz", "InvalidParameter", "form cannot be read"},
		"larger than anything": {"POST", "/?" + signed("POST"), "application/x-www-form-urlencoded", strings.Repeat("x", 70<<10), "InvalidParameter", `"xxxxx`},
	} {
		before := len(s.api.Requests())
		got := s.send(t, c.method, c.target, c.kind, c.body)
		if got.Code != c.code || got.status < 400 {
			t.Errorf("%s: %+v, want %s", name, got, c.code)
		}
		list := s.api.Requests()[before:]
		faults := sim.CheckRequests(list, sim.Contract{Keys: map[string]string{keyID: keySecret}})
		if len(list) != 1 || !slices.ContainsFunc(faults, func(f string) bool { return strings.HasPrefix(f, "request 1: "+c.fault) }) {
			t.Errorf("%s: %q", name, faults)
		}
	}
}

func TestAPIRefusesANonceThatWasUsed(t *testing.T) {
	s := serveRecordings(t, sim.APIConfig{})
	params := s.right()
	first, second := s.ask(t, "GET", params), s.ask(t, "GET", params)
	if first.Code != "OK" || second.status != 400 || second.Code != "SignatureNonceUsed" {
		t.Errorf("%+v, %+v", first, second)
	}
	if faults := s.api.Check(); !slices.Equal(faults, []string{"request 2: SignatureNonce is that of request 1"}) {
		t.Errorf("%q", faults)
	}
}

func TestAPIAnswersInXML(t *testing.T) {
	s := serveRecordings(t, sim.APIConfig{XMLErrors: true})
	params := s.right()
	params.Set("Signature", "x")
	if got := s.ask(t, "GET", params); got.status != 400 || got.Code != "SignatureDoesNotMatch" || !strings.HasPrefix(got.body, "<Error><Code>") {
		t.Errorf("%+v", got)
	}
	if got := s.ask(t, "GET", s.right()); got.kind != "application/json;charset=utf-8" || got.Code != "OK" {
		t.Errorf("%+v", got)
	}
	params = s.right()
	params.Del("Format")
	if got := s.ask(t, "GET", params); got.Code != "OK" || got.DownloadURL == "" || !strings.HasPrefix(got.body, "<QueryRecordFileDownloadUrlResponse>") {
		t.Errorf("%+v", got)
	}
}

func TestAPIWaitsForTheFile(t *testing.T) {
	at := asked.Add(-time.Second)
	s := serveRecordings(t, sim.APIConfig{Delay: 20 * time.Minute, NotReady: "isv.NO_NOT_EXIST", Now: func() time.Time { return at }})
	s.api.Keep(example(t), "abcdef1234.mp3")
	if got := s.ask(t, "GET", s.right()); got.status != 200 || got.Code != "isv.NO_NOT_EXIST" || got.DownloadURL != "" {
		t.Errorf("%+v", got)
	}
	at = asked
	if got := s.ask(t, "GET", s.right()); got.Code != "OK" {
		t.Errorf("%+v", got)
	}
	if faults := s.api.Check(); !slices.Equal(faults, []string{"request 1: asked 1s too early"}) {
		t.Errorf("%q", faults)
	}
}

func TestAPIFaults(t *testing.T) {
	s := serveRecordings(t, sim.APIConfig{Statuses: map[string]int{"Throttling": 503}})
	s.storage.Put("b.mp3", simulator.Audio{Size: 100})
	for fault, want := range map[sim.Fault]told{
		"ServiceUnavailable": {status: 503, Code: "ServiceUnavailable"},
		"InternalError":      {status: 500, Code: "InternalError"},
		"Throttling":         {status: 503, Code: "Throttling"},
		"Throttling.User":    {status: 400, Code: "Throttling.User"},
		"isv.FLOW_LIMIT":     {status: 200, Code: "isv.FLOW_LIMIT"},
		"isp.SYSTEM_ERROR":   {status: 200, Code: "isp.SYSTEM_ERROR"},
		sim.NoAddress:        {status: 200, Code: "OK"},
		sim.HTMLPage:         {status: 200, kind: "text/html"},
		sim.EmptyReply:       {status: 200, kind: "application/json;charset=utf-8"},
	} {
		s.api.SetFault(fault)
		params := s.right()
		params.Set("Signature", sim.Signature("GET", params, keySecret))
		resp, err := http.Get(s.base + "/?" + params.Encode())
		if err != nil {
			t.Fatal(err)
		}
		var got told
		_ = json.NewDecoder(resp.Body).Decode(&got)
		resp.Body.Close()
		if resp.StatusCode != want.status || got.Code != want.Code || got.DownloadURL != "" || want.kind != "" && resp.Header.Get("Content-Type") != want.kind {
			t.Errorf("%s: %d %+v", fault, resp.StatusCode, got)
		}
	}
	s.api.SetFault(sim.NoFault)
	s.api.SetFault("ServiceUnavailable", "b")
	other := s.right()
	other.Set("CallId", "b")
	if a, b := s.ask(t, "GET", s.right()), s.ask(t, "GET", other); a.Code != "OK" || b.status != 503 {
		t.Errorf("%+v, %+v", a, b)
	}
	if faults := s.api.Check(); len(faults) > 0 {
		t.Errorf("faults of the platform are none of the client: %q", faults)
	}
}

func TestAPITrouble(t *testing.T) {
	trouble, err := simulator.NewTrouble(simulator.TroubleConfig{Throttled: 1, NotReady: 1})
	if err != nil {
		t.Fatal(err)
	}
	s := serveRecordings(t, sim.APIConfig{Trouble: trouble})
	for i, code := range []string{"Throttling.User", "isv.RECORD_NOT_EXIST", "OK", "OK"} {
		if got := s.ask(t, "GET", s.right()); got.Code != code {
			t.Errorf("%d: %+v, want %s", i, got, code)
		}
	}
}

func TestAPIFindsElsewhere(t *testing.T) {
	var got sim.Asked
	s := serveRecordings(t, sim.APIConfig{Find: func(a sim.Asked) (string, bool) { got = a; return "http://127.0.0.1/", true }})
	if answer := s.ask(t, "GET", s.right()); answer.DownloadURL != "http://127.0.0.1/" {
		t.Errorf("%+v", answer)
	}
	if got.CallID != "abcdef1234" || got.PoolKey != "FC1" || got.ProductType != "" || !got.CallTime.Equal(beijing(t, "20:00:00")) {
		t.Errorf("%+v", got)
	}
}

func TestAPILogIsBounded(t *testing.T) {
	s := serveRecordings(t, sim.APIConfig{LogSize: 1})
	for range 3 {
		s.ask(t, http.MethodGet, s.right())
	}
	if list := s.api.Requests(); len(list) != 1 || list[0].Code != "OK" {
		t.Errorf("%+v", list)
	}
}

func TestNewAPIReportsAllFaults(t *testing.T) {
	_, err := sim.NewAPI(sim.APIConfig{Keys: map[string]string{keyID: ""}})
	for _, want := range []error{sim.ErrKeys, sim.ErrNow, sim.ErrRecordings} {
		if !errors.Is(err, want) {
			t.Errorf("%v is missing in %v", want, err)
		}
	}
	s := serveRecordings(t, sim.APIConfig{})
	if text := fmt.Sprintf("%v %+v", s.api, s.api); strings.Contains(text, keySecret) {
		t.Errorf("a secret is printed: %s", text)
	}
}
