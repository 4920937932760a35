package life_test

import (
	"time"

	"xmode/simulator/load"
)

// The parties of the bindings.
func pair() load.Party      { return load.Party{Caller: "+8613900000022", X: "17000000001"} }
func callsBack() load.Party { return load.Party{Caller: "13800000021", X: "+8617000000001"} }
func stranger() load.Party  { return load.Party{Caller: "13700000030", X: "17000000001"} }
func nowhere() load.Party   { return load.Party{Caller: "13900000022", X: "17000000009"} }
func short() load.Party     { return load.Party{Caller: "13900000022", X: "17000000002"} }
func landline() load.Party  { return load.Party{Caller: "+861062345678", X: "+869501312345678901"} }
func foreigner() load.Party { return load.Party{Caller: "+12125550123", X: "9501312345678901"} }
func extension(digits string) load.Party {
	return load.Party{Caller: "13700000030", X: "17000000003", Extension: digits}
}

// kept is what a receiver has to have of a life.
type kept struct {
	verbs              []string // in which queries were answered
	outcome, by        string
	codes              []string // of the cause, one of them
	caller, callee     string
	x                  string
	duration           int
	rang, withdrawn    bool
	recording          bool
	binding, extension string
}

const (
	owner    = "+8613800000021"
	peer     = "+8613900000022"
	stranged = "+8613700000030"
	theX     = "+8617000000001"
)

// connected is what is kept of a call from the peer to the owner.
func connected(outcome, by string, codes ...string) kept {
	return kept{verbs: []string{"connect"}, outcome: outcome, by: by, codes: codes, caller: peer, callee: owner, x: theX, binding: "100001"}
}

func (k kept) change(change func(*kept)) kept { change(&k); return k }

// aCall is a call that rings for 5 s and is talked for 30 s if it is answered.
func aCall(who load.Party, ending load.Ending) load.Call {
	c := load.Call{Party: who, Ending: ending, Ring: 5 * time.Second}
	if ending == load.Answered {
		c.Talk = 30 * time.Second
	}
	return c
}

func changed(c load.Call, change func(*load.Call)) load.Call { change(&c); return c }

func aText(who load.Party) load.Call { return load.Call{Kind: load.Text, Party: who} }

// lives are the calls and texts, and what has to be kept of them.
func lives() map[string]struct {
	call load.Call
	kept kept
} {
	talked := connected("answered", "caller", "16", "31").change(func(k *kept) { k.duration, k.rang, k.recording = 30, true, true })
	network := []string{"38", "34", "27"}
	return map[string]struct {
		call load.Call
		kept kept
	}{
		"answered":   {aCall(pair(), load.Answered), talked},
		"by callee":  {changed(aCall(pair(), load.Answered), func(c *load.Call) { c.ByCallee = true }), talked.change(func(k *kept) { k.by = "callee" })},
		"stopped":    {changed(aCall(pair(), load.Answered), func(c *load.Call) { c.Stopped = true }), talked.change(func(k *kept) { k.by = "platform" })},
		"calls back": {aCall(callsBack(), load.Answered), talked.change(func(k *kept) { k.caller, k.callee = owner, peer })},
		"no time for a recording": {changed(aCall(pair(), load.Answered), func(c *load.Call) { c.Talk = 2 * time.Second }),
			talked.change(func(k *kept) { k.duration, k.recording = 2, false })},
		"longest": {changed(aCall(short(), load.Answered), func(c *load.Call) { c.Talk = 5 * time.Minute }),
			talked.change(func(k *kept) { k.by, k.x, k.binding, k.duration = "platform", "+8617000000002", "100002", 60 })},
		"landline": {aCall(landline(), load.Answered),
			talked.change(func(k *kept) {
				k.caller, k.callee, k.x, k.binding = "+861062345678", "+8675528780001", "9501312345678901", "100004"
			})},
		"foreigner": {aCall(foreigner(), load.Answered),
			talked.change(func(k *kept) {
				k.caller, k.callee, k.x, k.binding = "+12125550123", "+8675528780001", "9501312345678901", "100004"
			})},
		"no answer": {aCall(pair(), load.NoAnswer), connected("no_answer", "platform", "18", "19").change(func(k *kept) { k.rang = true })},
		"busy":      {aCall(pair(), load.Busy), connected("busy", "callee", "17")},
		"refused":   {aCall(pair(), load.Refused), connected("rejected", "callee", "7", "33", "35", "37").change(func(k *kept) { k.rang = true })},
		"dropped":   {aCall(pair(), load.Dropped), connected("failed", "platform", network...)},
		"hung up":   {aCall(pair(), load.HungUp), connected("no_answer", "caller", "16", "31").change(func(k *kept) { k.rang = true })},
		"extension": {aCall(extension("8011"), load.Answered), talked.change(func(k *kept) {
			k.verbs, k.caller, k.x, k.binding, k.extension, k.recording = []string{"ask", "connect"}, stranged, "+8617000000003", "100003", "8011", false
		})},
		"nothing typed":   {aCall(extension(""), load.Answered), kept{verbs: []string{"ask"}, outcome: "no_answer", by: "caller", codes: []string{"16", "31"}, caller: stranged, x: "+8617000000003"}},
		"wrong extension": {aCall(extension("99"), load.Answered), kept{verbs: []string{"ask", "ask"}, outcome: "no_answer", by: "caller", codes: []string{"16", "31"}, caller: stranged, x: "+8617000000003", extension: "99"}},
		"no binding": {aCall(nowhere(), load.Answered), kept{verbs: []string{"reject"}, outcome: "blocked", by: "platform", codes: []string{"16", "31"},
			caller: peer, x: "+8617000000009"}},
		"stranger": {aCall(stranger(), load.Answered), kept{verbs: []string{"reject"}, outcome: "blocked", by: "platform", codes: []string{"16", "31"},
			caller: stranged, x: theX}},
		"lost": {aCall(pair(), load.Answered), kept{outcome: "failed", by: "platform", codes: network, caller: peer, x: theX, withdrawn: true}},

		"text": {aText(pair()), connected("answered", "platform", "9999")},
		"text intercepted": {aText(short()), connected("blocked", "", "").change(func(k *kept) {
			k.x, k.binding = "+8617000000002", "100002"
		})},
		"text without binding": {aText(nowhere()), kept{verbs: []string{"reject"}, outcome: "blocked", by: "platform", codes: []string{"9999"}, caller: peer, x: "+8617000000009"}},
		"text lost":            {aText(pair()), kept{outcome: "failed", by: "platform", codes: []string{"9999"}, caller: peer, x: theX, withdrawn: true}},
	}
}
