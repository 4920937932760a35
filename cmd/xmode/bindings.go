package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"xmode/call"
	"xmode/server"
)

// bindingsCmd is `xmode bindings`.
type bindingsCmd struct {
	Import importCmd `cmd:"" help:"Create or replace bindings from CSV or NDJSON. Repeating an import changes nothing."`
	Export exportCmd `cmd:"" help:"Write bindings as CSV or NDJSON."`
	Get    getCmd    `cmd:"" help:"Show bindings, one JSON object a line."`
	Delete deleteCmd `cmd:"" help:"Delete bindings."`
}

// idArgs are the bindings a command is about.
type idArgs struct {
	IDs []string `arg:"" name:"id" help:"Ids of bindings."`
}

// Validate refuses what cannot be an id; kong calls it.
func (a idArgs) Validate() error {
	for _, id := range a.IDs {
		if _, err := call.ParseID(id); err != nil {
			return fmt.Errorf("%q is no binding id", id)
		}
	}
	return nil
}

// errSomeMissing ends a command that has already said which bindings.
var errSomeMissing = errors.New("some bindings were not found")

// each does something with each id. A binding that does not exist is reported,
// and the others are still done.
func (a idArgs) each(std streams, do func(id string) error) error {
	missing := false
	for _, id := range a.IDs {
		err := do(id)
		if status, ok := errors.AsType[*statusError](err); ok && status.status == http.StatusNotFound {
			fmt.Fprintf(std.err, "binding %s: not found\n", id)
			missing = true
			continue
		}
		if err != nil {
			return err
		}
	}
	if missing {
		return errSomeMissing
	}
	return nil
}

// getCmd is `xmode bindings get`.
type getCmd struct {
	endpoint `embed:""`
	idArgs   `embed:""`
}

// Run prints the bindings.
func (c *getCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	api, err := c.dial(input)
	if err != nil {
		return err
	}
	return c.each(std, func(id string) error {
		var binding json.RawMessage
		if err := api.call(ctx, http.MethodGet, "/v1/bindings/"+id, &binding); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "%s\n", binding)
		return err
	})
}

// deleteCmd is `xmode bindings delete`.
type deleteCmd struct {
	endpoint `embed:""`
	idArgs   `embed:""`
}

// Run deletes the bindings and says which.
func (c *deleteCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	api, err := c.dial(input)
	if err != nil {
		return err
	}
	return c.each(std, func(id string) error {
		if err := api.call(ctx, http.MethodDelete, "/v1/bindings/"+id, nil); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, `{"id":"%s","deleted":true}`+"\n", id)
		return err
	})
}
