package huawei_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"xmode/call"
	"xmode/platform"
)

func seedBodies(add func(body string)) {
	for _, body := range []string{
		callin, disconnect, smsBlock, smsNotify, fees(fee, `{"icid":"\ud800"}`), `{"eventType":"numStatus","numInfo":[` + numberState + `]}`,
		`{"eventType":"fee","feeLst":` + fee + `}`, `{"eventType":"fee","feeLst":[1, [] ,{"a":"]"}],"eventType":"x"}`, `{"\u0065ventType":"callin"}`, `[1`, "\xff", `{} {}`,
	} {
		add(body)
	}
}

// FuzzReceive: whatever a signed message says, there is a question, a push or a
// refusal, and the items are those that encoding/json finds.
func FuzzReceive(f *testing.F) {
	seedBodies(func(body string) { f.Add(uint8(0), body); f.Add(uint8(3), body) })
	f.Fuzz(func(t *testing.T, path uint8, body string) {
		a := adapter(t, settings())
		m := post([]string{events, cdrs, numbers, texts}[path%4], body)
		r, err := a.Receive(m, now)
		if err != nil {
			if refusal, ok := errors.AsType[*platform.Refusal](err); !ok || refusal.Code != platform.InvalidParameter {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		if r.Query != nil && (r.Query.X.IsZero() || r.Query.CallID == "" || r.Query.CanAsk || r.Broken != nil) {
			t.Errorf("a question without content: %+v", r.Query)
		}
		if r.Query == nil && r.Push == nil {
			t.Fatal("neither a question nor a push")
		}
		var object map[string]json.RawMessage
		isObject := json.Unmarshal([]byte(body), &object) == nil && object != nil
		deep := strings.Count(body, "[")+strings.Count(body, "{") > 60
		if !deep && !isObject != (r.Broken != nil && r.Broken.Code == platform.MalformedBody) {
			t.Errorf("%q: broken %v", body, r.Broken)
		}
		if r.Push != nil {
			itemsMatch(t, a, r, body, object)
		}
	})
}

// itemsMatch asserts that the items are the whole body, or those of a list.
func itemsMatch(t *testing.T, a platform.Adapter, r platform.Received, body string, object map[string]json.RawMessage) {
	t.Helper()
	for _, item := range r.Push.Items {
		a.Read(r.Push.Kind, item, now)
	}
	if len(r.Push.Items) == 1 && string(r.Push.Items[0]) == body {
		return
	}
	value := object[map[string]string{"fee": "feeLst", "numStatus": "numInfo"}[r.Push.Kind]]
	var want []json.RawMessage
	if json.Unmarshal(value, &want) != nil && value != nil {
		want = []json.RawMessage{value}
	}
	if len(want) != len(r.Push.Items) {
		t.Fatalf("%d items, want %d in %q", len(r.Push.Items), len(want), body)
	}
	for i := range want {
		if !bytes.Equal(bytes.TrimSpace(want[i]), r.Push.Items[i]) {
			t.Errorf("item %d is %q, want %q", i, r.Push.Items[i], want[i])
		}
	}
}

// FuzzHeaders: whatever the headers say, only a right digest beside the right
// profile is accepted.
func FuzzHeaders(f *testing.F) {
	m := post(events, callin)
	f.Add(m.Header.Get("Authorization"), m.Header.Get("X-AKSK"), "")
	f.Add(m.Header.Get("Authorization"), "", m.Header.Get("X-AKSK"))
	w := good()
	w.scheme = "WSSE"
	m = w.message(events, callin)
	f.Add(m.Header.Get("Authorization"), "", m.Header.Get("X-WSSE"))
	f.Fuzz(func(t *testing.T, profile, aksk, wsse string) {
		m := post(events, callin)
		m.Header = map[string][]string{"Authorization": {profile}, "X-Aksk": {aksk}}
		if wsse != "" {
			m.Header["X-Wsse"] = []string{wsse}
		}
		r, err := adapter(t, settings()).Receive(m, now)
		if err == nil {
			token := aksk + wsse
			e := good()
			e.scheme, e.at = strings.ToUpper(r.Proof.Form), r.Proof.SignedAt
			_, e.nonce, _ = strings.Cut(r.Proof.Nonce, "/")
			if strings.HasPrefix(r.Proof.Nonce, "ak2/") {
				e.secret = "other"
			}
			if !strings.Contains(token, e.digest()) || !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(profile)), e.scheme) {
				t.Errorf("accepted %q, %q", profile, token)
			}
		} else if refusal, ok := errors.AsType[*platform.Refusal](err); !ok || refusal.Class != platform.Unauthorized {
			t.Errorf("%T %v", err, err)
		}
	})
}

// FuzzRead: whatever an item says, it is one thing or a fault, the same every
// time, and its spelling does not matter.
func FuzzRead(f *testing.F) {
	kinds := []string{"fee", "event", "sms", "numStatus", "other"}
	for i, item := range []string{fee, disconnect, smsNotify, numberState, callin, smsBlock, `{"icid":"\ud800"}`, "\xff"} {
		f.Add(uint8(i%4), item)
	}
	f.Fuzz(func(t *testing.T, kind uint8, item string) {
		a, name := adapter(t, settings()), kinds[int(kind)%len(kinds)]
		before := []byte(item)
		r := a.Read(name, before, now)
		if again := a.Read(name, []byte(item), now); !reflect.DeepEqual(r, again) || string(before) != item {
			t.Fatalf("%+v, then %+v", r, again)
		}
		whole := 0
		for _, is := range []bool{r.Record != nil, r.Event != nil, r.Status != nil, r.Fault != ""} {
			if is {
				whole++
			}
		}
		if whole != 1 {
			t.Fatalf("%d things at once: %+v", whole, r)
		}
		checkReport(t, r)
		if r.Fault == "" {
			if other := a.Read(name, respelled(t, item), now); contentOf(other) != contentOf(r) {
				t.Errorf("spelling matters:\n%+v\n%+v", r, other)
			}
		}
	})
}

// checkReport asserts what every store relies on.
func checkReport(t *testing.T, r call.Report) {
	t.Helper()
	switch {
	case r.Record != nil:
		if n := len(r.Record.ID); n == 0 || n > 256 || r.Record.Duration < 0 || r.Record.Outcome == "" || r.Record.Recording == "" {
			t.Errorf("%+v", r.Record)
		}
	case r.Event != nil:
		if r.Event.ID == "" || r.Event.CallID == "" || r.Event.Type == "" {
			t.Errorf("%+v", r.Event)
		}
	case r.Status != nil:
		if r.Status.Number.IsZero() || r.Status.Status == "" || !r.Status.At.Equal(now) {
			t.Errorf("%+v", r.Status)
		}
	}
}

func contentOf(r call.Report) any {
	switch {
	case r.Record != nil:
		return r.Record.Content()
	case r.Event != nil:
		return r.Event.Content()
	case r.Status != nil:
		return *r.Status
	}
	return r.Fault
}

// respelled writes JSON in another order, indented, with whole numbers as texts
// and unknown fields.
func respelled(t *testing.T, item string) []byte {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(item))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	quoteNumbers(v)
	v["hostName"], v["unheardOf"] = "another", []any{1, "x"}
	text, err := json.MarshalIndent(v, " ", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func quoteNumbers(object map[string]any) {
	for name, value := range object {
		switch v := value.(type) {
		case json.Number:
			object[name] = v.String()
		case map[string]any:
			quoteNumbers(v)
		}
	}
}
