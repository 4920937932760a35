package handlers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"xmode/call"
	"xmode/platform"
)

// ParsePresets reads the defaults of bindings by config_id from one JSON object
// and reports all that is wrong with them, by id and field: ids that no call
// could name, ids that occur twice, fields that no binding could have. Fields
// that a binding needs may be missing, since the binding itself can bring them.
// A preset may outlive its expires_at: the bindings that use it are refused
// then, which is no reason to keep a process from starting.
func ParsePresets(text []byte, known []KnownPlatform) (map[string]json.RawMessage, error) {
	if err := platform.CheckJSON(text); err != nil {
		return nil, &malformed{err}
	}
	text = bytes.TrimSpace(text)
	if !platform.IsObject(text) {
		return nil, &malformed{errNoObject}
	}
	codec := newCodec(known)
	presets := map[string]json.RawMessage{}
	var f faults
	n := 0
	platform.Members(text, func(id string, value []byte) {
		n++
		_, twice := presets[id]
		switch {
		case !isConfigID(id):
			f.add(fmt.Sprintf("preset %d", n), "its id must be a whole number in decimal, without leading zero")
		case twice:
			f.add(id, "occurs twice")
		default:
			presets[id] = value
			f.merge(id, codec.preset(value))
		}
	})
	return presets, f.err()
}

// preset returns the faults of one preset by ".field", or by "" for the whole.
func (c *codec) preset(value []byte) map[string]string {
	if !platform.IsObject(value) {
		return map[string]string{"": "must be an object"}
	}
	_, err := c.binding(value, time.Time{})
	wrong, _ := errors.AsType[call.FieldErrors](err)
	found := map[string]string{}
	for field, text := range wrong {
		if text != wordRequired {
			found["."+field] = text
		}
	}
	return found
}

// isConfigID reports whether a text is a number as /provision_x takes it for
// config_id, in the one spelling by which presets are found.
func isConfigID(text string) bool {
	n, err := strconv.ParseUint(text, 10, 64)
	return err == nil && strconv.FormatUint(n, 10) == text
}

// preset finds the binding defaults that a call names; nil: it names none.
// Defaults that are no JSON object are as good as none.
func (a *admin) preset(id json.RawMessage, f *faults) json.RawMessage {
	if id == nil {
		return nil
	}
	if !isConfigID(string(id)) {
		f.add("config_id", "must be a whole number")
		return nil
	}
	preset, ok := a.Presets[string(id)]
	if preset = bytes.TrimSpace(preset); !ok || platform.CheckJSON(preset) != nil || !platform.IsObject(preset) {
		f.add("config_id", "no such preset")
		return nil
	}
	return preset
}
