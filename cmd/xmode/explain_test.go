package main_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// The worked example of a query; the key is testSecret.
const (
	explainKey = "testSecret"
	explained  = "https://endpoint.example/x?callNo=13900001111&secretNo=17000000000&recordType=CAL&callTime=20180101200000" +
		"&callId=abcdef1234&extension=&format=JSON&signatureMethod=HMAC-SHA1&signatureVersion=1.0" +
		"&signatureNonce=45e25e9b-0a6f-4070-8c85-2956eda1b466&timestamp=2018-01-01T12%3A00%3A00Z&signature=GXBZHCwHLaUwTjSOJ5guB3%2B299k%3D"
	explainedAt = "--at=2018-01-01T12:00:03Z"
)

// explained runs `xmode explain` with the key in the environment.
func explainWith(t *testing.T, args ...string) outcome {
	t.Helper()
	return run(t, []string{"XMODE_EXPLAIN_KEY=" + explainKey}, append([]string{"explain"}, args...)...)
}

// says asserts status and first line.
func says(t *testing.T, got outcome, status int, first string) {
	t.Helper()
	line, _, _ := strings.Cut(got.out, "\n")
	if got.status != status || line != first || got.err != "" || strings.Contains(got.out, explainKey) {
		t.Errorf("status %d, want %d\nout: %s\nerr: %s\nwant %s", got.status, status, got.out, got.err, first)
	}
}

func TestExplainSaysRightAndWrong(t *testing.T) {
	says(t, explainWith(t, "aliyun", explainedAt, explained), 0, "The signature is right.")
	says(t, explainWith(t, "aliyun", explainedAt, "--url", explained), 0, "The signature is right.")
	changed := strings.Replace(explained, "13900001111", "13900001112", 1)
	says(t, explainWith(t, "aliyun", explainedAt, changed), 1, `The signature is wrong: callNo was signed as "13900001111" and arrived as "13900001112".`)
	says(t, explainWith(t, "aliyun", "--at=2018-01-01T12:06:00Z", explained), 1,
		"The signature is right, but timestamp is 6 min old, 5 min is allowed: the message is old, or the sender's clock is slow.")
	says(t, explainWith(t, "aliyun", "--at=2018-01-01T12:06:00Z", "--window=10m", explained), 0, "The signature is right.")
	says(t, explainWith(t, "aliyun", explainedAt, "--form=form&", explained), 1, `The signature is wrong: it was signed with the key without "&" behind it.`)
}

func TestExplainAligned(t *testing.T) {
	got := explainWith(t, "aliyun", explainedAt, explained)
	for _, line := range []string{
		"matches        key 1, form",
		"expected       GXBZHCwHLaUwTjSOJ5guB3+299k=  key 1, form = rfc3986  <- received",
		"               WO5C4hJ13KT9VOhyEsGbZiwRbbI=  key 1, form& = rfc3986&",
		"clock          2018-01-01T12:00:00Z, 3s behind 2018-01-01T12:00:03Z: inside the window",
		"received       callNo            13900001111  (query string)",
	} {
		if !strings.Contains(got.out, "\n"+line+"\n") {
			t.Errorf("no line %s in\n%s", line, got.out)
		}
	}
}

func TestExplainTakesKeys(t *testing.T) {
	list := file(t, "keys", "\ufeffsomebody-elses\r\n"+explainKey+" \n")
	says(t, run(t, nil, "explain", "aliyun", explainedAt, "--key-file="+list, explained), 0, "The signature is right.")
	got := run(t, nil, "explain", "aliyun", explainedAt, "--key-file="+list, explained)
	if !strings.Contains(got.out, "\nmatches        key 2, form\n") {
		t.Error(got.out)
	}
	says(t, run(t, []string{"XMODE_EXPLAIN_KEY_FILE=" + list}, "explain", "aliyun", explainedAt, explained), 0, "The signature is right.")
	expect(t, run(t, nil, "explain", "aliyun", explained), 1, "",
		"xmode: no key: give --key-file, set XMODE_EXPLAIN_KEY, or run it on a terminal, where it is asked for\n")
	expect(t, run(t, nil, "explain", "aliyun", "--key-file="+file(t, "empty", "\n"), explained), 1, "", "xmode: --key-file: the file holds no key\n")
	expect(t, run(t, nil, "explain", "aliyun", "--key="+explainKey, explained), 2, "", "xmode: unknown flag --key, did you mean \"--key-file\"?\n")
	expect(t, run(t, []string{"XMODE_EXPLAIN_KEYS=x"}, "explain", "aliyun", explained), 1, "", "xmode: XMODE_EXPLAIN_KEYS: is no setting\n")
}

func TestExplainUsage(t *testing.T) {
	for errs, args := range map[string][]string{
		"nothing to explain: give the URL, --body, --header or --request":            {"aliyun"},
		"the URL cannot be read: it should look like https://host/path?name=value&…": {"aliyun", "nonsense"},
		"the URL is there twice: as an argument and as --url":                        {"aliyun", explained, "--url=" + explained},
		"--at: not of the form 2026-03-04T05:06:07Z":                                 {"aliyun", explained, "--at=yesterday"},
		"--window: is negative":                                                       {"aliyun", explained, "--window=-1s"},
		"--header: not of the form 'Name: value'":                                     {"huawei", "--header=X-AKSK"},
		"--body and --request cannot both be read from standard input":                {"huawei", "--body=-", "--request=-"},
		`--form must be one of "any","form","form&","rfc3986","rfc3986&" but got "x"`: {"aliyun", explained, "--form=x"},
	} {
		expect(t, explainWith(t, args...), 2, "", "xmode: "+errs+"\n")
	}
}

func TestExplainBadInputIsASentence(t *testing.T) {
	for errs, args := range map[string][]string{
		"no signature: the message has no parameter of that name (signature)":                                                  {"aliyun", "https://x/y?a=1&b=2"},
		"no signature: the message has neither a header X-AKSK nor X-WSSE":                                                     {"huawei", "--header=A: b"},
		"--body: the message is larger than 1 MiB, which no message of a platform is":                                          {"aliyun", "--body=@" + file(t, "large", strings.Repeat("x", 10<<20))},
		"--request: no HTTP request was found: a line such as POST /path HTTP/1.1, headers, a blank line and the body are due": {"huawei", "--request=@" + file(t, "binary", "\x00\xff\x7fELF")},
		`the query string: parameter "callNo" occurs twice: nobody can say which one was signed`:                               {"aliyun", explained + "&callNo=1"},
	} {
		expect(t, explainWith(t, args...), 1, "", "xmode: "+errs+"\n")
	}
}

func TestExplainCapturedRequest(t *testing.T) {
	raw := "> POST /huawei/cdrs HTTP/1.1\n> Host: endpoint.example\n" +
		`> authorization: AKSK realm="SDP",profile="UsernameToken",type="Appkey"` + "\n" +
		`> x-aksk: UsernameToken Username="ak",PasswordDigest="HnWpMdF9DIp1UXkzHeLoHTyFTZby8mhljcaAy6BM6NQ=",Nonce="57c7298675cf4f65b4ed42e4b9ab841e",Created="2026-03-04T05:06:07Z"` + "\n>\n"
	args := []string{"explain", "huawei", "--at=2026-03-04T05:06:07Z", "--request=-", `--body={"eventType":"fee"}`}
	got := runWith(t, raw, []string{"XMODE_EXPLAIN_KEY=ak:s3cr3t"}, args...)
	says(t, got, 1, "The signature is wrong: the digest is that of WSSE, SHA-256 over nonce, created and secret, not that of AKSK.")
	if strings.Contains(got.out, "s3cr3t") {
		t.Error(got.out)
	}
}

func TestExplainForMachines(t *testing.T) {
	var rep struct {
		Scheme, Conclusion, Form string
		OK, Matches              bool
		Mistakes                 []struct{ Code, Says string }
	}
	got := explainWith(t, "aliyun", "--json", "--at=2018-01-01T04:00:00Z", explained)
	if err := json.Unmarshal([]byte(got.out), &rep); err != nil || got.status != 1 || got.err != "" {
		t.Fatalf("%v %+v", err, got)
	}
	if rep.Scheme != "aliyun" || rep.OK || !rep.Matches || rep.Form != "form" || len(rep.Mistakes) != 1 || rep.Mistakes[0].Code != "timestamp-local" {
		t.Errorf("%+v", rep)
	}
}

func TestExplainKeepsTheTerminalStraight(t *testing.T) {
	got := explainWith(t, "aliyun", explainedAt, explained+"&x=%1b%5B2J%0A")
	if got.status != 1 || strings.ContainsAny(got.out, "\x1b") || !strings.Contains(got.out, `\x1b[2J\n`) {
		t.Errorf("%+v", got)
	}
}
