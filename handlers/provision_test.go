package handlers_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xmode/call"
	"xmode/store"
)

// sameNumbers lets cmp compare bindings.
var sameNumbers = cmp.Comparer(func(a, b call.Number) bool { return a == b })

// All that a call names is in the answer, and what it changed in the audit.
func TestProvision(t *testing.T) {
	applied := store.Applied{Bound: []call.ID{7, 500, 9}, Unbound: []call.ID{8, 6},
		Changed: []call.ID{7, 500}, Removed: []call.ID{8}}
	entry := func(action string, id call.ID) store.AuditEntry {
		return store.AuditEntry{At: now, Key: "crm", Action: action, BindingID: id, UserID: "user123"}
	}
	for _, tt := range []struct {
		mode  string
		dry   bool
		audit []store.AuditEntry
	}{
		{"live", false, []store.AuditEntry{entry("unbind", 8), entry("bind", 7), entry("bind", 500)}},
		{"debug", true, nil},
	} {
		t.Run(tt.mode, func(t *testing.T) {
			var got store.Change
			var audit []store.AuditEntry
			s := &fakeStore{
				apply:  func(c store.Change) (store.Applied, error) { got = c; return applied, nil },
				record: func(e []store.AuditEntry) error { audit = append(audit, e...); return nil },
			}
			w := send(t, admin(deps(t, s)), "POST", "/provision_x", `{"mode":"`+tt.mode+`","user_id":"user123","payload":`+
				`{"bind":[{"id":"7",`+body17[1:]+`,{"x":"17000000002","a":"13900000011"},`+
				`{"id":"9","x":"17000000002","a":"13900000011"}],"unbind":["8","6"]}}`, key(provisionKey))
			wants(t, w, 200, `{"status_code":200,"message":"Success","data":{"bound":["7","500","9"],"unbound":["8","6"]}}`)
			first, second := pair(), call.Binding{X: party("17000000002"), A: party("13900000011"), Direction: call.Both, SMS: call.Forward}
			third := second
			first.ID, third.ID = 7, 9
			want := store.Change{At: now, Dry: tt.dry, Unbind: []call.ID{8, 6}, Bind: []call.Binding{first, second, third}}
			if diff := cmp.Diff(want, got, sameNumbers); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.audit, audit); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A call may change nothing.
func TestProvisionNothing(t *testing.T) {
	w := send(t, admin(deps(t, working())), "POST", "/provision_x", `{"mode":"live","user_id":"u","payload":{}}`, key(provisionKey))
	wants(t, w, 200, `{"status_code":200,"message":"Success","data":{"bound":[],"unbound":[]}}`)
}

func TestPresets(t *testing.T) {
	var got call.Binding
	s := working()
	s.apply = func(c store.Change) (store.Applied, error) { got = c.Bind[0]; return store.Applied{}, nil }
	d := deps(t, s)
	d.Presets = map[string]json.RawMessage{
		"12345": json.RawMessage(` {"record":true,"max_duration_s":60,"peers":["13800000022"],"prompts":{"caller":"c","callee":"d"}}`),
		"1":     json.RawMessage(`{"colour":"red"}`),
		"2":     json.RawMessage(`[]`),
		"3":     json.RawMessage(`{`),
	}
	e := admin(d)
	bind := func(config, binding string) (int, string) {
		got = call.Binding{}
		w := send(t, e, "POST", "/provision_x", `{"mode":"live","config_id":`+config+`,"user_id":"u","payload":{"bind":[`+binding+`]}}`, key(provisionKey))
		return w.Code, w.Body.String()
	}
	filled := pair()
	filled.ID, filled.Record, filled.MaxDuration = 0, true, 60
	filled.Prompts = call.Prompts{Caller: "own", Callee: "d"}
	for _, tt := range []struct {
		name, config, binding string
		want                  call.Binding
	}{
		{"fills what is left out, in prompts too", "12345", body17[:len(body17)-1] + `,"prompts":{"caller":"own"}}`, filled},
		{"null is left out", "12345", body17[:len(body17)-1] + `,"record":null,"prompts":{"caller":"own","callee":null}}`, filled},
		{"none", "null", body17, func() call.Binding { b := pair(); b.ID = 0; return b }()},
	} {
		if status, body := bind(tt.config, tt.binding); status != 200 {
			t.Errorf("%s: %d %s", tt.name, status, body)
		}
		if diff := cmp.Diff(tt.want, got, sameNumbers); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
	if status, body := bind("12345", with(`"record":false,"peers":["13800000021"],"max_duration_s":0`)); status != 200 || got.Record || got.MaxDuration != 0 || got.PeerCount != 1 {
		t.Errorf("what is given wins: %d %s, %v", status, body, got.PeerCount)
	}
	for config, want := range map[string]string{
		"99": `"config_id":"no such preset"`, "2": `"config_id":"no such preset"`, "3": `"config_id":"no such preset"`,
		`"12345"`: `"config_id":"must be a whole number"`, "1.5": `"config_id":"must be a whole number"`,
		"-1": `"config_id":"must be a whole number"`, "{}": `"config_id":"must be a whole number"`,
		"1": `"payload.bind[0].colour":"unknown field"`,
	} {
		if status, body := bind(config, body17); status != 400 || !strings.Contains(body, want) {
			t.Errorf("config_id %s: %d %s", config, status, body)
		}
	}
}

func TestProvisionFaults(t *testing.T) {
	const id = "must be 1 to 9007199254740991 in decimal, without leading zero"
	bind := func(list string) string { return `{"mode":"live","user_id":"u","payload":{"bind":[` + list + `]}}` }
	unbind := func(list string) string { return `{"mode":"live","user_id":"u","payload":{"unbind":[` + list + `]}}` }
	for _, tt := range []struct {
		name, body string
		want       map[string]string
	}{
		{"nothing", `{}`, map[string]string{"mode": "required", "user_id": "required", "payload": "required"}},
		{"mode", `{"mode":"Live","user_id":"u","payload":{}}`, map[string]string{"mode": "must be one of live, debug"}},
		{"null payload", `{"mode":"live","user_id":"u","payload":null}`, map[string]string{"payload": "required"}},
		{"payload as a list", `{"mode":"live","user_id":"u","payload":[]}`, map[string]string{"payload": "must be an object"}},
		{"long user id", `{"mode":"live","user_id":"` + strings.Repeat("u", 257) + `","payload":{}}`,
			map[string]string{"user_id": "must be at most 256 bytes without control characters"}},
		{"user id with a line break", `{"mode":"live","user_id":"a\nb","payload":{}}`,
			map[string]string{"user_id": "must be at most 256 bytes without control characters"}},
		{"unknown field", `{"mode":"live","user_id":"u","payload":{"bound":[]}}`, map[string]string{"payload.bound": "unknown field"}},
		{"repeated payload", `{"mode":"live","user_id":"u","payload":{},"payload":{}}`, map[string]string{"payload": "occurs twice"}},
		{"bind as an object", `{"mode":"live","user_id":"u","payload":{"bind":{}}}`, map[string]string{"payload.bind": "must be a list"}},
		{"1001 bindings", bind(strings.Repeat("{},", 1000) + "{}"), map[string]string{"payload.bind": "must be at most 1000 items"}},
		{"1001 to unbind", unbind(strings.Repeat(`"1",`, 1000) + `"1"`), map[string]string{"payload.unbind": "must be at most 1000 items"}},
		{"binding as text", bind(`"7"`), map[string]string{"payload.bind[0]": "must be an object"}},
		{"null binding", bind("null"), map[string]string{"payload.bind": "item 1: must not be null"}},
		{"second binding", bind(body17 + `,{"id":"007","x":"17000000002"}`),
			map[string]string{"payload.bind[1].id": id, "payload.bind[1].a": "required"}},
		{"repeated id", bind(with(`"id":"7"`) + "," + with(`"id":"7"`)), map[string]string{"payload.bind[1].id": "occurs twice"}},
		{"repeated field of a binding", bind(with(`"a":"13900000012"`)), map[string]string{"payload.bind[0].a": "occurs twice"}},
		{"id to unbind as a number", unbind("7"), map[string]string{"payload.unbind": "item 1: must be a string"}},
		{"id 0 to unbind", unbind(`"7","0"`), map[string]string{"payload.unbind": "item 2: " + id}},
		{"id 2^53 to unbind", unbind(`"9007199254740992"`), map[string]string{"payload.unbind": "item 1: " + id}},
		{"repeated id to unbind", unbind(`"7","8","7"`), map[string]string{"payload.unbind": "item 3: occurs twice"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := send(t, admin(deps(t, &fakeStore{})), "POST", "/provision_x", tt.body, key(provisionKey))
			code, got := fields(t, w)
			if diff := cmp.Diff(tt.want, got); w.Code != 400 || code != "400" || diff != "" || !strings.HasPrefix(w.Body.String(), `{"status_code":400,`) {
				t.Errorf("%d %s\n%s", w.Code, code, diff)
			}
		})
	}
}

// An error of the store has the status in three places, and says what became of
// the parts that had been applied.
func TestProvisionErrors(t *testing.T) {
	conflict := &store.Conflict{With: pair(), Route: "extension"}
	undone := (&store.Undone{Cause: conflict, Complete: true}).Error()
	half := (&store.Undone{Cause: conflict}).Error()
	for _, tt := range []struct {
		err     error
		status  int
		message string
	}{
		{&store.Missing{IDs: []call.ID{7, 8}}, 404, (&store.Missing{IDs: []call.ID{7, 8}}).Error()},
		{conflict, 409, "conflicts with binding 100001: extension"},
		{&store.Undone{Cause: conflict, Complete: true}, 409, undone},
		{&store.Undone{Cause: conflict}, 409, half},
		{&store.Undone{Cause: fmt.Errorf("asking 13800000021: %w", store.ErrUnavailable)}, 503,
			strings.Replace(half, conflict.Error(), "the store does not answer", 1)},
		{store.ErrXImmutable, 409, "x cannot be changed"},
		{store.ErrBusy, 409, "binding is being written"},
		{store.ErrUnavailable, 503, "the store does not answer"},
	} {
		s := &fakeStore{apply: func(store.Change) (store.Applied, error) { return store.Applied{}, tt.err }}
		w := send(t, admin(deps(t, s)), "POST", "/provision_x", `{"mode":"live","user_id":"u","payload":{}}`, key(provisionKey))
		wants(t, w, tt.status, fmt.Sprintf(`{"status_code":%[1]d,"message":%[2]q,"error":{"code":"%[1]d","message":%[2]q}}`, tt.status, tt.message))
	}
}
