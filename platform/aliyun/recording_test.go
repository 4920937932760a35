package aliyun_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/platform/aliyun"
	"xmode/platform/aliyun/sim"
)

// The access key of these tests.
const accessKeyID, accessKeySecret = "testId", "testSecret"

func withAccessKey() aliyun.Settings {
	s := settings()
	s.AccessKeyID, s.AccessKeySecret = platform.NewSecret(accessKeyID), platform.NewSecret(accessKeySecret)
	s.RecordingDelay = 15 * time.Minute
	return s
}

// named is the recording that a receipt names.
func named(t *testing.T, kind string, i item) *call.Recording {
	t.Helper()
	return adapter(t, withAccessKey()).Read(kind, i.text(t), now).Recording
}

func TestReceiptsNameTheRecordingOfACall(t *testing.T) {
	event := named(t, "SecretRecording", during().with("call_time", 1772600767000))
	record := named(t, "SecretReport", answered())
	for _, r := range []*call.Recording{event, record} {
		if r == nil || r.ID != call.RecordingID("aliyun", "112633^104922") || r.CallID != "112633^104922" || !r.Unsigned ||
			r.Delay != 15*time.Minute || r.Names["CallId"] != "112633^104922" || r.Names["CallTime"] != "2026-03-04 13:06:07" || r.Names["PoolKey"] != "FC1" {
			t.Fatalf("%+v", r)
		}
	}
	if !event.EndedAt.IsZero() || event.Address != "" || event.RecordID != "" || !event.ExpiresAt.Equal(beijing(t, "13:06:07").Add(30*24*time.Hour)) {
		t.Errorf("event: %+v", event)
	}
	if !record.EndedAt.Equal(beijing(t, "13:08:05")) || record.Address != "http://records.aliyuncs.com/1.mp3?Expires=1" || record.RecordID != "100042" ||
		!record.ExpiresAt.Equal(beijing(t, "13:08:05").Add(30*24*time.Hour)) {
		t.Errorf("record: %+v", record)
	}
}

func TestReceiptsThatNameLess(t *testing.T) {
	if r := named(t, "SecretReport", answered().with("record_url", nil)); r != nil {
		t.Errorf("no address: %+v", r)
	}
	ring := named(t, "SecretReport", answered().with("record_url", nil, "ring_record_url", "http://records.aliyuncs.com/ring.mp3"))
	if ring == nil || ring.Names != nil || ring.Address != "http://records.aliyuncs.com/ring.mp3" {
		t.Errorf("of the ringing alone: %+v", ring)
	}
	lost := read(t, "SecretReport", answered().with("call_id", nil))
	if lost.Recording != nil || lost.Record.Recording != call.RecordingFailed {
		t.Errorf("without a call: %+v, %s", lost.Recording, lost.Record.Recording)
	}
	if r := named(t, "SecretRecording", during().with("call_id", nil)); r != nil {
		t.Errorf("without a call: %+v", r)
	}
	old := named(t, "SecretRecording", during().with("pool_key", nil, "partner_key", "FC9"))
	if old == nil || old.Names["PoolKey"] != "FC9" {
		t.Errorf("under the older name: %+v", old)
	}
}

// TestAskedAndTold: the platform's side accepts what we ask, and we understand
// each of its answers.
func TestAskedAndTold(t *testing.T) {
	for _, asXML := range []bool{false, true} {
		api, err := sim.NewAPI(sim.APIConfig{
			Keys: map[string]string{accessKeyID: accessKeySecret}, Now: func() time.Time { return now }, XMLErrors: asXML,
			Find: func(a sim.Asked) (string, bool) { return "http://records.aliyuncs.com/" + a.CallID, a.CallID != "none" },
		})
		if err != nil {
			t.Fatal(err)
		}
		askedAndTold(t, api)
	}
}

func askedAndTold(t *testing.T, api *sim.API) {
	server := httptest.NewServer(api)
	defer server.Close()
	s := withAccessKey()
	s.API, s.PoolKey = server.URL, "FC-default"
	a := adapter(t, s)
	r := func(names ...string) call.Recording {
		r := call.Recording{Names: map[string]string{"CallId": "112633^104922", "CallTime": "2026-03-04 13:06:07", "PoolKey": "FC1"}}
		for i := 0; i < len(names); i += 2 {
			r.Names[names[i]] = names[i+1]
		}
		return r
	}
	for _, names := range [][]string{{}, {"PoolKey", ""}, {"CallId", "+8613442977762_+8615006212131_4~*' 中"}} {
		if got, err := tell(t, a, r(names...), now); err != nil || got != "http://records.aliyuncs.com/"+r(names...).Names["CallId"] {
			t.Errorf("%v: %q, %v", names, got, err)
		}
	}
	if findings := api.Check(); len(findings) > 0 {
		t.Errorf("%q", findings)
	}
	for _, c := range []struct {
		r            call.Recording
		at           time.Time
		fault        sim.Fault
		reason, code string
	}{
		{r("CallId", "none"), now, "", platform.ReasonNotReady, "isv.RECORD_NOT_EXIST"},
		{r(), now.Add(-time.Hour), "", platform.ReasonClockOff, "InvalidTimeStamp.Expired"},
		{r(), now, "Throttling.User", platform.ReasonThrottled, "Throttling.User"},
		{r(), now, "isv.FLOW_LIMIT", platform.ReasonThrottled, "isv.FLOW_LIMIT"},
		{r(), now, "isp.RAM_PERMISSION_DENY", platform.ReasonRefused, "isp.RAM_PERMISSION_DENY"},
		{r(), now, "isp.SYSTEM_ERROR", platform.ReasonUnavailable, "isp.SYSTEM_ERROR"},
		{r(), now, "ServiceUnavailable", platform.ReasonUnavailable, "ServiceUnavailable"},
		{r("CallTime", "1629893489000"), now, "", platform.ReasonBadAnswer, "isv.ILLEGAL_ARGUMENT"},
		{r(), now, sim.NoAddress, platform.ReasonBadAnswer, "OK"},
		{r(), now, sim.HTMLPage, platform.ReasonBadAnswer, "200"},
		{r(), now, sim.EmptyReply, platform.ReasonBadAnswer, "200"},
		{r("CallTime", ""), now, "", platform.ReasonNoNames, ""},
	} {
		api.SetFault(c.fault)
		_, err := tell(t, a, c.r, c.at)
		if trouble, ok := errors.AsType[*platform.Trouble](err); !ok || trouble.Reason != c.reason || trouble.Code != c.code {
			t.Errorf("%+v %s: %+v", c.r.Names, c.fault, err)
		}
	}
}

// tell asks and reads the answer.
func tell(t *testing.T, a *aliyun.Adapter, r call.Recording, at time.Time) (string, error) {
	t.Helper()
	req, err := a.Ask(r, at)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	address, err := a.Told(resp.StatusCode, resp.Header, body)
	return address.Reveal(), err
}

func TestAccessKey(t *testing.T) {
	r := call.Recording{Names: map[string]string{"CallId": "c", "CallTime": "2026-03-04 13:06:07"}}
	if _, err := adapter(t, withAccessKey()).Ask(r, now); err == nil || err.Error() != "no_names: PoolKey" {
		t.Errorf("without a pool, which can be set: %v", err)
	}
	r.Names["PoolKey"] = "FC1"
	a := adapter(t, settings())
	if _, err := a.Ask(r, now); err == nil || err.Error() != platform.ReasonNoCredentials {
		t.Errorf("without one: %v", err)
	}
	rotations := a.Rotations()
	for variable, value := range map[string]string{"XMODE_ALIYUN_ACCESS_KEY_ID": "newId", "XMODE_ALIYUN_ACCESS_KEY_SECRET": "newSecret"} {
		if err := rotations[variable](platform.NewSecret(value)); err != nil {
			t.Fatal(err)
		}
	}
	if req, err := a.Ask(r, now); err != nil || req.URL.Query().Get("AccessKeyId") != "newId" {
		t.Errorf("rotated: %v", err)
	}
	for field, s := range map[string]aliyun.Settings{
		"aliyun-access-key-secret": {Keys: platform.NewSecret(testKey), AccessKeyID: platform.NewSecret("id")},
		"aliyun-access-key-id":     {Keys: platform.NewSecret(testKey), AccessKeySecret: platform.NewSecret("secret")},
		"aliyun-api":               {Keys: platform.NewSecret(testKey), API: "http://dyplsapi.aliyuncs.com"},
		"aliyun-pool-key":          {Keys: platform.NewSecret(testKey), PoolKey: "中"},
	} {
		_, err := s.Adapter(platform.Shared{ClockSkew: time.Minute, PushWindow: time.Hour})
		if faults, ok := errors.AsType[call.FieldErrors](err); !ok || len(faults) != 1 || faults[field] == "" || strings.Contains(err.Error(), "secret\"") {
			t.Errorf("%s: %v", field, err)
		}
	}
}
