package main

import (
	"errors"
	"fmt"
	"io/fs"
	"text/tabwriter"

	"xmode/fixtures"
)

// fixturesCmd is `xmode fixtures`.
type fixturesCmd struct {
	List fixturesListCmd `cmd:"" help:"List them: name, what a receiver has to make of it, where it comes from."`
	Show fixturesShowCmd `cmd:"" help:"Print one as it is kept: what is known about it, an empty line, the HTTP request."`
}

type fixturesListCmd struct{}

type fixturesShowCmd struct {
	Name string `arg:"" help:"Name as xmode fixtures list prints it: aliyun/query-voice."`
}

// Run prints the table.
func (fixturesListCmd) Run(std streams) error {
	list, err := fixtures.Messages()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tEXPECT\tSOURCE")
	for _, m := range list {
		fmt.Fprintf(table, "%s\t%s\t%s\n", m.Name, m.Expect, m.Source)
	}
	return table.Flush()
}

// Run prints the file, byte for byte.
func (c *fixturesShowCmd) Run(std streams) error {
	text, err := fixtures.Files.ReadFile("messages/" + c.Name + ".http")
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		return usageError{fmt.Sprintf("no message is called %q: xmode fixtures list prints the names", c.Name)}
	case err != nil:
		return err
	}
	_, err = std.out.Write(text)
	return err
}
