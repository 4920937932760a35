package platform_test

import (
	"strings"
	"testing"

	"xmode/platform"
)

func TestCheckAPI(t *testing.T) {
	for _, good := range []string{"https://dyplsapi.aliyuncs.com", "https://h:12543/", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"} {
		if err := platform.CheckAPI(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "dyplsapi.aliyuncs.com", "http://dyplsapi.aliyuncs.com", "http://10.0.0.1", "ftp://h", "https://", "https://u:p@h",
		"https://h/path", "https://h?x=1", "https://h?", "https://h/#f", "https://h:port", "http://127.0.0.1.evil.org"} {
		if err := platform.CheckAPI(bad); err == nil {
			t.Errorf("%s passes", bad)
		}
	}
}

func TestPlainCode(t *testing.T) {
	for _, code := range []string{"1012007", "isv.FLOW_LIMIT", "Throttling.User", "no-such"} {
		if platform.PlainCode(code) != code {
			t.Errorf("%s is changed", code)
		}
	}
	for _, code := range []string{"http://h/?secret", "+8613800000021", "a b", "中", strings.Repeat("x", 65)} {
		if platform.PlainCode(code) != "" {
			t.Errorf("%s passes", code)
		}
	}
}
