package life

import (
	"cmp"
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
	m.Called, m.SMSContent = sim.Global(d.Callee), ""
	return []load.Told{{After: time.Second, Message: p.message("SMS Notify", p.c.Texts, text(textEvent{p.c.AppKey, m})), Record: true}}
}

// event is what an event says.
func (p *Platform) event(c load.Call, d load.Decision, s story, kind string, at time.Duration) sim.Event {
	e := sim.Event{SessionID: c.ID, Timestamp: dateTime(c.At.Add(at)), Caller: sim.Global(c.Caller), Called: cmp.Or(d.Callee, sim.Global(c.X)), UserData: d.UserData}
	if kind == "disconnect" {
		e.StateCode, e.StateDesc, e.CallRelDirection = &s.state, s.why, s.by
	}
	return e
}

// shown is the number that the callee sees: the X number, if nothing else is said.
func shown(c load.Call, d load.Decision) string {
	if d.Verb != load.Connect {
		return ""
	}
	return cmp.Or(d.Display, sim.Global(c.X))
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
		SPID: "simulated", AppKey: p.c.AppKey, ICID: "icid." + c.ID, BindNum: sim.Global(c.X), SessionID: c.ID, CallerNum: sim.Global(c.Caller),
		CalleeNum: sim.Global(c.X), FwdDisplayNum: shown(c, d), FwdDstNum: d.Callee, CallInTime: dateTime(c.At), FwdStartTime: at(s.out),
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
