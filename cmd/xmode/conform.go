package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"xmode/server"
	"xmode/simulator/conform"
)

//go:generate go test -run ^TestClausesPageIsUpToDate$ -update .

// conformCmd is `xmode conform`: any endpoint held against the contract.
type conformCmd struct {
	URL      string `name:"url" placeholder:"URL" help:"The endpoint, such as http://127.0.0.1:8080."`
	Platform string `name:"platform" default:"both" enum:"aliyun,huawei,both" help:"Whose contract: aliyun, huawei or both. Messages are signed with the first of XMODE_ALIYUN_KEYS and XMODE_HUAWEI_APPS; receipts go to XMODE_ALIYUN_RECEIPT_TOKEN. Each may be in a file, as for serve."`
	Own      bool   `name:"i-own-this-endpoint" help:"Check an endpoint that is neither on this machine nor on a private network."`

	XConnects      string `name:"x-connects" placeholder:"NUMBER" help:"An X number that connects --caller-connects, by call and by text."`
	CallerConnects string `name:"caller-connects" placeholder:"NUMBER" help:"Who gets through --x-connects."`
	XAsks          string `name:"x-asks" placeholder:"NUMBER" help:"An X number that asks for an extension."`
	Extension      string `name:"extension" placeholder:"DIGITS" help:"An extension of --x-asks that --caller-connects may dial."`
	XRejects       string `name:"x-rejects" placeholder:"NUMBER" help:"An X number that connects nobody."`

	Admin string `name:"admin" placeholder:"URL" help:"The admin listener of an endpoint that is xmode, or has the same: what was kept is read back there, with the key in XMODE_API_KEY. Without it, the clauses about that are skipped."`

	aliyunFlags
	huaweiFlags

	Only     string        `name:"only" placeholder:"PATTERN" help:"The clauses to check, such as ALI-SIG-04 or HW-*,ALI-IVR-*."`
	List     bool          `name:"list" help:"List the clauses and check nothing."`
	Queries  int           `name:"queries" default:"100" help:"How many messages latencies are measured with."`
	Parallel int           `name:"parallel" default:"8" help:"How many clauses are checked at a time; those that measure latencies are checked alone."`
	Timeout  time.Duration `name:"timeout" default:"3s" help:"How long an answer may take before it counts as none."`

	JUnit    string `name:"junit" placeholder:"FILE" help:"Write the result as a JUnit file as well."`
	JSON     bool   `name:"json" xor:"form" help:"Print the result as JSON."`
	Markdown bool   `name:"markdown" xor:"form" help:"Print the result as a page."`
}

// conformed is one platform under `xmode conform`: its clauses, and what of their
// needs is there.
type conformed struct {
	clauses []conform.Clause
	given   map[string]bool
}

// contract is a row of the table of platforms.
type contract struct {
	name, title string
	pages       func() []conform.Page
	clauses     func(c *conformCmd, keys conformKeys, run string) (conformed, error)
}

// conformKeys are the endpoint's own keys, and the one that reads what it kept.
type conformKeys struct {
	server.PlatformKeys
	api string
}

// contracts has a row for each platform.
func contracts() []contract {
	return []contract{aliyunContract(), huaweiContract()}
}

// Run checks the endpoint, prints what was found, and fails if a must is not kept.
func (c *conformCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	keys, err := c.keys(input)
	if err != nil {
		return err
	}
	if !c.List {
		if err := c.checkURL(ctx, keys); err != nil {
			return err
		}
	}
	config, err := c.config(keys)
	if err != nil {
		return err
	}
	if c.List {
		return list(std.out, config.Clauses)
	}
	if std.terminal {
		config.Done = c.progress(std.err, len(config.Clauses))
	}
	report := conform.Run(ctx, config)
	if err := c.write(std.out, report); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil && report.Count(conform.Unfinished) > 0:
		return errors.New("conform: interrupted: the rest was not checked")
	case report.Count(conform.Skipped) == len(report.Results):
		return errors.New("conform: nothing was checked: each clause lacks something that it needs")
	case !report.Conforms():
		return fmt.Errorf("conform: the endpoint breaks the contract: %d of its musts", report.FailedMusts())
	}
	return nil
}

// keys reads the keys; that of the admin listener only where it is asked.
func (c *conformCmd) keys(input *server.Input) (conformKeys, error) {
	keys, err := platformKeys(input)
	if err != nil || c.Admin == "" {
		return conformKeys{PlatformKeys: keys}, err
	}
	var client server.ClientSettings
	if err := input.LoadClient(&client); err != nil {
		return conformKeys{}, err
	}
	if !client.APIKey.IsSet() {
		return conformKeys{}, errNoAPIKey
	}
	return conformKeys{PlatformKeys: keys, api: client.APIKey.Reveal()}, nil
}

// checkURL looks at what the command line says before anything is sent.
func (c *conformCmd) checkURL(ctx context.Context, keys conformKeys) error {
	switch {
	case c.URL == "":
		return usageError{"missing flags: --url=URL"}
	case c.Parallel < 1 || c.Queries < 1 || c.Timeout <= 0:
		return usageError{"--parallel, --queries and --timeout have to be above zero"}
	case !keys.Aliyun.IsSet() && !keys.Huawei.IsSet():
		return errors.New("neither XMODE_ALIYUN_KEYS nor XMODE_HUAWEI_APPS is set: the messages have to be signed")
	}
	target := simulated{URL: c.URL, Own: c.Own}
	if err := target.checkTarget(ctx); err != nil || c.Admin == "" {
		return err
	}
	if _, err := baseURL(c.Admin); err != nil {
		return usageError{"--admin: not of the form http://host:port or https://host:port"}
	}
	return nil
}

// config gathers the chosen clauses of the chosen platforms.
func (c *conformCmd) config(keys conformKeys) (conform.Config, error) {
	config := conform.Config{Target: c.URL, Given: map[string]bool{}, Parallel: c.Parallel, Now: time.Now}
	run := strings.ToLower(rand.Text()[:8])
	for _, p := range contracts() {
		if c.Platform != "both" && c.Platform != p.name {
			continue
		}
		one, err := p.clauses(c, keys, run)
		if err != nil {
			return config, err
		}
		config.Clauses = append(config.Clauses, one.clauses...)
		for name, given := range one.given {
			config.Given[name] = config.Given[name] || given
		}
	}
	chosen, err := conform.Select(config.Clauses, c.Only)
	if err != nil {
		return config, usageError{"--only: " + err.Error()}
	}
	config.Clauses = chosen
	return config, nil
}

// facts are what the flags tell about the endpoint.
func (c *conformCmd) facts() conform.Facts {
	return conform.Facts{
		ConnectsX: c.XConnects, ConnectsCaller: c.CallerConnects, AsksX: c.XAsks, Extension: c.Extension, RejectsX: c.XRejects,
	}
}

// sender sends for one platform; what it must not show are the secrets.
func (c *conformCmd) sender(secrets ...string) *conform.Sender {
	return conform.NewSender(conform.SenderConfig{Timeout: c.Timeout, Secrets: secrets, Now: time.Now})
}

// admin is where the endpoint says what it kept.
func (c *conformCmd) admin(keys conformKeys) conform.Admin {
	return conform.Admin{URL: c.Admin, Key: keys.api}
}

// at is an address of the endpoint; without one there is nothing to send to.
func (c *conformCmd) at(path string) string {
	return strings.TrimSuffix(cmp.Or(c.URL, "http://127.0.0.1"), "/") + path
}

// progress counts on a terminal.
func (c *conformCmd) progress(w io.Writer, of int) func(conform.Result) {
	done := 0
	return func(conform.Result) {
		done++
		fmt.Fprintf(w, "\r%d of %d clauses", done, of)
		if done == of {
			fmt.Fprint(w, "\r\033[K")
		}
	}
}

// write writes the report in the form that was asked for.
func (c *conformCmd) write(w io.Writer, report conform.Report) error {
	form := report.WriteTable
	switch {
	case c.JSON:
		form = report.WriteJSON
	case c.Markdown:
		form = report.WriteMarkdown
	}
	if err := form(w); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if c.JUnit == "" {
		return nil
	}
	f, err := os.Create(c.JUnit)
	if err != nil {
		return fmt.Errorf("--junit: %w", err)
	}
	return errors.Join(report.WriteJUnit(f), f.Close())
}

// list prints the clauses.
func list(w io.Writer, clauses []conform.Clause) error {
	for _, c := range clauses {
		line := fmt.Sprintf("%-10s %-6s  %s", c.Name, c.Basis.Level(), c.Rule)
		if len(c.Needs) > 0 {
			line += " [" + strings.Join(slices.Clone(c.Needs), " ") + "]"
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
