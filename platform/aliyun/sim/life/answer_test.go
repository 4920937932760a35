package life_test

import (
	"testing"
	"time"

	"xmode/simulator/load"
)

// model wraps a decision as an endpoint does.
func model(text string) string { return `{"code":"OK","message":"","model":` + text + `}` }

func TestAnswersAreRead(t *testing.T) {
	p := platform(t, nil)
	for body, want := range map[string]load.Decision{
		model(`{"controlOperate":"REJECT","controlMsg":"NO_SUBS_EXIST","subsId":"0"}`): {SubsID: "0"},
		model(`{"controlOperate":"REJECT"}`):                                           {},
		model(`{"controlOperate":"IVR","subsId":"7","callNoPlayCode":"1001"}`):         {Verb: load.Ask, SubsID: "7"},
		model(`{"controlOperate":"CONTINUE","subsId":"7","calledNo":"13900000022","calledDisplayNo":"17000000001","callDuration":90,"needRecord":true,"outId":"o"}`): {
			Verb: load.Connect, SubsID: "7", Callee: "13900000022", Display: "17000000001", Longest: 90 * time.Second, Record: true, UserData: "o"},
		" " + model(`"{\"controlOperate\":\"CONTINUE\",\"calledNo\":\"+8613900000022\",\"smsChannel\":\"SMS_INTERCEPT\"}"`): {Verb: load.Connect, Callee: "+8613900000022"},
	} {
		if got, err := p.Decide(load.Voice, 200, []byte(body)); err != nil || got != want {
			t.Errorf("%s\n got %+v, %v\nwant %+v", body, got, err, want)
		}
	}
}

func TestAnswersToTextsAreRead(t *testing.T) {
	p := platform(t, nil)
	for body, want := range map[string]load.Decision{
		model(`{"controlOperate":"CONTINUE","calledNo":"139","smsChannel":"SMS_NORMAL_SEND"}`): {Verb: load.Connect, Callee: "139"},
		model(`{"controlOperate":"CONTINUE","calledNo":"139"}`):                                {Verb: load.Connect, Callee: "139"},
		model(`{"controlOperate":"CONTINUE","smsChannel":"SMS_INTERCEPT"}`):                    {Verb: load.Connect, Intercept: true},
		model(`{"controlOperate":"CONTINUE","calledNo":"139","smsChannel":"SMS_DROP"}`):        {},
		model(`{"controlOperate":"REJECT","smsChannel":"SMS_DROP"}`):                           {},
	} {
		if got, err := p.Decide(load.Text, 200, []byte(body)); err != nil || got != want {
			t.Errorf("%s\n got %+v, %v\nwant %+v", body, got, err, want)
		}
	}
}

// TestSameWordsMeanSomethingElse to a call and to a text, and more often than once.
func TestSameWordsMeanSomethingElse(t *testing.T) {
	p := platform(t, nil)
	body := []byte(model(`{"controlOperate":"CONTINUE","calledNo":"139","smsChannel":"SMS_DROP"}`))
	for range 2 {
		for kind, want := range map[load.Kind]load.Verb{load.Voice: load.Connect, load.Text: load.Reject} {
			if d, err := p.Decide(kind, 200, body); err != nil || d.Verb != want {
				t.Errorf("%d: %+v, %v", kind, d, err)
			}
		}
	}
}

func TestAnswersThatNoPlatformCanUse(t *testing.T) {
	p := platform(t, nil)
	for _, c := range []struct {
		kind   load.Kind
		status int
		body   string
		want   string
	}{
		{load.Voice, 503, model(`{"controlOperate":"REJECT"}`), "status 503"},
		{load.Voice, 302, "", "status 302"},
		{load.Voice, 200, " \n", "the answer is empty"},
		{load.Voice, 200, "<!DOCTYPE html><p>Welcome", "the answer is a page, not JSON"},
		{load.Voice, 200, "welcome", "answer cannot be read: invalid character 'w' looking for beginning of value"},
		{load.Voice, 200, `{"code":"OK"`, "answer cannot be read: unexpected end of JSON input"},
		{load.Voice, 200, `{"code":"SignatureInvalid","message":"no"}`, `code "SignatureInvalid"`},
		{load.Voice, 200, `{}`, `code ""`},
		{load.Voice, 200, `{"code":"OK"}`, "controlOperate is neither CONTINUE nor REJECT nor IVR"},
		{load.Voice, 200, model(`{"controlOperate":"continue","calledNo":"139"}`), "controlOperate is neither CONTINUE nor REJECT nor IVR"},
		{load.Voice, 200, model(`{"controlOperate":"CONTINUE","subsId":"1"}`), "CONTINUE without calledNo"},
		{load.Voice, 200, model(`{"controlOperate":"CONTINUE","smsChannel":"SMS_INTERCEPT"}`), "CONTINUE without calledNo"},
		{load.Text, 200, model(`{"controlOperate":"CONTINUE","smsChannel":"SMS_NORMAL_SEND"}`), "CONTINUE without calledNo"},
		{load.Voice, 200, model(`{"controlOperate":"CONTINUE","calledNo":"tel:139"}`), "calledNo is not a number"},
		{load.Voice, 200, model(`{"controlOperate":"CONTINUE","calledNo":"139","callDuration":-1}`), "callDuration is below 0"},
		{load.Voice, 200, model(`{"controlOperate":"CONTINUE","calledNo":"139","subsId":"B-1"}`), "subsId is not digits"},
		{load.Voice, 200, model(`{"controlOperate":"REJECT","subsId":"-1"}`), "subsId is not digits"},
		{load.Text, 200, model(`{"controlOperate":"IVR"}`), "IVR for a text message"},
	} {
		if d, err := p.Decide(c.kind, c.status, []byte(c.body)); err == nil || err.Error() != c.want || d != (load.Decision{}) {
			t.Errorf("%d %s: %+v, %v, want %s", c.status, c.body, d, err, c.want)
		}
	}
}

func TestAcknowledgementsAreRead(t *testing.T) {
	p := platform(t, nil)
	for body, want := range map[string]string{
		`{"code":0}`:                "",
		`{"code":500,"msg":"busy"}`: "",
		`{"code":"OK"}`:             "", // to a query
		`{"code":"0"}`:              "status 200 without a code that is a number",
		`{"Code":0}`:                "status 200 without a code that is a number",
		``:                          "status 200 without a code that is a number",
	} {
		err := p.Accepts(200, []byte(body))
		if got := text(err); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	if got := text(p.Accepts(503, []byte(`{"code":0}`))); got != "status 503" {
		t.Error(got)
	}
}

// text is that of an error; "": there is none.
func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
