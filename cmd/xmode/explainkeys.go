package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"xmode/explain"
	"xmode/server"
)

// maxKeyFile is more than any list of keys takes.
const maxKeyFile = 64 << 10

// errNoKey: a key cannot be asked for where nobody sits.
var errNoKey = errors.New("no key: give --key-file, set XMODE_EXPLAIN_KEY, or run it on a terminal, where it is asked for")

// keys takes the keys from a file, a variable, or whoever sits at the terminal.
func (c *question) keys(ctx context.Context, input *server.Input, std streams) ([]string, error) {
	var settings server.ClientSettings
	if err := input.LoadClient(&settings); err != nil {
		return nil, err
	}
	if c.KeyFile != "" {
		return keysOf(c.KeyFile)
	}
	if settings.ExplainKey.IsSet() {
		return explain.SplitKeys(settings.ExplainKey.Reveal()), nil
	}
	terminal, ok := std.in.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) || c.Body == "-" || c.Request == "-" {
		return nil, errNoKey
	}
	return prompt(ctx, std.err, int(terminal.Fd()))
}

// prompt asks for keys without showing what is typed. Ctrl-C leaves the terminal
// as it was.
func prompt(ctx context.Context, w io.Writer, fd int) ([]string, error) {
	before, err := term.GetState(fd)
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	typed := make(chan error, 1)
	var text []byte
	fmt.Fprint(w, "key (not shown): ")
	go func() {
		var err error
		text, err = term.ReadPassword(fd)
		typed <- err
	}()
	select {
	case <-ctx.Done():
		err = errors.Join(errors.New("interrupted"), term.Restore(fd, before))
	case err = <-typed:
	}
	fmt.Fprintln(w)
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	return explain.SplitKeys(string(text)), nil
}

// keysOf reads a key file.
func keysOf(name string) ([]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--key-file: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("--key-file: %w", err)
	case len(text) > maxKeyFile:
		return nil, errors.New("--key-file: longer than 64 KiB, which is no list of keys")
	}
	keys := explain.SplitKeys(string(text))
	if len(keys) == 0 {
		return nil, errors.New("--key-file: the file holds no key")
	}
	return keys, nil
}
