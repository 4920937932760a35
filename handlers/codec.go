package handlers

import (
	"cmp"
	"reflect"
	"time"

	"github.com/go-playground/validator/v10"

	"xmode/call"
	"xmode/platform"
)

// codec turns request bodies into domain values. It knows every shape of a
// request and what a binding may say.
type codec struct {
	shapes   shapes
	validate *validator.Validate
}

// newCodec accepts bindings for the given platforms.
func newCodec(known []KnownPlatform) *codec {
	return &codec{
		shapes: newShapes(reflect.TypeFor[Binding](), reflect.TypeFor[decideBody](),
			reflect.TypeFor[provisionBody]()),
		validate: newValidator(known),
	}
}

// decode reads the one JSON object that text must be into the struct dst
// points to. The error is a *malformed; the faults are those of the fields.
func (c *codec) decode(text []byte, dst any) (faults, error) {
	if err := platform.CheckJSON(text); err != nil {
		return nil, &malformed{err}
	}
	if !platform.IsObject(text[platform.SkipSpace(text, 0):]) {
		return nil, &malformed{errNoObject}
	}
	return c.shapes.object(text, dst), nil
}

// binding reads a binding: its shape, its numbers, and whether it makes sense
// as a whole at now. The error is a *malformed or a call.FieldErrors that
// lists every fault.
func (c *codec) binding(text []byte, now time.Time) (call.Binding, error) {
	var w Binding
	f, err := c.decode(text, &w)
	if err != nil {
		return call.Binding{}, err
	}
	b := c.domain(&w, now, &f)
	return b, f.err()
}

// fields reads a binding from an object that platform.CheckJSON has passed. What it
// leaves out comes from the defaults, another such object, or nil.
func (c *codec) fields(object, defaults []byte, now time.Time) (call.Binding, faults) {
	var w Binding
	var f faults
	if defaults != nil {
		f = c.shapes.object(defaults, &w)
	}
	f.merge("", c.shapes.object(object, &w))
	return c.domain(&w, now, &f), f
}

// domain makes a domain binding of a wire binding and adds the faults to f.
// The faults of the shape come first, so that what could not be read is not
// called missing.
func (c *codec) domain(w *Binding, now time.Time, f *faults) call.Binding {
	c.shape(w, f)
	b := call.Binding{
		Platform: call.Platform(w.Platform), Extension: w.Extension,
		Direction: cmp.Or(call.Direction(w.Direction), call.Both),
		Record:    w.Record, MaxDuration: w.MaxDuration, Prompts: call.Prompts(w.Prompts),
		SMS: cmp.Or(call.SMSMode(w.SMS), call.Forward), UserData: w.UserData,
	}
	b.ID, _ = call.ParseID(w.ID) // the shape was checked: zero is "not assigned"
	b.X = number(w.X, "x", call.ParseX, f)
	b.A = number(w.A, "a", call.ParseParty, f)
	b.Display = number(w.Display, "display", call.ParseX, f)
	b.Peers = peers(w.Peers, f)
	b.PeerCount = len(b.Peers)
	b.ExpiresAt = expiry(w.ExpiresAt, now, f)
	if whole, ok := b.Check().(call.FieldErrors); ok {
		f.merge("", whole)
	}
	return b
}

// shape runs the validator.
func (c *codec) shape(w *Binding, f *faults) {
	wrong, ok := c.validate.Struct(w).(validator.ValidationErrors)
	if !ok {
		return
	}
	for _, e := range wrong {
		f.add(e.Field(), wording(e))
	}
}

// number reads one number of a binding; an empty one is none.
func number(s, field string, parse func(string) (call.Number, error), f *faults) call.Number {
	if s == "" {
		return call.Number{}
	}
	n, err := parse(s)
	if err != nil {
		f.add(field, err.Error())
	}
	return n
}

// peers reads the list of peers; the first one that is no number is named by
// its place. A list that is too long is not read.
func peers(list []string, f *faults) []call.Number {
	if len(list) == 0 || len(list) > call.MaxPeers {
		return nil
	}
	numbers := make([]call.Number, len(list))
	for i, s := range list {
		n, err := call.ParseParty(s)
		if err != nil {
			f.add("peers", itemFault(i+1, err.Error()))
		}
		numbers[i] = n
	}
	return numbers
}
