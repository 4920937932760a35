package handlers

import (
	"encoding/json"
	"net/http"

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
	Recordings []CallRecording `json:"recordings"`
}

// CallRecording is the recording of a call.
type CallRecording struct {
	Platform string `json:"platform"`
	CallID   string `json:"call_id"`
	// RecordID is the call record that tells of it; empty: only an event does.
	RecordID string `json:"record_id"`
	State    string `json:"state"`
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
	return reply{body: Call{Platform: string(key.platform), CallID: key.id, State: string(known.Stage),
		Queries: documents(known.Queries), Events: documents(known.Events), Records: documents(known.Records),
		Recordings: recordingsOf(key, known)}}, nil
}

// recordingsOf lists the recordings of a call: one for each record that has one.
// Where none has, but an event says that there is one, its record is still to
// come.
func recordingsOf(key callKey, known store.CallLog) []CallRecording {
	list := []CallRecording{}
	add := func(recordID, state string) {
		list = append(list, CallRecording{Platform: string(key.platform), CallID: key.id, RecordID: recordID, State: state})
	}
	seen := map[string]bool{} // a conflict is two records of one identity
	for _, text := range known.Records {
		var r struct {
			RecordID  string `json:"record_id"`
			Recording string `json:"recording"`
		}
		if json.Unmarshal(text, &r) == nil && r.Recording != "" && r.Recording != string(call.NoRecording) && !seen[r.RecordID] {
			seen[r.RecordID] = true
			add(r.RecordID, r.Recording)
		}
	}
	if len(list) == 0 && anyRecorded(known.Events) {
		add("", string(call.RecordingPending))
	}
	return list
}

// anyRecorded reports whether an event says that there is a recording.
func anyRecorded(events [][]byte) bool {
	for _, text := range events {
		var e struct {
			Recorded bool `json:"recorded"`
		}
		if json.Unmarshal(text, &e) == nil && e.Recorded {
			return true
		}
	}
	return false
}
