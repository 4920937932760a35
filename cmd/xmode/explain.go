package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"xmode/explain"
	"xmode/server"
	"xmode/signature"
)

// explainCmd is `xmode explain`.
type explainCmd struct {
	Aliyun explainAliyunCmd `cmd:"" help:"A call control query of Alibaba Cloud."`
	Huawei explainHuaweiCmd `cmd:"" help:"A push of Huawei Cloud: headers Authorization and X-AKSK or X-WSSE."`
	POP    explainPOPCmd    `cmd:"" name:"pop" help:"A request to an API of Alibaba Cloud (POP, signature version 1.0)."`
}

// question is what all of them are asked with. There is no flag for a key:
// command lines are seen by everybody on a machine, and kept in histories.
type question struct {
	Address string        `arg:"" optional:"" name:"address" help:"The URL as it was received, in quotation marks."`
	URL     string        `name:"url" placeholder:"URL" help:"The same as a flag."`
	Body    string        `placeholder:"TEXT|@FILE|-" help:"Body as it was received: the text, @FILE, or - for standard input."`
	Header  []string      `sep:"none" placeholder:"NAME: VALUE" help:"A header as it was received; may be repeated."`
	Request string        `placeholder:"@FILE|-" help:"A whole request as it was captured by curl -v or tcpdump -A: request line, headers, blank line, body."`
	Method  string        `placeholder:"METHOD" help:"HTTP method, where --request does not say it."`
	KeyFile string        `placeholder:"FILE" help:"File with the key, or several: one a line, or separated by commas. Else XMODE_EXPLAIN_KEY or the file that XMODE_EXPLAIN_KEY_FILE names, else it is asked for."`
	At      string        `placeholder:"TIME" help:"When the message was received, as 2026-03-04T05:06:07Z; now by default."`
	Window  time.Duration `placeholder:"DURATION" help:"How far the timestamp may be off, both ways. By default 5m; 11h back for pushes of Huawei Cloud that are no question; 15m for pop."`
	JSON    bool          `name:"json" help:"Print the finding as JSON."`
}

type explainAliyunCmd struct {
	question
	Form string `enum:"any,form,form&,rfc3986,rfc3986&" default:"any" placeholder:"FORM" help:"The form that is due, as --aliyun-signature pins it: any (the default), form, form&, rfc3986 or rfc3986&."`
}

type explainHuaweiCmd struct{ question }

type explainPOPCmd struct{ question }

// errSaid ends a command with status 1 that has said on standard output what
// was wrong.
var errSaid = errors.New("said already")

// Run explains a query of Alibaba Cloud.
func (c *explainAliyunCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	form := signature.Form(c.Form)
	if c.Form == "any" {
		form = ""
	}
	return c.run(ctx, input, std, func(q explain.Question) (explain.Report, error) {
		q.Form = form
		return explain.Aliyun(q)
	})
}

// Run explains a push of Huawei Cloud.
func (c *explainHuaweiCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	return c.run(ctx, input, std, explain.Huawei)
}

// Run explains a request to an API of Alibaba Cloud.
func (c *explainPOPCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	return c.run(ctx, input, std, explain.POP)
}

// run puts the question together, has it answered and prints the answer.
func (c *question) run(ctx context.Context, input *server.Input, std streams, answer func(explain.Question) (explain.Report, error)) error {
	q := explain.Question{At: time.Now(), Window: signature.Skew(c.Window)}
	var err error
	if c.At != "" {
		if q.At, err = time.Parse(time.RFC3339, c.At); err != nil {
			return usageError{"--at: not of the form 2026-03-04T05:06:07Z"}
		}
	}
	if c.Window < 0 {
		return usageError{"--window: is negative"}
	}
	if q.Message, err = c.message(std.in); err != nil {
		return err
	}
	if q.Keys, err = c.keys(ctx, input, std); err != nil {
		return err
	}
	rep, err := answer(q)
	switch {
	case errors.Is(err, explain.ErrURL):
		return usageError{err.Error()}
	case err != nil:
		return err
	case c.JSON:
		err = printJSON(std.out, rep)
	default:
		err = printReport(std.out, rep)
	}
	if err == nil && !rep.OK {
		return errSaid
	}
	return err
}

// message puts together what was received.
func (c *question) message(in io.Reader) (explain.Message, error) {
	m := explain.Message{Header: http.Header{}}
	address := c.Address
	switch {
	case c.Address != "" && c.URL != "":
		return m, usageError{"the URL is there twice: as an argument and as --url"}
	case c.URL != "":
		address = c.URL
	}
	if address == "" && c.Body == "" && c.Request == "" && len(c.Header) == 0 {
		return m, usageError{"nothing to explain: give the URL, --body, --header or --request"}
	}
	if c.Body == "-" && c.Request == "-" {
		return m, usageError{"--body and --request cannot both be read from standard input"}
	}
	if c.Request != "" {
		raw, err := readInput("--request", c.Request, in)
		if err != nil {
			return m, err
		}
		if m, err = explain.ReadCapture(raw); err != nil {
			return m, fmt.Errorf("--request: %w", err)
		}
	}
	if address != "" {
		m.URL = address
	}
	if c.Method != "" {
		m.Method = strings.ToUpper(c.Method)
	}
	for _, line := range c.Header {
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return m, usageError{"--header: not of the form 'Name: value'"}
		}
		m.Header.Add(name, strings.TrimSpace(value))
	}
	if c.Body != "" {
		body, err := readInput("--body", c.Body, in)
		if err != nil {
			return m, err
		}
		m.Body = body
	}
	return m, nil
}

// readInput reads the value of a flag: the text itself, @FILE, or - for
// standard input.
func readInput(flag, value string, in io.Reader) ([]byte, error) {
	if name, isFile := strings.CutPrefix(value, "@"); isFile {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flag, err)
		}
		defer f.Close()
		in = f
	} else if value != "-" {
		return []byte(value), nil
	}
	text, err := io.ReadAll(io.LimitReader(in, explain.MaxInput+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	if len(text) > explain.MaxInput {
		return nil, fmt.Errorf("%s: %w", flag, explain.ErrTooLarge)
	}
	return text, nil
}
