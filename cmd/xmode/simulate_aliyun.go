package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	aliyun "xmode/platform/aliyun/sim"
	"xmode/platform/aliyun/sim/life"
	"xmode/server"
	"xmode/signature"
)

// simulateAliyunCmd is `xmode simulate aliyun`.
type simulateAliyunCmd struct {
	simulated
	Extension string `name:"extension" placeholder:"DIGITS" help:"What the caller types: at once, or, if the endpoint asks for it, in a second query."`
	Path      string `name:"path" default:"/aliyun/call-control" help:"Path of the query."`
	Form      string `name:"signature" default:"form" enum:"form,form&,rfc3986,rfc3986&" help:"How the query is signed: form, form&, rfc3986 or rfc3986&."`
	loadFlags
	Via          string `name:"via" group:"load" default:"get" enum:"get,form,json" help:"How a query travels: get, form or json."`
	ReceiptsPath string `name:"receipts-path" group:"load" default:"/aliyun/receipts" help:"Path of the receipts, before the token of XMODE_ALIYUN_RECEIPT_TOKEN and the type. Without a token no receipts are pushed."`
	PoolKey      string `name:"pool-key" group:"load" default:"FC100000012345" help:"Number pool that receipts name."`
}

// Run asks once, and once more if the endpoint asks for an extension that is given.
func (c *simulateAliyunCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	keys, err := platformKeys(input)
	if err != nil {
		return err
	}
	if err := c.checkFlags(ctx, &c.simulated); err != nil {
		return err
	}
	key, _, _ := strings.Cut(keys.Aliyun.Reveal(), ",")
	if key == "" {
		return errors.New("XMODE_ALIYUN_KEYS: not set: the query has to be signed")
	}
	if c.typed = c.Extension; c.Calls > 0 {
		return c.play(ctx, &c.simulated, input, std, func(apis *platformAPIs) (played, error) { return c.played(apis, keys, key) })
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

// played is the platform that lives a load of calls.
func (c *simulateAliyunCmd) played(apis *platformAPIs, keys server.PlatformKeys, key string) (p played, err error) {
	token, _, _ := strings.Cut(keys.Receipts.Reveal(), ",")
	config := life.Config{
		Key: key, Form: signature.Form(c.Form), Via: map[string]aliyun.Via{"get": aliyun.ViaGET, "form": aliyun.ViaForm, "json": aliyun.ViaJSON}[c.Via],
		Token: token, Queries: c.Path, Receipts: c.ReceiptsPath, PoolKey: c.PoolKey, AudioSize: c.Audio,
	}
	if apis != nil {
		config.Storage = apis.storage
		p.sum = func(callID string) (string, bool) { return apis.sum(life.File(callID)) }
		if config.API, err = apis.serveAliyun(keys); err != nil {
			return p, err
		}
	}
	p.platform, err = life.New(config)
	return p, err
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
