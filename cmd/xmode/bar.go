package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// How often the bar is drawn, and how wide it is.
const (
	drawEvery = 200 * time.Millisecond
	barWidth  = 30
)

// bar draws the progress of an import on a terminal. A nil bar draws nothing.
type bar struct {
	mu       sync.Mutex
	out      io.Writer
	progress func() (lines int, read int64)
	size     int64 // of the file; 0: not known
	start    time.Time
	stop     func()
}

// newBar starts drawing.
func newBar(out io.Writer, progress func() (int, int64), size int64) *bar {
	b := &bar{out: out, progress: progress, size: size, start: time.Now()}
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

// draw writes the bar over the one before.
func (b *bar) draw(now time.Time) {
	lines, read := b.progress()
	b.mu.Lock()
	defer b.mu.Unlock()
	fmt.Fprint(b.out, "\r\x1b[K", barText(lines, read, b.size, now.Sub(b.start)))
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
	b.clear()
}

// barText is one state of the bar: lines and rate, and where the size is known
// how far it is and how long it may still take.
func barText(lines int, read, size int64, elapsed time.Duration) string {
	rate := 0.0
	if elapsed > 0 {
		rate = float64(lines) / elapsed.Seconds()
	}
	counts := fmt.Sprintf("%d lines, %.0f/s", lines, rate)
	if size <= 0 || read <= 0 {
		return counts
	}
	share := min(float64(read)/float64(size), 1)
	full := int(share * barWidth)
	left := time.Duration(float64(elapsed) * (1 - share) / share).Round(time.Second)
	return fmt.Sprintf("[%s%s] %3.0f%%  %s, %s left", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), share*100, counts, left)
}
