package e2e_test

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The addresses that Huawei Cloud's console asks for.
const (
	callEvents   = "/huawei/call-events"
	callRecords  = "/huawei/cdrs"
	numberStatus = "/huawei/number-status"
	textMessages = "/huawei/sms"
)

// aksk is the Authorization header beside X-AKSK.
const aksk = `AKSK realm="SDP",profile="UsernameToken",type="Appkey"`

// signed is a message of Huawei Cloud, signed as its page says, by itself and
// not by the product: the digest covers who sends and when, not the body.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2.html
type signed struct {
	path, body    string
	app, secret   string
	nonce         string
	created       time.Time
	authorization string
	older         bool   // signed with WSSE
	packing       string // Content-Encoding
}

// huawei is a message that has everything right.
func huawei(path, body string) signed {
	return signed{path: path, body: body, app: appKey, secret: appSecret, nonce: rand.Text(), created: time.Now(), authorization: aksk}
}

// ago is the message as it was signed some time ago, or ahead.
func (s signed) ago(d time.Duration) signed {
	s.created = s.created.Add(-d)
	return s
}

// saying is another body under the same signature.
func (s signed) saying(path, body string) signed {
	s.path, s.body = path, body
	return s
}

// token is the X-AKSK header, or X-WSSE.
func (s signed) token() string {
	created := s.created.UTC().Format("2006-01-02T15:04:05Z")
	mac := hmac.New(sha256.New, []byte(s.secret))
	_, _ = io.WriteString(mac, s.nonce+created)
	digest := mac.Sum(nil)
	if s.older {
		sum := sha256.Sum256([]byte(s.nonce + created + s.secret))
		digest = sum[:]
	}
	return fmt.Sprintf(`UsernameToken Username="%s", PasswordDigest="%s", Nonce="%s", Created="%s"`,
		s.app, base64.StdEncoding.EncodeToString(digest), s.nonce, created)
}

// request is the message on its way to a public listener.
func (s signed) request(ctx context.Context, listener string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+listener+s.path, strings.NewReader(s.body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json;charset=UTF-8")
	if s.authorization != "" {
		req.Header.Set("Authorization", s.authorization)
	}
	switch {
	case s.app == "":
	case s.older:
		req.Header.Set("X-WSSE", s.token())
	default:
		req.Header.Set("X-AKSK", s.token())
	}
	if s.packing != "" {
		req.Header.Set("Content-Encoding", s.packing)
	}
	return req, nil
}

// huawei sends a message.
func (e *endpoint) huawei(s signed) reply {
	e.t.Helper()
	req, err := s.request(e.t.Context(), e.public)
	if err != nil {
		e.t.Fatal(err)
	}
	return send(e.t, req)
}

// push sends a message with a new signature, which has to be acknowledged as
// Huawei Cloud wants it: 200 and nothing else.
func (e *endpoint) push(path, body string) {
	e.t.Helper()
	if r := e.huawei(huawei(path, body)); r.status != http.StatusOK || r.body != "" {
		e.t.Fatalf("%s: %d %s\n%s", path, r.status, r.body, body)
	}
}

// stateOf is the state of an X number.
// https://support.huaweicloud.com/api-PrivateNumber/numstatus_notify_axe.html
func stateOf(x, status string) string {
	return fmt.Sprintf(`{"eventType":"numStatus","numInfo":[{"number":"%s","status":"%s"}]}`, x, status)
}

// text is a text message to the tests' pair: a question in Block mode.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0008_3.html
func text(mode, id, content string) string {
	return fmt.Sprintf(`{"appKey":"%s","smsEvent":{"smsIdentifier":"%s","notificationMode":"%s","calling":"+8613900000022",`+
		`"virtualNumber":"+8617000000001","event":"Text SMS","timeStamp":"%s","smsContent":"%s"}}`,
		appKey, id, mode, time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), content)
}

// fees is the body of a push of call records.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2a.html
func fees(records ...string) string {
	return `{"eventType":"fee","feeLst":[` + strings.Join(records, ",") + `]}`
}

// fee is a call record, as real ones look. The icid is a text without quotes.
func fee(icid, session, x, caller, callee string, at time.Time) string {
	clock := func(after time.Duration) string { return at.Add(after).UTC().Format(time.DateTime) }
	return fmt.Sprintf(`{"direction":0,"spId":"sp","appKey":"%s","icid":"%s","bindNum":"%s","sessionId":"%s","callerNum":"%s",`+
		`"calleeNum":"%[3]s","fwdDisplayNum":"%[3]s","fwdDstNum":"%[6]s","callInTime":"%s","fwdStartTime":"%s","fwdAlertingTime":"%s",`+
		`"fwdAnswerTime":"%s","callEndTime":"%s","fwdUnaswRsn":0,"ulFailReason":0,"sipStatusCode":0,"callOutUnaswRsn":0,"recordFlag":1,`+
		`"recordStartTime":"%[10]s","recordDomain":"ostor.huawei.com","recordBucketName":"sp-x","recordObjectName":"%[2]s.wav",`+
		`"ttsPlayTimes":0,"ttsTransDuration":0,"serviceType":"004","hostName":"h","userData":"order-1","notifyMode":"Block"}`,
		appKey, icid, x, session, caller, callee,
		clock(0), clock(time.Second), clock(4*time.Second), clock(11*time.Second), clock(116*time.Second))
}

// callin is the question of a call event.
func callin(session, caller, x string) string {
	return event("callin", session, time.Now(), `"notifyMode":"Block","caller":"`+caller+`","called":"`+x+`"`)
}

// event is a call event with fields of its own beside those of all.
func event(kind, session string, at time.Time, fields string) string {
	return fmt.Sprintf(`{"eventType":"%s","statusInfo":{"sessionId":"%s","timestamp":"%s",%s}}`, kind, session, at.UTC().Format(time.DateTime), fields)
}

// plainFee is the nth of many records, each of a call of its own.
func plainFee(n int) string {
	return fee(fmt.Sprintf("fee-%05d", n), fmt.Sprintf("session-%05d", n), fmt.Sprintf("+86170000001%02d", n%50),
		fmt.Sprintf("+86139%08d", n%1000), "+8613800000021", day(n))
}

// plainFees are n records from a first one on.
func plainFees(first, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = plainFee(first + i)
	}
	return all
}

// day is an instant in the past, seconds after the beginning of a day.
func day(seconds int) time.Time {
	return time.Date(2024, time.May, 1, 2, 0, 0, 0, time.UTC).Add(time.Duration(seconds) * time.Second)
}

// refusal is the body of one.
func refusal(code, message string) string {
	return fmt.Sprintf(`{"code":"%s","message":"%s"}`, code, message)
}

// TestSignedByHand holds the test's own signatures against the vector of the
// contract, calculated by others.
func TestSignedByHand(t *testing.T) {
	for digest, older := range map[string]bool{"qd8rfwaSwlHsodSCe9+TQsEikCvQbfQ2OHNJSubmoxw=": false, "amV7YQQR2itmxiTAywzhcg7lqKcs7smz+WrEEuPxm68=": true} {
		s := signed{app: "ak", secret: "exampleSecret", nonce: "66C92B11FF8A425FB8D4CCFE0ED9ED1F", older: older,
			created: time.Date(2024, time.May, 1, 2, 3, 4, 0, time.UTC)}
		want := `UsernameToken Username="ak", PasswordDigest="` + digest + `", Nonce="66C92B11FF8A425FB8D4CCFE0ED9ED1F", Created="2024-05-01T02:03:04Z"`
		if got := s.token(); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}
