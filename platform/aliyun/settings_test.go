package aliyun_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"xmode/call"
	"xmode/platform"
	"xmode/platform/aliyun"
)

func TestNewReportsAllFaultsAtOnce(t *testing.T) {
	_, err := aliyun.New(aliyun.Settings{
		Keys:       []string{"", "k", "k"},
		Signature:  "md5",
		Model:      "xml",
		Fields:     map[string]string{"nosuch": "x", "calledNo": "a b", "outId": "subsId"},
		IVRCode:    "a\n",
		RejectCode: strings.Repeat("r", 257),
	})
	faults, ok := errors.AsType[call.FieldErrors](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	want := call.FieldErrors{
		"keys":        "key 1 is empty, key 3 repeats an earlier one",
		"signature":   "must be any, form, form&, rfc3986 or rfc3986&",
		"clock_skew":  "must be more than 0",
		"model":       "must be object or string",
		"fields":      `calledNo cannot be renamed to "a b", "nosuch" is no field of the answer, subsId and outId would both be named "subsId"`,
		"ivr_code":    "must be at most 256 printable ASCII characters",
		"reject_code": "must be at most 256 printable ASCII characters",
	}
	if !maps.Equal(faults, want) {
		t.Errorf("\n got %v\nwant %v", faults, want)
	}
}

func TestNewWithoutKeys(t *testing.T) {
	if _, err := aliyun.New(aliyun.Settings{ClockSkew: time.Minute}); err == nil || err.Error() != "keys: 1 to 4 keys are due" {
		t.Errorf("got %v", err)
	}
}

func TestFieldNames(t *testing.T) {
	for _, c := range []struct{ from, to, fault string }{
		{"calledNo", "a", ""},
		{"calledNo", "_a-b.c9", ""},
		{"calledNo", "calledNo", ""},
		{"calledNo", strings.Repeat("n", 64), ""},
		{"calledNo", strings.Repeat("n", 65), "fields: calledNo cannot be renamed to \"" + strings.Repeat("n", 65) + `"`},
		{"calledNo", "", `fields: calledNo cannot be renamed to ""`},
		{"calledNo", "9a", `fields: calledNo cannot be renamed to "9a"`},
		{"calledNo", `a"b`, `fields: calledNo cannot be renamed to "a\"b"`},
		{"calledNo", "--", `fields: calledNo cannot be renamed to "--"`},
		{"calledNo", "outId", `fields: calledNo and outId would both be named "outId"`},
		{"CalledNo", "x", `fields: "CalledNo" is no field of the answer`},
		{"code", "x", `fields: "code" is no field of the answer`},
	} {
		s := settings()
		s.Fields = map[string]string{c.from: c.to}
		switch _, err := aliyun.New(s); {
		case c.fault == "" && err != nil, c.fault != "" && (err == nil || err.Error() != c.fault):
			t.Errorf("%s=%s: %v, want %s", c.from, c.to, err, c.fault)
		}
	}
}

func TestPinnedForm(t *testing.T) {
	for _, form := range []string{"", "any", "form", "form&", "rfc3986", "rfc3986&"} {
		s := settings()
		s.Signature = form
		_, err := adapter(t, s).Receive(get(encode(sign(query("extension", "8*")))), now)
		accepted := form == "" || form == "any" || form == "form"
		refusal, _ := errors.AsType[*platform.Refusal](err)
		if accepted != (err == nil) || !accepted && refusal.Code != platform.SignatureInvalid {
			t.Errorf("pinned to %q: %v", form, err)
		}
	}
}

func TestKeysRotate(t *testing.T) {
	s := settings()
	s.Keys = []string{"old"}
	a := adapter(t, s)
	receive := func() error {
		_, err := a.Receive(get(encode(sign(query()))), now)
		return err
	}
	if err := receive(); err == nil || err.Error() != "SignatureInvalid: signature: does not match" {
		t.Errorf("before the rotation: %v", err)
	}
	if err := a.SetKeys([]string{"old", testKey}); err != nil {
		t.Fatal(err)
	}
	if err := receive(); err != nil {
		t.Errorf("after the rotation: %v", err)
	}
	if err := a.SetKeys([]string{" " + testKey, ""}); err == nil || err.Error() != "keys: key 1 has white space around it, key 2 is empty" {
		t.Errorf("bad keys: %v", err)
	}
	if err := receive(); err != nil {
		t.Errorf("bad keys took the good ones away: %v", err)
	}
	if err := a.SetKeys([]string{"new"}); err != nil {
		t.Fatal(err)
	}
	if err := receive(); err == nil {
		t.Error("a key that is gone is still accepted")
	}
}

func TestSettingsAndFaultsHoldNoKey(t *testing.T) {
	s := settings()
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "settings", s)
	s.Keys = []string{testKey, testKey, testKey + " "}
	_, err := aliyun.New(s)
	text := fmt.Sprintf("%v %+v %#v %v %s", s, s, &s, err, log.String())
	if strings.Contains(text, testKey) {
		t.Errorf("a key is printed: %s", text)
	}
	if want := "keys: key 2 repeats an earlier one, key 3 has white space around it"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestNameAndRoute(t *testing.T) {
	a := adapter(t, settings())
	if a.Name() != "aliyun" {
		t.Errorf("name %s", a.Name())
	}
	if got, want := fmt.Sprint(a.Routes()), "[{/aliyun/call-control [GET POST] 16384}]"; got != want {
		t.Errorf("routes %s, want %s", got, want)
	}
}

func TestRotationKeepsThePinnedForm(t *testing.T) {
	s := settings()
	s.Signature = "rfc3986&"
	a := adapter(t, s)
	if err := a.SetKeys([]string{testKey}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Receive(get(encode(sign(query()))), now); err == nil {
		t.Error("another form than the pinned one is accepted after a rotation")
	}
}
