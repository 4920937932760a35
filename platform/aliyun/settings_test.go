package aliyun_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"

	"xmode/call"
	"xmode/platform"
	"xmode/platform/aliyun"
)

func TestAllFaultsAreReportedAtOnce(t *testing.T) {
	wrong := aliyun.Settings{
		Signature: "md5", Model: "xml", Fields: "nosuch=x,calledNo=a b,outId=subsId", IVRCode: "a\n", RejectCode: strings.Repeat("r", 257),
	}
	want := call.FieldErrors{
		"aliyun-signature":   "must be any, form, form&, rfc3986 or rfc3986&",
		"aliyun-model":       "must be object or string",
		"aliyun-fields":      `calledNo cannot be renamed to "a b", "nosuch" is no field of the answer, subsId and outId would both be named "subsId"`,
		"aliyun-ivr-code":    "must be at most 256 printable ASCII characters",
		"aliyun-reject-code": "must be at most 256 printable ASCII characters",
		"clock-skew":         "must be more than 0",
	}
	for keys, fault := range map[string]string{"": "", "good": "", ",k,k": "key 1 is empty, key 3 repeats an earlier one"} {
		want := maps.Clone(want)
		if fault != "" {
			want["aliyun-keys"] = fault
		}
		s := wrong
		s.Keys = platform.NewSecret(keys)
		a, err := s.Adapter(platform.Shared{})
		faults, ok := errors.AsType[call.FieldErrors](err)
		if a != nil || !ok || !maps.Equal(faults, want) {
			t.Errorf("keys %q:\n got %v, %v\nwant %v", keys, a, err, want)
		}
	}
}

func TestWithoutKeysThereIsNoAdapter(t *testing.T) {
	if a, err := new(aliyun.Settings).Adapter(shared); a != nil || err != nil {
		t.Errorf("got %v, %v", a, err)
	}
}

func TestFieldNames(t *testing.T) {
	long := strings.Repeat("n", 65)
	for renames, fault := range map[string]string{
		"calledNo=a":                "",
		"calledNo=_a-b.c9":          "",
		"calledNo=calledNo":         "",
		"calledNo=" + long[1:]:      "",
		"calledNo=" + long:          `calledNo cannot be renamed to "` + long + `"`,
		"calledNo=9a":               `calledNo cannot be renamed to "9a"`,
		`calledNo=a"b`:              `calledNo cannot be renamed to "a\"b"`,
		"calledNo=a=b":              `calledNo cannot be renamed to "a=b"`,
		"calledNo=--":               `calledNo cannot be renamed to "--"`,
		"calledNo=outId":            `calledNo and outId would both be named "outId"`,
		"CalledNo=x":                `"CalledNo" is no field of the answer`,
		"code=x":                    `"code" is no field of the answer`,
		"calledNo":                  "not of the form NAME=NAME,NAME=-",
		"calledNo=":                 "not of the form NAME=NAME,NAME=-",
		"=x":                        "not of the form NAME=NAME,NAME=-",
		"calledNo=a,":               "not of the form NAME=NAME,NAME=-",
		"calledNo=a,outId=b":        "",
		"calledNo=a,outId=b,outId=": "not of the form NAME=NAME,NAME=-",
		"calledNo=a,calledNo=b":     "names a field twice",
	} {
		s := settings()
		s.Fields = renames
		switch _, err := s.Adapter(shared); {
		case fault == "" && err != nil, fault != "" && (err == nil || err.Error() != "aliyun-fields: "+fault):
			t.Errorf("%s: %v, want %s", renames, err, fault)
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
	s.Keys = platform.NewSecret("old")
	a := adapter(t, s)
	rotate := func(keys string) error { return a.Rotations()["XMODE_ALIYUN_KEYS"](platform.NewSecret(keys)) }
	receive := func() error {
		_, err := a.Receive(get(encode(sign(query()))), now)
		return err
	}
	if err := receive(); err == nil || err.Error() != "SignatureInvalid: signature: does not match" {
		t.Errorf("before the rotation: %v", err)
	}
	if err := rotate("old," + testKey); err != nil {
		t.Fatal(err)
	}
	if err := receive(); err != nil {
		t.Errorf("after the rotation: %v", err)
	}
	if err := rotate(" " + testKey + ","); err == nil || err.Error() != "aliyun-keys: key 1 has white space around it, key 2 is empty" {
		t.Errorf("bad keys: %v", err)
	}
	if err := receive(); err != nil {
		t.Errorf("bad keys took the good ones away: %v", err)
	}
	if err := rotate("new"); err != nil {
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
	s.Keys = platform.NewSecret(strings.Join([]string{testKey, testKey, testKey + " "}, ","))
	_, err := s.Adapter(shared)
	text := fmt.Sprintf("%v %+v %#v %v %s", s, s, &s, err, log.String())
	if strings.Contains(text, testKey) {
		t.Errorf("a key is printed: %s", text)
	}
	if want := "aliyun-keys: key 2 repeats an earlier one, key 3 has white space around it"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestNameAndRoute(t *testing.T) {
	a := adapter(t, settings())
	if a.Name() != "aliyun" {
		t.Errorf("name %s", a.Name())
	}
	if r := a.Routes(); len(r) != 1 || fmt.Sprint(r[0].Path, r[0].Methods, r[0].MaxBody) != "/aliyun/call-control[GET POST] 16384" {
		t.Errorf("routes %v", r)
	}
}

func TestRotationKeepsThePinnedForm(t *testing.T) {
	s := settings()
	s.Signature = "rfc3986&"
	a := adapter(t, s)
	if err := a.SetKeys(platform.NewSecret(testKey)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Receive(get(encode(sign(query()))), now); err == nil {
		t.Error("another form than the pinned one is accepted after a rotation")
	}
}
