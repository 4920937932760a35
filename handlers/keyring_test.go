package handlers_test

import (
	"strings"
	"testing"

	"xmode/handlers"
)

func TestKeyring(t *testing.T) {
	for _, tt := range []struct {
		name, text, fault string
		keys              int
	}{
		{"nothing", "", "", 0},
		{"one of each role", keys, "", 3},
		{"spaces around commas", " a:read:0123456789abcdef , b:admin:fedcba9876543210 ", "", 2},
		{"colons in the key", "a:read:0123:4567:89ab:cdef", "", 1},
		{"no parts", "0123456789abcdef", "entry 1: not of the form name:role:key", 0},
		{"no name", ":read:0123456789abcdef", "entry 1: name: must be 1-64 letters, digits, dots, dashes or underscores", 0},
		{"unknown role", "a:owner:0123456789abcdef", "entry 1: role: must be read, provision or admin", 0},
		{"short key", "a:read:0123456789abcde", "entry 1: key: must be at least 16 printable ASCII characters without spaces", 0},
		{"space in the key", "a:read:01234567 89abcdef", "entry 1: key: must be at least 16 printable ASCII characters without spaces", 0},
		{"empty entry", "a:read:0123456789abcdef,", "entry 2: not of the form name:role:key", 0},
		{"same name", "a:read:0123456789abcdef,a:read:fedcba9876543210", "entry 2: same name as an entry before", 0},
		{"same key", "a:read:0123456789abcdef,b:admin:0123456789abcdef", "entry 2: same key as an entry before", 0},
		{"all faults at once", "a:read:short,b:boss:0123456789abcdef",
			"entry 1: key: must be at least 16 printable ASCII characters without spaces\n" +
				"entry 2: role: must be read, provision or admin", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ring, err := handlers.ParseKeyring(tt.text)
			fault := ""
			if err != nil {
				fault = err.Error()
			}
			if fault != tt.fault || ring.Len() != tt.keys {
				t.Errorf("got %d keys, fault %q; want %d, %q", ring.Len(), fault, tt.keys, tt.fault)
			}
		})
	}
}

// Whoever swaps name and key must not read the key in a log.
func TestKeyringFaultsHoldNoKeys(t *testing.T) {
	const secret = "s3cr3ts3cr3ts3cr3t"
	for _, text := range []string{
		secret, secret + ":read:name", "name:" + secret + ":read", "a:nobody:" + secret, "a:read:" + secret + " ",
		"a:read:" + secret + ",b:read:" + secret, "a:read:" + secret + "\x00",
	} {
		if _, err := handlers.ParseKeyring(text); err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the fault holds the key: %v", err)
		}
	}
}
