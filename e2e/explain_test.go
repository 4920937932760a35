package e2e_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// signQuery signs a query with openssl as the README does, and leaves it in
// $url; a case breaks it by setting variables before, or its own commands
// between the steps.
const signQuery = `
encode() { local LC_ALL=C text=$1 out= c i; for ((i = 0; i < ${#text}; i++)); do c=${text:i:1}; case $c in
  [A-Za-z0-9.*_-]) out+=$c ;; ' ') out+=+ ;; *) out+=$(printf '%%%02X' "'$c") ;; esac; done; printf %s "$out"; }
key=${key-example-signing-key}
stamp=${stamp-$(date -u +%Y-%m-%dT%H:%M:%SZ)}
query="callId=call-1^2&callNo=13900000022&callTime=20260304130607&format=JSON&recordType=CAL&secretNo=17000000001"
query="${query/^/%5E}&signatureMethod=HMAC-SHA1&signatureNonce=$(openssl rand -hex 16)&signatureVersion=1.0&timestamp=$(encode "$stamp")"
again() { encode "$1"; }
digest() { openssl dgst "${hash--sha1}" -hmac "$key" -binary | openssl base64; }
`

const askAliyun = `
signature=$(printf %s "${prefix-}$(again "$query")" | digest)
"$XMODE" explain aliyun "http://127.0.0.1/aliyun/call-control?$query${extra-}&signature=$(encode "$signature")"
`

// signToken signs a push of Huawei Cloud with openssl and asks.
const signToken = `
app=example-app secret=example-secret
nonce=$(openssl rand -hex 16)
created=${created-$(date -u +%Y-%m-%dT%H:%M:%SZ)}
digest=$(make)
"$XMODE" explain huawei --header 'Authorization: AKSK realm="SDP",profile="UsernameToken",type="Appkey"' \
  --header "X-AKSK: UsernameToken Username=\"$app\",PasswordDigest=\"$digest\",Nonce=\"$nonce\",Created=\"$created\"" --body '{"eventType":"callin"}'
`

// TestExplainTellsWhatOpensslDidWrong signs with openssl, each time with another
// mistake, and has the built binary say which.
func TestExplainTellsWhatOpensslDidWrong(t *testing.T) {
	const local = `$(TZ=UTC-8 date +%Y-%m-%dT%H:%M:%SZ)`
	aliyun := func(before, after string) string { return before + signQuery + after + askAliyun }
	huawei := func(before, digest string) string { return before + "\nmake() { " + digest + "; }\n" + signToken }
	hmac := func(text string) string {
		return `printf "` + text + `" | openssl dgst -sha256 -hmac "$secret" -binary | openssl base64`
	}
	for _, c := range []struct{ name, script, says string }{
		{"right", aliyun("", ""), "right."},
		{"other key", aliyun("key=somebody-elses", ""), "wrong, and none of"},
		{"not encoded again", aliyun("", `again() { printf %s "$1"; }`), "wrong: the joined parameters were not encoded once more as a whole"},
		{"encoded twice", aliyun("", `again() { encode "$(encode "$1")"; }`), "wrong: the joined parameters were encoded twice as a whole"},
		{"prefix of POP", aliyun("prefix='GET&%2F&'", ""), `wrong: the text to sign begins with "GET&%2F&"`},
		{"SHA-256", aliyun("hash=-sha256", ""), "wrong: the digest is SHA-256, not SHA-1."},
		{"hex", aliyun("", `digest() { openssl dgst -sha1 -hmac "$key" -r | cut -d' ' -f1; }`), "wrong: the signature is hex, not Base64."},
		{"local time", aliyun("stamp="+local, ""), "right, but timestamp is local time (Beijing, UTC+8) written as UTC."},
		{"tampered", strings.Replace(aliyun("", ""), "explain aliyun \"http://127.0.0.1/aliyun/call-control?$query", "explain aliyun \"http://127.0.0.1/aliyun/call-control?${query/13900000022/13900000023}", 1), `wrong: callNo was signed as "13900000022" and arrived as "13900000023".`},
		{"parameter added", aliyun("extra='&utm=1'", ""), "wrong: utm was not signed"},
		{"Huawei right", huawei("", hmac("$nonce$created")), "right."},
		{"Huawei joined by a newline", huawei("", hmac(`$nonce\n$created`)), "wrong: nonce and created are joined with a newline between them."},
		{"Huawei created first", huawei("", hmac("$created$nonce")), "wrong: created stands before nonce."},
		{"Huawei WSSE under AKSK", huawei("", `printf %s "$nonce$created$secret" | openssl dgst -sha256 -binary | openssl base64`), "wrong: the digest is that of WSSE"},
		{"Huawei local time", huawei("created="+local, hmac("$nonce$created")), "right, but Created is local time (Beijing, UTC+8) written as UTC."},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "bash", "-uo", "pipefail", "-c", c.script)
			cmd.Env = append(os.Environ(), "XMODE="+binary, "XMODE_EXPLAIN_KEY=example-signing-key,example-app:example-secret")
			out, err := cmd.CombinedOutput()
			status := 0
			if fault, ok := errors.AsType[*exec.ExitError](err); ok {
				status = fault.ExitCode()
			}
			want := 1
			if c.says == "right." {
				want = 0
			}
			if status != want || !strings.HasPrefix(string(out), "The signature is "+c.says) {
				t.Errorf("status %d, want %d and %q\n%s", status, want, c.says, out)
			}
			for _, secret := range []string{"example-signing-key", "example-secret"} {
				if strings.Contains(string(out), secret) {
					t.Errorf("%s is in\n%s", secret, out)
				}
			}
		})
	}
}
