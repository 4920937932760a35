package server_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"xmode/server"
)

func TestPresetsAreCheckedAtStart(t *testing.T) {
	mustLoad(t, nil, "--presets="+file(t, "p.json", `{"12345":{"record":true,"platform":"huawei"}}`))
	absent := filepath.Join(t.TempDir(), "absent")
	_, err := load(t, nil, "--presets="+absent)
	if want := "XMODE_PRESETS: open " + absent + ": no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	for text, want := range map[string]string{
		`{"7":{}}}`: "not valid JSON at byte 9",
		`{"007":{},"7":{},"7":{},"8":{"colour":"red","max_duration_s":-1}}`: "7: occurs twice; 8.colour: unknown field; " +
			"8.max_duration_s: must be at least 0; preset 1: its id must be a whole number in decimal, without leading zero",
	} {
		name := file(t, "p.json", text)
		_, err := load(t, nil, "--presets="+name)
		if want := "XMODE_PRESETS: " + name + ": " + want; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Who makes a server without checking its settings gets no further.
func TestServerNeedsRightPresets(t *testing.T) {
	s := mustLoad(t, []string{"XMODE_REDIS=embedded"})
	s.Presets = file(t, "p.json", `{"7":{"colour":"red"}}`)
	want := "wire the server: " + s.Presets + ": 7.colour: unknown field"
	if _, err := server.New(server.Config{Settings: *s, Log: slog.New(slog.DiscardHandler)}); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
