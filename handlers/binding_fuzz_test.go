package handlers_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xmode/call"
	"xmode/handlers"
	"xmode/store"
)

// FuzzBinding holds the decoder of bindings to this: whatever comes in is a 400
// or a binding that makes sense, and such a binding, sent back as it was
// answered, is read as the same one.
func FuzzBinding(f *testing.F) {
	for _, s := range []string{
		body17, full, fullAnswer, `{}`, `null`, with(`"id":"9007199254740991"`), with(`"id":"9007199254740992"`), with(`"id":"007"`),
		with(`"expires_at":"9999-12-31T23:59:59.999999999Z"`), with(`"expires_at":"2030-01-02T03:04:05.679+23:59"`),
		with(`"peers":["+12125550123","0012125550124"]`), with(`"prompts":{"caller":"é","hangup":"\ud800"}`), with(`"user_data":"\\\"~"`),
		with(`"x":"1"`), `{"x":"95013123456789","a":"075528780001","display":"106900001111"}`, `{"x":"17000000001","a":"１３９"}`,
		strings.Repeat(`{"prompts":`, 20), "{\"x\":\"\x00\"}", with(`"peers":null,"record":null`), "\ufeff" + body17,
		"{\"x\" :\t\"17000000001\" ,\r\n\"a\": \"13900000011\" , \"peers\" : [ ] , \"max_duration_s\" : 60 }",
	} {
		f.Add(s)
	}
	var stored call.Binding
	s := working()
	s.put = func(w []store.Write) []store.Written {
		stored = w[0].Binding
		return []store.Written{{Binding: stored, ETag: "e1", Created: true}}
	}
	e := admin(deps(f, s))
	create := func(body string) (status int, answer string) {
		r := httptest.NewRequest("POST", "/v1/bindings", strings.NewReader(body))
		key(provisionKey)(r)
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	f.Fuzz(func(t *testing.T, body string) {
		status, answer := create(body)
		if status == 400 {
			return
		}
		if status != 201 {
			t.Fatalf("answered %d %s", status, answer)
		}
		first := stored
		if err := first.Check(); err != nil {
			t.Fatalf("accepted a binding that makes no sense: %v", err)
		}
		if !json.Valid([]byte(body)) || first.Expired(now) {
			t.Fatalf("accepted what is no JSON, or has expired")
		}
		var wire handlers.Binding
		if err := json.Unmarshal([]byte(answer), &wire); err != nil {
			t.Fatal(err)
		}
		if status, again := create(answer); status != 201 || again != answer {
			t.Fatalf("answered %s, then %d %s", answer, status, again)
		}
		if diff := cmp.Diff(first, stored, sameNumbers); diff != "" {
			t.Fatal(diff)
		}
	})
}
