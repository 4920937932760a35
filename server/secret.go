package server

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
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
// end is no part of it. Errors do not name the file: it may be the secret itself
// that somebody has put where the name is due.
func readSecret(file string) (platform.Secret, error) {
	f, err := os.Open(file)
	if err != nil {
		return platform.Secret{}, nameless(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return platform.Secret{}, nameless(err)
	case len(text) > maxSecret:
		return platform.Secret{}, fmt.Errorf("file is longer than %s", Size(maxSecret))
	}
	secret := platform.NewSecret(strings.TrimRight(string(text), "\r\n"))
	if !secret.IsSet() {
		return secret, errEmptySecret
	}
	return secret, nil
}

// nameless is the error of an operation on a file without the file's name.
func nameless(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s the file: %w", p.Op, p.Err)
	}
	return err
}
