package sim_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
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

	"xmode/fixtures"
	"xmode/platform/huawei/sim"
	"xmode/simulator"
)

const (
	apiKey    = "ak"
	apiSecret = "s3cr3t"
	profile   = `AKSK realm="SDP",profile="UsernameToken",type="Appkey"`
	apiPath   = "/rest/provision/voice/record/v1.0"
	rightAsk  = "fileName=a.wav&recordDomain=ostor.huawei.com"
)

// recordings is an API with one recording, a.wav, and its storage on sockets.
type recordings struct {
	storage *simulator.Storage
	api     *sim.API
	base    string
	nonces  int
}

func serveRecordings(t testing.TB, c sim.APIConfig) *recordings {
	t.Helper()
	storage, err := simulator.NewStorage(simulator.StorageConfig{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	storage.Put("a.wav", simulator.Audio{Format: simulator.WAV, Size: 5000, Seed: 1})
	files := httptest.NewServer(storage)
	t.Cleanup(files.Close)
	if err := storage.SetBase(files.URL); err != nil {
		t.Fatal(err)
	}
	if c.Apps == nil {
		c.Apps = map[string]string{apiKey: apiSecret}
	}
	if c.Now == nil {
		c.Now = func() time.Time { return now }
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
	status                     int
	location, kind, body, code string
}

// sign is a right X-AKSK.
func sign(nonce, created string) string {
	h := hmac.New(sha256.New, []byte(apiSecret))
	h.Write([]byte(nonce + created))
	return fmt.Sprintf(`UsernameToken Username="%s", PasswordDigest="%s", Nonce="%s", Created="%s"`,
		apiKey, base64.StdEncoding.EncodeToString(h.Sum(nil)), nonce, created)
}

// ask sends a request that is right, but for an edit.
func (s *recordings) ask(t testing.TB, query string, edit func(*http.Request)) told {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+apiPath+"?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.nonces++
	r.Header.Set("Content-Type", "application/json;charset=UTF-8")
	r.Header.Set("Authorization", profile)
	r.Header.Set("X-AKSK", sign(fmt.Sprintf("n%d", s.nonces), now.Format("2006-01-02T15:04:05Z")))
	if edit != nil {
		edit(r)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := told{status: resp.StatusCode, location: resp.Header.Get("Location"), kind: resp.Header.Get("Content-Type"), body: string(body)}
	var refusal struct{ ResultCode, ResultDesc string }
	if json.Unmarshal(body, &refusal) == nil && refusal.ResultDesc != "" {
		a.code = refusal.ResultCode
	}
	return a
}

func set(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func cut(name, part string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, strings.Replace(r.Header.Get(name), part, "", 1)) }
}

func TestAPITellsTheAddress(t *testing.T) {
	s := serveRecordings(t, sim.APIConfig{Domain: "ostor.huawei.com"})
	got := s.ask(t, rightAsk, nil)
	if got.status != 301 || got.location != s.storage.Address("a.wav") || got.body != "" {
		t.Fatalf("%+v", got)
	}
	resp, err := http.Get(got.location)
	if err != nil || resp.StatusCode != 200 || resp.ContentLength != 5000 {
		t.Errorf("%v, %v", resp, err)
	}
	resp.Body.Close()
	list := s.api.Requests()
	if len(list) != 1 || list[0].Status != 301 || list[0].Code != "0" || list[0].Path != apiPath || list[0].Query != rightAsk || !list[0].At.Equal(now) {
		t.Errorf("%+v", list)
	}
	fee := sim.Fee{RecordFlag: 1, RecordObjectName: "a.wav", RecordDomain: "ostor.huawei.com"}
	if faults := s.api.Check(fee); len(faults) > 0 {
		t.Error(faults)
	}
	for query, code := range map[string]string{"fileName=b.wav&recordDomain=ostor.huawei.com": "1012007", "fileName=a.wav&recordDomain=other": "1012007"} {
		if got := s.ask(t, query, nil); got.code != code || got.status != 403 || got.location != "" || got.kind != "application/json;charset=UTF-8" {
			t.Errorf("%s: %+v", query, got)
		}
	}
}

func swap(name, old, other string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, strings.Replace(r.Header.Get(name), old, other, 1)) }
}

func TestWhoFollowsTheRedirectionIsSeen(t *testing.T) {
	s := serveRecordings(t, sim.APIConfig{})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+apiPath+"?"+rightAsk, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{
		"Content-Type": {"application/json;charset=UTF-8"}, "Authorization": {profile}, "X-Aksk": {sign("n", now.Format("2006-01-02T15:04:05Z"))},
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	want := []string{
		"download 1: header Authorization: credentials do not belong here", "download 1: header Referer: a redirection of the API was followed",
		"download 1: header X-Aksk: credentials do not belong here",
	}
	if got := s.storage.CheckDownloads(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestAPIRefuses: what is answered, and what CheckRequests says of it.
func TestAPIRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		query  string
		edit   func(*http.Request)
		status int
		code   string
		fault  string
	}{
		"no authorization":    {rightAsk, cut("Authorization", profile), 400, "1023006", "Authorization does not begin with AKSK"},
		"header missing":      {rightAsk, func(r *http.Request) { r.Header.Del("Authorization") }, 400, "1023006", "Authorization is missing, or there twice"},
		"WSSE":                {rightAsk, set("Authorization", `WSSE realm="SDP",profile="UsernameToken",type="Appkey"`), 400, "1023006", "Authorization does not begin with AKSK"},
		"no realm":            {rightAsk, cut("Authorization", `realm="SDP",`), 400, "1023007", "Authorization without realm"},
		"no profile":          {rightAsk, cut("Authorization", `profile="UsernameToken",`), 400, "1023008", "Authorization without profile"},
		"another realm":       {rightAsk, cut("Authorization", `DP`), 400, "1023009", "Authorization with another realm than SDP"},
		"another profile":     {rightAsk, cut("Authorization", `Token`), 400, "1023010", "Authorization with another profile than UsernameToken"},
		"another type":        {rightAsk, cut("Authorization", `key`), 400, "1023011", "Authorization with another type than Appkey"},
		"no type":             {rightAsk, cut("Authorization", `,type="Appkey"`), 400, "1023012", "Authorization without type"},
		"no X-AKSK":           {rightAsk, func(r *http.Request) { r.Header.Del("X-AKSK") }, 400, "1023033", "X-AKSK is missing, or there twice"},
		"X-AKSK twice":        {rightAsk, func(r *http.Request) { r.Header.Add("X-AKSK", "x") }, 400, "1023033", "X-AKSK is missing, or there twice"},
		"no user":             {rightAsk, cut("X-AKSK", `Username="ak", `), 400, "1023034", "X-AKSK without Username"},
		"no nonce":            {rightAsk, cut("X-AKSK", `Nonce="n1", `), 400, "1023035", "X-AKSK without Nonce"},
		"no time":             {rightAsk, cut("X-AKSK", `, Created="2026-03-04T05:06:07Z"`), 400, "1023036", "X-AKSK without Created"},
		"no digest":           {rightAsk, cut("X-AKSK", "PasswordDigest"), 400, "1023037", "X-AKSK without PasswordDigest"},
		"no word":             {rightAsk, cut("X-AKSK", "Token"), 400, "1023038", "X-AKSK does not begin with UsernameToken"},
		"unknown key":         {rightAsk, swap("X-AKSK", "ak", "other"), 403, "1010002", "unknown app key"},
		"wrong digest":        {rightAsk, swap("X-AKSK", "n1", "n2"), 403, "1010002", "PasswordDigest is wrong"},
		"nonce with a dash":   {rightAsk, set("X-AKSK", sign("a-b", "2026-03-04T05:06:07Z")), 403, "1010002", "Nonce is not 1 to 128 letters and digits"},
		"clock slow":          {rightAsk, set("X-AKSK", sign("n", "2026-03-04T05:01:06Z")), 401, "1010013", "Created is off the platform's clock"},
		"clock fast":          {rightAsk, set("X-AKSK", sign("n", "2026-03-04T05:11:08Z")), 401, "1010013", "Created is off the platform's clock"},
		"Beijing time":        {rightAsk, set("X-AKSK", sign("n", "2026-03-04T13:06:07Z")), 401, "1010013", "Created is off the platform's clock"},
		"with an offset":      {rightAsk, set("X-AKSK", sign("n", "2026-03-04T05:06:07+00:00")), 401, "1010013", "Created is not UTC in the form yyyy-MM-dd'T'HH:mm:ss'Z'"},
		"with fractions":      {rightAsk, set("X-AKSK", sign("n", "2026-03-04T05:06:07.000Z")), 401, "1010013", "Created is not UTC in the form yyyy-MM-dd'T'HH:mm:ss'Z'"},
		"no content type":     {rightAsk, func(r *http.Request) { r.Header.Del("Content-Type") }, 403, "1010002", "Content-Type is not application/json;charset=UTF-8"},
		"no file":             {"recordDomain=d", nil, 403, "1010002", "fileName is missing"},
		"no domain":           {"fileName=a.wav", nil, 403, "1010002", "recordDomain is missing"},
		"file twice":          {rightAsk + "&fileName=b", nil, 403, "1010002", "fileName is there twice"},
		"long name":           {"recordDomain=d&fileName=" + strings.Repeat("x", 129), nil, 403, "1010002", "fileName is not 1 to 128 characters"},
		"broken query":        {"fileName=%zz", nil, 403, "1010002", "query cannot be read"},
		"another path":        {rightAsk, func(r *http.Request) { r.URL.Path = "/a.wav" }, 403, "1010002", `path "/a.wav" is none of the API's`},
		"POST":                {rightAsk, func(r *http.Request) { r.Method = "POST" }, 403, "1010002", "method POST, want GET"},
		"more parameters":     {rightAsk + "&x=1", nil, 301, "", "1 parameters that the API does not know"},
		"from a redirection":  {rightAsk, set("Referer", "http://h/"), 301, "", "header Referer: comes from a redirection"},
		"content type spaced": {rightAsk, set("Content-Type", "application/json; charset=utf-8"), 301, "", ""},
		"no spaces":           {rightAsk, set("X-AKSK", strings.ReplaceAll(sign("n", "2026-03-04T05:06:07Z"), ", ", ",")), 301, "", ""},
		"at the window's end": {rightAsk, set("X-AKSK", sign("n", "2026-03-04T05:01:08Z")), 301, "", ""},
	} {
		s := serveRecordings(t, sim.APIConfig{})
		got := s.ask(t, c.query, c.edit)
		if got.status != c.status || got.code != c.code {
			t.Errorf("%s: %+v, want %d %s", name, got, c.status, c.code)
		}
		faults := s.api.Check()
		if c.fault == "" && len(faults) > 0 || c.fault != "" && !slices.Contains(faults, "request 1: "+c.fault) {
			t.Errorf("%s: %q", name, faults)
		}
	}
}

func TestAPIRefusesANonceThatWasUsed(t *testing.T) {
	s := serveRecordings(t, sim.APIConfig{})
	same := set("X-AKSK", sign("same", "2026-03-04T05:06:07Z"))
	first, second := s.ask(t, rightAsk, same), s.ask(t, rightAsk, same)
	if first.status != 301 || second.code != "1010002" {
		t.Errorf("%+v, %+v", first, second)
	}
	if faults := s.api.Check(); !slices.Equal(faults, []string{"request 2: Nonce is that of request 1"}) {
		t.Errorf("%q", faults)
	}
}

func TestDigestIsTheVector(t *testing.T) {
	vectors, err := fixtures.HuaweiVectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		created, err := time.Parse(time.RFC3339, v.Created)
		if err != nil {
			t.Fatal(err)
		}
		r := simulator.Request{Method: "GET", Path: apiPath, Query: rightAsk, At: created, Header: http.Header{
			"Content-Type": {"application/json;charset=UTF-8"}, "Authorization": {profile},
			"X-Aksk": {fmt.Sprintf("UsernameToken Username=%q,PasswordDigest=%q,Nonce=%q,Created=%q", v.AppKey, v.AKSK, v.Nonce, v.Created)},
		}}
		if faults := sim.CheckRequests([]simulator.Request{r}, sim.Contract{Apps: map[string]string{v.AppKey: v.AppSecret}}); len(faults) > 0 {
			t.Errorf("%s: %q", v.Nonce, faults)
		}
	}
}

func TestCheckRequestsAgainstCallRecords(t *testing.T) {
	fee := sim.Fee{RecordObjectName: "a.wav", RecordDomain: "ostor.huawei.com"}
	for query, want := range map[string][]string{
		rightAsk:                            nil,
		"fileName=a.wav&recordDomain=other": {"request 1: recordDomain is not that of the call record"},
		"fileName=b.wav&recordDomain=ostor.huawei.com": {"request 1: fileName is in no call record"},
	} {
		s := serveRecordings(t, sim.APIConfig{})
		s.ask(t, query, nil)
		if got := s.api.Check(fee); !slices.Equal(got, want) {
			t.Errorf("%s: %q", query, got)
		}
	}
}

func TestAPIBlocksAfterWrongDigests(t *testing.T) {
	at := now
	s := serveRecordings(t, sim.APIConfig{BlockAfter: 2, Now: func() time.Time { return at }})
	wrong := swap("X-AKSK", `Nonce="n`, `Nonce="m`)
	for i, c := range []struct {
		edit func(*http.Request)
		code string
	}{{wrong, "1010002"}, {nil, ""}, {wrong, "1010002"}, {wrong, "1020176"}, {nil, "1020176"}} {
		if got := s.ask(t, rightAsk, c.edit); got.code != c.code {
			t.Errorf("%d: %+v, want %s", i, got, c.code)
		}
	}
	at = at.Add(30 * time.Minute)
	if got := s.ask(t, rightAsk, set("X-AKSK", sign("n", "2026-03-04T05:36:07Z"))); got.status != 301 {
		t.Errorf("after half an hour: %+v", got)
	}
}

func TestAPIFaults(t *testing.T) {
	s := serveRecordings(t, sim.APIConfig{Statuses: map[string]int{"1010010": 429}})
	s.storage.Put("b.wav", simulator.Audio{Size: 100})
	for fault, want := range map[sim.Fault]told{
		"1020166":      {status: 403, code: "1020166"},
		"1010001":      {status: 500, code: "1010001"},
		"1010010":      {status: 429, code: "1010010"},
		"1010029":      {status: 403, code: "1010029"},
		sim.NoLocation: {status: 301},
		sim.HTMLPage:   {status: 200, kind: "text/html"},
		sim.NoFault:    {status: 301},
	} {
		s.api.SetFault(fault)
		got := s.ask(t, rightAsk, nil)
		if got.status != want.status || got.code != want.code || want.kind != "" && got.kind != want.kind || (got.location != "") != (fault == sim.NoFault) {
			t.Errorf("%s: %+v", fault, got)
		}
	}
	s.api.SetFault(sim.NoFault)
	s.api.SetFault("1010001", "b.wav")
	if a, b := s.ask(t, rightAsk, nil), s.ask(t, "recordDomain=d&fileName=b.wav", nil); a.status != 301 || b.status != 500 {
		t.Errorf("%+v, %+v", a, b)
	}
	if faults := s.api.Check(); len(faults) > 0 {
		t.Errorf("faults of the platform are none of the client: %q", faults)
	}
}

func TestAPITrouble(t *testing.T) {
	trouble, err := simulator.NewTrouble(simulator.TroubleConfig{Throttled: 1, NotReady: 1, NotReadyAsks: 2})
	if err != nil {
		t.Fatal(err)
	}
	s := serveRecordings(t, sim.APIConfig{Trouble: trouble})
	for i, code := range []string{"1010010", "1012007", "1012007", "", ""} {
		if got := s.ask(t, rightAsk, nil); got.code != code {
			t.Errorf("%d: %+v, want %s", i, got, code)
		}
	}
}

func TestAPIFindsElsewhere(t *testing.T) {
	s := serveRecordings(t, sim.APIConfig{Find: func(fileName, domain string) (string, bool) {
		return "http://127.0.0.1/" + domain + "/" + fileName, domain != ""
	}})
	query := url.Values{"fileName": {"../../x"}, "recordDomain": {"d"}}
	if got := s.ask(t, query.Encode(), nil); got.location != "http://127.0.0.1/d/../../x" || got.status != 301 {
		t.Errorf("%+v", got)
	}
}

func TestNewAPIReportsAllFaults(t *testing.T) {
	_, err := sim.NewAPI(sim.APIConfig{Apps: map[string]string{apiKey: ""}})
	for _, want := range []error{sim.ErrApp, sim.ErrNow, sim.ErrRecordings} {
		if !errors.Is(err, want) {
			t.Errorf("%v is missing in %v", want, err)
		}
	}
	s := serveRecordings(t, sim.APIConfig{})
	if text := fmt.Sprintf("%v %+v", s.api, s.api); strings.Contains(text, apiSecret) {
		t.Errorf("a secret is printed: %s", text)
	}
}
