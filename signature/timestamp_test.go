package signature_test

import (
	"errors"
	"testing"
	"time"

	"xmode/signature"
)

func TestParseTimestamp(t *testing.T) {
	for text, want := range map[string]time.Time{
		"2018-01-01T12:00:00Z": time.Date(2018, 1, 1, 12, 0, 0, 0, time.UTC),
		"2024-02-29T23:59:59Z": time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC),
	} {
		if got, err := signature.ParseTimestamp(text); err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

func TestParseTimestampRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty":                   "",
		"no zone":                 "2018-01-01T12:00:00",
		"local time":              "2018-01-01T20:00:00+08:00",
		"offset of the same size": "2018-01-01T12:00+00:00",
		"space for T":             "2018-01-01 12:00:00Z",
		"small letters":           "2018-01-01t12:00:00z",
		"fraction":                "2018-01-01T12:00:00.0Z",
		"fraction, same size":     "2018-01-01T2:00:00.0Z",
		"comma fraction":          "2018-01-01T12:00:0,1Z",
		"31st of February":        "2018-02-31T12:00:00Z",
		"29th in a common year":   "2018-02-29T12:00:00Z",
		"month 13":                "2018-13-01T12:00:00Z",
		"month 0":                 "2018-00-01T12:00:00Z",
		"day 0":                   "2018-01-00T12:00:00Z",
		"hour 24":                 "2018-01-01T24:00:00Z",
		"minute 60":               "2018-01-01T12:60:00Z",
		"leap second":             "2016-12-31T23:59:60Z",
		"white space":             " 2018-01-01T12:00:00Z",
		"one digit hour":          "2018-01-01T 2:00:00Z",
		"full-width digits":       "2018-01-01T1２:00:0Z",
		"sign":                    "+018-01-01T12:00:00Z",
		"call time":               "20180101200000",
		"epoch":                   "1514808000",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := signature.ParseTimestamp(text); !errors.Is(err, signature.ErrTimestamp) {
				t.Errorf("got %v, %v; want ErrTimestamp", got, err)
			}
		})
	}
}

func TestWindow(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	w := signature.Window{Behind: 10 * time.Minute, Ahead: time.Minute}
	for _, c := range []struct {
		name   string
		off    time.Duration
		admits bool
	}{
		{"now", 0, true},
		{"as old as may be", -10 * time.Minute, true},
		{"older", -10*time.Minute - 1, false},
		{"as far ahead as may be", time.Minute, true},
		{"further ahead", time.Minute + 1, false},
	} {
		if got := w.Admits(now.Add(c.off), now); got != c.admits {
			t.Errorf("%s: admits %v, want %v", c.name, got, c.admits)
		}
	}
	if got := signature.Skew(5 * time.Minute); got != (signature.Window{Behind: 5 * time.Minute, Ahead: 5 * time.Minute}) {
		t.Errorf("Skew is %+v", got)
	}
	if w.Admits(now, w.Closes(now)) != true || w.Admits(now, w.Closes(now).Add(1)) {
		t.Error("Closes is not the last instant at which the message is admitted")
	}
}
