package platform

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"xmode/call"
)

// Recordings is an [Adapter] whose platform keeps the recordings of calls for a
// while, and tells on request from where they can be downloaded. It composes and
// reads messages; whoever uses it sends them.
type Recordings interface {
	// Ask makes the request for the address of a recording, signed at the
	// instant now. The error is a *Trouble.
	Ask(r call.Recording, now time.Time) (*http.Request, error)
	// Told reads the answer: the address, which is a secret. A redirection is an
	// answer, and is not to be followed. The error is a *Trouble.
	Told(status int, header http.Header, body []byte) (Secret, error)
	// Terms are what the platform grants and expects.
	Terms() Terms
}

// Terms are what a platform grants and expects of those who fetch recordings.
type Terms struct {
	// PerSecond is how often it may be asked.
	PerSecond int
	// Keeps is for how long it keeps a recording.
	Keeps time.Duration
	// PlainHosts are suffixes of hosts whose addresses it hands out as http: there
	// alone is plain HTTP accepted, and only where HTTPS is not to be had.
	PlainHosts []string
}

// MaxTold is how much of an answer to Ask is worth reading, in bytes.
const MaxTold = 64 << 10

// Reasons of a [Trouble]. They are words for metrics and for readers of the API.
const (
	ReasonNoCredentials = "no_credentials" // no key to sign with
	ReasonNoNames       = "no_names"       // the push did not say what to ask for
	ReasonNotReady      = "not_ready"      // the platform has no such recording, or not yet
	ReasonThrottled     = "throttled"      // asked too often
	ReasonClockOff      = "clock"          // our clock is off
	ReasonRefused       = "refused"        // the platform does not accept us
	ReasonBadAnswer     = "bad_answer"     // an answer that is none
	ReasonUnavailable   = "unavailable"    // the platform has trouble of its own
)

// Trouble is why the address of a recording was not told. It holds no secret and
// no number.
type Trouble struct {
	// Reason is one of the words above.
	Reason string
	// Code is the platform's own code, "1012007", or what of the names is missing and
	// can be set; empty: none.
	Code string
	// Pause is how long nobody should ask this platform anything; zero: only
	// this recording has to wait. Whoever is Throttled leaves it alone for a while
	// of his own choosing.
	Pause time.Duration
}

// Error returns "reason" or "reason: code".
func (t *Trouble) Error() string {
	if t.Code == "" {
		return t.Reason
	}
	return t.Reason + ": " + t.Code
}

// TroubleOfStatus is what a status says where the platform's own words say
// nothing; its code is the status.
func TroubleOfStatus(status int) *Trouble {
	t := &Trouble{Reason: ReasonBadAnswer, Code: strconv.Itoa(status)}
	switch {
	case status == http.StatusTooManyRequests:
		t.Reason = ReasonThrottled
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		t.Reason, t.Pause = ReasonRefused, time.Minute
	case status >= http.StatusInternalServerError:
		t.Reason = ReasonUnavailable
	}
	return t
}

// PlainCode is a platform's code as it may be told: letters, digits and . _ -, at
// most 64 of them; "" for anything else.
func PlainCode(code string) string {
	unfit := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '_' && r != '-'
	}
	if len(code) > 64 || strings.ContainsFunc(code, unfit) {
		return ""
	}
	return code
}

// ErrAPI: the text is no address of an API.
var ErrAPI = errors.New("must be https://HOST, without path or parameters (http only for this machine)")

// CheckAPI looks at the address of a platform's API; the error is ErrAPI.
func CheckAPI(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return ErrAPI
	}
	ip, _ := netip.ParseAddr(u.Hostname())
	here := u.Hostname() == "localhost" || ip.Unmap().IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !here) {
		return ErrAPI
	}
	return nil
}
