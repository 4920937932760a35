package e2e_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xmode/signature"
)

// The paths of the endpoint.
const (
	queryPath    = "/aliyun/call-control"
	receiptsPath = "/aliyun/receipts/"
	eventsPath   = "/huawei/call-events"
	recordsPath  = "/huawei/cdrs"
	textsPath    = "/huawei/sms"
)

const jsonType = "application/json"

// replaced changes what the endpoint answers.
func replaced(pairs ...string) func(*passing) {
	return func(x *passing) {
		x.send()
		x.answer = strings.NewReplacer(pairs...).Replace(x.answer)
	}
}

// ignoresSignatures answers whoever is refused for their signature.
func ignoresSignatures(code string) func(*passing) {
	return func(x *passing) {
		x.send()
		if x.status != http.StatusUnauthorized || !strings.Contains(x.answer, code) {
			return
		}
		switch {
		case x.path == queryPath:
			x.says(200, jsonType, `{"code":"OK","message":"","model":{"controlOperate":"REJECT","controlMsg":"NO_SUBS_EXIST","subsId":"0"}}`)
		case x.path == textsPath && strings.Contains(x.body, "Block"):
			x.says(200, jsonType, `{"actions":[{"operation":"DiscardMessage"}]}`)
		case x.path == eventsPath && strings.Contains(x.body, "callin"):
			x.says(200, jsonType, `{"operation":"close","closeInfo":{}}`)
		default:
			x.says(200, "", "")
		}
	}
}

// failsOnDuplicates answers 500 to a push of records or receipts that it had before.
func failsOnDuplicates() func(*passing) {
	var mu sync.Mutex
	had := map[[32]byte]bool{}
	return func(x *passing) {
		if x.body == "" || x.path != recordsPath && !strings.HasPrefix(x.path, receiptsPath) {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		sum := sha256.Sum256([]byte(x.path + x.body))
		if had[sum] {
			x.says(500, jsonType, `{"code":"InternalError"}`)
		}
		had[sum] = true
	}
}

// refusesBatches refuses a push as a whole if one of its records has no call.
func refusesBatches(x *passing) {
	var push struct {
		FeeLst []any `json:"feeLst"`
	}
	list, name := &push.FeeLst, "sessionId"
	into := any(&push)
	switch {
	case strings.HasPrefix(x.path, receiptsPath) && !strings.HasSuffix(x.path, "NumberManagementReport"):
		name, into = "call_id", list
	case x.path != recordsPath:
		return
	}
	if json.Unmarshal([]byte(x.body), into) != nil {
		return
	}
	for _, one := range *list {
		record, _ := one.(map[string]any)
		if id, _ := record[name].(string); id == "" {
			x.says(400, jsonType, `{"code":"InvalidParameter","message":"`+name+`: required"}`)
			return
		}
	}
}

// asksForEver never gives up on a caller who types nothing.
func asksForEver(x *passing) {
	x.send()
	if x.path == queryPath && x.has("secretNo="+asksX) && x.has("recordType=CAL") && strings.Contains(x.answer, `"REJECT"`) {
		x.answer = `{"code":"OK","message":"ask","model":{"controlOperate":"IVR","subsId":"0","callNoPlayCode":"1001"}}`
	}
}

// wrongEndpoints each spoil one thing, and fail exactly the clauses about it. The one
// that takes longest comes first.
func wrongEndpoints() []wrongEndpoint {
	return []wrongEndpoint{
		{"texts after two seconds", "huawei", slowTexts, "HW-TIM 02"},
		{"subsId with letters", "aliyun", replaced(`"subsId":"`, `"subsId":"S`), "ALI-ANS 12-13"},
		{"Aliyun signatures ignored", "aliyun", ignoresSignatures(""), "ALI-SIG 02-05 09 11-28, ALI-RPL 03-04, ALI-BAD 08, ALI-ANS 05"},
		{"Huawei signatures ignored", "huawei", ignoresSignatures(""), "HW-SIG 03-10 12-14 20-31 39-42 45, HW-RPL 02 04-05"},
		{"replays accepted", "aliyun", ignoresSignatures("NonceReplayed"), "ALI-RPL 03-04"},
		{"receipts acknowledged and lost", "aliyun", losesPushes, "ALI-KEP 01-07"},
		{"records acknowledged and lost", "huawei", losesPushes, "HW-KEP 01-07"},
		{"duplicates of receipts forgotten", "aliyun", forgetsDuplicates(), "ALI-KEP 03-05"},
		{"duplicates of records forgotten", "huawei", forgetsDuplicates(), "HW-KEP 03-05"},
		{"duplicates fail", "aliyun", failsOnDuplicates(), "ALI-RCT 06, ALI-KEP 03"},
		{"one broken record fails its push", "huawei", refusesBatches, "HW-CDR 06 23, HW-KEP 06"},
		{"asks for ever", "aliyun", asksForEver, "ALI-IVR 04"},
		{"boolean recordFlag", "huawei", replaced(`"recordFlag":"true"`, `"recordFlag":true`, `"recordFlag":"false"`, `"recordFlag":false`), "HW-ANS 16"},
		{"maxDuration in seconds", "huawei", replaced(`"maxDuration":60`, `"maxDuration":3600`), "HW-ANS 14"},
		{"codes of acknowledgements as strings", "aliyun", replaced(`"code":0`, `"code":"0"`), "ALI-RCT 01-03 05-13 20-28 30-58 67, ALI-KEP 01-07"},
		{"a body behind every acknowledgement", "huawei", bodies,
			"HW-SIG 44, HW-RPL 03-04, HW-EVT 20-35, HW-CDR 01-09 20-32 43, HW-NUM 01-10, HW-SMS 22-26 31, HW-KEP 01-07"},
		{"empty answers to texts", "aliyun", emptyTexts, "ALI-SMS 01-07, ALI-ANS 01 03 06"},
		{"records moved elsewhere", "huawei", movedRecords, "HW-SIG 12 44-45, HW-RPL 03-05, HW-TRN 01, HW-CDR 01-09 20-32 40-44, HW-KEP 01-07"},
		{"withheld callers refused", "aliyun", withheldRefused, "ALI-QRY 18, ALI-IVR 06, ALI-SMS 07"},
		{"stack traces", "aliyun", traces, "ALI-SEC 01"},
		{"tells the right signature", "aliyun", tellsSignature, "ALI-SIG 10"},
		{"500 for what is no JSON", "huawei", failsOnMalformed, "HW-BAD 01-04, HW-CDR 40-42, HW-NUM 11, HW-SMS 29"},
	}
}

// wrongEndpoint is one of them.
type wrongEndpoint struct {
	name, platform string
	spoil          func(*passing)
	fails          string
}

func bodies(x *passing) {
	if x.send(); x.status == 200 && x.answer == "" {
		x.kind, x.answer = jsonType, `{"resultcode":"0","resultdesc":"Success"}`
	}
}

// slowTexts takes its time over the usual text, and not over odd ones, lest the test do.
func slowTexts(x *passing) {
	if x.send(); x.path == textsPath && x.has(`"Block"`) && x.has(`"calling":"+8613900000022"`) && x.has(`"event":"Text SMS"`) {
		select {
		case <-x.gone:
		case <-time.After(2 * time.Second):
		}
	}
}

func emptyTexts(x *passing) {
	if x.send(); x.path == queryPath && x.status == 200 && x.has("recordType=SMS") {
		x.kind, x.answer = "", ""
	}
}

func movedRecords(x *passing) {
	if x.path == recordsPath {
		x.says(302, "", "")
	}
}

func withheldRefused(x *passing) {
	if x.path == queryPath && (x.has("callNo=&") || !x.has("callNo=")) && x.method == http.MethodGet && x.query != "" {
		x.says(400, jsonType, `{"code":"InvalidParameter","message":"callNo: required"}`)
	}
}

func traces(x *passing) {
	if x.send(); x.status == 400 {
		x.answer = `{"code":"MalformedBody","message":"panic: runtime error: index out of range\ngoroutine 7 [running]"}`
	}
}

// tellsSignature is as helpful as an endpoint must not be.
func tellsSignature(x *passing) {
	x.send()
	values, err := url.ParseQuery(x.query)
	signer, keyErr := signature.NewSigner(signingKey, signature.PlainForm)
	if x.status != http.StatusUnauthorized || err != nil || keyErr != nil {
		return
	}
	var params []signature.Param
	for name := range values {
		if name != "signature" {
			params = append(params, signature.Param{Name: name, Value: values.Get(name)})
		}
	}
	x.answer = `{"code":"SignatureInvalid","message":"expected ` + signer.Sign(params) + `"}`
}

func failsOnMalformed(x *passing) {
	if x.send(); x.status == 400 && strings.Contains(x.answer, "MalformedBody") {
		x.status = 500
	}
}

func TestWrongEndpointsFailWhatTheyBreak(t *testing.T) {
	e := contracted(t)
	for _, c := range wrongEndpoints() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lanes := "4"
			if c.name == "texts after two seconds" {
				lanes = "32" // who waits for an endpoint that sleeps can do so for many clauses at once
			}
			got, status := conform(t, between(t, e.public, c.spoil), "--admin=http://"+e.admin, "--platform="+c.platform, "--queries=5", "--parallel="+lanes, "--timeout=10s")
			want := spelt(t, c.fails)
			must := false
			for _, one := range got.Clauses {
				failed := one.Verdict == "failed"
				if failed != slices.Contains(want, one.Name) || one.Verdict != "failed" && one.Verdict != "passed" {
					t.Errorf("%s: %s %s", one.Name, one.Verdict, one.Detail)
				}
				must = must || failed && one.Level == "must"
			}
			if must != (status == 1) {
				t.Errorf("status %d, a must failed: %v", status, must)
			}
		})
	}
}

// TestAnEndpointOfPagesKeepsNothing: what is left measures time, or looks for secrets.
func TestAnEndpointOfPagesKeepsNothing(t *testing.T) {
	address := between(t, "", func(x *passing) { x.says(200, "text/html", "<html>it works</html>") })
	got, status := conform(t, address, "--queries=5")
	want := spelt(t, "ALI-SIG 10, ALI-TIM 01-03, ALI-RCT 04, ALI-SEC 01, HW-SIG 11, HW-TIM 01-05, HW-SEC 01")
	if passed := got.named("passed"); !slices.Equal(passed, want) || status != 1 {
		t.Errorf("status %d, passed %v", status, passed)
	}
}

// spelt spells "ALI-SIG 02-03 09, HW-CDR 07" out.
func spelt(t *testing.T, text string) []string {
	t.Helper()
	var names []string
	for family := range strings.SplitSeq(text, ", ") {
		name, numbers, _ := strings.Cut(family, " ")
		for span := range strings.FieldsSeq(numbers) {
			from, to := 0, 0
			if n, _ := fmt.Sscanf(span, "%d-%d", &from, &to); n == 1 {
				to = from
			}
			if from == 0 || to < from {
				t.Fatalf("%q is no span", span)
			}
			for i := from; i <= to; i++ {
				names = append(names, fmt.Sprintf("%s-%02d", name, i))
			}
		}
	}
	return names
}
