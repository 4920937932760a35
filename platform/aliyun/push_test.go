package aliyun_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"xmode/platform"
	"xmode/platform/aliyun"
)

const (
	token      = "t0ken-of.receipts_~1"
	otherToken = "another-token-0123456789"
)

// types are all types of receipts.
var types = []string{
	"SecretStartReport", "SecretRingReport", "SecretPickUpReport", "SecretReport", "SecretRecording", "SecretSmsIntercept",
	"SecretAsrReport", "NumberManagementReport", "SmartLogisticsReport",
}

// withTokens has the receipts' path.
func withTokens(tokens ...string) aliyun.Settings {
	s := settings()
	s.Receipts = platform.NewSecret(strings.Join(tokens, ","))
	return s
}

func receipts(token, kind, body string) platform.Message {
	return platform.Message{
		Path: "/aliyun/receipts/:token/:type", Params: map[string]string{"token": token, "type": kind}, Body: []byte(body),
	}
}

// pushes asserts that a body is taken apart into these items.
func pushes(t *testing.T, kind, body string, items ...string) {
	t.Helper()
	got, err := adapter(t, withTokens(token)).Receive(receipts(token, kind, body), now)
	if err != nil || got.Push == nil || got.Broken != nil || got.Query != nil || got.Proof != (platform.Proof{}) {
		t.Fatalf("%q: %+v, %v", body, got, err)
	}
	var parts []string
	for _, item := range got.Push.Items {
		parts = append(parts, string(item))
	}
	if got.Push.Kind != kind || !reflect.DeepEqual(parts, items) {
		t.Errorf("%q: %s %q, want %q", body, got.Push.Kind, parts, items)
	}
}

func TestReceiptsAreTakenApart(t *testing.T) {
	for _, kind := range types {
		pushes(t, kind, ` [ {"call_id":"a]"} ,{"call_id":"b"}]`+"\r\n", `{"call_id":"a]"}`, `{"call_id":"b"}`)
	}
	pushes(t, "SecretReport", "[]")
	pushes(t, "SecretReport", "\n{\"id\" : 1}\t", `{"id" : 1}`)
	pushes(t, "SecretReport", `[1,"x",null,[{}],{}]`, "1", `"x"`, "null", "[{}]", "{}")
	pushes(t, "SecretReport", "[{\"city\":\"\xff\"},{\"city\":\"\\ud800\"}]", "{\"city\":\"\xff\"}", `{"city":"\ud800"}`)
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	pushes(t, "SecretReport", `[{"a":`+deep+`},{"id":1}]`, `{"a":`+deep+`}`, `{"id":1}`)
}

func TestContentTypeOfReceiptsDoesNotMatter(t *testing.T) {
	a := adapter(t, withTokens(token))
	for _, contentType := range []string{"", "application/json", "text/xml", formType} {
		m := receipts(token, "SecretReport", "[{}]")
		m.Header = post(contentType, "").Header
		if got, err := a.Receive(m, now); err != nil || len(got.Push.Items) != 1 {
			t.Errorf("%q: %+v, %v", contentType, got, err)
		}
	}
}

func TestBrokenReceiptsAreKeptWhole(t *testing.T) {
	a := adapter(t, withTokens(token))
	for _, body := range []string{
		"", " ", "null", "1", `"[]"`, `[{"id":1}`, `[{"id":1},]`, `{"id":1}{}`, "[]x", `{"id":}`, "a=1&b=2", "\ufeff[]", "\x00", `[{"id":1]}`,
		strings.Repeat("[", 65) + strings.Repeat("]", 65), strings.Repeat("[", 1<<20),
	} {
		got, err := a.Receive(receipts(token, "SecretReport", body), now)
		want := platform.Received{
			Push:   &platform.Push{Kind: "SecretReport", Items: [][]byte{[]byte(body)}},
			Broken: &platform.Refusal{Class: platform.Malformed, Code: "MalformedBody", Message: "body: must be a JSON array of receipts"},
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%.20q: %+v, %v", body, got, err)
		}
		if report := a.Read("SecretReport", []byte(body), now); report.Fault == "" || report.Record != nil {
			t.Errorf("%.20q is read as %+v", body, report)
		}
	}
}

func TestWithoutTokenOrTypeThereIsNothing(t *testing.T) {
	a := adapter(t, withTokens(token, otherToken))
	for name, m := range map[string]platform.Message{
		"other token":       receipts("t0ken-of.receipts_~2", "SecretReport", "[]"),
		"beginning of it":   receipts(token[:len(token)-1], "SecretReport", "[]"),
		"longer":            receipts(token+"x", "SecretReport", "[]"),
		"empty":             receipts("", "SecretReport", "[]"),
		"both":              receipts(token+","+otherToken, "SecretReport", "[]"),
		"unknown type":      receipts(token, "SecretExceptionPhoneReport", "[]"),
		"in small letters":  receipts(token, "secretreport", "[]"),
		"empty type":        receipts(token, "", "[]"),
		"no params at all":  {Path: "/aliyun/receipts/:token/:type", Body: []byte("[]")},
		"broken body":       receipts("wrong", "SecretReport", "x"),
		"wrong, right type": receipts(strings.Repeat("a", 1000), "SecretReport", "[{}]"),
	} {
		got, err := a.Receive(m, now)
		refusal, ok := errors.AsType[*platform.Refusal](err)
		if want := (platform.Refusal{Class: platform.Absent, Code: "NotFound", Message: "no such path"}); !ok || *refusal != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, right := range []string{token, otherToken} {
		if _, err := a.Receive(receipts(right, "SecretReport", "[]"), now); err != nil {
			t.Errorf("%s: %v", right, err)
		}
	}
	if _, err := adapter(t, settings()).Receive(receipts("", "SecretReport", "[]"), now); err == nil {
		t.Error("without tokens the empty one is right")
	}
}

func TestRouteOfReceipts(t *testing.T) {
	routes := adapter(t, withTokens(token)).Routes()
	if len(routes) != 2 || routes[1].Path != "/aliyun/receipts/:token/:type" || fmt.Sprint(routes[1].Methods) != "[POST]" {
		t.Errorf("routes %v", routes)
	}
}

func TestTokenFaults(t *testing.T) {
	nine := strings.TrimSuffix(strings.Repeat("0123456789abcdef,", 9), ",")
	for tokens, fault := range map[string]string{
		"0123456789abcdeF":                           "",
		token + "," + otherToken:                     "",
		"0123456789abcde":                            "token 1 has fewer than 16 characters",
		token + ",":                                  "token 2 has fewer than 16 characters",
		token + "," + token:                          "token 2 repeats an earlier one",
		token + ", " + otherToken:                    "token 2 holds others than letters, digits, -, ., _ and ~",
		"0123456789abcde/":                           "token 1 holds others than letters, digits, -, ., _ and ~",
		"0123456789abcdé":                            "token 1 holds others than letters, digits, -, ., _ and ~",
		"0123456789abcdeĀ":                           "token 1 holds others than letters, digits, -, ., _ and ~",
		"short,0123456789abc%de,0123456789abcdefghi": "token 1 has fewer than 16 characters, token 2 holds others than letters, digits, -, ., _ and ~",
		strings.Replace(nine, "0", "9", 1): "1 to 8 tokens are due, token 3 repeats an earlier one, token 4 repeats an earlier one, token 5 repeats an earlier one, " +
			"token 6 repeats an earlier one, token 7 repeats an earlier one, token 8 repeats an earlier one, token 9 repeats an earlier one",
	} {
		switch _, err := new(withTokens(tokens)).Adapter(shared); {
		case fault == "" && err != nil, fault != "" && (err == nil || err.Error() != "aliyun-receipt-token: "+fault):
			t.Errorf("%s:\n got %v\nwant %s", tokens, err, fault)
		}
	}
}

func TestTokenFaultsWithoutKeys(t *testing.T) {
	s := aliyun.Settings{Receipts: platform.NewSecret("short")}
	if a, err := s.Adapter(shared); a != nil || err == nil || err.Error() != "aliyun-receipt-token: token 1 has fewer than 16 characters" {
		t.Errorf("%v, %v", a, err)
	}
	s.Receipts = platform.NewSecret(token)
	if a, err := s.Adapter(shared); a != nil || err != nil {
		t.Errorf("tokens without keys: %v, %v", a, err)
	}
}

func TestTokensRotate(t *testing.T) {
	a := adapter(t, withTokens(token))
	rotate := func(tokens string) error {
		return a.Rotations()["XMODE_ALIYUN_RECEIPT_TOKEN"](platform.NewSecret(tokens))
	}
	receive := func(token string) error {
		_, err := a.Receive(receipts(token, "SecretReport", "[]"), now)
		return err
	}
	if err := rotate(otherToken + "," + token); err != nil || receive(token) != nil || receive(otherToken) != nil {
		t.Errorf("both: %v, %v, %v", err, receive(token), receive(otherToken))
	}
	for tokens, fault := range map[string]string{"": "1 to 8 tokens are due", "x": "token 1 has fewer than 16 characters"} {
		if err := rotate(tokens); err == nil || err.Error() != "aliyun-receipt-token: "+fault || receive(token) != nil {
			t.Errorf("%q: %v, and then %v", tokens, err, receive(token))
		}
	}
	if err := rotate(otherToken); err != nil || receive(token) == nil || receive(otherToken) != nil {
		t.Errorf("the new one: %v, %v, %v", err, receive(token), receive(otherToken))
	}
}

func TestTokensAreNotShown(t *testing.T) {
	s := withTokens(token, token, token+" ")
	_, err := s.Adapter(shared)
	if text := fmt.Sprintf("%v %+v %#v %v", s, s, &s, err); strings.Contains(text, token) || err == nil {
		t.Errorf("a token is printed: %s", text)
	}
}

func TestAcknowledge(t *testing.T) {
	if got := string(adapter(t, settings()).Acknowledge()); got != `{"code":0,"msg":"success"}` {
		t.Errorf("got %s", got)
	}
}
