package server

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"xmode/platform"
)

// maxSecret is the largest file a secret is read from, so that a mistaken name
// (a device, a log) does not fill the memory.
const maxSecret = 1 << 20

// errEmptySecret: a file without content is a mistake, or half written.
var errEmptySecret = errors.New("file is empty")

// readSecret reads a secret from a file. The newline that editors leave at the
// end is no part of it.
func readSecret(file string) (platform.Secret, error) {
	f, err := os.Open(file)
	if err != nil {
		return platform.Secret{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return platform.Secret{}, err
	case len(text) > maxSecret:
		return platform.Secret{}, fmt.Errorf("read %s: longer than %s", file, Size(maxSecret))
	}
	secret := platform.NewSecret(strings.TrimRight(string(text), "\r\n"))
	if !secret.IsSet() {
		return secret, fmt.Errorf("read %s: %w", file, errEmptySecret)
	}
	return secret, nil
}
