package explain_test

import (
	"testing"

	"xmode/explain"
)

// FuzzExplain: whatever comes in, there is no panic, and no key comes out.
func FuzzExplain(f *testing.F) {
	f.Add("GET", address(voice(), "signature", maker{}.sign(voice())), "", "", "", "")
	f.Add("POST", "/x", `{"signature":"a","timestamp":1,"b":null}`, "", "", "GET /x?a=1 HTTP/1.1\nX-AKSK: t\n\nbody")
	q := push("AKSK", app, nonce, created, aksk(key, nonce+created))
	f.Add("POST", q.Message.URL, "", q.Message.Header.Get("Authorization"), q.Message.Header.Get("X-AKSK"), "")
	f.Add("", "?Signature="+key+"&a="+key, "a="+key, key, `UsernameToken Username="`+key+`",PasswordDigest="`+key+`"`, "POST /x HTTP/1.1\n")
	f.Fuzz(func(t *testing.T, method, url, body, authorization, token, raw string) {
		m := explain.Message{Method: method, URL: url, Body: []byte(body), Header: map[string][]string{"Authorization": {authorization}, "X-Aksk": {token}}}
		messages := []explain.Message{m}
		if captured, err := explain.ReadCapture([]byte(raw)); err == nil {
			messages = append(messages, captured)
		}
		for _, m := range messages {
			q := explain.Question{Message: m, Keys: []string{key, app + ":" + key}, At: at, Effort: 300}
			for _, ask := range []func(explain.Question) (explain.Report, error){explain.Aliyun, explain.POP, explain.Huawei} {
				if rep, err := ask(q); err == nil {
					holdsNoKey(t, rep, []string{key})
					if rep.Conclusion == "" || rep.OK && !rep.Matches {
						t.Errorf("%+v", rep)
					}
				}
			}
		}
	})
}
