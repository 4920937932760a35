package huawei_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/platform/huawei"
	"xmode/platform/huawei/sim"
)

func TestRecordNamesItsRecording(t *testing.T) {
	r := adapter(t, settings()).Read("fee", []byte(fee), now)
	got := r.Recording
	if got == nil {
		t.Fatal("no recording")
	}
	if got.ID != r.Record.RecordingID || got.CallID != sessionID || got.RecordID != r.Record.ID || got.Unsigned || got.Delay != 0 ||
		!got.ExpiresAt.Equal(now.Add(7*24*time.Hour)) || !got.EndedAt.Equal(r.Record.EndedAt) ||
		got.Names["fileName"] != "2603040503.wav" || got.Names["recordDomain"] != "ostor.huawei.com" || got.Names["appKey"] != "ak" {
		t.Errorf("%+v", got)
	}
	for what, text := range map[string]string{
		"no file":   without(t, fee, `"recordObjectName":"2603040503.wav",`),
		"no domain": without(t, fee, `"recordDomain":"ostor.huawei.com",`),
	} {
		if r := adapter(t, settings()).Read("fee", []byte(text), now); r.Recording != nil || r.Record.Recording != call.RecordingFailed || r.Record.RecordingID != "" {
			t.Errorf("%s: %+v of %s", what, r.Recording, r.Record.Recording)
		}
	}
}

// asked is a recording as a push names it.
func asked(names ...string) call.Recording {
	r := call.Recording{Platform: huawei.Name, Names: map[string]string{"fileName": "2603040503.wav", "recordDomain": "ostor.huawei.com", "appKey": testKey}}
	for i := 0; i < len(names); i += 2 {
		r.Names[names[i]] = names[i+1]
	}
	return r
}

// TestAskedAndTold: the platform's side accepts what we ask, and we understand
// each of its answers.
func TestAskedAndTold(t *testing.T) {
	api, err := sim.NewAPI(sim.APIConfig{
		Apps: map[string]string{testKey: testSecret}, Now: func() time.Time { return now },
		Find: func(file, _ string) (string, bool) {
			return "https://ostor.huawei.com/" + file + "?secret", file != "none.wav"
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	defer server.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	s := settings()
	s.API = server.URL
	a := adapter(t, s)
	ask := func(r call.Recording, at time.Time) (string, error) {
		req, err := a.Ask(r, at)
		if err != nil {
			return "", err
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body := make([]byte, 4096)
		n, _ := resp.Body.Read(body)
		address, err := a.Told(resp.StatusCode, resp.Header, body[:n])
		return address.Reveal(), err
	}
	for _, names := range [][]string{{}, {"fileName", "../a b&c=d+中.wav"}} {
		r := asked(names...)
		if got, err := ask(r, now); err != nil || got != "https://ostor.huawei.com/"+r.Names["fileName"]+"?secret" {
			t.Errorf("%v: %q, %v", names, got, err)
		}
	}
	for _, c := range []struct {
		r      call.Recording
		at     time.Time
		fault  sim.Fault
		reason string
		code   string
		pause  time.Duration
	}{
		{asked("fileName", "none.wav"), now, "", platform.ReasonNotReady, "1012007", 0},
		{asked(), now.Add(-time.Hour), "", platform.ReasonClockOff, "1010013", time.Minute},
		{asked(), now, "1010010", platform.ReasonThrottled, "1010010", 0},
		{asked(), now, "1020166", platform.ReasonRefused, "1020166", time.Minute},
		{asked(), now, "1020176", platform.ReasonRefused, "1020176", 30 * time.Minute},
		{asked(), now, "1010001", platform.ReasonUnavailable, "1010001", 0},
		{asked(), now, sim.NoLocation, platform.ReasonBadAnswer, "no Location", 0},
		{asked(), now, sim.HTMLPage, platform.ReasonBadAnswer, "200", 0},
		{asked("appKey", "another"), now, "", platform.ReasonNoCredentials, "", 0},
		{asked("fileName", ""), now, "", platform.ReasonNoNames, "", 0},
	} {
		api.SetFault(c.fault)
		_, err := ask(c.r, c.at)
		trouble, ok := errors.AsType[*platform.Trouble](err)
		if !ok || *trouble != (platform.Trouble{Reason: c.reason, Code: c.code, Pause: c.pause}) {
			t.Errorf("%+v %s: %+v", c.r.Names, c.fault, err)
		}
	}
	wrong := 0
	for _, finding := range api.Check() {
		if strings.Contains(finding, "Created") {
			wrong++ // the one that was asked an hour late
		} else {
			t.Error(finding)
		}
	}
	if wrong != 1 {
		t.Errorf("%d findings of the clock", wrong)
	}
}

// TestOneAppSignsWhateverIsNamed: where there are several, the record has to name
// one of them.
func TestOneAppSignsWhateverIsNamed(t *testing.T) {
	one := adapter(t, huawei.Settings{Apps: platform.NewSecret(testKey + ":" + testSecret)})
	several := adapter(t, settings())
	for _, named := range []string{"", "another"} {
		if req, err := one.Ask(asked("appKey", named), now); err != nil || !strings.Contains(tokenOf(req.Header), `Username="`+testKey+`"`) {
			t.Errorf("%q: %v", named, err)
		}
		if _, err := several.Ask(asked("appKey", named), now); err == nil || err.Error() != platform.ReasonNoCredentials {
			t.Errorf("%q of several: %v", named, err)
		}
	}
}

func TestToldByStatusAlone(t *testing.T) {
	a := adapter(t, settings())
	for status, reason := range map[int]string{
		401: platform.ReasonRefused, 403: platform.ReasonRefused, 404: platform.ReasonBadAnswer, 429: platform.ReasonThrottled,
		500: platform.ReasonUnavailable, 503: platform.ReasonUnavailable, 200: platform.ReasonBadAnswer,
	} {
		_, err := a.Told(status, http.Header{}, []byte("<html>"))
		if trouble, ok := errors.AsType[*platform.Trouble](err); !ok || trouble.Reason != reason {
			t.Errorf("%d: %v", status, err)
		}
	}
	_, err := a.Told(400, http.Header{}, []byte(`{"resultcode":"http://secret/?x","resultdesc":"+8613800000021"}`))
	if err == nil || err.Error() != "bad_answer: 400" {
		t.Errorf("%v", err)
	}
}

// tokenOf reads the header that the platform's page spells in capitals.
func tokenOf(h http.Header) string {
	for name, values := range h {
		if strings.EqualFold(name, "X-AKSK") {
			return values[0]
		}
	}
	return ""
}
