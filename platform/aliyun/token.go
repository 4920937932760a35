package aliyun

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"

	"xmode/platform"
)

// Limits of the receipts' tokens.
const (
	maxTokens = 8
	minToken  = 16 // characters
)

// Faults of tokens.
var (
	errTokenCount    = errors.New("1 to 8 tokens are due")
	errTokenShort    = errors.New("has fewer than 16 characters")
	errTokenLetters  = errors.New("holds others than letters, digits, -, ., _ and ~")
	errTokenRepeated = errors.New("repeats an earlier one")
)

// tokens are the secret path segments of the receipts' addresses, which nobody
// signs; digests, so that a comparison tells nothing of their length either.
type tokens [][sha256.Size]byte

// parseTokens reads tokens separated by commas. The error lists all faults by
// the tokens' places, and holds none of them.
func parseTokens(text platform.Secret) (tokens, error) {
	list := strings.Split(text.Reveal(), ",")
	var faults []error
	if len(list) > maxTokens || !text.IsSet() {
		faults = append(faults, errTokenCount)
	}
	var parsed tokens
	for i, token := range list {
		if err := checkToken(token, list[:i]); err != nil && text.IsSet() {
			faults = append(faults, fmt.Errorf("token %d %w", i+1, err))
		}
		parsed = append(parsed, sha256.Sum256([]byte(token)))
	}
	return parsed, errors.Join(faults...)
}

func checkToken(token string, earlier []string) error {
	unfit := func(r rune) bool {
		return r > '~' || !isLetter(byte(r)) && !isDigit(byte(r)) && !strings.ContainsRune("-.~", r)
	}
	switch {
	case strings.ContainsFunc(token, unfit):
		return errTokenLetters
	case len(token) < minToken:
		return errTokenShort
	case slices.Contains(earlier, token):
		return errTokenRepeated
	}
	return nil
}

// has reports whether a token is one of these, in a time that says nothing of
// how much of one it matches, or which.
func (t tokens) has(token string) bool {
	digest := sha256.Sum256([]byte(token))
	found := 0
	for i := range t {
		found |= subtle.ConstantTimeCompare(t[i][:], digest[:])
	}
	return found == 1
}

// SetReceiptTokens replaces the secret path segments of the receipts'
// addresses, separated by commas. On an error, [call.FieldErrors] that hold no
// token, the old ones stay.
func (a *Adapter) SetReceiptTokens(text platform.Secret) error {
	var faults faults
	faults.note(settingReceiptToken, a.admitWith(text))
	return faults.err()
}

// admitWith puts tokens in force; the error lists all faults.
func (a *Adapter) admitWith(text platform.Secret) error {
	parsed, err := parseTokens(text)
	if err == nil {
		a.tokens.Store(&parsed)
	}
	return err
}

// admits reports whether a token is in force.
func (a *Adapter) admits(token string) bool {
	t := a.tokens.Load()
	return t != nil && t.has(token)
}
