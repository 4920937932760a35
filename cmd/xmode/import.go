package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"xmode/server"
)

// importCmd is `xmode bindings import`.
type importCmd struct {
	endpoint `embed:""`
	Format   string `name:"format" enum:",csv,ndjson" default:"" placeholder:"csv|ndjson" help:"Form of the file; without it csv where the name ends so, else ndjson."`
	File     string `arg:"" name:"file" help:"File to read; - is standard input."`
}

// Run imports the file and sums up.
func (c *importCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	api, err := c.dial(input)
	if err != nil {
		return err
	}
	in, size, err := c.open(std)
	if err != nil {
		return err
	}
	defer in.Close()
	counted := &countingReader{in: in}
	from, err := newSource(counted, formatOf(c.Format, c.File))
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	tally := newTally(std, counted, size)
	err = newUpload(api, from, tally).run(ctx)
	tally.close()
	if err != nil {
		return fmt.Errorf("import stopped after %d lines, a repeated import changes nothing that is done: %w", tally.lines(), err)
	}
	return tally.sum(std.out)
}

// open opens the file; the size is 0 where it is not known.
func (c *importCmd) open(std streams) (io.ReadCloser, int64, error) {
	if c.File == "-" {
		return io.NopCloser(std.in), 0, nil
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s: is a directory", c.File)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	if !info.Mode().IsRegular() {
		return f, 0, nil
	}
	return f, info.Size(), nil
}
