package sim

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"xmode/simulator"
)

// blockTime is for how long 1020176 holds.
const blockTime = 30 * time.Minute

// guard decides which requests an API lets in, by what they say of themselves and by
// those before.
type guard struct {
	blockAfter int

	mu      sync.Mutex
	nonces  map[string]time.Time
	wrong   int       // wrong keys or digests in a row
	blocked time.Time // until then
}

// admit says with which result code a request is refused that has these faults; "":
// it is right.
func (g *guard) admit(r simulator.Request, faults []fault, window time.Duration) (code string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.At.Before(g.blocked) {
		return "1020176"
	}
	for _, f := range faults {
		if f.code != "" && f.auth {
			return g.count(r, f.code)
		}
		if f.code != "" {
			return f.code
		}
	}
	g.wrong = 0
	return g.file(r, window)
}

// count counts a wrong key or secret, and turns the code of one too many into
// that of a block. The lock is held.
func (g *guard) count(r simulator.Request, code string) string {
	if g.wrong++; g.blockAfter == 0 || g.wrong < g.blockAfter {
		return code
	}
	g.wrong, g.blocked = 0, r.At.Add(blockTime)
	return "1020176"
}

// file notes the nonce of a request that is right otherwise. That one which was
// used before is refused, and by which code, is inferred. The lock is held.
func (g *guard) file(r simulator.Request, window time.Duration) (code string) {
	t, _ := readToken(r)
	if len(g.nonces) >= 10_000 {
		for nonce, at := range g.nonces {
			if r.At.Sub(at) > 2*window { // its Created would be refused by now
				delete(g.nonces, nonce)
			}
		}
	}
	if _, used := g.nonces[t.nonce]; used {
		return codeInvalid
	}
	if g.nonces == nil {
		g.nonces = map[string]time.Time{}
	}
	g.nonces[t.nonce] = r.At
	return ""
}

// result is the HTTP status and the text of a result code. Where the page has no
// status, 403 is inferred; the texts of the codes of headers are composed.
func result(code string) (status int, text string) {
	switch code {
	case "0":
		return http.StatusOK, "Success"
	case codeEnded:
		return http.StatusOK, "The call does not exist or has ended."
	case "1010001":
		return http.StatusInternalServerError, "Internal system error."
	case codeInvalid:
		return http.StatusForbidden, "Invalid request."
	case "1010010":
		return http.StatusForbidden, "The flow control upper limit is reached."
	case codeTime:
		return http.StatusUnauthorized, "Time out limit." // the status is inferred
	case "1010029":
		return http.StatusForbidden, "The subscriber status is frozen."
	case "1012007":
		return http.StatusForbidden, "The record does not exist."
	case "1020166":
		return http.StatusForbidden, "The app client ip is not in ip white list."
	case "1020176":
		return http.StatusForbidden, "Authentication failed, try again later."
	}
	if strings.HasPrefix(code, "10230") {
		return http.StatusBadRequest, "The request header is missing or invalid."
	}
	return http.StatusForbidden, "Refused."
}
