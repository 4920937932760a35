package signature

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MaxKeys is how many keys a [Verifier] takes: enough for a rotation.
const MaxKeys = 4

// Faults of keys. The errors that wrap them name a key by its place in the
// list, never by its text.
var (
	ErrKeyCount    = errors.New("1 to 4 keys are due")
	ErrKeyEmpty    = errors.New("is empty")
	ErrKeySpace    = errors.New("has white space around it")
	ErrKeyRepeated = errors.New("repeats an earlier one")
)

// checkKeys returns all faults of the keys, or nil. White space around a key
// is refused because it comes from a file's last line or a list's separators,
// and would make every message fail.
func checkKeys(keys []string) error {
	var faults []error
	if len(keys) < 1 || len(keys) > MaxKeys {
		faults = append(faults, ErrKeyCount)
	}
	for i, key := range keys {
		if fault := checkKey(key, keys[:i]); fault != nil {
			faults = append(faults, fmt.Errorf("key %d %w", i+1, fault))
		}
	}
	return errors.Join(faults...)
}

func checkKey(key string, earlier []string) error {
	switch {
	case key == "":
		return ErrKeyEmpty
	case strings.TrimSpace(key) != key:
		return ErrKeySpace
	case slices.Contains(earlier, key):
		return ErrKeyRepeated
	}
	return nil
}
