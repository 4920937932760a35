package handlers

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// preset finds the binding defaults that a call names; nil: it names none.
// Defaults that are no JSON object are as good as none.
func (a *admin) preset(id json.RawMessage, f *faults) json.RawMessage {
	if id == nil {
		return nil
	}
	if n, err := strconv.ParseUint(string(id), 10, 64); err != nil || strconv.FormatUint(n, 10) != string(id) {
		f.add("config_id", "must be a whole number")
		return nil
	}
	preset, ok := a.Presets[string(id)]
	if preset = bytes.TrimSpace(preset); !ok || checkJSON(preset) != nil || !isObject(preset) {
		f.add("config_id", "no such preset")
		return nil
	}
	return preset
}
