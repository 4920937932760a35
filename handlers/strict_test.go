package handlers_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xmode/call"
	"xmode/store"
)

// with adds members to the smallest binding; one given before wins nothing, it
// is a repeated field.
func with(members string) string {
	return `{"x":"17000000001","a":"13900000011",` + members + `}`
}

// numbers lists n different Chinese mobiles.
func numbers(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"137%08d"`, i)
	}
	return "[" + strings.Join(list, ",") + "]"
}

func TestBindingFaults(t *testing.T) {
	const id = "must be 1 to 9007199254740991 in decimal, without leading zero"
	for _, tt := range []struct {
		name, body string
		want       map[string]string
	}{
		{"nothing", `{}`, map[string]string{"x": "required", "a": "required"}},
		{"nulls are nothing", `{"x":null,"a":null,"prompts":null}`, map[string]string{"x": "required", "a": "required"}},
		{"id 0", with(`"id":"0"`), map[string]string{"id": id}},
		{"id 007", with(`"id":"007"`), map[string]string{"id": id}},
		{"id 2^53", with(`"id":"9007199254740992"`), map[string]string{"id": id}},
		{"id as a number", with(`"id":7`), map[string]string{"id": "must be a string"}},
		{"vanity number", `{"x":"17000000001","a":"138ABCDEF21"}`, map[string]string{"a": call.ErrNumber.Error()}},
		{"full-width digits", `{"x":"１７０００００００01","a":"13900000011"}`, map[string]string{"x": call.ErrX.Error()}},
		{"number as a number", `{"x":17000000001,"a":"13900000011"}`, map[string]string{"x": "must be a string"}},
		{"owner is a peer", with(`"peers":["+8613900000011"]`), map[string]string{"peers": "the owner is among them"}},
		{"owner is the X number", `{"x":"17000000001","a":"008617000000001"}`, map[string]string{"a": "is the X number"}},
		{"X number is a peer", with(`"peers":["17000000001"]`), map[string]string{"peers": "the X number is among them"}},
		{"peer twice", with(`"peers":["13800000021","+8613800000021"]`), map[string]string{"peers": "a number is listed twice"}},
		{"peer that is no number", with(`"peers":["13800000021","x"]`), map[string]string{"peers": "item 2: " + call.ErrNumber.Error()}},
		{"peer as a number", with(`"peers":["13800000021",7]`), map[string]string{"peers": "item 2: must be a string"}},
		{"null peer", with(`"peers":[null]`), map[string]string{"peers": "item 1: must not be null"}},
		{"1001 peers", with(`"peers":` + numbers(1001)), map[string]string{"peers": "must be at most 1000 items"}},
		{"peers as text", with(`"peers":"13800000021"`), map[string]string{"peers": "must be a list"}},
		{"platform", with(`"platform":"nobody"`), map[string]string{"platform": "no such platform"}},
		{"extension of letters", with(`"extension":"12a"`), map[string]string{"extension": "must be 1 to 8 digits"}},
		{"extension with its end key", with(`"extension":"12#"`), map[string]string{"extension": "must be 1 to 8 digits"}},
		{"long extension", with(`"extension":"123456789"`), map[string]string{"extension": "must be 1 to 8 digits"}},
		{"direction", with(`"direction":"Both"`), map[string]string{"direction": "must be one of both, to_a, from_a"}},
		{"sms", with(`"sms":"eat"`), map[string]string{"sms": "must be one of forward, drop, intercept"}},
		{"past", with(`"expires_at":"2030-01-02T03:04:05.678Z"`), map[string]string{"expires_at": "in the past"}},
		{"past by less than a millisecond", with(`"expires_at":"2030-01-02T03:04:05.6789Z"`), map[string]string{"expires_at": "in the past"}},
		{"year one is not never", with(`"expires_at":"0001-01-01T00:00:00Z"`), map[string]string{"expires_at": "in the past"}},
		{"31st of February", with(`"expires_at":"2031-02-31T00:00:00Z"`), map[string]string{"expires_at": "must be an RFC 3339 time"}},
		{"no zone", with(`"expires_at":"2031-02-01T00:00:00"`), map[string]string{"expires_at": "must be an RFC 3339 time"}},
		{"one-digit hour", with(`"expires_at":"2031-02-01T1:00:00Z"`), map[string]string{"expires_at": "must be an RFC 3339 time"}},
		{"year 10000 in UTC", with(`"expires_at":"9999-12-31T23:59:59-01:00"`),
			map[string]string{"expires_at": "must be between the years 1970 and 9999"}},
		{"negative duration", with(`"max_duration_s":-1`), map[string]string{"max_duration_s": "must be at least 0"}},
		{"long duration", with(`"max_duration_s":86401`), map[string]string{"max_duration_s": "must be at most 86400"}},
		{"half a second", with(`"max_duration_s":0.5`), map[string]string{"max_duration_s": "must be a whole number"}},
		{"duration in exponents", with(`"max_duration_s":1e3`), map[string]string{"max_duration_s": "must be a whole number"}},
		{"record as text", with(`"record":"true"`), map[string]string{"record": "must be true or false"}},
		{"prompts as text", with(`"prompts":"1001"`), map[string]string{"prompts": "must be an object"}},
		{"unknown prompt", with(`"prompts":{"calller":"1"}`), map[string]string{"prompts.calller": "unknown field"}},
		{"prompt as a number", with(`"prompts":{"caller":1}`), map[string]string{"prompts.caller": "must be a string"}},
		{"long user data", with(`"user_data":"` + strings.Repeat("x", 257) + `"`), map[string]string{"user_data": "must be at most 256 bytes"}},
		{"braces in user data", with(`"user_data":"{}"`),
			map[string]string{"user_data": "must be at most 256 bytes of printable ASCII without { and }"}},
		{"unknown field", with(`"colour":"red"`), map[string]string{"colour": "unknown field"}},
		{"other spelling of a field", with(`"Peers":[]`), map[string]string{"Peers": "unknown field"}},
		{"a number as a field", with(`"13800000021":1`), map[string]string{"(other)": "unknown field"}},
		{"repeated field", with(`"x":"17000000002"`), map[string]string{"x": "occurs twice"}},
		{"repeated through an escape", with(`"\u0078":"17000000002"`), map[string]string{"x": "occurs twice"}},
		{"repeated prompt", with(`"prompts":{"caller":"1","caller":"2"}`), map[string]string{"prompts.caller": "occurs twice"}},
		{"all faults at once", `{"id":"0","x":"y","peers":["z"],"direction":"up","max_duration_s":"1","colour":1}`, map[string]string{
			"id": id, "x": call.ErrX.Error(), "a": "required", "peers": "item 1: " + call.ErrNumber.Error(),
			"direction": "must be one of both, to_a, from_a", "max_duration_s": "must be a whole number", "colour": "unknown field"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := admin(deps(t, &fakeStore{})) // nothing reaches the store
			for _, method := range []string{"POST", "PUT"} {
				path := map[string]string{"POST": "/v1/bindings", "PUT": "/v1/bindings/7"}[method]
				w := send(t, e, method, path, tt.body, key(provisionKey))
				code, got := fields(t, w)
				if diff := cmp.Diff(tt.want, got); w.Code != 400 || code != "invalid" || diff != "" {
					t.Errorf("%s: %d %s\n%s", method, w.Code, code, diff)
				}
				for _, secret := range []string{"13800000021", "13900000011", "17000000001", "ABCDEF"} {
					if strings.Contains(w.Body.String(), secret) {
						t.Errorf("%s is in %s", secret, w.Body)
					}
				}
			}
		})
	}
}

func TestIDsDiffer(t *testing.T) {
	w := send(t, admin(deps(t, &fakeStore{})), "PUT", "/v1/bindings/7", with(`"id":"8"`), key(provisionKey))
	wants(t, w, 400, `{"error":{"code":"invalid","message":"id: differs from the id in the path","fields":{"id":"differs from the id in the path"}}}`)
}

// What GET and POST answered can be sent back as it is.
func TestAnswersCanBeSentBack(t *testing.T) {
	s := working()
	s.put = func(w []store.Write) []store.Written { return stored(w) }
	e := admin(deps(t, s))
	for _, body := range []string{fullAnswer, with(`"expired":true,"warnings":["w"]`)} {
		if w := send(t, e, "POST", "/v1/bindings", body, key(provisionKey)); w.Code != 201 {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}

// bodies are the routes that read a JSON body, with one that works.
var bodies = map[string]string{
	"POST /v1/bindings":  body17,
	"PUT /v1/bindings/7": body17,
	"POST /v1/decide":    `{"platform":"acme","kind":"voice","x":"17000000001"}`,
	"POST /provision_x":  `{"mode":"live","user_id":"u","payload":{"bind":[` + body17 + `]}}`,
}

func TestMalformedBodies(t *testing.T) {
	e := admin(deps(t, &fakeStore{}))
	for route, good := range bodies {
		method, path, _ := strings.Cut(route, " ")
		for name, tt := range map[string]struct{ body, message string }{
			"empty":             {" ", "not valid JSON at byte 1"},
			"no object":         {`[` + good + `]`, "not a JSON object"},
			"text":              {`"x"`, "not a JSON object"},
			"null":              {`null`, "not a JSON object"},
			"cut off":           {good[:len(good)-1], fmt.Sprintf("not valid JSON at byte %d", len(good)-1)},
			"more after it":     {good + `{}`, fmt.Sprintf("not valid JSON at byte %d", len(good)+1)},
			"comma at the end":  {good[:len(good)-1] + `,}`, fmt.Sprintf("not valid JSON at byte %d", len(good)+1)},
			"invalid UTF-8":     {good[:len(good)-1] + ",\"\xff\":1}", "not valid UTF-8"},
			"deep nesting":      {`{"x":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + `}`, "nested deeper than 16"},
			"deep, not closed":  {strings.Repeat(`{"x":`, 100000), "nested deeper than 16"},
			"NUL":               {good + "\x00", fmt.Sprintf("not valid JSON at byte %d", len(good)+1)},
			"high surrogate":    {`{"x":"\ud800"}`, "unpaired surrogate in a string"},
			"raw control bytes": {"{\"x\":\"1\n\"}", "not valid JSON at byte 8"},
		} {
			w := send(t, e, method, path, tt.body, key(provisionKey))
			var got, want string
			if path == "/provision_x" {
				want = fmt.Sprintf(`{"status_code":400,"message":%[1]q,"error":{"code":"400","message":%[1]q}}`, tt.message)
			} else {
				want = fmt.Sprintf(`{"error":{"code":"malformed","message":%q}}`, tt.message)
			}
			if got = strings.TrimSpace(w.Body.String()); w.Code != 400 || got != want {
				t.Errorf("%s, %s: %d %s\n want %s", route, name, w.Code, got, want)
			}
		}
	}
}

func TestBodyLimitsAndTypes(t *testing.T) {
	e := admin(deps(t, working()))
	for route, good := range bodies {
		method, path, _ := strings.Cut(route, " ")
		padded := good[:len(good)-1] + strings.Repeat(" ", 1<<20-len(good)) + "}"
		for name, tt := range map[string]struct {
			body   string
			opts   []reqOpt
			status int
		}{
			"at the limit":      {padded, nil, 0},
			"one over":          {padded + " ", nil, 413},
			"2 MiB":             {padded + padded, nil, 413},
			"2 MiB in chunks":   {padded + padded, []reqOpt{unsized}, 413},
			"charset":           {good, []reqOpt{typed("application/json; charset=utf-8")}, 0},
			"no type":           {good, []reqOpt{typed("")}, 0},
			"form":              {good, []reqOpt{typed("application/x-www-form-urlencoded")}, 415},
			"text":              {good, []reqOpt{typed("text/plain")}, 415},
			"broken type":       {good, []reqOpt{typed("application/json;;")}, 415},
			"NDJSON":            {good, []reqOpt{typed("application/x-ndjson")}, 415},
			"packed":            {good, []reqOpt{header("Content-Encoding", "gzip")}, 415},
			"packed in nothing": {good, []reqOpt{header("Content-Encoding", "identity")}, 0},
		} {
			w := send(t, e, method, path, tt.body, append(tt.opts, key(provisionKey))...)
			if tt.status == 0 && w.Code/100 != 2 || tt.status != 0 && w.Code != tt.status {
				t.Errorf("%s, %s: %d %s", route, name, w.Code, w.Body)
			}
		}
	}
}

// typed states another content type, or none.
func typed(t string) reqOpt {
	return func(r *http.Request) {
		if r.Header.Del("Content-Type"); t != "" {
			r.Header.Set("Content-Type", t)
		}
	}
}

// unsized hides how long a body is.
func unsized(r *http.Request) {
	r.ContentLength = -1
	r.Body = io.NopCloser(struct{ io.Reader }{r.Body})
}
