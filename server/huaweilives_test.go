package server_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"xmode/platform/huawei/sim/life"
	"xmode/simulator"
	simload "xmode/simulator/load"
)

// The numbers of the lives: a mobile, a fixed line and a stranger call an X number
// that has one digit after another, and one that is no phone number.
const (
	lifeOwner, lifePeer, lifeLandline, lifeStranger = "13800000021", "13900000022", "075528780001", "13700000023"
	lifeX, life95                                   = "17000000001", "9501300000001"
)

// lives is a server, and the platform that lives against it.
type lives struct {
	*running
	t        *testing.T
	platform *life.Platform
	storage  *simulator.Storage
	at       time.Time
}

func newLives(t *testing.T) *lives {
	t.Helper()
	l := &lives{t: t, at: time.Now().Add(-10 * time.Minute).Truncate(time.Millisecond)}
	l.running = start(t, options{env: []string{
		"XMODE_API_KEYS=ops:admin:" + apiKey, "XMODE_HUAWEI_APPS=" + huaweiApp + ":" + huaweiSecret,
		"XMODE_DECISION_BUDGET=2s", "XMODE_PUSH_BUDGET=2s", // no answer of haste on a busy machine
	}})
	for _, binding := range []string{
		`{"platform":"huawei","x":"` + lifeX + `","a":"` + lifeOwner + `","peers":["` + lifePeer + `","` + lifeLandline + `"],"record":true,"max_duration_s":120,"user_data":"order-1"}`,
		`{"platform":"huawei","x":"` + life95 + `","a":"` + lifeOwner + `","peers":["` + lifePeer + `"]}`,
	} {
		l.post(l.admin("/v1/bindings"), simload.Request{Header: []string{"Authorization: Bearer " + apiKey, "Content-Type: application/json"}, Body: []byte(binding)}, http.StatusCreated)
	}
	var err error
	if l.storage, err = simulator.NewStorage(simulator.StorageConfig{Base: "http://127.0.0.1:1", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	if l.platform, err = life.New(life.Config{AppKey: huaweiApp, AppSecret: huaweiSecret, Storage: l.storage}); err != nil {
		t.Fatal(err)
	}
	return l
}

// post sends a request and returns the body of its answer; status 0 takes any.
func (l *lives) post(address string, r simload.Request, status int) (int, []byte) {
	l.t.Helper()
	req, err := http.NewRequestWithContext(l.t.Context(), http.MethodPost, address, bytes.NewReader(r.Body))
	if err != nil {
		l.t.Fatal(err)
	}
	for _, line := range r.Header {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		l.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || status != 0 && resp.StatusCode != status {
		l.t.Fatalf("%s: %d %s, %v", address, resp.StatusCode, body, err)
	}
	return resp.StatusCode, body
}

// stamp is a fresh one.
func (l *lives) stamp() simload.Stamp {
	return simload.Stamp{At: time.Now(), Nonce: rand.Text()}
}

// send sends a message of the platform.
func (l *lives) send(m simload.Message) (int, []byte) {
	l.t.Helper()
	r := m.Write(l.stamp())
	return l.post(l.public(r.Target), r, 0)
}

// live has a call live its life. Lost replaces the answer to its query.
func (l *lives) live(c simload.Call, lost bool) simload.Decision {
	l.t.Helper()
	status, body := l.send(l.platform.Query(c, ""))
	if lost {
		body = nil
	}
	d, err := l.platform.Decide(c.Kind, status, body)
	if (err != nil) != lost {
		l.t.Fatalf("%s: %d %s: %v", c.ID, status, body, err)
	}
	d.Failed = err != nil
	for _, told := range l.platform.Tell(c, d) {
		m := told.Message
		if told.Batch != "" {
			m = l.platform.Pack(told.Batch, [][]byte{told.Entry})
		}
		status, body := l.send(m)
		if err := l.platform.Accepts(status, body); err != nil {
			l.t.Errorf("%s: %s: %v, %s", c.ID, m.Kind, err, body)
		}
		if told.Recording {
			l.platform.Keep(c, d)
		}
	}
	return d
}

// lived is what the endpoint has of a call.
type lived struct {
	Kind       string `json:"kind"`
	X          string `json:"x"`
	Caller     string `json:"caller"`
	Callee     string `json:"callee"`
	Duration   int    `json:"duration_s"`
	Outcome    string `json:"outcome"`
	ReleasedBy string `json:"released_by"`
	Cause      struct{ Code string }
	Recording  string `json:"recording"`
	UserData   string `json:"user_data"`
	Conflict   bool   `json:"conflict"`
	CallID     string `json:"call_id"`
	// Started to Ended in seconds after the call was dialled; -1: not told.
	Started, Ringing, Answered, Ended int
}

// state is how far a call has come, by which events.
func (l *lives) state(id string) (state string, events []string) {
	l.t.Helper()
	var known struct {
		State  string
		Events []struct{ Type string }
	}
	l.read("/v1/calls?"+url.Values{"platform": {"huawei"}, "call_id": {id}}.Encode(), &known)
	for _, e := range known.Events {
		events = append(events, e.Type)
	}
	return known.State, events
}

// records are those of a call.
func (l *lives) records(id string) (records []lived) {
	l.t.Helper()
	var list struct {
		Items []struct {
			lived
			StartedAt  *time.Time `json:"started_at"`
			RingingAt  *time.Time `json:"ringing_at"`
			AnsweredAt *time.Time `json:"answered_at"`
			EndedAt    *time.Time `json:"ended_at"`
		}
	}
	l.read("/v1/cdrs?platform=huawei&limit=500", &list)
	for _, r := range list.Items {
		if r.CallID == id {
			r.Started, r.Ringing, r.Answered, r.Ended = l.after(r.StartedAt), l.after(r.RingingAt), l.after(r.AnsweredAt), l.after(r.EndedAt)
			records = append(records, r.lived)
		}
	}
	return records
}

// read asks the admin listener.
func (l *lives) read(path string, into any) {
	l.t.Helper()
	status, body := get(l.t, l.admin(path), apiKey)
	if err := json.Unmarshal([]byte(body), into); err != nil || status != http.StatusOK {
		l.t.Fatalf("%s: %d %s, %v", path, status, body, err)
	}
}

// after is how many seconds after the calls were dialled something was.
func (l *lives) after(at *time.Time) int {
	if at == nil || at.IsZero() {
		return -1
	}
	return int(at.Sub(l.at.Truncate(time.Second)) / time.Second)
}

// TestHuaweiLivesArriveAsTheyWereLived: every ending of a call, under every answer,
// is in the records what it was in the story.
func TestHuaweiLivesArriveAsTheyWereLived(t *testing.T) {
	l := newLives(t)
	const unanswered = -1
	pair := lived{Kind: "voice", X: "+8617000000001", Caller: "+8613900000022", Callee: "+8613800000021", UserData: "order-1", Recording: "none", Ringing: 2}
	with := func(edit func(*lived)) lived { r := pair; edit(&r); return r }
	for id, c := range map[string]struct {
		call   simload.Call
		lost   bool
		want   lived
		events string
	}{
		"caller-hangs-up": {call: simload.Call{Ring: 5 * time.Second, Talk: time.Minute}, events: "callin callout alerting answer disconnect", want: with(func(r *lived) {
			r.Outcome, r.ReleasedBy, r.Cause.Code, r.Duration, r.Recording, r.Answered, r.Ended = "answered", "caller", "0", 60, "pending", 7, 67
		})},
		"callee-hangs-up": {call: simload.Call{Ring: 5 * time.Second, Talk: 3 * time.Second, ByCallee: true}, events: "callin callout alerting answer disconnect", want: with(func(r *lived) {
			r.Outcome, r.ReleasedBy, r.Cause.Code, r.Duration, r.Recording, r.Answered, r.Ended = "answered", "callee", "0", 3, "pending", 7, 10
		})},
		"stopped-at-once": {call: simload.Call{Ring: 5 * time.Second, Talk: 2 * time.Second, Stopped: true}, events: "callin callout alerting answer disconnect", want: with(func(r *lived) {
			r.Outcome, r.Cause.Code, r.Duration, r.Answered, r.Ended = "answered", "8011", 2, 7, 9
		})},
		"cut-by-max-duration": {call: simload.Call{Ring: 5 * time.Second, Talk: 5 * time.Minute}, events: "callin callout alerting answer disconnect", want: with(func(r *lived) {
			r.Outcome, r.Cause.Code, r.Duration, r.Recording, r.Answered, r.Ended = "answered", "8010", 120, "pending", 7, 127
		})},
		"no-answer": {call: simload.Call{Ending: simload.NoAnswer, Ring: 20 * time.Second}, events: "callin callout alerting disconnect", want: with(func(r *lived) {
			r.Outcome, r.Cause.Code, r.Answered, r.Ended = "no_answer", "8101", unanswered, 22
		})},
		"busy": {call: simload.Call{Ending: simload.Busy, Ring: 20 * time.Second}, events: "callin callout disconnect", want: with(func(r *lived) {
			r.Outcome, r.Cause.Code, r.Ringing, r.Answered, r.Ended = "busy", "8102", unanswered, unanswered, 2
		})},
		"refused": {call: simload.Call{Ending: simload.Refused, Ring: 4 * time.Second}, events: "callin callout alerting disconnect", want: with(func(r *lived) {
			r.Outcome, r.ReleasedBy, r.Cause.Code, r.Answered, r.Ended = "rejected", "callee", "7504", unanswered, 6
		})},
		"dropped": {call: simload.Call{Ending: simload.Dropped, Ring: 4 * time.Second}, events: "callin callout disconnect", want: with(func(r *lived) {
			r.Outcome, r.Cause.Code, r.Ringing, r.Answered, r.Ended = "failed", "7506", unanswered, unanswered, 6
		})},
		"hung-up": {call: simload.Call{Ending: simload.HungUp, Ring: 4 * time.Second}, events: "callin callout alerting disconnect", want: with(func(r *lived) {
			r.Outcome, r.ReleasedBy, r.Cause.Code, r.Answered, r.Ended = "no_answer", "caller", "7502", unanswered, 6
		})},
		"turned-away": {call: simload.Call{Talk: time.Minute, Party: simload.Party{Caller: lifeStranger, X: lifeX}}, events: "callin disconnect", want: with(func(r *lived) {
			r.Caller, r.Callee, r.UserData, r.Outcome, r.Cause.Code, r.Ringing, r.Answered, r.Ended = "+8613700000023", "", "", "blocked", "8014", unanswered, unanswered, 1
		})},
		"withheld": {call: simload.Call{Talk: time.Minute, Party: simload.Party{X: lifeX}}, events: "callin disconnect", want: with(func(r *lived) {
			r.Caller, r.Callee, r.UserData, r.Outcome, r.Cause.Code, r.Ringing, r.Answered, r.Ended = "", "", "", "blocked", "8014", unanswered, unanswered, 1
		})},
		"lost": {call: simload.Call{Talk: time.Minute}, lost: true, events: "callin disconnect", want: with(func(r *lived) {
			r.Callee, r.UserData, r.Outcome, r.Cause.Code, r.Ringing, r.Answered, r.Ended = "", "", "blocked", "8014", unanswered, unanswered, 1
		})},
		"landline": {call: simload.Call{Ring: 5 * time.Second, Talk: time.Minute, Party: simload.Party{Caller: lifeLandline, X: "+86" + lifeX}}, events: "callin callout alerting answer disconnect", want: with(func(r *lived) {
			r.Caller, r.Outcome, r.ReleasedBy, r.Cause.Code, r.Duration, r.Recording, r.Answered, r.Ended = "+8675528780001", "answered", "caller", "0", 60, "pending", 7, 67
		})},
		"95": {call: simload.Call{Ring: 5 * time.Second, Talk: time.Minute, Party: simload.Party{Caller: "0086" + lifePeer, X: life95}}, events: "callin callout alerting answer disconnect", want: with(func(r *lived) {
			r.X, r.UserData, r.Outcome, r.ReleasedBy, r.Cause.Code, r.Duration, r.Answered, r.Ended = life95, "", "answered", "caller", "0", 60, 7, 67
		})},
	} {
		t.Run(id, func(t *testing.T) {
			l.t = t
			c.call.ID, c.call.At, c.want.CallID = "life-"+id, l.at, "life-"+id
			if c.call.X == "" {
				c.call.Caller, c.call.X = lifePeer, lifeX
			}
			d := l.live(c.call, c.lost)
			state, events := l.state(c.call.ID)
			if diff := gocmp.Diff([]lived{c.want}, l.records(c.call.ID)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			c.events = strings.TrimPrefix(c.events, "callin ")
			if state != "ended" || strings.Join(events, " ") != c.events {
				t.Errorf("%s after %q, want ended after %q", state, events, c.events)
			}
			audio, kept := l.storage.Audio(life.File(c.call.ID))
			if want := c.want.Recording == "pending"; kept != want || kept && audio.Size != int64(58+8000*c.want.Duration) {
				t.Errorf("recording kept: %v, %d bytes", kept, audio.Size)
			}
			if want := int(c.call.Talked(d) / time.Second); c.want.Duration != want {
				t.Errorf("%d s in the record, the load counts on %d", c.want.Duration, want)
			}
		})
	}
}

// TestHuaweiTextsArrive: one that is forwarded has a record, one that is dropped has
// none, since nothing more is told of it.
func TestHuaweiTextsArrive(t *testing.T) {
	l := newLives(t)
	for id, c := range map[string]struct {
		party simload.Party
		want  []lived
	}{
		"forwarded": {simload.Party{Caller: lifePeer, X: lifeX}, []lived{{Kind: "sms", X: "+8617000000001", Caller: "+8613900000022",
			Callee: "+8613800000021", Outcome: "answered", Recording: "none", CallID: "text-forwarded", Ringing: -1, Answered: -1, Ended: -1}}},
		"dropped": {simload.Party{Caller: lifeStranger, X: lifeX}, nil},
	} {
		made := simload.Call{ID: "text-" + id, Kind: simload.Text, Party: c.party, At: l.at}
		told := l.platform.Tell(made, l.live(made, false))
		due := slices.ContainsFunc(told, func(t simload.Told) bool { return t.Record })
		if diff := gocmp.Diff(c.want, l.records(made.ID)); diff != "" || due != (len(c.want) > 0) {
			t.Errorf("%s: record due: %v (-want +got)\n%s", id, due, diff)
		}
	}
}

// TestHuaweiSpoiltMessagesAreRefused: with a wrong signature, and with a clock that
// is wrong by what the platform says.
func TestHuaweiSpoiltMessagesAreRefused(t *testing.T) {
	l := newLives(t)
	c := simload.Call{ID: "life-spoilt", Party: simload.Party{Caller: lifePeer, X: lifeX}, At: l.at}
	messages := []simload.Message{l.platform.Query(c, ""), l.platform.Query(simload.Call{ID: "text-spoilt", Kind: simload.Text, Party: c.Party, At: l.at}, "")}
	for _, told := range l.platform.Tell(c, simload.Decision{Verb: simload.Connect, Callee: "+8613800000021"}) {
		if told.Batch != "" {
			told.Message = l.platform.Pack(told.Batch, [][]byte{told.Entry})
		}
		messages = append(messages, told.Message)
	}
	for _, m := range messages {
		for code, edit := range map[string]func(*simload.Stamp){
			"SignatureInvalid":    func(s *simload.Stamp) { s.Spoilt = true },
			"TimestampOutOfRange": func(s *simload.Stamp) { s.At = s.At.Add(l.platform.Terms().Skew) },
		} {
			s := l.stamp()
			edit(&s)
			r := m.Write(s)
			status, body := l.post(l.public(r.Target), r, 0)
			if err := l.platform.Accepts(status, body); !m.Signed || err == nil || err.Error() != "status 401" || !strings.Contains(string(body), code) {
				t.Errorf("%s: %d %s, want %s", m.Kind, status, body, code)
			}
			if _, err := l.platform.Decide(c.Kind, status, body); err == nil || err.Error() != "status 401" {
				t.Errorf("%s: %v", m.Kind, err)
			}
		}
	}
}
