package main

import (
	"bufio"
	"fmt"

	"xmode/server"
)

// configCmd is `xmode config`.
type configCmd struct {
	server.Settings `embed:""`
}

// Run prints each setting as NAME=value, secrets as (set) or (not set).
func (c *configCmd) Run(input *server.Input, std streams) error {
	if err := input.Load(&c.Settings); err != nil {
		return err
	}
	all, err := c.Settings.Variables()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(std.out)
	for _, v := range all {
		fmt.Fprintf(out, "%s=%s\n", v.Name, v.Value)
	}
	return out.Flush()
}
