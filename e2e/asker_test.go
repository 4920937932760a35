package e2e_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	huaweisim "xmode/platform/huawei/sim"
)

// asker plays both platforms that ask an endpoint, in turn and in an open loop, and reads
// each answer as strictly as the documents allow.
type asker struct {
	tally
	t      testing.TB
	aliyun *sim.Client
	huawei *huaweisim.Client
	stop   func() // ends the questions and waits for the last answers
}

// askedPair is what an asker asks about: bind it first. Both parties call.
const askedPair = pairBinding

// asking begins to ask an endpoint about [askedPair], rate times a second, until stop.
func asking(e *endpoint, rate float64) *asker {
	e.t.Helper()
	return askingBy(e, rate, manyConnections(e.t))
}

// askingBy asks by a client of the test's own.
func askingBy(e *endpoint, rate float64, client *http.Client) *asker {
	e.t.Helper()
	a := &asker{t: e.t}
	var err, otherErr error
	a.aliyun, err = sim.New(sim.Config{URL: "http://" + e.public + "/aliyun/call-control", Key: signingKey, HTTP: client, Now: time.Now})
	a.huawei, otherErr = huaweisim.New(huaweisim.Config{
		Addresses: huaweisim.AddressesAt("http://" + e.public), AppKey: appKey, AppSecret: appSecret, HTTP: client, Now: time.Now,
	})
	if err := errors.Join(err, otherErr); err != nil {
		e.t.Fatal(err)
	}
	stop := openLoop(rate, a.ask)
	e.t.Cleanup(stop)
	a.stop = stop
	return a
}

// askFor asks for a time and returns what came of it.
func askFor(e *endpoint, rate float64, d time.Duration) responses {
	e.t.Helper()
	a := asking(e, rate)
	defer a.stop()
	select {
	case <-time.After(d):
	case <-e.t.Context().Done():
	}
	a.stop()
	return a.now()
}

// ask sends one question and notes what came of it.
func (a *asker) ask(i int, due time.Time) {
	id := fmt.Sprintf("asked-%d-%d", due.UnixNano(), i)
	one := response{due: due}
	if i%2 == 0 {
		one.outcome, one.fault = a.askAliyun(id)
	} else {
		one.outcome, one.fault = a.askHuawei(id)
	}
	one.took = time.Since(due)
	if a.t.Context().Err() == nil { // else it was cut off by the test's end
		a.add(one)
	}
}

func (a *asker) askAliyun(id string) (outcome, fault string) {
	x, err := a.aliyun.Send(a.t.Context(), sim.Query{Caller: "13900000022", X: "17000000001", CallID: id})
	if err != nil {
		return "aliyun unanswered", troubleOf(err)
	}
	return "aliyun " + x.Answer.Message, faultOfAliyun(x)
}

// faultOfAliyun says what of an answer is not as documented; empty: nothing.
func faultOfAliyun(x sim.Exchange) string {
	var known struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Model   struct {
			Operate  string `json:"controlOperate"`
			Msg      string `json:"controlMsg"`
			Subs     string `json:"subsId"`
			Called   string `json:"calledNo"`
			Display  string `json:"calledDisplayNo"`
			Record   bool   `json:"needRecord"`
			Duration int    `json:"callDuration"`
			Out      string `json:"outId"`
		} `json:"model"`
	}
	m := &known.Model
	switch err := strictly(x.Raw, &known); {
	case x.Status != http.StatusOK:
		return fmt.Sprintf("status %d: %s", x.Status, x.Raw)
	case err != nil:
		return err.Error()
	case known.Code != "OK" || known.Message == "" || m.Msg == "" || m.Subs == "":
	case m.Operate == "CONTINUE" && m.Msg == "OK" && m.Subs != "0" && m.Called == "13800000021" && m.Display == "17000000001":
		return ""
	case m.Operate == "REJECT" && m.Msg != "OK" && m.Called == "" && m.Display == "":
		return ""
	}
	return fmt.Sprintf("not as documented: %s", x.Raw)
}

func (a *asker) askHuawei(id string) (outcome, fault string) {
	d, x, err := a.huawei.Ask(a.t.Context(), huaweisim.Event{SessionID: id, Caller: "+8613900000022", Called: "+8617000000001"})
	switch {
	case err != nil && x.Status == http.StatusOK:
		return "huawei malformed", fmt.Sprintf("%v: %s", err, x.Raw)
	case err != nil:
		return "huawei unanswered", troubleOf(err)
	}
	return "huawei " + d.Operation, faultOfHuawei(d, x)
}

// faultOfHuawei says what of an answer is not as documented; empty: nothing.
func faultOfHuawei(d huaweisim.Decision, x huaweisim.Exchange) string {
	var known struct {
		Operation string                 `json:"operation"`
		Connect   *huaweisim.ConnectInfo `json:"connectInfo"`
		Close     *huaweisim.CloseInfo   `json:"closeInfo"`
	}
	switch err := strictly(x.Raw, &known); {
	case x.Status != http.StatusOK:
		return fmt.Sprintf("status %d: %s", x.Status, x.Raw)
	case err != nil:
		return err.Error()
	case d.Operation == "connect" && known.Close == nil && d.Connect.CalleeNum == "+8613800000021" && d.Connect.DisplayCalleeNum == "+8617000000001":
		return ""
	case d.Operation == "close" && known.Connect == nil && known.Close != nil:
		return ""
	}
	return fmt.Sprintf("not as documented: %s", x.Raw)
}

// strictly reads one JSON value in which nothing is unknown and nothing follows.
func strictly(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %s", err, raw)
	}
	if d.More() {
		return fmt.Errorf("something follows: %s", raw)
	}
	return nil
}

// troubleOf is an error without the addresses, so that equal ones can be counted.
func troubleOf(err error) string {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return e.Op + ": " + e.Err.Error()
	}
	return err.Error()
}
