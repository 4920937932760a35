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

	"xmode/signature"
	"xmode/simulator/conform"
)

// The settings that clauses need, beyond the facts.
const (
	NeedsKey   = "XMODE_ALIYUN_KEYS"
	NeedsToken = "XMODE_ALIYUN_RECEIPT_TOKEN"
)

// Config says where the endpoint is and how to sign. The zero value does for
// listing the clauses; it cannot be checked with.
type Config struct {
	// Query is the address of the query, without parameters.
	Query string
	// Receipts is the address of the receipts, with {type} where their type
	// stands, and with {token} unless there is none.
	Receipts string
	// Key signs, in this form; empty: form encoder, key as given.
	Key  string
	Form signature.Form
	// Token is the secret element of the receipts' address.
	Token string
	// Facts about the endpoint; the numbers may have +86 in front.
	Facts conform.Facts
	// Admin is where the endpoint says what it kept; the zero value: nowhere.
	Admin conform.Admin
	// Sender sends.
	Sender *conform.Sender
	// Now is the platform's clock.
	Now func() time.Time
	// Run tells this run's calls from those of other runs.
	Run string
	// Queries is how many queries latencies are measured with.
	Queries int
}

// Given lists which of the settings that clauses need are there.
func (c Config) Given() map[string]bool {
	given := c.Facts.Given()
	maps.Copy(given, c.Admin.Given())
	given[NeedsKey] = c.Key != ""
	given[NeedsToken] = c.Token != "" || c.Receipts != "" && !strings.Contains(c.Receipts, "{token}")
	return given
}

// ErrURL: an address is none, has parameters of its own, or lacks {type}.
var ErrURL = errors.New("addresses must be http or https without parameters, and that of receipts must hold {type}")

// Check returns what is wrong with the settings, or nil.
func (c Config) Check() error {
	var err error
	for _, address := range []string{c.Query, c.Receipts} {
		u, parseErr := url.Parse(address)
		if parseErr != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			err = ErrURL
		}
	}
	if !strings.Contains(c.Receipts, "{type}") {
		err = ErrURL
	}
	if c.Key != "" {
		_, keyErr := signature.NewSigner(c.Key, cmp.Or(c.Form, signature.PlainForm))
		err = errors.Join(err, keyErr)
	}
	return err
}

// Clauses returns all clauses of the platform, in order.
func Clauses(c Config) []conform.Clause {
	c.Form = cmp.Or(c.Form, signature.PlainForm)
	t := &trial{c: c}
	all := slices.Concat(
		t.signatures(), t.alterations(), t.signatureParts(), t.encodings(), t.replays(),
		t.transports(), t.requests(), t.malformed(), t.flows(), t.texts(), t.answers(), t.models(), t.timing(),
	)
	return slices.Concat(needing(NeedsKey, all), needing(NeedsToken, t.receipts(), t.receiptFields(), t.receiptCodes(), t.receiptFaults(), t.kept()),
		needing(NeedsKey, t.secrecy()))
}

// needing adds a need to clauses.
func needing(need string, lists ...[]conform.Clause) []conform.Clause {
	all := slices.Concat(lists...)
	for i := range all {
		all[i].Needs = append([]string{need}, all[i].Needs...)
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

// id is that of a new call.
func (t *trial) id() string { return fmt.Sprintf("conform-%s-%d", t.c.Run, t.counter.Add(1)) }

// sampleX and sampleCaller are numbers of the documentation's examples, for
// clauses that hold whatever the endpoint decides.
const (
	sampleX      = "17000000000"
	sampleCaller = "13900001111"
)

// anyX is an X number that the endpoint may or may not know, anyCaller somebody
// who dials it.
func (t *trial) anyX() string {
	return national(cmp.Or(t.c.Facts.ConnectsX, t.c.Facts.RejectsX, sampleX))
}

func (t *trial) anyCaller() string { return national(cmp.Or(t.c.Facts.ConnectsCaller, sampleCaller)) }

// national writes a number as this platform does.
func national(number string) string {
	if rest, ok := strings.CutPrefix(number, "+86"); ok {
		return rest
	}
	return number
}

func beijing() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// each runs a check for each case and stops at the first fault.
func each[T any](ctx context.Context, cases []T, check func(context.Context, T) error) error {
	for _, c := range cases {
		if err := check(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
