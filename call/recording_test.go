package call_test

import (
	"encoding/base32"
	"strings"
	"testing"

	"xmode/call"
)

func TestRecordingIDs(t *testing.T) {
	a, b := call.RecordingID("huawei", "ostor.huawei.com", "1.wav"), call.RecordingID("huawei", "ostor.huawei.com1", ".wav")
	for _, id := range []string{a, b, call.RecordingID("aliyun", "c")} {
		if _, err := base32.StdEncoding.DecodeString(strings.ToUpper(id)); err != nil || !call.IsRecordingID(id) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if a == b || a == call.RecordingID("aliyun", "ostor.huawei.com", "1.wav") {
		t.Error("different recordings have one id")
	}
	// It is in every store: another one would make all recordings new.
	if got := call.RecordingID("aliyun", "112633^104922"); got != "onlplpuur6ktdfix" {
		t.Errorf("id %s", got)
	}
	for _, id := range []string{"", a[1:], a + "a", strings.ToUpper(a), "abcdefgh1234567a", "abcdefgh 234567a"} {
		if call.IsRecordingID(id) {
			t.Errorf("%q passes", id)
		}
	}
}
