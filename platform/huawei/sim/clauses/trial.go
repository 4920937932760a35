package clauses

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"xmode/platform/huawei/sim"
	"xmode/signature"
	"xmode/simulator/conform"
)

// NeedsApp is the setting that all clauses need, beyond the facts.
const NeedsApp = "XMODE_HUAWEI_APPS"

// Config says where the endpoint is and how to sign. The zero value does for
// listing the clauses; it cannot be checked with.
type Config struct {
	// Addresses of the endpoint, all of them.
	Addresses sim.Addresses
	// AppKey and AppSecret sign, in this scheme; empty: AKSK.
	AppKey, AppSecret string
	Scheme            signature.TokenScheme
	// Facts about the endpoint; the numbers may lack +86.
	Facts conform.Facts
	// Admin is where the endpoint says what it kept; the zero value: nowhere.
	Admin conform.Admin
	// Sender sends.
	Sender *conform.Sender
	// Now is the platform's clock.
	Now func() time.Time
	// Run tells this run's calls from those of other runs.
	Run string
	// Queries is how many questions latencies are measured with.
	Queries int
}

// Given lists which of the settings that clauses need are there.
func (c Config) Given() map[string]bool {
	given := c.Facts.Given()
	maps.Copy(given, c.Admin.Given())
	given[NeedsApp] = c.AppKey != "" && c.AppSecret != ""
	return given
}

// ErrURL: an address is none, or has parameters of its own.
var ErrURL = errors.New("addresses must be http or https without parameters")

// Check returns what is wrong with the settings, or nil.
func (c Config) Check() error {
	for _, address := range []string{c.Addresses.Status, c.Addresses.Records, c.Addresses.Numbers, c.Addresses.SMS} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return ErrURL
		}
	}
	return nil
}

// Clauses returns all clauses of the platform, in order.
func Clauses(c Config) []conform.Clause {
	c.Scheme = cmp.Or(c.Scheme, signature.AKSK)
	t := &trial{c: c}
	all := slices.Concat(
		t.signatures(), t.headerParts(), t.headerForms(), t.stamps(), t.replays(), t.transports(),
		t.questions(), t.decisions(), t.connectFields(), t.closeFields(), t.events(), t.eventFaults(),
		t.records(), t.recordFields(), t.recordFaults(), t.numbers(), t.texts(), t.textFields(), t.kept(), t.timing(), t.secrecy(),
	)
	for i := range all {
		all[i].Needs = append([]string{NeedsApp}, all[i].Needs...)
	}
	return all
}

// trial is one endpoint on trial.
type trial struct {
	c       Config
	counter atomic.Int64

	mu   sync.Mutex
	seen map[string]answer
}

// id is that of a new call, record or text.
func (t *trial) id() string { return fmt.Sprintf("conform-%s-%d", t.c.Run, t.counter.Add(1)) }

// Numbers of the documentation's examples, for clauses that hold whatever the
// endpoint decides.
const (
	sampleX      = "+8617000000000"
	sampleCaller = "+8613900001111"
	sampleCallee = "+8613900002222"
)

// anyX is an X number that the endpoint may or may not know, anyCaller somebody
// who dials it.
func (t *trial) anyX() string {
	return international(cmp.Or(t.c.Facts.ConnectsX, t.c.Facts.RejectsX, sampleX))
}

func (t *trial) anyCaller() string {
	return international(cmp.Or(t.c.Facts.ConnectsCaller, sampleCaller))
}

// international writes a number as this platform does.
func international(number string) string {
	if number == "" || strings.HasPrefix(number, "+") {
		return number
	}
	return "+86" + strings.TrimPrefix(number, "0")
}

// each runs a check for each case and stops at the first fault.
func each[T any](ctx context.Context, cases []T, check func(context.Context, T) error) error {
	for _, c := range cases {
		if err := check(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
