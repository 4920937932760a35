package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"xmode/server"
	"xmode/simulator"
)

// simulateCmd is `xmode simulate`: a platform played to any endpoint.
type simulateCmd struct {
	Aliyun simulateAliyunCmd `cmd:"" help:"Play Alibaba Cloud: one call or text message, or with --calls a load of them, signed with XMODE_ALIYUN_KEYS (the first of them) or the file that XMODE_ALIYUN_KEYS_FILE names."`
	Huawei simulateHuaweiCmd `cmd:"" help:"Play Huawei Cloud: one call or text message, or with --calls a load of them, signed as the first app of XMODE_HUAWEI_APPS or of the file that XMODE_HUAWEI_APPS_FILE names."`
}

// simulated is what one simulated call or text message needs.
type simulated struct {
	URL            string `name:"url" required:"" placeholder:"URL" help:"The endpoint, such as http://127.0.0.1:8080."`
	Caller         string `name:"caller" placeholder:"NUMBER" help:"Who dials or texts; none: the number is withheld."`
	X              string `name:"x" placeholder:"NUMBER" help:"The X number that is dialled or texted."`
	SMS            bool   `name:"sms" help:"A text message instead of a call."`
	CallID         string `name:"call-id" placeholder:"ID" help:"Id of the call; default: a new one."`
	BreakSignature bool   `name:"break-signature" help:"Change the message after it was signed, to see it refused."`
	Own            bool   `name:"i-own-this-endpoint" help:"Play to an endpoint that is neither on this machine nor on a private network."`
}

// answerTime is how long an endpoint may take to answer: then the caller has hung up.
const answerTime = 3 * time.Second

// errRefused: the answer is none that a platform can use.
var errRefused = errors.New("simulate: the platform cannot use this answer")

// check looks at the flags and the target before anything is sent there.
func (s *simulated) check(ctx context.Context) error {
	if s.X == "" {
		return usageError{"missing flags: --x=NUMBER"}
	}
	return s.checkTarget(ctx)
}

func (s *simulated) checkTarget(ctx context.Context) error {
	lookup := func(ctx context.Context, host string) ([]netip.Addr, error) {
		return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	}
	err := simulator.CheckTarget(ctx, s.URL, s.Own, lookup)
	switch {
	case errors.Is(err, simulator.ErrTarget):
		return usageError{"--url: " + err.Error()}
	case errors.Is(err, simulator.ErrForeign):
		return fmt.Errorf("--url: %w: only whoever owns an endpoint may play a platform to it (--i-own-this-endpoint)", err)
	}
	return err
}

// client sends as a platform does: it follows nobody.
func (s *simulated) client() *http.Client {
	return &http.Client{Timeout: answerTime, CheckRedirect: stay}
}

// id is the call's.
func (s *simulated) id(now time.Time) string {
	if s.CallID != "" {
		return s.CallID
	}
	return "simulated^" + now.UTC().Format("20060102150405.000000")
}

// show prints one exchange, and fails where the platform can do nothing with it.
func show(std streams, request string, status int, answer []byte, meaning string, err error) error {
	fmt.Fprintf(std.out, "> %s\n", strings.ReplaceAll(request, "\n", "\n> "))
	if status != 0 {
		fmt.Fprintf(std.out, "< %d %s\n", status, strings.TrimSpace(string(answer)))
	}
	switch {
	case err != nil && status == 0:
		fmt.Fprintf(std.out, "= no answer: %s\n", plainCause(err))
		return errRefused
	case err != nil:
		fmt.Fprintf(std.out, "= the answer makes no sense: %v\n", err)
		return errRefused
	case status != http.StatusOK:
		fmt.Fprintf(std.out, "= %s\n", meaning)
		return errRefused
	}
	fmt.Fprintf(std.out, "= %s\n", meaning)
	return nil
}

// plainCause is why there is no answer, without the address that was asked.
func plainCause(err error) string {
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return "none within " + answerTime.String()
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}

// platformKeys reads the platforms' keys.
func platformKeys(input *server.Input) (server.PlatformKeys, error) {
	var keys server.PlatformKeys
	return keys, input.LoadKeys(&keys)
}
