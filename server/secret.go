package server

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
)

// maxSecret is the largest file a secret is read from, so that a mistaken name
// (a device, a log) does not fill the memory.
const maxSecret = 1 << 20

// Secret is a setting that is never shown: it prints as "(set)" or "(not set)"
// in every verb and log. It comes from a variable, or from the file that the
// variable's name with _FILE gives.
type Secret struct{ value, file string }

// SecretValue returns a secret that came from neither variable nor file.
func SecretValue(value string) Secret { return Secret{value: value} }

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return s.value }

// IsSet reports whether there is a secret.
func (s Secret) IsSet() bool { return s.value != "" }

// String hides the secret.
func (s Secret) String() string {
	if s.IsSet() {
		return "(set)"
	}
	return "(not set)"
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the secret from structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Reread reads the secret's file again; without a file the secret stays.
func (s Secret) Reread() (Secret, error) {
	if s.file == "" {
		return s, nil
	}
	return readSecret(s.file)
}

// errEmptySecret: a file without content is a mistake, or half written.
var errEmptySecret = errors.New("file is empty")

// readSecret reads a secret from a file. The newline that editors leave at the
// end is no part of it.
func readSecret(file string) (Secret, error) {
	f, err := os.Open(file)
	if err != nil {
		return Secret{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return Secret{}, err
	case len(text) > maxSecret:
		return Secret{}, fmt.Errorf("read %s: longer than %s", file, Size(maxSecret))
	}
	value := strings.TrimRight(string(text), "\r\n")
	if value == "" {
		return Secret{}, fmt.Errorf("read %s: %w", file, errEmptySecret)
	}
	return Secret{value: value, file: file}, nil
}
