package clauses

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"xmode/simulator/conform"
)

// answer is a decoded answer, and the exchange that it came by.
type answer struct {
	conform.Exchange
	outer, model map[string]any
}

// text returns a string of the model; "" if it is none.
func (a answer) text(name string) string {
	s, _ := a.model[name].(string)
	return s
}

// object reads a JSON object, numbers as they are spelt.
func object(raw []byte) (map[string]any, bool) {
	var o map[string]any
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	err := in.Decode(&o)
	return o, err == nil && o != nil && !in.More()
}

// answered reads the answer to a query that has to be decided: 200, JSON, code OK
// and a model that is an object or the JSON text of one. What the model holds is
// left to the clauses about it.
func answered(x conform.Exchange) (answer, error) {
	a := answer{Exchange: x}
	if !x.Reply.OK() || x.Reply.Long {
		return a, x.Fault("an answer with the status 200 is due")
	}
	var ok bool
	if a.outer, ok = object(x.Reply.Body); !ok {
		return a, x.Fault("a JSON object is due")
	}
	if a.outer["code"] != "OK" {
		return a, x.Fault(`code "OK" is due`)
	}
	switch model := a.outer["model"].(type) {
	case map[string]any:
		a.model = model
	case string:
		a.model, ok = object([]byte(model))
	default:
		ok = false
	}
	if !ok {
		return a, x.Fault("model has to be an object, or a string that holds one")
	}
	return a, nil
}

// decided is answered, and one of the three decisions.
func decided(x conform.Exchange, operations ...string) (answer, error) {
	a, err := answered(x)
	if err != nil {
		return a, err
	}
	if len(operations) == 0 {
		operations = []string{"CONTINUE", "REJECT", "IVR"}
	}
	if !slices.Contains(operations, a.text("controlOperate")) {
		return a, x.Fault("controlOperate has to be %s", oneOf(operations))
	}
	return a, nil
}

// oneOf lists words.
func oneOf(words []string) string {
	text := words[0]
	for i, w := range words[1:] {
		if i == len(words)-2 {
			text += " or " + w
		} else {
			text += ", " + w
		}
	}
	return text
}

// refused is the fault of an answer that is no refusal of a query: a status 4xx,
// or with 200 a code other than OK (which the page has for failures).
func refused(x conform.Exchange) error {
	if x.Reply.Refuses() {
		return nil
	}
	if o, ok := object(x.Reply.Body); ok && x.Reply.Status == http.StatusOK {
		if code, isText := o["code"].(string); isText && code != "" && code != "OK" {
			return nil
		}
	}
	return x.Fault("a refusal is due: a status 4xx, or a code other than OK")
}

// accepts checks that a query, changed before it is signed, is decided.
func (t *trial) accepts(what string, how via, edits ...edit) conform.Check {
	return func(ctx context.Context) error {
		_, err := decided(t.send(ctx, what, how, t.any().edited(edits...)))
		return err
	}
}

// connects checks that a query of the caller who gets through, changed before it
// is signed, is connected.
func (t *trial) connects(what string, how via, edits ...edit) conform.Check {
	return func(ctx context.Context) error {
		_, err := decided(t.send(ctx, what, how, t.connecting().edited(edits...)), "CONTINUE")
		return err
	}
}

// refuses checks that a query, changed after it was signed, is refused.
func (t *trial) refuses(what string, after ...edit) conform.Check {
	return func(ctx context.Context) error {
		return refused(t.c.Sender.Send(ctx, t.message(what, viaGET, t.signed(t.any()).edited(after...))))
	}
}

// refusesSigned checks that a query, changed before it is signed, is refused.
func (t *trial) refusesSigned(what string, before ...edit) conform.Check {
	return func(ctx context.Context) error { return refused(t.send(ctx, what, viaGET, t.any().edited(before...))) }
}

// turnsAway checks that a query, changed before it is signed, gets a status 4xx.
func (t *trial) turnsAway(what string, how via, before ...edit) conform.Check {
	return func(ctx context.Context) error {
		return t.send(ctx, what, how, t.any().edited(before...)).WantRefused()
	}
}
