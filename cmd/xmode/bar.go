package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// How often a bar is drawn, and how wide it is.
const (
	drawEvery = 200 * time.Millisecond
	barWidth  = 30
)

// bar draws how far something is on a terminal. A nil bar draws nothing.
type bar struct {
	mu    sync.Mutex
	over  bool // nothing is drawn any more
	out   io.Writer
	text  func(elapsed time.Duration) string
	start time.Time
	stop  func()
}

// newBar starts drawing.
func newBar(out io.Writer, text func(elapsed time.Duration) string) *bar {
	b := &bar{out: out, text: text, start: time.Now()}
	ticker, end := time.NewTicker(drawEvery), make(chan struct{})
	b.stop = sync.OnceFunc(func() { ticker.Stop(); close(end) })
	go func() {
		for {
			select {
			case <-end:
				return
			case now := <-ticker.C:
				b.draw(now)
			}
		}
	}()
	return b
}

// draw writes the bar over the one before. What is longer than the terminal is wide
// is cut off: on a second line it would stay.
func (b *bar) draw(now time.Time) {
	text := b.text(now.Sub(b.start))
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.over {
		fmt.Fprint(b.out, "\r\x1b[K\x1b[?7l", text, "\x1b[?7h")
	}
}

// clear takes the bar off its line, for something else to be written there.
func (b *bar) clear() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	fmt.Fprint(b.out, "\r\x1b[K")
}

// close ends the drawing.
func (b *bar) close() {
	if b == nil {
		return
	}
	b.stop()
	b.mu.Lock()
	b.over = true
	b.mu.Unlock()
	b.clear()
}

// filled is a bar of which a share is done.
func filled(share float64) string {
	full := int(share * barWidth)
	return fmt.Sprintf("[%s%s] %3.0f%%", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), share*100)
}

// importText is one state of an import: lines and rate, and where the size is
// known (above 0) how far it is and how long it may still take.
func importText(lines int, read, size int64, elapsed time.Duration) string {
	counts := fmt.Sprintf("%d lines, %.0f/s", lines, rate(lines, elapsed))
	if size <= 0 || read <= 0 {
		return counts
	}
	share := min(float64(read)/float64(size), 1)
	left := time.Duration(float64(elapsed) * (1 - share) / share).Round(time.Second)
	return fmt.Sprintf("%s  %s, %s left", filled(share), counts, left)
}

// rate is how many there were in a second.
func rate(n int, elapsed time.Duration) float64 {
	if elapsed <= 0 {
		return 0
	}
	return float64(n) / elapsed.Seconds()
}
