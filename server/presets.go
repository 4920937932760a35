package server

import (
	"encoding/json"
	"fmt"
	"os"

	"xmode/handlers"
)

// presets are the defaults of bindings by config_id.
type presets = map[string]json.RawMessage

// readPresets reads presets and checks them whole; without a file there are
// none.
func readPresets(file string) (presets, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	read, err := handlers.ParsePresets(text, knownPlatforms())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return read, nil
}
