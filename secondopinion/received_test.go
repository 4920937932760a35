package secondopinion_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xmode/signature"
)

// The credentials of all requests.
const (
	keyID  = "testId"
	secret = "testSecret"
)

// received is a request as it arrived at the platform.
type received struct {
	method string
	// query are the parameters of the address, form those of the body.
	query, form url.Values
}

// place is what stands in for the platform: its host and port, and the requests
// that arrive.
type place struct {
	host     string
	requests chan received
}

// listen starts one. What it answers is a success.
func listen(t testing.TB) place {
	t.Helper()
	// The SDKs read these, and would send even what is for this machine elsewhere.
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
		t.Setenv(name, "")
	}
	requests := make(chan received, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- read(t, r)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"Code":"OK","Message":"OK","RequestId":"r-1","DownloadUrl":"https://example.aliyuncs.com/x.mp3"}`)
	}))
	t.Cleanup(server.Close)
	return place{host: strings.TrimPrefix(server.URL, "http://"), requests: requests}
}

// read takes a request apart by nothing but net/url.
func read(t testing.TB, r *http.Request) received {
	t.Helper()
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		t.Errorf("query: %v", err)
	}
	var body []byte
	if r.Body != nil {
		if body, err = io.ReadAll(r.Body); err != nil {
			t.Errorf("body: %v", err)
		}
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		t.Errorf("form: %v", err)
	}
	return received{r.Method, query, form}
}

// all are the parameters of address and body; none may come twice.
func (r received) all(t testing.TB) map[string]string {
	t.Helper()
	params := map[string]string{}
	for _, values := range []url.Values{r.query, r.form} {
		for name, list := range values {
			if _, twice := params[name]; twice || len(list) != 1 {
				t.Errorf("%s comes more than once", name)
			}
			params[name] = list[0]
		}
	}
	return params
}

// signedAlike asserts that package signature gives the signature that came with
// the request.
func (r received) signedAlike(t testing.TB) {
	t.Helper()
	params := r.all(t)
	theirs := params["Signature"]
	delete(params, "Signature")
	if ours := signature.POP(secret, r.method, listOf(params)); ours != theirs || theirs == "" {
		t.Errorf("%s %v\nsigned %q by the SDK\n   and %q by us", r.method, params, theirs, ours)
	}
}

// has asserts that the parameters arrived as they were given.
func (r received) has(t testing.TB, want map[string]string) {
	t.Helper()
	got := r.all(t)
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
}

// listOf makes a list of parameters, in no particular order.
func listOf(params map[string]string) []signature.Param {
	var list []signature.Param
	for name, value := range params {
		list = append(list, signature.Param{Name: name, Value: value})
	}
	return list
}
