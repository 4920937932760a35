package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"xmode/doctor"
	"xmode/server"
)

// doctorCmd is `xmode doctor`. It takes the settings of the endpoint.
type doctorCmd struct {
	server.Settings `embed:""`

	JSON   bool `name:"json" help:"Print the findings as JSON."`
	Strict bool `name:"strict" help:"End with 1 for warnings as well."`
}

// Run prints what was found; problems end it with 1.
func (c *doctorCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	var faults server.Faults
	if err := input.LoadToServe(&c.Settings); err != nil && !errors.As(err, &faults) {
		return err
	}
	found := server.Examine(ctx, &c.Settings, faults, time.Now)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	show := showFindings
	if c.JSON {
		show = encodeFindings
	}
	if err := show(std.out, found); err != nil {
		return err
	}
	if found.Count(doctor.Problem) > 0 || c.Strict && found.Count(doctor.Warning) > 0 {
		return errSaid
	}
	return nil
}

// encodeFindings writes them for machines.
func encodeFindings(w io.Writer, found doctor.Findings) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Problems int             `json:"problems"`
		Warnings int             `json:"warnings"`
		Findings doctor.Findings `json:"findings"`
	}{found.Count(doctor.Problem), found.Count(doctor.Warning), found})
}

// showFindings writes them for people, the worst first, each with what to do.
func showFindings(w io.Writer, found doctor.Findings) error {
	out := bufio.NewWriter(w)
	for _, f := range found {
		where := ""
		if f.Where != "" {
			where = f.Where + ": "
		}
		fmt.Fprintf(out, "%-8s %-16s %s%s\n", f.Level, f.Check, where, f.Found)
		if f.Why != "" {
			fmt.Fprintf(out, "%25s why: %s\n%25s do:  %s\n", "", f.Why, "", f.Do)
		}
	}
	fmt.Fprintf(out, "\nproblems: %d, warnings: %d, in order: %d\n",
		found.Count(doctor.Problem), found.Count(doctor.Warning), found.Count(doctor.OK))
	return out.Flush()
}
