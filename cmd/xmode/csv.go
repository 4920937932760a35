package main

import (
	"errors"
	"strconv"
	"strings"

	"xmode/handlers"
)

// column is one column of the CSV form of bindings.
type column struct {
	name string
	get  func(b *handlers.Binding) string
	set  func(b *handlers.Binding, cell string) error
}

// Faults of cells. They do not repeat the cell, which may be a phone number
// that slipped into the wrong column.
var (
	errNoBool   = errors.New("neither true nor false")
	errNoNumber = errors.New("not a whole number")
)

// columns are all columns, in the order in which they are written.
func columns() []column {
	type binding = handlers.Binding
	return []column{
		text("id", func(b *binding) *string { return &b.ID }),
		text("platform", func(b *binding) *string { return &b.Platform }),
		text("x", func(b *binding) *string { return &b.X }),
		text("extension", func(b *binding) *string { return &b.Extension }),
		text("a", func(b *binding) *string { return &b.A }),
		{"peers", peersCell, setPeers},
		text("direction", func(b *binding) *string { return &b.Direction }),
		text("expires_at", func(b *binding) *string { return &b.ExpiresAt }),
		text("display", func(b *binding) *string { return &b.Display }),
		{"record", func(b *binding) string { return strconv.FormatBool(b.Record) }, setRecord},
		{"max_duration_s", func(b *binding) string { return strconv.Itoa(b.MaxDuration) }, setDuration},
		text("sms", func(b *binding) *string { return &b.SMS }),
		text("user_data", func(b *binding) *string { return &b.UserData }),
		text("prompt_caller", func(b *binding) *string { return &b.Prompts.Caller }),
		text("prompt_callee", func(b *binding) *string { return &b.Prompts.Callee }),
		text("prompt_ringback", func(b *binding) *string { return &b.Prompts.Ringback }),
		text("prompt_record_hint", func(b *binding) *string { return &b.Prompts.RecordHint }),
		text("prompt_last_minute", func(b *binding) *string { return &b.Prompts.LastMinute }),
		text("prompt_hangup", func(b *binding) *string { return &b.Prompts.Hangup }),
	}
}

// text is a column that is a string on both sides.
func text(name string, field func(*handlers.Binding) *string) column {
	return column{
		name: name,
		get:  func(b *handlers.Binding) string { return *field(b) },
		set:  func(b *handlers.Binding, cell string) error { *field(b) = cell; return nil },
	}
}

// peerSeparator stands between peers in their cell.
const peerSeparator = ";"

// peersCell writes the peers.
func peersCell(b *handlers.Binding) string { return strings.Join(b.Peers, peerSeparator) }

// setPeers reads the peers; an empty cell is an open binding.
func setPeers(b *handlers.Binding, cell string) error {
	for peer := range strings.SplitSeq(cell, peerSeparator) {
		if peer = strings.TrimSpace(peer); peer != "" {
			b.Peers = append(b.Peers, peer)
		}
	}
	return nil
}

// setRecord reads true or false, as spreadsheets write them.
func setRecord(b *handlers.Binding, cell string) error {
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "true", "1":
		b.Record = true
	case "false", "0", "":
	default:
		return errNoBool
	}
	return nil
}

// setDuration reads seconds; an empty cell is the platform's default.
func setDuration(b *handlers.Binding, cell string) (err error) {
	if cell = strings.TrimSpace(cell); cell == "" {
		return nil
	}
	if b.MaxDuration, err = strconv.Atoi(cell); err != nil {
		return errNoNumber
	}
	return nil
}
