package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// presets are the defaults of bindings by config_id.
type presets = map[string]json.RawMessage

// readPresets reads presets; without a file there
// are none.
func readPresets(file string) (presets, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var read presets
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, fmt.Errorf("%s: no JSON object: %w", file, err)
	}
	for id, fields := range read {
		if !bytes.HasPrefix(bytes.TrimSpace(fields), []byte("{")) {
			return nil, fmt.Errorf("%s: preset %q is no JSON object", file, id)
		}
	}
	return read, nil
}
