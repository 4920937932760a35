package signature_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"xmode/signature"
)

const goodKey = "testSecret"

// plain is a message on which both encoders agree, starred one on which they
// do not.
func plain() []signature.Param {
	return []signature.Param{{"b", "2"}, {"a", "1"}, {"empty", ""}}
}

func starred() []signature.Param {
	return []signature.Param{{"b", "2 *~"}, {"a", "1"}}
}

func verifier(t testing.TB, form signature.Form, keys ...string) *signature.Verifier {
	t.Helper()
	v, err := signature.NewVerifier(keys, form)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sign(t testing.TB, params []signature.Param, key string, form signature.Form) string {
	t.Helper()
	s, err := signature.NewSigner(key, form)
	if err != nil {
		t.Fatal(err)
	}
	return s.Sign(params)
}

func TestVerifyNamesFormAndKeyAndCountsHMACs(t *testing.T) {
	keys := []string{"key-0", "key-1", "key-2", "key-3"}
	for _, c := range []struct {
		params func() []signature.Param
		key    int
		form   signature.Form
		want   signature.Form
		hmacs  int
	}{
		{plain, 0, signature.PlainForm, signature.PlainForm, 1},
		{plain, 3, signature.PlainForm, signature.PlainForm, 4},
		{plain, 0, signature.AmpersandForm, signature.AmpersandForm, 5},
		{plain, 2, signature.PlainRFC3986, signature.PlainForm, 3},
		{plain, 2, signature.AmpersandRFC3986, signature.AmpersandForm, 7},
		{starred, 1, signature.PlainForm, signature.PlainForm, 2},
		{starred, 1, signature.AmpersandForm, signature.AmpersandForm, 6},
		{starred, 1, signature.PlainRFC3986, signature.PlainRFC3986, 10},
		{starred, 3, signature.AmpersandRFC3986, signature.AmpersandRFC3986, 16},
	} {
		t.Run(fmt.Sprintf("%s under key %d", c.form, c.key), func(t *testing.T) {
			m, err := verifier(t, "", keys...).Verify(c.params(), sign(t, c.params(), keys[c.key], c.form))
			if err != nil {
				t.Fatal(err)
			}
			if m.Form != c.want || m.Key != c.key || m.HMACs != c.hmacs {
				t.Errorf("got %q, key %d, %d HMACs; want %q, %d, %d", m.Form, m.Key, m.HMACs, c.want, c.key, c.hmacs)
			}
		})
	}
}

func TestMismatchCostsAtMostFourHMACsAKey(t *testing.T) {
	wrong := sign(t, plain(), "another key", signature.PlainForm)
	for _, c := range []struct {
		name   string
		params []signature.Param
		pin    signature.Form
		keys   []string
		hmacs  int
	}{
		{"encoders differ", starred(), "", []string{"k"}, 4},
		{"encoders agree", plain(), "", []string{"k"}, 2},
		{"encoders differ, four keys", starred(), "", []string{"k", "l", "m", "n"}, 16},
		{"encoders agree, four keys", plain(), "", []string{"k", "l", "m", "n"}, 8},
		{"pinned to form", starred(), signature.PlainForm, []string{"k"}, 1},
		{"pinned to rfc3986, encoders agree", plain(), signature.PlainRFC3986, []string{"k"}, 1},
		{"pinned to rfc3986&, encoders differ", starred(), signature.AmpersandRFC3986, []string{"k"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := verifier(t, c.pin, c.keys...).Verify(c.params, wrong)
			if !errors.Is(err, signature.ErrMismatch) {
				t.Errorf("error %v, want ErrMismatch", err)
			}
			if want := (signature.Match{HMACs: c.hmacs}); m != want {
				t.Errorf("got %+v, want %+v", m, want)
			}
		})
	}
}

func TestPinAcceptsItsFormOnly(t *testing.T) {
	for _, pin := range signature.Forms() {
		for _, form := range signature.Forms() {
			_, err := verifier(t, pin, goodKey).Verify(starred(), sign(t, starred(), goodKey, form))
			if accepted := err == nil; accepted != (pin == form) {
				t.Errorf("pinned to %q, signed as %q: %v", pin, form, err)
			}
		}
	}
}

func TestSignatureThatDoesNotDecodeTo20BytesCostsNoHMAC(t *testing.T) {
	const good = "GXBZHCwHLaUwTjSOJ5guB3+299k="
	for name, received := range map[string]string{
		"empty":                      "",
		"one character short":        good[1:],
		"without padding":            strings.TrimRight(good, "="),
		"one character more":         good + "=",
		"19 bytes":                   "AAAAAAAAAAAAAAAAAAAAAAAAAA==",
		"21 bytes":                   "AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"loose tail":                 "GXBZHCwHLaUwTjSOJ5guB3+299l=",
		"line feed at the end":       good + "\n",
		"line feed inside":           good[:14] + "\n" + good[14:],
		"line feed for a character":  good[:14] + "\n" + good[15:],
		"carriage return, same size": "\r" + good[1:],
		"URL alphabet":               strings.ReplaceAll(good, "+", "-"),
		"encoded twice":              "GXBZHCwHLaUwTjSOJ5guB3%252B299k%253D",
		"cut escape":                 "GXBZHCwHLaUwTjSOJ5guB3+299k%3",
		"bad escape":                 "GXBZHCwHLaUwTjSOJ5guB3+299k%3G",
		"encoded space":              "GXBZHCwHLaUwTjSOJ5guB3%20299k=",
		"encoded line feed":          "GXBZHCwHLaUwTjSOJ5guB3%0A299k=",
		"a kilobyte":                 strings.Repeat("A", 1024),
		"NUL":                        "\x00" + good[1:],
		"hexadecimal":                "1970591c2c072da5304e348e27982e077fb6f7d9",
	} {
		t.Run(name, func(t *testing.T) {
			m, err := verifier(t, "", goodKey).Verify(plain(), received)
			if !errors.Is(err, signature.ErrMalformed) {
				t.Errorf("error %v, want ErrMalformed", err)
			}
			if m.HMACs != 0 {
				t.Errorf("%d HMACs computed, want none", m.HMACs)
			}
		})
	}
}

func TestSignatureSurvivesTransports(t *testing.T) {
	v := vectors(t)[0]
	for name, received := range map[string]string{
		"raw":                        "GXBZHCwHLaUwTjSOJ5guB3+299k=",
		"still percent-encoded":      "GXBZHCwHLaUwTjSOJ5guB3%2B299k%3D",
		"encoded in small letters":   "GXBZHCwHLaUwTjSOJ5guB3%2b299k%3d",
		"plus became a space":        "GXBZHCwHLaUwTjSOJ5guB3 299k=",
		"space, the rest encoded":    "GXBZHCwHLaUwTjSOJ5guB3 299k%3D",
		"every character is encoded": "%47%58%42%5A%48%43%77%48%4C%61%55%77%54%6A%53%4F%4A%35%67%75%42%33%2B%32%39%39%6B%3D",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := verifier(t, "", v.Key).Verify(paramsOf(v.Params), received); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnyChangeOfAParameterIsNoticed(t *testing.T) {
	v := verifier(t, "", goodKey)
	good := sign(t, plain(), goodKey, signature.PlainForm)
	for name, params := range map[string][]signature.Param{
		"value changed":         {{"a", "1"}, {"b", "3"}},
		"value gone":            {{"a", "1"}},
		"value emptied":         {{"a", "1"}, {"b", ""}},
		"name changed":          {{"a", "1"}, {"B", "2"}},
		"values swapped":        {{"a", "2"}, {"b", "1"}},
		"parameter more":        {{"a", "1"}, {"b", "2"}, {"c", "3"}},
		"pair hidden in value":  {{"a", "1&b=2"}},
		"pair hidden, encoded":  {{"a", "1%26b%3D2"}},
		"name and value joined": {{"a=1&b", "2"}},
		"nothing":               nil,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := v.Verify(params, good); !errors.Is(err, signature.ErrMismatch) {
				t.Errorf("error %v, want ErrMismatch", err)
			}
		})
	}
	if _, err := v.Verify([]signature.Param{{"b", "2"}, {"a", "1"}, {"other", ""}}, good); err != nil {
		t.Errorf("an empty parameter counts: %v", err)
	}
}

func TestDigestIsThatOfTheContent(t *testing.T) {
	digest := func(params []signature.Param, key string, form signature.Form) [16]byte {
		m, err := verifier(t, "", "old", "new").Verify(params, sign(t, params, key, form))
		if err != nil {
			t.Fatal(err)
		}
		return m.Digest
	}
	sum := sha256.Sum256([]byte("a%3D1%26b%3D2%2B*%257E"))
	want := [16]byte(sum[:16])
	for _, form := range signature.Forms() {
		for _, key := range []string{"old", "new"} {
			if got := digest(starred(), key, form); got != want {
				t.Errorf("%s under %s: %x, want %x", form, key, got, want)
			}
		}
	}
	if digest(plain(), "old", signature.PlainForm) == want {
		t.Error("other content has the same digest")
	}
}

func TestKeysAreChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		form signature.Form
		want string
	}{
		{"no key", nil, "", "1 to 4 keys are due"},
		{"five keys", []string{"a", "b", "c", "d", "e"}, "", "1 to 4 keys are due"},
		{"all faults at once", []string{"a", "", "a", "b\n"}, "md5",
			"key 2 is empty\nkey 3 repeats an earlier one\nkey 4 has white space around it\n" +
				"signature form must be form, form&, rfc3986 or rfc3986&"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := signature.NewVerifier(c.keys, c.form); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	if _, err := signature.NewSigner("", "md5"); !errors.Is(err, signature.ErrKeyEmpty) || !errors.Is(err, signature.ErrForm) {
		t.Errorf("signer: %v, want both faults", err)
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	s, err := signature.NewSigner(goodKey, signature.PlainForm)
	if err != nil {
		t.Fatal(err)
	}
	v := verifier(t, "", goodKey)
	if text := fmt.Sprintf("%v %+v %s %v %+v %s", v, v, v, s, s, s); strings.Contains(text, goodKey) {
		t.Errorf("printed: %s", text)
	}
}

func TestConcurrentUse(t *testing.T) {
	v := verifier(t, "", "other", goodKey)
	signed := sign(t, starred(), goodKey, signature.AmpersandRFC3986)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if _, err := v.Verify(starred(), signed); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestEachCharacterOnWhichTheEncodersDifferIsEnough(t *testing.T) {
	for _, params := range [][]signature.Param{
		{{"a", "1 2"}}, {{"a", "1*2"}}, {{"a", "1~2"}}, {{"a b", "1"}}, {{"a*", "1"}}, {{"~a", "1"}},
	} {
		m, err := verifier(t, "", goodKey).Verify(params, sign(t, params, goodKey, signature.PlainRFC3986))
		if err != nil || m.Form != signature.PlainRFC3986 {
			t.Errorf("%q: matched as %q, %v", params, m.Form, err)
		}
	}
}
