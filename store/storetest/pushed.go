package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"xmode/call"
	"xmode/store"
)

// told is what a test says of a record, as the platform's JSON: the fields of
// a document that tests look at.
type told struct {
	ID     string `json:"id"`
	Call   string `json:"call,omitempty"`
	X      string `json:"x,omitempty"`
	Caller string `json:"caller,omitempty"`
	// Start of the call in seconds after the start of the test's clock.
	Start int `json:"start"`
	// Talk is the duration.
	Talk int `json:"talk"`
	// Event, Status: it is an event of that stage, a status of X.
	Event  string `json:"event,omitempty"`
	Status string `json:"status,omitempty"`
	// Bad cannot be understood.
	Bad bool `json:"bad,omitempty"`
	// Recording is the file that it names.
	Recording string `json:"recording,omitempty"`
	// Ended is the end of the call, in seconds after the start of the test's clock;
	// 0: not told.
	Ended int `json:"ended,omitempty"`
	// Note changes the text and nothing that is understood.
	Note string `json:"note,omitempty"`
}

// text is the item of a push.
func (r told) text() []byte {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return text
}

// understand reads an item as an adapter would.
func understand(p call.Platform, item []byte, epoch time.Time) call.Report {
	var r told
	if err := json.Unmarshal(item, &r); err != nil || r.Bad {
		return call.Report{Fault: "bad: not understood"}
	}
	at := epoch.Add(time.Duration(r.Start) * time.Second)
	recording, recordingID := r.recording(p, epoch)
	number := func(s string) call.Number { return call.NumberFromStore(s) }
	switch {
	case r.Event != "":
		return call.Report{Event: &call.Event{Platform: p, ID: r.ID, CallID: r.Call, Type: r.Event, Stage: call.Stage(r.Event), At: at, RecordingID: recordingID}, Recording: recording}
	case r.Status != "":
		return call.Report{Status: &call.NumberStatus{Platform: p, Number: number(r.X), Status: r.Status, At: at}}
	}
	state := call.NoRecording
	if recording != nil {
		state, recording.RecordID = call.RecordingPending, r.ID
	}
	return call.Report{Record: &call.Record{
		Platform: p, ID: r.ID, CallID: r.Call, Kind: call.Voice, X: number(r.X), Caller: number(r.Caller),
		StartedAt: at, Duration: r.Talk, Outcome: call.Answered, Recording: state, RecordingID: recordingID,
	}, Recording: recording}
}

// recording is what an item says of a recording, and its id.
func (r told) recording(p call.Platform, epoch time.Time) (*call.Recording, string) {
	if r.Recording == "" {
		return nil, ""
	}
	made := &call.Recording{
		Platform: p, ID: call.RecordingID(p, r.Recording), CallID: r.Call, Delay: recordingDelay, ExpiresAt: epoch.Add(recordingLife),
		Names: map[string]string{"file": r.Recording}, Unsigned: r.Event != "",
	}
	if r.Ended != 0 {
		made.EndedAt = epoch.Add(time.Duration(r.Ended) * time.Second)
		made.Address = "https://example.com/" + r.Recording
	}
	return made, made.ID
}

// delivery is a push of these items.
func (w *world) delivery(items ...told) store.Delivery { return w.deliveryOf("aliyun", items...) }

func (w *world) deliveryOf(p call.Platform, items ...told) store.Delivery {
	d := store.Delivery{Platform: p, Kind: "test", At: w.clock.Now()}
	for _, r := range items {
		d.Items = append(d.Items, r.text())
	}
	d.Read = func(i int) call.Report { return understand(p, d.Items[i], NewClock().Now()) }
	return d
}

// deposit stores a push, which has to succeed, and holds the counts against it.
func (w *world) deposit(d store.Delivery, want store.Deposited) {
	w.Helper()
	got, err := w.Deposit(w.Context(), d)
	if err != nil {
		w.Fatalf("Deposit: %v", err)
	}
	if got != want {
		w.Errorf("deposited %+v, want %+v", got, want)
	}
}

// shown is a record as it is read.
type shown struct {
	RecordID string `json:"record_id"`
	EventID  string `json:"event_id"`
	Pushes   int
	Conflict bool
	Duration int       `json:"duration_s"`
	First    time.Time `json:"first_pushed_at"`
	Decision string
	// Recording is its state, RecordingID which one it is.
	Recording   string
	RecordingID string `json:"recording_id"`
	Raw         json.RawMessage
}

func (s shown) String() string {
	mark := ""
	if s.Conflict {
		mark = "!"
	}
	return fmt.Sprintf("%s%s×%d/%d", s.RecordID+s.EventID+s.Decision, mark, s.Pushes, s.Duration)
}

func (w *world) show(documents [][]byte) (list []shown) {
	w.Helper()
	for _, d := range documents {
		var s shown
		if err := json.Unmarshal(d, &s); err != nil {
			w.Fatalf("%v in %s", err, d)
		}
		list = append(list, s)
	}
	return list
}

// records lists all that a filter selects, page by page.
func (w *world) records(f store.RecordFilter) (list []shown) {
	w.Helper()
	if f.Limit == 0 {
		f.Limit = 100
	}
	for {
		page, err := w.Records(w.Context(), f)
		if err != nil {
			w.Fatalf("Records: %v", err)
		}
		list = append(list, w.show(page.Records)...)
		if page.Next == "" {
			return list
		}
		f.Cursor = page.Next
	}
}

// lists holds a list against what it should be: "id×pushes/duration", newest
// first.
func (w *world) lists(f store.RecordFilter, want ...string) {
	w.Helper()
	var got []string
	for _, s := range w.records(f) {
		got = append(got, s.String())
	}
	if !slices.Equal(got, want) {
		w.Errorf("listed %v, want %v", got, want)
	}
}
