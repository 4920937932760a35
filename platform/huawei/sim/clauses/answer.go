package clauses

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"xmode/simulator/conform"
)

// answer is a decoded answer to callin, and the exchange that it came by.
type answer struct {
	conform.Exchange
	outer fields
	// info is connectInfo or closeInfo, as it belongs to the operation.
	info fields
}

func (a answer) operation() string {
	s, _ := a.outer["operation"].(string)
	return s
}

// object reads a JSON object, numbers as they are spelt.
func object(raw []byte) (fields, bool) {
	var o fields
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	err := in.Decode(&o)
	return o, err == nil && o != nil && !in.More()
}

// decided reads the answer to a callin: 200, a JSON object, one of the operations,
// and the info that belongs to it, an object or a list of one. What the info holds
// is left to the clauses about it.
func decided(x conform.Exchange, operations ...string) (answer, error) {
	a := answer{Exchange: x}
	if !x.Reply.OK() || x.Reply.Long {
		return a, x.Fault("an answer with the status 200 is due")
	}
	var ok bool
	if a.outer, ok = object(x.Reply.Body); !ok {
		return a, x.Fault("a JSON object is due")
	}
	if len(operations) == 0 {
		operations = []string{"connect", "close"}
	}
	if !slices.Contains(operations, a.operation()) {
		return a, x.Fault("operation has to be %s", oneOf(operations))
	}
	name := a.operation() + "Info"
	value, there := a.outer[name]
	if a.info, ok = infoOf(value); there && !ok {
		return a, x.Fault("%s has to be an object, or a list of one", name)
	}
	return a, nil
}

// infoOf takes an object, as the page types it, or a list of one, as the
// platform's samples write it.
func infoOf(v any) (fields, bool) {
	if list, ok := v.([]any); ok && len(list) == 1 {
		v = list[0]
	}
	o, ok := v.(map[string]any)
	return o, ok
}

func oneOf(words []string) string {
	if len(words) == 2 {
		return words[0] + " or " + words[1]
	}
	return words[0]
}

// routed is an answer to the question about a text.
type routed struct {
	conform.Exchange
	action fields
}

func (r routed) operation() string {
	s, _ := r.action["operation"].(string)
	return s
}

// readRouting reads the answer to a text: 200, and one action that is one of the
// operations.
func readRouting(x conform.Exchange, operations ...string) (routed, error) {
	r := routed{Exchange: x}
	if !x.Reply.OK() || x.Reply.Long {
		return r, x.Fault("an answer with the status 200 is due")
	}
	o, ok := object(x.Reply.Body)
	if !ok {
		return r, x.Fault("a JSON object is due")
	}
	actions, ok := o["actions"].([]any)
	if !ok || len(actions) == 0 {
		return r, x.Fault("actions has to be a list with the decision")
	}
	if r.action, ok = actions[0].(map[string]any); !ok {
		return r, x.Fault("actions has to be a list of objects")
	}
	if len(operations) == 0 {
		operations = []string{"vNumberRoute", "DiscardMessage"}
	}
	if !slices.Contains(operations, r.operation()) {
		return r, x.Fault("operation has to be %s", oneOf(operations))
	}
	return r, nil
}

// accepts checks that a callin, changed before it is sent, is decided.
func (t *trial) accepts(what string, k func() token, change func(fields) fields) conform.Check {
	return func(ctx context.Context) error {
		_, err := decided(t.askUnder(ctx, what, k(), change(t.any())))
		return err
	}
}

// refuses checks that a callin under a changed token is refused.
func (t *trial) refuses(what string, change func(*token)) conform.Check {
	return func(ctx context.Context) error {
		k := t.token()
		change(&k)
		return t.askUnder(ctx, what, k, t.any()).WantRefused()
	}
}

// same changes nothing.
func same(f fields) fields { return f }

// with sets a field.
func with(name string, value any) func(fields) fields {
	return func(f fields) fields { return f.with(name, value) }
}
