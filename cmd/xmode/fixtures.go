package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"xmode/fixtures"
)

// fixturesCmd is `xmode fixtures`.
type fixturesCmd struct {
	List fixturesListCmd `cmd:"" help:"List them: name, platform, kind, what is special, where it comes from."`
	Show fixturesShowCmd `cmd:"" help:"Print one as it is kept: what is known about it, the HTTP request, the answer that is due."`
}

type fixturesListCmd struct {
	Platform string `placeholder:"NAME" help:"Only those of a platform: aliyun, huawei."`
	Kind     string `placeholder:"KIND" help:"Only those of a kind, the platform's own word: query, SecretReport, callin, fee."`
	JSON     bool   `name:"json" help:"Print them as JSON."`
}

type fixturesShowCmd struct {
	Name string `arg:"" help:"Name as xmode fixtures list prints it: aliyun/query/voice-get."`
	Curl string `xor:"form" placeholder:"URL" help:"Print a curl command that sends the request to an endpoint: https://endpoint.example"`
	JSON bool   `name:"json" xor:"form" help:"Print it as JSON."`
}

// Run prints the table.
func (c *fixturesListCmd) Run(std streams) error {
	list, err := fixtures.Messages()
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(m fixtures.Message) bool {
		return c.Platform != "" && m.Platform != c.Platform || c.Kind != "" && m.Kind != c.Kind
	})
	if len(list) == 0 {
		return usageError{"no message is of that platform and kind: xmode fixtures list prints all"}
	}
	if c.JSON {
		var all []fixtureJSON
		for _, m := range list {
			all = append(all, summaryOf(m))
		}
		return printJSON(std.out, all)
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tPLATFORM\tKIND\tWHAT IS SPECIAL\tSOURCE")
	for _, m := range list {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", m.Name, m.Platform, m.Kind, m.About, m.Source)
	}
	return table.Flush()
}

// Run prints the file byte for byte, or in another form.
func (c *fixturesShowCmd) Run(std streams) error {
	m, err := fixtures.Named(c.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usageError{fmt.Sprintf("no message is called %q: xmode fixtures list prints the names", c.Name)}
	case err != nil:
		return err
	case c.JSON:
		return printJSON(std.out, detailOf(m))
	case c.Curl != "":
		command, err := curl(m, c.Curl)
		if err != nil {
			return err
		}
		_, err = io.WriteString(std.out, agedNote(m, time.Now())+command)
		return err
	}
	_, err = std.out.Write(m.Text)
	return err
}

// fixtureJSON is a message as JSON.
type fixtureJSON struct {
	Name     string    `json:"name"`
	Platform string    `json:"platform"`
	Kind     string    `json:"kind"`
	About    string    `json:"about"`
	Source   string    `json:"source"`
	Date     string    `json:"date"`
	At       time.Time `json:"at"`
	Expect   []string  `json:"expect"`
	// Request and Answer only where one message is shown.
	Request *requestJSON `json:"request,omitempty"`
	Answer  *answerJSON  `json:"answer,omitempty"`
}

type requestJSON struct {
	Method  string       `json:"method"`
	Target  string       `json:"target"`
	Headers []headerJSON `json:"headers"`
	Body    string       `json:"body"`
}

type answerJSON struct {
	Status  int          `json:"status"`
	Headers []headerJSON `json:"headers"`
	Body    string       `json:"body"`
}

// headerJSON is a header with its name as it was written.
type headerJSON struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func summaryOf(m fixtures.Message) fixtureJSON {
	return fixtureJSON{Name: m.Name, Platform: m.Platform, Kind: m.Kind, About: m.About, Source: m.Source.String(), Date: m.Date, At: m.At, Expect: m.Expect}
}

func detailOf(m fixtures.Message) fixtureJSON {
	shown := summaryOf(m)
	shown.Request = &requestJSON{Method: m.Method, Target: m.Target, Headers: headersOf(m.HeaderLines), Body: string(m.Body)}
	if a := m.Answer; a != nil {
		shown.Answer = &answerJSON{Status: a.Status, Headers: headersOf(a.HeaderLines), Body: string(a.Body)}
	}
	return shown
}

func headersOf(lines []string) []headerJSON {
	headers := []headerJSON{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		headers = append(headers, headerJSON{name, strings.TrimSpace(value)})
	}
	return headers
}
