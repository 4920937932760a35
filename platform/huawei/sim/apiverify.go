package sim

import (
	"net/http"
	"strings"
	"time"

	"xmode/simulator"
)

// blockTime is for how long 1020176 holds.
const blockTime = 30 * time.Minute

// verify says with which result code a request is refused; "": it is right.
func (a *API) verify(r simulator.Request) (code string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.At.Before(a.blocked) {
		return "1020176"
	}
	for _, f := range faultsOf(r, a.contract()) {
		if f.code != "" && f.auth {
			return a.count(r, f.code)
		}
		if f.code != "" {
			return f.code
		}
	}
	a.wrong = 0
	return a.file(r)
}

// count counts a wrong key or secret, and turns the code of one too many into
// that of a block. The lock is held.
func (a *API) count(r simulator.Request, code string) string {
	if a.wrong++; a.c.BlockAfter == 0 || a.wrong < a.c.BlockAfter {
		return code
	}
	a.wrong, a.blocked = 0, r.At.Add(blockTime)
	return "1020176"
}

// file notes the nonce of a request that is right otherwise. That one which was
// used before is refused, and by which code, is inferred. The lock is held.
func (a *API) file(r simulator.Request) (code string) {
	t, _ := readToken(r)
	if len(a.nonces) >= 10_000 {
		for nonce, at := range a.nonces {
			if r.At.Sub(at) > 2*a.contract().window() { // its Created would be refused by now
				delete(a.nonces, nonce)
			}
		}
	}
	if _, used := a.nonces[t.nonce]; used {
		return codeInvalid
	}
	a.nonces[t.nonce] = r.At
	return ""
}

// result is the HTTP status and the text of a result code. Where the page has no
// status, 403 is inferred; the texts of the codes of headers are composed.
func result(code string) (status int, text string) {
	switch code {
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
