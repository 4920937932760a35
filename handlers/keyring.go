package handlers

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
)

// Role is what an API key may do. Roles are a ladder: each may what those
// below it may.
type Role int

// The roles, from the lowest.
const (
	Read      Role = iota + 1 // look at bindings and decisions
	Provision                 // change bindings
	Administer
)

// minKey is the shortest API key, maxKeyName the longest name, in characters.
const (
	minKey     = 16
	maxKeyName = 64
)

// String returns the role as the settings spell it.
func (r Role) String() string {
	switch r {
	case Read:
		return "read"
	case Provision:
		return "provision"
	case Administer:
		return "admin"
	}
	return "none"
}

// parseRole reads a role as the settings spell it.
func parseRole(s string) (Role, bool) {
	for r := Read; r <= Administer; r++ {
		if r.String() == s {
			return r, true
		}
	}
	return 0, false
}

// apiKey is one key; of the key itself only its hash is kept.
type apiKey struct {
	name string
	role Role
	sum  [sha256.Size]byte
}

// Keyring holds the API keys of the admin listener. The zero Keyring lets
// nobody in.
type Keyring struct{ keys []apiKey }

// Len returns the number of keys.
func (k Keyring) Len() int { return len(k.keys) }

// find returns the key that secret is. All keys are compared, each in constant
// time, so that the time taken tells neither a prefix nor a position.
func (k Keyring) find(secret string) (apiKey, bool) {
	sum := sha256.Sum256([]byte(secret))
	found := -1
	for i := range k.keys {
		hit := subtle.ConstantTimeCompare(sum[:], k.keys[i].sum[:])
		found = subtle.ConstantTimeSelect(hit, i, found)
	}
	if found < 0 {
		return apiKey{}, false
	}
	return k.keys[found], true
}

// ParseKeyring reads "name:role:key,name:role:key". A key may itself hold
// colons, but no comma. The error joins all faults and names entries by their
// position only: whoever swapped name and key must not find the key in a log.
// Nothing gives an empty Keyring.
func ParseKeyring(s string) (Keyring, error) {
	var ring Keyring
	var faults []error
	if strings.TrimSpace(s) == "" {
		return ring, nil
	}
	names, sums := map[string]bool{}, map[[sha256.Size]byte]bool{}
	for i, entry := range strings.Split(s, ",") {
		key, err := parseKey(strings.TrimSpace(entry))
		switch {
		case err != nil:
		case names[key.name]:
			err = errors.New("same name as an entry before")
		case sums[key.sum]:
			err = errors.New("same key as an entry before")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("entry %d: %w", i+1, err))
			continue
		}
		names[key.name], sums[key.sum] = true, true
		ring.keys = append(ring.keys, key)
	}
	if err := errors.Join(faults...); err != nil {
		return Keyring{}, err
	}
	return ring, nil
}

// parseKey reads "name:role:key".
func parseKey(entry string) (apiKey, error) {
	part := strings.SplitN(entry, ":", 3)
	if len(part) != 3 {
		return apiKey{}, errors.New("not of the form name:role:key")
	}
	if n := len(part[0]); n < 1 || n > maxKeyName || strings.ContainsFunc(part[0], notNameRune) {
		return apiKey{}, fmt.Errorf("name: must be 1-%d letters, digits, dots, dashes or underscores", maxKeyName)
	}
	role, ok := parseRole(part[1])
	if !ok {
		return apiKey{}, errors.New("role: must be read, provision or admin")
	}
	if len(part[2]) < minKey || strings.ContainsFunc(part[2], notKeyRune) {
		return apiKey{}, fmt.Errorf("key: must be at least %d printable ASCII characters without spaces", minKey)
	}
	return apiKey{name: part[0], role: role, sum: sha256.Sum256([]byte(part[2]))}, nil
}

// notNameRune reports what a key's name may not hold.
func notNameRune(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	return !letter && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
}

// notKeyRune reports what cannot travel in an Authorization header.
func notKeyRune(r rune) bool { return r <= ' ' || r > '~' }
