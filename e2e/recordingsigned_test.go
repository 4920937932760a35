package e2e_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/simulator"
)

// signedRight has openssl sign some of the requests that reached the platforms, so that
// neither the product nor its simulated platforms vouch for themselves.
func signedRight(t testing.TB, c *clouds) {
	t.Helper()
	for _, r := range some(c.aliyun.Requests()) {
		aliyunSigned(t, r)
	}
	for _, r := range some(c.huawei.Requests()) {
		huaweiSigned(t, r)
	}
}

// some are five of the requests.
func some(all []simulator.Request) (list []simulator.Request) {
	for i := range 5 {
		list = append(list, all[i*len(all)/5])
	}
	return list
}

// mac is a keyed digest by openssl, in Base64.
func mac(t testing.TB, digest, key, text string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "openssl", "dgst", "-"+digest, "-mac", "HMAC", "-macopt", "hexkey:"+fmt.Sprintf("%x", key), "-binary")
	cmd.Stdin = strings.NewReader(text)
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("openssl: %v", err)
	}
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// aliyunSigned checks a request by the page of the signature.
// https://help.aliyun.com/document_detail/315526.html
func aliyunSigned(t testing.TB, r simulator.Request) {
	t.Helper()
	query, err := url.ParseQuery(r.Query)
	if err != nil {
		t.Fatal(err)
	}
	signature := query.Get("Signature")
	query.Del("Signature")
	// A form is percent-encoded otherwise in three places.
	encode := func(s string) string {
		return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(s))
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(query)) {
		pairs = append(pairs, encode(name)+"="+encode(query.Get(name)))
	}
	text := r.Method + "&%2F&" + encode(strings.Join(pairs, "&"))
	if want := mac(t, "sha1", accessSecret+"&", text); signature != want {
		t.Errorf("signature %s of %s, want %s", signature, text, want)
	}
	at, err := time.ParseInLocation(time.DateTime, query.Get("CallTime"), time.FixedZone("Beijing", 8*60*60))
	if err != nil || time.Since(at) < 20*time.Minute || time.Since(at) > 25*time.Minute {
		t.Errorf("CallTime %s, %v", query.Get("CallTime"), err)
	}
	if query.Get("PoolKey") != "FC100000012345" || !strings.HasPrefix(query.Get("CallId"), "call^rec-") || query.Get("Action") != "QueryRecordFileDownloadUrl" {
		t.Errorf("asked %v", query)
	}
}

// huaweiSigned does the same.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0007_2.html
func huaweiSigned(t testing.TB, r simulator.Request) {
	t.Helper()
	token := regexp.MustCompile(`^UsernameToken Username="([^"]*)", ?PasswordDigest="([^"]*)", ?Nonce="([^"]*)", ?Created="([^"]*)"$`)
	m := token.FindStringSubmatch(r.Header.Get("X-AKSK"))
	if m == nil || m[1] != appKey {
		t.Errorf("X-AKSK %q", r.Header.Get("X-AKSK"))
		return
	}
	if want := mac(t, "sha256", appSecret, m[3]+m[4]); m[2] != want {
		t.Errorf("digest %s, want %s", m[2], want)
	}
	if at, err := time.Parse("2006-01-02T15:04:05Z", m[4]); err != nil || time.Since(at).Abs() > 2*time.Minute {
		t.Errorf("created %s, %v", m[4], err)
	}
	if r.Header.Get("Authorization") != aksk || r.Method != "GET" || r.Path != "/rest/provision/voice/record/v1.0" ||
		!regexp.MustCompile(`^fileName=huawei-\d{3}\.wav&recordDomain=ostor\.huawei\.com$`).MatchString(r.Query) {
		t.Errorf("%s %s?%s, Authorization %s", r.Method, r.Path, r.Query, r.Header.Get("Authorization"))
	}
}
