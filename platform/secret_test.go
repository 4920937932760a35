package platform_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"xmode/platform"
)

const hidden = "5ecret"

// holder is what a secret may be part of when it is printed by accident.
type holder struct {
	Shown platform.Secret
	inner platform.Secret
}

func TestSecretIsRevealedOnlyWhenAsked(t *testing.T) {
	for text, shown := range map[string]string{hidden: "(set)", "": "(not set)"} {
		s := platform.NewSecret(text)
		if s.Reveal() != text || s.IsSet() != (text != "") || s.String() != shown {
			t.Errorf("%q: revealed %q, set %t, shown %s", text, s.Reveal(), s.IsSet(), s)
		}
	}
	if (platform.Secret{}) != platform.NewSecret("") {
		t.Error("the zero value is something else than no secret")
	}
}

func TestNoVerbShowsASecret(t *testing.T) {
	s := platform.NewSecret(hidden)
	h := holder{s, s}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%c", "%o", "%t", "%10s"} {
		if got := fmt.Sprintf(verb, s); got != "(set)" {
			t.Errorf("%s: %s", verb, got)
		}
		for _, value := range []any{s, &s, h, &h, []any{s, h}, map[string]holder{"k": h}} {
			got := fmt.Sprintf(verb, value)
			if bare := strings.ToLower(got); strings.Contains(bare, hidden) || strings.Contains(bare, fmt.Sprintf("%x", hidden)) {
				t.Errorf("%s of %T: %s", verb, value, got)
			}
		}
	}
}

func TestNoEncoderShowsASecret(t *testing.T) {
	h := holder{Shown: platform.NewSecret(hidden)}
	if got, err := json.Marshal(h); err != nil || string(got) != `{"Shown":"(set)"}` {
		t.Errorf("JSON: %s, %v", got, err)
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		log.Reset()
		slog.New(handler).Info("start", "secret", h.Shown, "holder", h)
		if strings.Contains(log.String(), hidden) || !strings.Contains(log.String(), "(set)") {
			t.Errorf("log: %s", &log)
		}
	}
}
