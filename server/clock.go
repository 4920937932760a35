package server

import "time"

// The background loops, as a [Ticker] tells them apart.
const (
	PingLoop       = "ping"
	SweepLoop      = "sweep"
	RetireLoop     = "retire"
	DurabilityLoop = "durability"
	CheckupLoop    = "checkup"
	FileLoop       = "file"   // of recordings that pushes named
	CountLoop      = "count"  // of recordings
	ForgetLoop     = "forget" // of recordings
	// FetchLoop is that of recordings; the platform's name stands behind it.
	FetchLoop = "fetch-"
)

// Ticker makes a channel that ticks every d for a loop, and a function that
// ends it.
type Ticker func(loop string, d time.Duration) (<-chan time.Time, func())

// realTicker ticks by the system's clock.
func realTicker(_ string, d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTicker(d)
	return t.C, t.Stop
}
