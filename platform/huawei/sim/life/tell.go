package life

import (
	"time"

	"xmode/platform/huawei/sim"
	"xmode/simulator/load"
)

// Tell is what is told of a call: events, and its record; of a text, that it was
// forwarded.
func (p *Platform) Tell(c load.Call, d load.Decision) []load.Told {
	if c.Kind == load.Text {
		return p.tellText(c, d)
	}
	s := storyOf(c, d)
	var told []load.Told
	for _, e := range []struct {
		kind string
		at   time.Duration
	}{{"callout", s.out}, {"alerting", s.rings}, {"answer", s.answered}, {"disconnect", s.ended}} {
		if e.at > 0 {
			told = append(told, load.Told{After: e.at, Message: p.message(e.kind, p.c.Events, text(event{e.kind, p.event(c, d, s, e.kind, e.at)}))})
		}
	}
	return append(told, load.Told{
		After: s.ended + time.Second, Batch: "fee", Entry: text(p.fee(c, d, s)), Record: true, Recording: c.Recorded(d),
	})
}

// tellText tells of a text that was forwarded.
func (p *Platform) tellText(c load.Call, d load.Decision) []load.Told {
	if d.Verb != load.Connect {
		return nil
	}
	m := p.sms(c, "Notify")
	m.Called, m.SMSContent = international(d.Callee), ""
	return []load.Told{{After: time.Second, Message: p.message("SMS Notify", p.c.Texts, text(textEvent{p.c.AppKey, m})), Record: true}}
}

// event is what an event says.
func (p *Platform) event(c load.Call, d load.Decision, s story, kind string, at time.Duration) sim.Event {
	e := sim.Event{SessionID: c.ID, Timestamp: dateTime(c.At.Add(at)), Caller: international(c.Caller), Called: d.Callee, UserData: d.UserData}
	if e.Called == "" {
		e.Called = international(c.X)
	}
	if kind == "disconnect" {
		e.StateCode, e.StateDesc, e.CallRelDirection = &s.state, s.why, s.by
	}
	return e
}

// fee is the call record.
func (p *Platform) fee(c load.Call, d load.Decision, s story) sim.Fee {
	at := func(after time.Duration) string {
		if after == 0 {
			return ""
		}
		return dateTime(c.At.Add(after))
	}
	f := sim.Fee{
		SPID: "simulated", AppKey: p.c.AppKey, ICID: "icid." + c.ID, BindNum: international(c.X), SessionID: c.ID, CallerNum: international(c.Caller),
		CalleeNum: international(c.X), FwdDisplayNum: d.Display, FwdDstNum: d.Callee, CallInTime: dateTime(c.At), FwdStartTime: at(s.out),
		FwdAlertingTime: at(s.rings), FwdAnswerTime: at(s.answered), CallEndTime: at(s.ended), FwdUnaswRsn: s.q850, ULFailReason: s.point,
		SIPStatusCode: s.sip, HostName: "simulator", UserData: d.UserData, NotifyMode: "Block", CallRelDirection: s.by,
	}
	if s.answered == 0 {
		f.FailTime = f.CallEndTime
	}
	if c.Recorded(d) {
		f.RecordFlag, f.RecordStartTime = 1, f.FwdAnswerTime
		f.RecordDomain, f.RecordBucketName, f.RecordObjectName = "ostor.huawei.com", "simulated", File(c.ID)
	}
	return f
}
