package platform_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"xmode/fixtures"
	"xmode/platform"
	"xmode/platform/huawei/sim"
)

// TestHuaweiAnswersAreRead: the simulator understands what is answered.
func TestHuaweiAnswersAreRead(t *testing.T) {
	for _, m := range of(t, "huawei") {
		if m.Kind == "recording" || m.Answer.Status != http.StatusOK {
			continue
		}
		var err error
		switch body := m.Answer.Body; m.Kind {
		case "callin":
			_, err = sim.ReadDecision(body)
		case "sms-block":
			_, err = sim.ReadRouting(body)
		default:
			if len(body) > 0 {
				t.Errorf("%s is answered by %s", m.Name, body)
			}
		}
		if err != nil {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
}

// huaweiAPI is the simulated API at the instant of a message, with what is to go
// wrong by itself in the fixture of that name.
func huaweiAPI(t *testing.T, m fixtures.Message) *sim.API {
	t.Helper()
	name := strings.TrimPrefix(m.Name, "huawei/recording/")
	api, err := sim.NewAPI(sim.APIConfig{
		Apps: map[string]string{"example-app": "example-secret"}, Now: func() time.Time { return m.At },
		Find: func(string, string) (string, bool) { return m.Answer.Header.Get("Location"), name == "found" },
	})
	if err != nil {
		t.Fatal(err)
	}
	api.SetFault(map[string]sim.Fault{
		"system-error": "1010001", "flow-control": "1010010", "frozen": "1010029", "address-not-listed": "1020166", "address-blocked": "1020176",
		"without-location": sim.NoLocation, "page": sim.HTMLPage,
	}[name])
	return api
}

func TestHuaweiAPIAnswersAlike(t *testing.T) {
	for _, m := range of(t, "huawei", "recording") {
		t.Run(m.Name, func(t *testing.T) { saysTheSame(t, m, answeredBy(t, huaweiAPI(t, m), m)) })
	}
}

// TestHuaweiAsksAlike: the adapter asks for the recording of a record as the
// fixture does, but for what is new in each request.
func TestHuaweiAsksAlike(t *testing.T) {
	a := exampleAdapters(t)["huawei"]
	m := fixture(t, "huawei/recording/found")
	r, err := a.(platform.Recordings).Ask(recordingOf(t, "huawei/fee/answered"), m.At)
	if err != nil {
		t.Fatal(err)
	}
	want, err := url.ParseQuery(m.Query)
	if err != nil {
		t.Fatal(err)
	}
	token := ""
	for name, values := range r.Header {
		if name == "X-AKSK" { // as the platform writes it
			token = strings.Join(values, "")
		}
	}
	if r.Method != m.Method || r.URL.Path != m.Path || r.URL.Query().Encode() != want.Encode() || r.Host != m.HeaderLines[0][len("Host: "):] ||
		r.Header.Get("Authorization") != m.Header.Get("Authorization") || r.Header.Get("Content-Type") != m.Header.Get("Content-Type") ||
		!strings.HasPrefix(token, `UsernameToken Username="example-app",PasswordDigest="`) {
		t.Errorf("%s %s\n%v", r.Method, r.URL, r.Header)
	}
}
