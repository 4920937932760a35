package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"xmode/simulator"
)

// StopConfig says what the API that stops calls knows.
type StopConfig struct {
	// Apps are the secrets by app key; at least one is due.
	Apps map[string]string
	// Stop cuts a call that goes on, and reports whether it did; required.
	Stop func(sessionID string) bool
	// Now is the platform's clock; required.
	Now func() time.Time
	// Window is how far Created may be from it; 0: five minutes (inferred).
	Window time.Duration
	// LogSize is how many requests are kept to be looked at; 0: 100 000.
	LogSize int
}

// ErrStop is a fault of a [StopConfig], beside [ErrNow] and [ErrApp].
var ErrStop = errors.New("a way to stop calls is due")

// StopAPI plays the platform's API that ends a call, 终止呼叫. That it exists for X
// mode is not documented: it is that of the sibling modes and of VoiceCall. It is an
// [http.Handler], and safe for concurrent use.
// https://support.huaweicloud.com/api-VoiceCall/rtc_05_0007.html
type StopAPI struct {
	c     StopConfig
	log   simulator.Log
	guard guard
}

// NewStopAPI returns an API. The error lists all faults, and no secret.
func NewStopAPI(c StopConfig) (*StopAPI, error) {
	var err error
	if len(c.Apps) == 0 {
		err = ErrApp
	}
	if c.Stop == nil {
		err = errors.Join(err, ErrStop)
	}
	if c.Now == nil {
		err = errors.Join(err, ErrNow)
	}
	if err != nil {
		return nil, fmt.Errorf("make API: %w", err)
	}
	return &StopAPI{c: c, log: simulator.Log{Size: c.LogSize}}, nil
}

// String hides the secrets.
func (a *StopAPI) String() string { return "sim.StopAPI" }

// Requests are those that reached the API. Their Code is the result code.
func (a *StopAPI) Requests() []simulator.Request { return a.log.List() }

// Check returns what in the requests that reached the API breaks its contract.
func (a *StopAPI) Check() []string {
	var found []string
	for i, r := range a.Requests() {
		for _, f := range a.faults(r) {
			found = append(found, fmt.Sprintf("request %d: %s", i+1, f.text))
		}
	}
	return found
}

// codeEnded: there is no such call, or none any more. No page has the code, nor the
// status: inferred.
const codeEnded = "1012012"

// ServeHTTP answers a request.
func (a *StopAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked, err := simulator.Read(r, a.c.Now())
	code := codeInvalid
	if err == nil {
		code = a.answer(asked)
	}
	status, text := result(code)
	asked.Status, asked.Code = status, code
	a.log.Add(asked)
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(resultBody(code, text))
}

// answer stops a call, and says what became of it.
func (a *StopAPI) answer(r simulator.Request) (code string) {
	c := Contract{Apps: a.c.Apps, Window: a.c.Window}
	if code := a.guard.admit(r, a.faults(r), c.window()); code != "" {
		return code
	}
	if order, _ := readStop(r.Body); !a.c.Stop(order.SessionID) {
		return codeEnded
	}
	return "0"
}

// stopOrder is the body of a request.
type stopOrder struct{ SessionID, Signal string }

// readStop reads a body; names of another case are others, which encoding/json
// does not see by itself.
func readStop(body string) (order stopOrder, ok bool) {
	var fields map[string]any
	if json.Unmarshal([]byte(body), &fields) != nil {
		return order, false
	}
	order.SessionID, _ = fields["sessionid"].(string)
	order.Signal, _ = fields["signal"].(string)
	return order, order.SessionID != "" && order.Signal == "call_stop"
}

// stopPath is where the API is.
const stopPath = "/rest/httpsessions/callStop/v2.0"

// faults lists what is wrong with a request by itself.
func (a *StopAPI) faults(r simulator.Request) []fault {
	var list []fault
	if r.Path != stopPath || r.Query != "" {
		list = append(list, fault{code: codeInvalid, text: "path " + path(r.Path) + " is not the API's, or has parameters"})
	}
	if r.Method != http.MethodPost {
		list = append(list, fault{code: codeInvalid, text: "method " + r.Method + ", want POST"})
	}
	list = append(list, profileFaults(r)...)
	list = append(list, tokenFaults(r, Contract{Apps: a.c.Apps, Window: a.c.Window})...)
	if f, ok := contentFault(r.Header.Values("Content-Type")); !ok {
		list = append(list, f)
	}
	if _, ok := readStop(r.Body); !ok {
		list = append(list, fault{code: codeInvalid, text: `body is not {"sessionid":"…","signal":"call_stop"}`})
	}
	return list
}
