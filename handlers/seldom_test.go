package handlers

import (
	"testing"
	"time"
)

// TestSeldom: ten lines a second, and the next one tells how many were left out.
func TestSeldom(t *testing.T) {
	var s seldom
	at := time.Unix(1_000_000, 0)
	logged := 0
	for range 25 {
		if _, ok := s.now(at); ok {
			logged++
		}
	}
	if logged != seldomPerSecond {
		t.Errorf("%d lines in a second", logged)
	}
	if skipped, ok := s.now(at.Add(time.Second)); !ok || skipped != 15 {
		t.Errorf("a second later: logged %v, %d left out", ok, skipped)
	}
	if skipped, ok := s.now(at.Add(time.Second)); !ok || skipped != 0 {
		t.Errorf("and again: logged %v, %d left out", ok, skipped)
	}
}
