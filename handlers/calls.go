package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"xmode/call"
	"xmode/store"
)

// callKey names one call.
type callKey struct {
	platform call.Platform
	id       string
}

// Call is all that is known of one call, each list in order of time.
type Call struct {
	Platform string `json:"platform"`
	CallID   string `json:"call_id"`
	// State is how far the call has come: "queried", "rejected", "started",
	// "ringing", "answered" or "ended".
	State string `json:"state"`
	// Queries are what the platform asked, and what it was answered.
	Queries []json.RawMessage `json:"queries"`
	// Events and Records are what it pushed.
	Events  []json.RawMessage `json:"events"`
	Records []json.RawMessage `json:"records"`
	// Recordings are those of which events and records tell.
	Recordings []Recording `json:"recordings"`
}

// readCall reads which call; both parameters are needed, since platforms draw
// their ids by themselves.
func (a *admin) readCall(r *request) (key callKey, err error) {
	params, err := parameters(r, "platform", "call_id")
	if err != nil {
		return key, err
	}
	var f faults
	for _, name := range []string{"platform", "call_id"} {
		if params[name] == "" {
			f.add(name, wordRequired)
		}
	}
	key = callKey{platform: a.platformOf(params["platform"], &f), id: params["call_id"]}
	return key, f.err()
}

// getCall reads one call.
func (a *admin) getCall(r *request, key callKey) (reply, error) {
	known, err := a.Records.Call(r.ctx, key.platform, key.id)
	if err != nil {
		return reply{}, err
	}
	if known.Stage == "" && len(known.Queries)+len(known.Events)+len(known.Records) == 0 {
		return reply{}, &apiError{status: http.StatusNotFound, Code: "not_found", Message: "call not found"}
	}
	recordings, err := a.recordingsOf(r.ctx, key, known)
	if err != nil {
		return reply{}, err
	}
	return reply{body: Call{Platform: string(key.platform), CallID: key.id, State: string(known.Stage),
		Queries: documents(known.Queries), Events: documents(known.Events), Records: documents(known.Records),
		Recordings: recordings}}, nil
}

// recordingsOf lists the recordings of a call, in the order in which its records
// and then its events name them.
func (a *admin) recordingsOf(ctx context.Context, key callKey, known store.CallLog) ([]Recording, error) {
	list, seen := []Recording{}, map[string]bool{}
	for _, named := range namedRecordings(known) {
		told := Recording{ID: named.RecordingID, Platform: string(key.platform), CallID: key.id, RecordID: named.RecordID, State: named.Recording}
		if named.RecordingID == "" { // a conflict is two records of one identity
			if id := "record " + named.RecordID; !seen[id] {
				seen[id], list = true, append(list, told)
			}
			continue
		}
		if seen[named.RecordingID] {
			continue
		}
		seen[named.RecordingID] = true
		found, err := a.Recordings.GetRecording(ctx, named.RecordingID)
		switch {
		case err == nil:
			told = wireRecording(&found)
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		case told.State == "":
			told.State = string(named.goneOrToCome(a.Now()))
		}
		list = append(list, told)
	}
	return list, nil
}

// namedRecording is what a document says of a recording.
type namedRecording struct {
	RecordID    string `json:"record_id"`
	Recording   string `json:"recording"`
	RecordingID string `json:"recording_id"`
	// FirstPushedAt is when the document came.
	FirstPushedAt time.Time `json:"first_pushed_at"`
}

// goneOrToCome is the state of a recording of which nothing is known: the store files
// within seconds what a push named, and what is not there later went with the
// retention.
func (n *namedRecording) goneOrToCome(now time.Time) call.RecordingState {
	if now.Sub(n.FirstPushedAt) < time.Hour {
		return call.RecordingPending
	}
	return call.RecordingExpired
}

// namedRecordings are the recordings of which records and events tell.
func namedRecordings(known store.CallLog) (all []namedRecording) {
	for _, text := range slices.Concat(known.Records, known.Events) {
		var n namedRecording
		if json.Unmarshal(text, &n) != nil {
			continue
		}
		if n.RecordingID != "" || n.Recording != "" && n.Recording != string(call.NoRecording) {
			all = append(all, n)
		}
	}
	return all
}
