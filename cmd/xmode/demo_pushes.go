package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	aliyun "xmode/platform/aliyun/sim"
	huawei "xmode/platform/huawei/sim"
)

// china makes a number of the story one as Huawei writes it.
func china(national string) string { return "+86" + national }

// session is the call that Huawei tells of.
const session = "1200_7_4294967295_20240501020304@callenabler7.demo"

// huawei asks the same question in other words.
func (d *demo) huaweiAsks(ctx context.Context) error {
	d.chapter("Huawei: the same question, signed and answered in its own way")
	for _, c := range []struct{ what, session, caller, operation, callee string }{
		{"the rider calls the driver", session, china(rider), "connect", china(driver)},
		{"a stranger calls the pair's X number", "demo-stranger", china(stranger), "close", ""},
	} {
		made, e, err := d.huawei.Ask(ctx, huawei.Event{SessionID: c.session, Caller: c.caller, Called: china(xPair)})
		if err != nil {
			return fmt.Errorf("demo: %s: %w", c.what, err)
		}
		meaning := "the call is turned away"
		if made.Operation == "connect" {
			meaning = "the call is connected to " + made.Connect.CalleeNum + ", who sees " + made.Connect.DisplayCalleeNum
		}
		d.exchange(c.what, e.Request(), e.Status, e.Raw, meaning, made.Operation == c.operation && made.Connect.CalleeNum == c.callee)
	}
	routing, e, err := d.huawei.AskText(ctx, huawei.Text{SMSIdentifier: "demo-text", Calling: china(rider), VirtualNumber: china(xPair), Event: "Text SMS"})
	if err != nil {
		return fmt.Errorf("demo: text: %w", err)
	}
	d.exchange("the rider texts the driver", e.Request(), e.Status, e.Raw, "the text is forwarded", routing.Forwarded)
	return nil
}

// huaweiTells of the call, out of order.
func (d *demo) huaweiTells(ctx context.Context) error {
	d.chapter("Huawei: what became of the call, told out of order and pushed twice")
	code := 0
	at := func(s int) string {
		return d.clock.now().Add(time.Duration(s) * time.Second).UTC().Format(time.DateTime)
	}
	for _, kind := range []struct {
		name string
		at   int
	}{{"answer", 11}, {"callout", 1}, {"disconnect", 90}, {"alerting", 4}} {
		event := huawei.Event{SessionID: session, Timestamp: at(kind.at), Caller: china(rider), Called: china(driver)}
		if kind.name == "disconnect" {
			event.StateCode = &code
		}
		e, err := d.huawei.Tell(ctx, kind.name, event)
		if err != nil {
			return fmt.Errorf("demo: %s: %w", kind.name, err)
		}
		d.exchange("event "+kind.name, e.Request(), e.Status, e.Raw, "acknowledged", e.Accepted())
	}
	fee := func(n int) huawei.Fee {
		return huawei.Fee{
			ICID: fmt.Sprintf("demo-icid-%d", n), SessionID: session, BindNum: china(xPair), CallerNum: china(rider), CalleeNum: china(xPair),
			FwdDstNum: china(driver), CallInTime: at(0), FwdStartTime: at(1), FwdAlertingTime: at(4), FwdAnswerTime: at(11), CallEndTime: at(90), NotifyMode: "Block",
		}
	}
	batch := []huawei.Fee{fee(1), fee(2), fee(1)}
	batch[1].SessionID = "demo-other-call"
	for _, what := range []string{"a batch of call records, one of them twice", "and again, since the acknowledgement was lost"} {
		e, err := d.huawei.PushFees(ctx, batch...)
		if err != nil {
			return fmt.Errorf("demo: records: %w", err)
		}
		d.exchange(what, e.Request(), e.Status, e.Raw, "acknowledged", e.Accepted())
	}
	return d.read(ctx, "two records, however often they were pushed", "/v1/cdrs?platform=huawei", func(b []byte) bool {
		records, pushes := count(b, "pushes")
		return records == 2 && pushes == 6
	})
}

// broken pushes a batch of which one record makes no sense.
func (d *demo) broken(ctx context.Context) error {
	d.chapter("A batch with a broken record: the others are kept, and it waits in the quarantine")
	e, err := d.huawei.PushRaw(ctx,
		json.RawMessage(`{"icid":"demo-icid-3","sessionId":"demo-third","bindNum":"`+china(xPair)+`","callInTime":"2024-05-01 02:03:04"}`),
		json.RawMessage(`{"icid":"demo-icid-4","sessionId":"demo-fourth","bindNum":"`+china(xPair)+`","callInTime":"yesterday"}`))
	if err != nil {
		return fmt.Errorf("demo: broken record: %w", err)
	}
	d.exchange("two records", e.Request(), e.Status, e.Raw, "acknowledged: nothing of it is lost", e.Accepted())
	if err := d.read(ctx, "what could not be understood", "/v1/quarantine", func(b []byte) bool { n, _ := count(b, ""); return n == 1 }); err != nil {
		return err
	}
	return d.read(ctx, "what could, beside the records before", "/v1/cdrs?platform=huawei", func(b []byte) bool { n, _ := count(b, ""); return n == 3 })
}

// receipts are Aliyun's way of telling.
func (d *demo) receipts(ctx context.Context) error {
	d.chapter("Alibaba Cloud: the same by receipts")
	now := d.clock.now()
	c := aliyun.Call{
		ID: 20240501, PoolKey: "FC100000012345", SubsID: 100001, CallID: "demo^receipts", Phone: rider, X: xPair, Peer: driver,
		OutID: "order-1", Dialled: now, Out: now.Add(time.Second), Rang: now.Add(3 * time.Second), Answered: now.Add(9 * time.Second),
		Released: now.Add(69 * time.Second), ReleaseDir: 1, ReleaseCause: 16,
	}
	for _, push := range []struct {
		kind    aliyun.Type
		receipt aliyun.Receipt
	}{
		{aliyun.SecretReport, c.Report()}, {aliyun.SecretStartReport, c.Start()}, {aliyun.SecretReport, c.Report()},
	} {
		p, err := d.receiver.Push(ctx, push.kind, push.receipt)
		if err != nil {
			return fmt.Errorf("demo: receipt: %w", err)
		}
		d.exchange(string(push.kind), "POST …/aliyun/receipts/TOKEN/"+string(push.kind)+"\n"+string(p.Body), p.Status, p.Raw, "acknowledged", p.Acknowledged)
	}
	return d.read(ctx, "one record, pushed twice", "/v1/cdrs?platform=aliyun", func(b []byte) bool {
		records, pushes := count(b, "pushes")
		return records == 1 && pushes == 2
	})
}

// wholeCall joins what was asked, answered and told.
func (d *demo) wholeCall(ctx context.Context) error {
	d.chapter("One call as it is known now: question, answer, events and record")
	return d.read(ctx, "the rider's call", "/v1/calls?platform=huawei&call_id="+session, func(b []byte) bool {
		var c struct {
			State                    string
			Queries, Events, Records []json.RawMessage
		}
		return json.Unmarshal(b, &c) == nil && c.State == "ended" && len(c.Queries) == 1 && len(c.Events) == 4 && len(c.Records) == 1
	})
}

// read asks the admin listener, until the answer is as it should be: the log of
// decisions is written in the background.
func (d *demo) read(ctx context.Context, what, path string, holds func([]byte) bool) error {
	var answer json.RawMessage
	for range 40 {
		if err := d.admin.call(ctx, http.MethodGet, path, &answer); err != nil {
			return fmt.Errorf("demo: %s: %w", what, err)
		}
		if holds(answer) {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	d.exchange(what, "GET "+path, http.StatusOK, answer, "", holds(answer))
	return nil
}

// count gives the number of items of a list, and the sum of one of their fields.
func count(list []byte, field string) (n, sum int) {
	var in struct{ Items []map[string]json.RawMessage }
	if json.Unmarshal(list, &in) != nil {
		return -1, 0
	}
	for _, item := range in.Items {
		var value int
		_ = json.Unmarshal(item[field], &value)
		sum += value
	}
	return len(in.Items), sum
}
