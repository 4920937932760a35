package handlers

import (
	"errors"
	"time"
)

// errInstant: the text is no RFC 3339 time.
var errInstant = errors.New("not an RFC 3339 time")

// instantForm is RFC 3339 in UTC with milliseconds where there are any.
const instantForm = "2006-01-02T15:04:05.999Z07:00"

// expiry reads an RFC 3339 instant, cut to the millisecond; zero where there is
// none, or none that the shape lets pass.
func expiry(s string, now time.Time, f *faults) time.Time {
	t, err := parseInstant(s)
	if s == "" || err != nil {
		return time.Time{}
	}
	t = t.UTC().Truncate(time.Millisecond)
	if !now.Before(t) {
		f.add("expires_at", "in the past")
	}
	return t
}

// parseInstant is stricter than time.Parse, which lets hours of one digit,
// commas and offsets of more than a day pass.
func parseInstant(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, err
	}
	if s[len("2006-01-02T1")] == ':' || s[len("2006-01-02T15:04:05")] == ',' {
		return time.Time{}, errInstant
	}
	if _, offset := t.Zone(); offset <= -24*60*60 || offset >= 24*60*60 {
		return time.Time{}, errInstant
	}
	return t, nil
}
