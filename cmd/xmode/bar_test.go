package main_test

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	xmode "xmode/cmd/xmode"
)

// TestBarIsCutOffAtTheEdge: a terminal that wraps lines would keep a bar for each
// time that it is drawn.
func TestBarIsCutOffAtTheEdge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		closed := xmode.NewBar(&out, func(time.Duration) string { return "half" })
		time.Sleep(300 * time.Millisecond)
		synctest.Wait()
		closed()
		if got, want := out.String(), "\r\x1b[K\x1b[?7lhalf\x1b[?7h\r\x1b[K"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

// TestBarThatIsClosedWhileItIsDrawn leaves nothing behind.
func TestBarThatIsClosedWhileItIsDrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		closes := make(chan func(), 1)
		closes <- xmode.NewBar(&out, func(time.Duration) string { (<-closes)(); return "late" })
		time.Sleep(300 * time.Millisecond)
		synctest.Wait()
		if got, want := out.String(), "\r\x1b[K"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}
