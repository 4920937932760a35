package redisstore_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"xmode/call"
	"xmode/call/calltest"
	"xmode/store/redisstore"
)

// TestBodyRoundTrip: what is written is read back.
func TestBodyRoundTrip(t *testing.T) {
	same := cmp.Options{cmp.Comparer(func(a, b call.Number) bool { return a == b }), cmpopts.EquateEmpty()}
	rapid.Check(t, func(t *rapid.T) {
		for _, b := range calltest.World(t).Bindings() {
			got, err := redisstore.DecodeBody(b.X, b.ID, redisstore.EncodeBody(&b))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(b, got, same); diff != "" {
				t.Fatalf("-written +read\n%s", diff)
			}
		}
	})
}

// TestPairIsSmall: the most common binding stays within Redis's compact
// encoding of hashes, 64 bytes a value.
func TestPairIsSmall(t *testing.T) {
	b := pair(call.MaxID, "+8617000000001", "+8613700000001", "+8613700000002")
	if n := len(redisstore.EncodeBody(&b)); n > 64 {
		t.Errorf("a pair takes %d bytes", n)
	}
}

// FuzzDecodeBody: damaged bodies are errors, and what is read can be written.
func FuzzDecodeBody(f *testing.F) {
	b := pair(7, "+8617000000001", "+8613700000001", "+8613700000002")
	f.Add(redisstore.EncodeBody(&b))
	f.Add("\n")
	f.Add("9\taliyun\t12\t+8613700000001\t0\tto_a\t95013\t1\t60\tdrop\tu\ta\tb\tc\td\te\tf\n")
	f.Fuzz(func(t *testing.T, body string) {
		got, err := redisstore.DecodeBody(b.X, b.ID, body)
		if err != nil {
			return
		}
		if _, err := redisstore.DecodeBody(b.X, b.ID, redisstore.EncodeBody(&got)); err != nil {
			t.Errorf("read, written, and not read again: %v", err)
		}
	})
}
