package s3test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// errMissing: the program is not where `make deps` puts it.
var errMissing = errors.New("these tests need versitygw, a server that speaks S3: make deps puts it into bin/")

// find is the path of the program, in the repository that the folder lies in.
func find(folder string) (string, error) {
	root, err := repository(folder)
	if err != nil {
		return "", err
	}
	program := filepath.Join(root, "bin", "versitygw")
	if _, err := os.Stat(program); err != nil {
		return "", fmt.Errorf("%w: %w", errMissing, err)
	}
	return program, nil
}

// repository goes up from a folder to that of this module's go.mod, past those of
// modules inside it.
func repository(folder string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", fmt.Errorf("find the repository: %w", err)
	}
	for {
		content, err := os.ReadFile(filepath.Join(folder, "go.mod"))
		if err == nil && bytes.HasPrefix(content, []byte("module xmode\n")) {
			return folder, nil
		}
		up := filepath.Dir(folder)
		if up == folder {
			return "", errors.New("find the repository: no go.mod of module xmode in any folder above")
		}
		folder = up
	}
}
