package huawei_test

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
	"xmode/platform/huawei"
)

func TestAllFaultsAreReportedAtOnce(t *testing.T) {
	wrong := huawei.Settings{Info: "list", RecordHint: "a\n", CloseHint: strings.Repeat("c", 129)}
	want := call.FieldErrors{
		"huawei-info":        "must be object or array",
		"huawei-record-hint": "must be at most 128 printable ASCII characters",
		"huawei-close-hint":  "must be at most 128 printable ASCII characters",
		"clock-skew":         "must be more than 0",
		"push-window":        "must be more than 0",
	}
	for apps, fault := range map[string]string{"": "", "k:s": "", "k": "app 1 is not of the form appkey:secret"} {
		want := maps.Clone(want)
		if fault != "" {
			want["huawei-apps"] = fault
		}
		s := wrong
		s.Apps = platform.NewSecret(apps)
		a, err := s.Adapter(platform.Shared{})
		faults, ok := errors.AsType[call.FieldErrors](err)
		if a != nil || !ok || !maps.Equal(faults, want) {
			t.Errorf("apps %q:\n got %v, %v\nwant %v", apps, a, err, want)
		}
	}
}

func TestApps(t *testing.T) {
	for apps, fault := range map[string]string{
		"k:s":          "",
		"k:s:with:":    "",
		"k:s,l:s":      "",
		"k/l:密钥":       "",
		"k:s,":         "app 2 is not of the form appkey:secret",
		":s,k:":        "app 1 has a key that is not 1 to 128 printable ASCII characters without quotes, app 2 has no secret",
		"k:s,k:t":      "app 2 repeats an earlier key",
		"k:s, l:s,m ":  "app 2 has white space around its key or secret, app 3 is not of the form appkey:secret",
		"k:s\n":        "app 1 has white space around its key or secret",
		"k\"l:s":       "app 1 has a key that is not 1 to 128 printable ASCII characters without quotes",
		"k\\l:s,密:s":   "app 1 has a key that is not 1 to 128 printable ASCII characters without quotes, app 2 has a key that is not 1 to 128 printable ASCII characters without quotes",
		longKey + ":s": "app 1 has a key that is not 1 to 128 printable ASCII characters without quotes",
	} {
		s := huawei.Settings{Apps: platform.NewSecret(apps)}
		switch _, err := s.Adapter(shared); {
		case fault == "" && err != nil, fault != "" && (err == nil || err.Error() != "huawei-apps: "+fault):
			t.Errorf("%q: %v, want %s", apps, err, fault)
		}
	}
}

var longKey = strings.Repeat("k", 129)

func TestWithoutAppsThereIsNoAdapter(t *testing.T) {
	if a, err := new(huawei.Settings).Adapter(shared); a != nil || err != nil {
		t.Errorf("got %v, %v", a, err)
	}
}

func TestAppsRotate(t *testing.T) {
	s := huawei.Settings{Apps: platform.NewSecret(testKey + ":old")}
	a := adapter(t, s)
	rotate := func(apps string) error { return a.Rotations()["XMODE_HUAWEI_APPS"](platform.NewSecret(apps)) }
	receive := func() error {
		_, err := a.Receive(post(events, callin), now)
		return err
	}
	const mismatch = "SignatureInvalid: PasswordDigest: does not match"
	if err := receive(); err == nil || err.Error() != mismatch {
		t.Errorf("before the rotation: %v", err)
	}
	if err := rotate("k:s," + testKey + ":" + testSecret); err != nil {
		t.Fatal(err)
	}
	if err := receive(); err != nil {
		t.Errorf("after the rotation: %v", err)
	}
	if err := rotate(testKey + ":new, k:"); err == nil || err.Error() != "huawei-apps: app 2 has white space around its key or secret" {
		t.Errorf("bad apps: %v", err)
	}
	if err := receive(); err != nil {
		t.Errorf("bad apps took the good ones away: %v", err)
	}
	if err := rotate("k:s"); err != nil {
		t.Fatal(err)
	}
	if err := receive(); err == nil || err.Error() != mismatch {
		t.Errorf("an app that is gone is still accepted: %v", err)
	}
}

func TestSettingsAndFaultsHoldNoSecret(t *testing.T) {
	s := settings()
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "settings", s)
	s.Apps = platform.NewSecret(testSecret + "," + testSecret + "," + testKey + ":" + testSecret + " ")
	_, err := s.Adapter(shared)
	if text := fmt.Sprintf("%v %+v %#v %v %s", s, s, &s, err, log.String()); err == nil || strings.Contains(text, "c3d4e5") {
		t.Errorf("a secret is printed: %s", text)
	}
}

func TestNameAndRoutes(t *testing.T) {
	a := adapter(t, settings())
	if a.Name() != "huawei" {
		t.Errorf("name %s", a.Name())
	}
	var got []string
	for _, r := range a.Routes() {
		got = append(got, fmt.Sprint(r.Path, r.Methods, r.MaxBody))
	}
	if want := "[/huawei/call-events[POST] 0 /huawei/cdrs[POST] 0 /huawei/number-status[POST] 0 /huawei/sms[POST] 0]"; fmt.Sprint(got) != want {
		t.Errorf("routes %s, want %s", got, want)
	}
}
