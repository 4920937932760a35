package redisstore

import (
	"fmt"

	"xmode/call"
)

// reply reads a script's values and keeps the first fault.
type reply struct {
	values []any
	x      call.Number
	err    error
}

func (r *reply) text(i int) string {
	if i >= len(r.values) {
		r.fault(fmt.Errorf("value %d is missing", i))
		return ""
	}
	s, ok := r.values[i].(string)
	if !ok {
		r.fault(fmt.Errorf("value %d is %T", i, r.values[i]))
	}
	return s
}

func (r *reply) fault(err error) {
	if r.err == nil {
		r.err = err
	}
}

// binding reads an id and a body; nil where the body is empty.
func (r *reply) binding(id, body int) *call.Binding {
	text := r.text(body)
	if text == "" {
		return nil
	}
	n, err := call.ParseID(r.text(id))
	if err != nil {
		r.fault(err)
		return nil
	}
	b, err := decodeBody(r.x, n, text)
	if err != nil {
		r.fault(err)
		return nil
	}
	return &b
}
