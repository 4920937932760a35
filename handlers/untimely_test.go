package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"xmode/platform"
)

// TestManyUntimelyMessagesTellWhoseClockIsWrong: the log says once a minute by how
// much signed times are off, and one message out of its time moves that little.
func TestManyUntimelyMessagesTellWhoseClockIsWrong(t *testing.T) {
	now, off := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), 10*time.Minute
	d := deps(t, &fakeStore{})
	log, text := recordLog()
	d.Log, d.Now = log, func() time.Time { return now }
	d.Adapters = []platform.Adapter{&fakeAdapter{receive: func(platform.Message) (platform.Received, error) {
		return platform.Received{}, &platform.Refusal{Class: platform.Unauthorized, Code: platform.TimestampOutOfRange, Message: "why", Off: off}
	}}}
	to := public(d)
	lines := func() int { return strings.Count(text.String(), `"msg":"genuine messages are refused for their time`) }
	refused := func() {
		if r := send(t, to, http.MethodPost, "/acme/query", "x"); r.Code != http.StatusUnauthorized || strings.Contains(r.Body.String(), "10") {
			t.Errorf("%d %s", r.Code, r.Body)
		}
	}
	off = -100 * time.Hour // somebody sends again what he kept
	refused()
	off = 10 * time.Minute
	for range 3 {
		refused()
	}
	if lines() != 0 {
		t.Errorf("said for 4:\n%s", text)
	}
	for range 20 {
		refused()
	}
	if lines() != 1 || !strings.Contains(text.String(), `"route":"/acme/query","count":5,"ahead_of_ours_s":600,"last_s":600`) {
		t.Errorf("said %d times, or otherwise:\n%s", lines(), text)
	}
	now = now.Add(time.Minute)
	for range 5 {
		refused()
	}
	if lines() != 2 {
		t.Errorf("said %d times in two minutes:\n%s", lines(), text)
	}
}
