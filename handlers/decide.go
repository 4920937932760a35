package handlers

import (
	"context"

	"xmode/call"
)

// decideBody is a question of /v1/decide.
type decideBody struct {
	Platform  string `json:"platform"`
	Kind      string `json:"kind"`
	Caller    string `json:"caller"`
	X         string `json:"x"`
	Extension string `json:"extension"`
}

// decision is the answer of /v1/decide, numbers in full.
type decision struct {
	Decision  call.Outcome `json:"decision"`
	Reason    call.Reason  `json:"reason"`
	Row       int          `json:"row"`
	Callee    string       `json:"callee,omitempty"`
	Display   string       `json:"display,omitempty"`
	BindingID string       `json:"binding_id,omitempty"`
}

// readDecide reads a question. As in a real query neither caller nor extension
// can be wrong: a caller that is no number is an unknown one.
func (a *admin) readDecide(r *request) (q call.Query, err error) {
	body, err := jsonBody(r)
	if err != nil {
		return q, err
	}
	var in decideBody
	f, err := a.codec.decode(body, &in)
	if err != nil {
		return q, err
	}
	p, known := findPlatform(a.Platforms, in.Platform)
	if !known {
		f.add("platform", requiredOr(in.Platform, "no such platform"))
	}
	q = call.Query{Platform: p.Name, Kind: call.Kind(in.Kind), Extension: in.Extension, CanAsk: p.CanAsk, At: r.now}
	if q.Kind != call.Voice && q.Kind != call.SMS {
		f.add("kind", requiredOr(in.Kind, "must be one of voice, sms"))
	}
	if in.X == "" {
		f.add("x", "required")
	}
	q.X = number(in.X, "x", call.ParseX, &f)
	q.Caller, _ = call.ParseParty(in.Caller)
	return q, f.err()
}

// requiredOr words the fault of a field that is empty or wrong.
func requiredOr(value, fault string) string {
	if value == "" {
		return "required"
	}
	return fault
}

// decide says what the first query of a call would be answered. No nonce is
// filed, no ask counted, no last caller noted. It has no fallback: who asks here
// wants to know.
func (a *admin) decide(r *request, q call.Query) (reply, error) {
	ctx, cancel := context.WithTimeout(r.ctx, a.DecisionBudget)
	defer cancel()
	routes, _, err := a.Router.Route(ctx, q, nil)
	if err != nil {
		return reply{}, err
	}
	routes.Asks = 0
	d := call.Decide(q, routes, a.Policy)
	answer := decision{Decision: d.Outcome, Reason: d.Reason, Row: d.Row, Callee: d.Callee.Full(), Display: d.Display.Full()}
	if d.Binding != nil {
		answer.BindingID = d.Binding.ID.String()
	}
	return reply{body: answer}, nil
}
