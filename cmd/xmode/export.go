package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"xmode/handlers"
	"xmode/server"
)

// exportPage is how many bindings are fetched at a time.
const exportPage = 1000

// exportCmd is `xmode bindings export`.
type exportCmd struct {
	endpoint `embed:""`
	Format   string `name:"format" enum:",csv,ndjson" default:"" placeholder:"csv|ndjson" help:"Form of the output; without it csv where the name of the output ends so, else ndjson."`
	Output   string `name:"output" short:"o" placeholder:"FILE" help:"File to write, complete or not at all; without it standard output."`
	X        string `name:"x" placeholder:"NUMBER" help:"Only bindings on this X number."`
	Owner    string `name:"owner" placeholder:"NUMBER" help:"Only bindings of this owner."`
	All      bool   `name:"all" help:"Expired bindings that have not been swept yet, too."`
}

// Run writes the bindings.
func (c *exportCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	api, err := c.dial(input)
	if err != nil {
		return err
	}
	if c.Output == "" {
		return c.export(ctx, api, std.out)
	}
	return whole(c.Output, func(w io.Writer) error { return c.export(ctx, api, w) })
}

// export fetches page after page and writes each.
func (c *exportCmd) export(ctx context.Context, api *client, w io.Writer) error {
	out := newSink(w, formatOf(c.Format, c.Output))
	for cursor := ""; ; {
		var page struct {
			Items []json.RawMessage `json:"items"`
			Next  string            `json:"next_cursor"`
		}
		if err := api.call(ctx, http.MethodGet, "/v1/bindings?"+c.query(cursor), &page); err != nil {
			return err
		}
		for _, item := range page.Items {
			if err := c.write(out, item); err != nil {
				return err
			}
		}
		if cursor = page.Next; cursor == "" {
			return out.close()
		}
	}
}

// query asks for one page.
func (c *exportCmd) query(cursor string) string {
	q := url.Values{"limit": {strconv.Itoa(exportPage)}}
	for name, value := range map[string]string{"x": c.X, "owner": c.Owner, "cursor": cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}

// write writes one binding, unless it has expired and nobody asked for that.
func (c *exportCmd) write(out sink, item json.RawMessage) error {
	var b handlers.Binding
	if err := json.Unmarshal(item, &b); err != nil {
		return fmt.Errorf("read a binding: %w", err)
	}
	if b.Expired && !c.All {
		return nil
	}
	return out.write(&b, item)
}

// sink takes bindings in one of the forms.
type sink struct {
	write func(b *handlers.Binding, item json.RawMessage) error
	close func() error
}

// newSink writes bindings to w.
func newSink(w io.Writer, format string) sink {
	buffered := bufio.NewWriterSize(w, 64<<10)
	if format != formatCSV {
		return sink{
			write: func(_ *handlers.Binding, item json.RawMessage) error {
				_, err := buffered.Write(append(item, '\n'))
				return err
			},
			close: buffered.Flush,
		}
	}
	out, all := csv.NewWriter(buffered), columns()
	row := make([]string, len(all))
	for i, c := range all {
		row[i] = c.name
	}
	// An error stays with the writer and comes back at the end.
	_ = out.Write(row)
	return sink{
		write: func(b *handlers.Binding, _ json.RawMessage) error {
			for i, c := range all {
				row[i] = c.get(b)
			}
			return out.Write(row)
		},
		close: func() error { out.Flush(); return errors.Join(out.Error(), buffered.Flush()) },
	}
}

// whole writes a file that appears under its name only when it is complete.
func whole(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once the file has its name
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
