package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	huawei "xmode/platform/huawei/sim"
	"xmode/platform/huawei/sim/life"
	"xmode/server"
	"xmode/signature"
)

// simulateHuaweiCmd is `xmode simulate huawei`.
type simulateHuaweiCmd struct {
	simulated
	EventsPath string `name:"events-path" default:"/huawei/call-events" help:"Path of call events."`
	SMSPath    string `name:"sms-path" default:"/huawei/sms" help:"Path of text messages."`
	Scheme     string `name:"scheme" default:"aksk" enum:"aksk,wsse" help:"How the message is signed: aksk or wsse."`
	loadFlags
	RecordsPath string `name:"records-path" group:"load" default:"/huawei/cdrs" help:"Path of call records."`
	Schedule    string `name:"schedule" group:"load" default:"offsets" enum:"offsets,intervals" help:"How the platform's minutes of repeated pushes are read: after the first push, or after the one before."`
}

// Run asks once: this platform cannot ask its caller for an extension.
func (c *simulateHuaweiCmd) Run(ctx context.Context, input *server.Input, std streams) error {
	keys, err := platformKeys(input)
	if err != nil {
		return err
	}
	if err := c.checkFlags(ctx, &c.simulated); err != nil {
		return err
	}
	first, _, _ := strings.Cut(keys.Huawei.Reveal(), ",")
	key, secret, _ := strings.Cut(first, ":")
	if key == "" || secret == "" {
		return errors.New("XMODE_HUAWEI_APPS: not set to appkey:secret: the message has to be signed")
	}
	if c.Calls > 0 {
		return c.play(ctx, &c.simulated, input, std, func(apis *platformAPIs) (played, error) { return c.played(apis, key, secret) })
	}
	config := huawei.Config{
		Addresses: huawei.Addresses{Status: strings.TrimSuffix(c.URL, "/") + c.EventsPath, SMS: strings.TrimSuffix(c.URL, "/") + c.SMSPath},
		AppKey:    key, AppSecret: secret, Scheme: signature.TokenScheme(c.Scheme), HTTP: c.client(), Now: time.Now,
	}
	if c.BreakSignature {
		config.Edit = breakToken
	}
	platform, err := huawei.New(config)
	if err != nil {
		return usageError{"--url: " + err.Error()}
	}
	if c.SMS {
		return c.text(ctx, std, platform)
	}
	made, e, err := platform.Ask(ctx, huawei.Event{SessionID: c.id(time.Now()), Caller: huawei.Global(c.Caller), Called: huawei.Global(c.X)})
	meaning := "the call is turned away"
	if made.Operation == "connect" {
		meaning = "the call is connected to " + made.Connect.CalleeNum + ", who sees " + made.Connect.DisplayCalleeNum
	}
	return show(std, signed(e), e.Status, e.Raw, orRefused(meaning, e.Status), err)
}

// played is the platform that lives a load of calls.
func (c *simulateHuaweiCmd) played(apis *platformAPIs, key, secret string) (p played, err error) {
	config := life.Config{
		AppKey: key, AppSecret: secret, Scheme: signature.TokenScheme(c.Scheme), Events: c.EventsPath, Records: c.RecordsPath, Texts: c.SMSPath,
		Schedule: life.Schedule(c.Schedule), AudioSize: c.Audio,
	}
	if apis != nil {
		config.Storage = apis.storage
		p.sum = func(callID string) (string, bool) { return apis.sum(life.File(callID)) }
		if err := apis.serveHuawei(key, secret); err != nil {
			return p, err
		}
	}
	p.platform, err = life.New(config)
	return p, err
}

func (c *simulateHuaweiCmd) text(ctx context.Context, std streams, platform *huawei.Client) error {
	routing, e, err := platform.AskText(ctx, huawei.Text{SMSIdentifier: c.id(time.Now()), Calling: huawei.Global(c.Caller), VirtualNumber: huawei.Global(c.X)})
	meaning := "the text is dropped"
	if routing.Forwarded {
		meaning = "the text is forwarded to " + routing.Called
	}
	return show(std, signed(e), e.Status, e.Raw, orRefused(meaning, e.Status), err)
}

// signed is a request with the headers that sign it, as `xmode explain` wants them.
func signed(e huawei.Exchange) string {
	request := http.MethodPost + " " + e.URL + " HTTP/1.1"
	for _, name := range []string{"Authorization", "X-AKSK", "X-WSSE"} {
		if value := e.Header.Get(name); value != "" {
			request += "\n" + name + ": " + value
		}
	}
	return request + "\n\n" + e.Body
}

// breakToken changes the nonce of a message that is signed.
func breakToken(r *http.Request) {
	for _, name := range []string{"X-AKSK", "X-WSSE"} {
		if value := r.Header.Get(name); value != "" {
			r.Header.Set(name, strings.Replace(value, `Nonce="`, `Nonce="0`, 1))
		}
	}
}

// orRefused is the meaning of an answer, unless its status says it all.
func orRefused(meaning string, status int) string {
	if status != http.StatusOK {
		return "refused: the platform would take the call for lost"
	}
	return meaning
}
