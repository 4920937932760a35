package aliyun

import (
	"cmp"
	"time"

	"xmode/call"
)

// keptFor is how long the platform keeps a recording: 30 days by the page of the
// API. The page of one receipt says 7.
const keptFor = 30 * 24 * time.Hour

// The parameters by which a recording is asked for.
const (
	askCallID   = "CallId"
	askCallTime = "CallTime"
	askPoolKey  = "PoolKey"
)

// recording is the recording of a call, however many receipts tell of it; nil
// where the call is not named.
func (r *receipt) recording(callID string, callTime time.Time) *call.Recording {
	if callID == "" {
		return nil
	}
	made := &call.Recording{
		Platform: Name, ID: call.RecordingID(Name, callID), CallID: callID, Delay: r.delay, Unsigned: true,
		ExpiresAt: cmp.Or(callTime, r.at).Add(keptFor), Names: map[string]string{askCallID: callID},
	}
	if !callTime.IsZero() { // Beijing time: an epoch is refused
		made.Names[askCallTime] = callTime.In(china()).Format(time.DateTime)
	}
	if pool := r.Text("pool_key", "partner_key"); pool != "" {
		made.Names[askPoolKey] = pool
	}
	return made
}

// recordingOf is the recording that a call record names, and has the record know
// it.
func (r *receipt) recordingOf(c *call.Record) *call.Recording {
	address, ring := r.LongText("record_url"), r.LongText("ring_record_url")
	if c.Recording = call.NoRecording; address == "" && ring == "" {
		return nil
	}
	c.Recording = call.RecordingFailed
	made := r.recording(c.CallID, c.StartedAt)
	if made == nil {
		return nil
	}
	c.Recording, c.RecordingID = call.RecordingPending, made.ID
	made.RecordID, made.EndedAt, made.Address = c.ID, c.EndedAt, cmp.Or(address, ring)
	if !c.EndedAt.IsZero() {
		made.ExpiresAt = c.EndedAt.Add(keptFor)
	}
	if address == "" { // of the ringing alone: the platform tells the address of the call's only
		made.Names = nil
	}
	return made
}
