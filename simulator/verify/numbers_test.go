package verify_test

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"testing"

	"xmode/call"
	"xmode/simulator/load"
)

// TestNumbersInAllForms: whatever a user or a platform writes is the same as what the
// receiver makes of it.
func TestNumbersInAllForms(t *testing.T) {
	for _, tt := range []struct {
		written string
		parse   func(string) (call.Number, error)
	}{
		{"13800000021", call.ParseParty}, {"+8613800000021", call.ParseParty}, {"8613800000021", call.ParseParty}, {"008613800000021", call.ParseParty},
		{" 13800000021", call.ParseParty}, {"075528780001", call.ParseParty}, {"+8675528780001", call.ParseParty}, {"01062780001", call.ParseParty},
		{"+12125550123", call.ParseParty}, {"0012125550123", call.ParseParty}, {"9501312345678", call.ParseX}, {"+869501312345678", call.ParseX},
		{"17000000001", call.ParseX}, {"075588880000", call.ParseX}, {"4001234567", call.ParseX}, {"10690000123", call.ParseX},
	} {
		n, err := tt.parse(tt.written)
		if err != nil {
			t.Errorf("%s: %v", tt.written, err)
		}
		for written, want := range map[string]bool{tt.written: true, "13911111111": false, "": false} {
			if got := sameNumber(t, n.Full(), written); got != want {
				t.Errorf("%s for %s: %v, want %v", n.Full(), written, got, want)
			}
		}
	}
}

// sameNumber reports whether a record has the caller that was wanted.
func sameNumber(t *testing.T, recorded, wanted string) bool {
	t.Helper()
	text, err := json.Marshal(map[string]string{"call_id": "p-0", "kind": "voice", "caller": recorded, "outcome": "blocked"})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(fake{answers(ndjson, string(text)+"\n"), nil})
	defer s.Close()
	wants := slices.Values([]load.Want{{CallID: "p-0", Caller: wanted, Record: load.Perhaps}})
	verdict, err := verifier(t, s.URL, nil).Verify(t.Context(), wants, 1)
	if err != nil {
		t.Fatal(err)
	}
	return verdict.OK()
}
