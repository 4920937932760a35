package aliyun_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"unicode"

	"xmode/call"
	"xmode/platform"
)

// FuzzReceipts: with a right token every body is items or broken, and what is
// broken is no receipt either; without one there is nothing.
func FuzzReceipts(f *testing.F) {
	list := append(append([]byte("[ "), answered().text(f)...), ",1 ]"...)
	for _, body := range [][]byte{list, missed().text(f), []byte("[]"), []byte("[{\"a\":\"\xff\\ud800\"}]"), []byte(`[{]}`), list[:len(list)-3]} {
		f.Add("SecretReport", body)
		f.Add("NumberManagementReport", body)
	}
	a := adapter(f, withTokens(token))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		if _, err := a.Receive(receipts(otherToken, kind, string(body)), now); err == nil {
			t.Fatal("received with a wrong token")
		}
		got, err := a.Receive(receipts(token, kind, string(body)), now)
		if err != nil {
			if refusal, ok := errors.AsType[*platform.Refusal](err); !ok || refusal.Class != platform.Absent {
				t.Fatalf("%q: %v", kind, err)
			}
			return
		}
		if got.Broken != nil {
			isBroken(t, got, body)
			for _, kind := range types {
				if a.Read(kind, body, now).Fault == "" {
					t.Errorf("%s: %q is broken, and a receipt", kind, body)
				}
			}
			return
		}
		areItems(t, got.Push.Items, body)
	})
}

// isBroken asserts that a body is kept whole, and with good reason.
func isBroken(t *testing.T, got platform.Received, body []byte) {
	t.Helper()
	if len(got.Push.Items) != 1 || !bytes.Equal(got.Push.Items[0], body) {
		t.Errorf("%q is kept as %q", body, got.Push.Items)
	}
	brackets := bytes.Count(body, []byte("[")) + bytes.Count(body, []byte("{"))
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if json.Valid(body) && brackets <= 64 && (trimmed[0] == '{' || trimmed[0] == '[') {
		t.Errorf("%q is refused", body)
	}
}

// areItems asserts that a body is taken apart as encoding/json does it.
func areItems(t *testing.T, items [][]byte, body []byte) {
	t.Helper()
	var want []json.RawMessage
	if err := json.Unmarshal(body, &want); err != nil {
		want = []json.RawMessage{bytes.Trim(body, " \t\r\n")}
	}
	if !json.Valid(body) || len(items) != len(want) {
		t.Fatalf("%q is taken apart into %q", body, items)
	}
	for i := range items {
		if !bytes.Equal(items[i], want[i]) {
			t.Errorf("item %d is %q, want %q", i, items[i], want[i])
		}
	}
}

// FuzzRead: whatever an item is, it is exactly one thing, and the same one every
// time; what can be stored is fit to be stored.
func FuzzRead(f *testing.F) {
	for n, i := range []item{answered(), missed(), texted(), anonymous(), during(), intercepted(), number(), {"a": []any{nil, "", 1.5}}} {
		for kind := range types {
			f.Add(kind, i.text(f))
		}
		f.Add(n, i.with("call_time", 1772600767000, "release_cause", "x", "id", "a\n").text(f))
	}
	a := adapter(f, settings())
	f.Fuzz(func(t *testing.T, n int, text []byte) {
		kind := types[uint(n)%uint(len(types))]
		before := bytes.Clone(text)
		report := a.Read(kind, text, now)
		if again := a.Read(kind, before, now); !reflect.DeepEqual(report, again) || !bytes.Equal(text, before) {
			t.Errorf("%+v, and then %+v", report, again)
		}
		isOneThing(t, report)
		if report.Fault == "" && !json.Valid(text) {
			t.Errorf("%s: %q is a receipt", kind, text)
		}
	})
}

func isOneThing(t *testing.T, r call.Report) {
	t.Helper()
	things := 0
	if r.Fault != "" {
		things++
	}
	if c := r.Record; c != nil {
		things++
		isID(t, c.ID)
		if c.Outcome == "" || c.Recording == "" || c.Kind == "" || c.Duration < 0 || (c.AnsweredAt.IsZero() && c.Duration > 0) {
			t.Errorf("%+v", c)
		}
	}
	if e := r.Event; e != nil {
		things++
		isID(t, e.ID)
	}
	if s := r.Status; s != nil {
		things++
		if s.Number.IsZero() || s.Status == "" || s.At.IsZero() {
			t.Errorf("%+v", s)
		}
	}
	if things != 1 {
		t.Errorf("%d things: %+v", things, r)
	}
}

func isID(t *testing.T, id string) {
	t.Helper()
	if id == "" || len(id) > 256 || bytes.ContainsFunc([]byte(id), unicode.IsControl) {
		t.Errorf("id %q", id)
	}
}
