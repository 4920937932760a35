package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	aliyun "xmode/platform/aliyun/sim"
	"xmode/server"
	"xmode/signature"
)

// simulateAliyunCmd is `xmode simulate aliyun`.
type simulateAliyunCmd struct {
	simulated
	Extension string `name:"extension" placeholder:"DIGITS" help:"What the caller types: at once, or, if the endpoint asks for it, in a second query."`
	Path      string `name:"path" default:"/aliyun/call-control" help:"Path of the query."`
	Form      string `name:"signature" default:"form" enum:"form,form&,rfc3986,rfc3986&" help:"How the query is signed: form, form&, rfc3986 or rfc3986&."`
}

// Run asks once, and once more if the endpoint asks for an extension that is given.
func (c *simulateAliyunCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	keys, err := platformKeys(input)
	if err == nil {
		err = c.check(ctx)
	}
	if err != nil {
		return err
	}
	key, _, _ := strings.Cut(keys.Aliyun.Reveal(), ",")
	if key == "" {
		return errors.New("XMODE_ALIYUN_KEYS: not set: the query has to be signed")
	}
	sender := c.client()
	if c.BreakSignature {
		sender.Transport = spoilt{}
	}
	platform, err := aliyun.New(aliyun.Config{
		URL: strings.TrimSuffix(c.URL, "/") + c.Path, Key: key, Form: signature.Form(c.Form), HTTP: sender, Now: time.Now,
	})
	if err != nil {
		return usageError{"--url, --path: " + err.Error()}
	}
	q := aliyun.Query{Caller: c.Caller, X: c.X, CallID: c.id(time.Now()), Kind: aliyun.Voice}
	if c.SMS {
		q.Kind = aliyun.SMS
	}
	e, err := c.ask(ctx, std, platform, q)
	if err == nil && e.Answer.Model.ControlOperate == "IVR" && c.Extension != "" {
		q.Extension = c.Extension
		_, err = c.ask(ctx, std, platform, q)
	}
	return err
}

func (c *simulateAliyunCmd) ask(ctx context.Context, std streams, platform *aliyun.Client, q aliyun.Query) (aliyun.Exchange, error) {
	e, err := platform.Send(ctx, q)
	request := e.Request()
	if c.BreakSignature {
		request = e.Method + " " + brokenURL(e.URL)
	}
	return e, show(std, request, e.Status, e.Raw, meaning(e), err)
}

// spoilt changes what was signed on its way.
type spoilt struct{}

// RoundTrip sends the message with another caller.
func (spoilt) RoundTrip(r *http.Request) (*http.Response, error) {
	u, err := url.Parse(brokenURL(r.URL.String()))
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.URL = u
	return http.DefaultTransport.RoundTrip(r)
}

// brokenURL is an address with another X number than the one that was signed.
func brokenURL(address string) string {
	before, after, found := strings.Cut(address, "secretNo=")
	if !found || after == "" {
		return address
	}
	end := strings.IndexByte(after+"&", '&')
	digit := byte('0')
	if after[end-1] == '0' {
		digit = '1'
	}
	return before + "secretNo=" + after[:end-1] + string(digit) + after[end:]
}
