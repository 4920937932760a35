package life_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/platform/aliyun/sim/life"
	"xmode/signature"
	"xmode/simulator/load"
)

// TestReceiverHasWhatTheStorySays has the real receiver live all lives, each with
// several numbers, which decide who is phone_no, which code there is, and whether
// ringing is told.
func TestReceiverHasWhatTheStorySays(t *testing.T) {
	r, p := receive(t), platform(t, nil)
	for name, l := range lives() {
		t.Run(name, func(t *testing.T) {
			r := &receiver{t: t, public: r.public, admin: r.admin}
			for n := range 16 {
				c := l.call
				c.N, c.ID, c.At = n, fmt.Sprintf("%s^%d", name, n), time.Now().Add(-10*time.Minute)
				d := r.lives(p, c, l.kept.withdrawn)
				r.has(c, d, l.kept)
			}
		})
	}
}

// lives leads a call through its whole life. One that is lost is never asked about.
func (r *receiver) lives(p load.Platform, c load.Call, lost bool) load.Decision {
	r.t.Helper()
	d := load.Decision{Failed: true}
	if !lost {
		if d = r.asks(p, c, ""); d.Verb == load.Ask && c.Extension != "" {
			d = r.asks(p, c, c.Extension)
			d.Typed = c.Extension
		}
	}
	r.told(p, c, d)
	return d
}

// has asserts that a receiver has what it must have of a call.
func (r *receiver) has(c load.Call, d load.Decision, want kept) {
	r.t.Helper()
	s := r.story(c.ID, len(want.verbs))
	var verbs []string
	for _, q := range s.Queries {
		verbs = append(verbs, q.Decision)
	}
	if s.State != "ended" || !slices.Equal(verbs, want.verbs) || len(s.Records) != 1 {
		r.t.Fatalf("%s: %+v", c.ID, s)
	}
	if got, want := s.types(), events(c, want); !slices.Equal(got, want) {
		r.t.Errorf("%s: told %v, want %v", c.ID, got, want)
	}
	got := s.Records[0]
	if !slices.Contains(want.codes, got.Cause.Code) || (got.RingingAt != "") != want.rang || (got.AnsweredAt != "") != (want.duration > 0) {
		r.t.Errorf("%s: %+v", c.ID, got)
	}
	had := kept{verbs: want.verbs, outcome: got.Outcome, by: got.ReleasedBy, codes: want.codes, caller: got.Caller, callee: got.Callee, x: got.X,
		duration: got.Duration, rang: want.rang, withdrawn: want.withdrawn, recording: len(s.Recordings) > 0, binding: got.BindingID, extension: got.Extension}
	if fmt.Sprint(had) != fmt.Sprint(want) {
		r.t.Errorf("%s\n got %+v\nwant %+v", c.ID, had, want)
	}
	if got.UserData != d.UserData || want.binding == "100001" && got.UserData != "order-1" || got.StartedAt != c.At.UTC().Truncate(time.Second).Format(time.RFC3339) {
		r.t.Errorf("%s: user data %q, started at %s", c.ID, got.UserData, got.StartedAt)
	}
}

// types are those of a call's events, sorted.
func (s story) types() (types []string) {
	for _, e := range s.Events {
		types = append(types, e.Type)
	}
	slices.Sort(types)
	return types
}

// events are what has to be told of a call beside its record, sorted: every other
// call has no more than its beginning and its recording.
func events(c load.Call, k kept) (types []string) {
	if c.Kind == load.Text {
		return nil
	}
	if c.N%2 == 0 && k.duration > 0 {
		types = append(types, "SecretPickUpReport")
	}
	if k.recording {
		types = append(types, "SecretRecording")
	}
	if c.N%2 == 0 && k.rang {
		types = append(types, "SecretRingReport")
	}
	return append(types, "SecretStartReport")
}

// TestSpoiltAndSkewedAreRefused: nothing of them is taken, however it travels.
func TestSpoiltAndSkewedAreRefused(t *testing.T) {
	r := receive(t)
	for n := range 6 { // each way with both kinds of wrong signatures
		p := platform(t, func(c *life.Config) { c.Via = sim.Via(n / 2) })
		c := changed(aCall(pair(), load.Answered), func(c *load.Call) {
			c.N, c.ID, c.At = n, fmt.Sprintf("spoilt-%d", n), time.Now().Add(-10*time.Minute)
		})
		for what, s := range map[string]load.Stamp{
			"SignatureInvalid":    {At: time.Now(), Nonce: "s" + c.ID, Spoilt: true},
			"TimestampOutOfRange": {At: time.Now().Add(p.Terms().Skew), Nonce: "t" + c.ID},
		} {
			status, body := r.send(p.Query(c, ""), s)
			if _, err := p.Decide(c.Kind, status, body); err == nil || err.Error() != "status 401" || code(t, body) != what {
				t.Errorf("%s: %v, %d %s", what, err, status, body)
			}
		}
		for _, told := range p.Tell(c, load.Decision{Verb: load.Connect, Callee: "13800000021", Record: true}) {
			m := told.Message
			if told.Batch != "" {
				m = p.Pack(told.Batch, [][]byte{told.Entry})
			}
			if status, body := r.send(m, load.Stamp{Spoilt: true}); status != http.StatusNotFound || p.Accepts(status, body).Error() != "status 404" {
				t.Errorf("%s: %d %s", m.Kind, status, body)
			}
		}
		r.api(http.MethodGet, "/v1/calls?platform=aliyun&call_id="+c.ID, "", http.StatusNotFound, nil)
	}
}

// TestQueriesAreUnderstoodHoweverTheyTravel: by each way and in each form.
func TestQueriesAreUnderstoodHoweverTheyTravel(t *testing.T) {
	r := receive(t)
	for _, via := range []sim.Via{sim.ViaGET, sim.ViaForm, sim.ViaJSON} {
		for _, form := range signature.Forms() {
			p := platform(t, func(c *life.Config) { c.Via, c.Form = via, form })
			c := changed(aCall(pair(), load.Answered), func(c *load.Call) { c.ID, c.At = fmt.Sprint("via ", via, form, "*~"), time.Now() })
			want := load.Decision{Verb: load.Connect, Callee: "13800000021", Display: "17000000001", SubsID: "100001", UserData: "order-1", Record: true}
			if d := r.asks(p, c, ""); d != want {
				t.Errorf("%d %s: %+v", via, form, d)
			}
		}
	}
}

// TestBatchesAreTaken: what is told of many calls goes into one push of each type.
func TestBatchesAreTaken(t *testing.T) {
	r, p := receive(t), platform(t, nil)
	batches, calls := map[string][][]byte{}, []load.Call{}
	for n := range 50 {
		c := changed(aCall(pair(), load.Answered), func(c *load.Call) { c.N, c.ID, c.At = n, fmt.Sprintf("batch-%d", n), time.Now() })
		calls = append(calls, c)
		for _, told := range p.Tell(c, r.asks(p, c, "")) {
			if told.Batch != "" {
				batches[told.Batch] = append(batches[told.Batch], told.Entry)
			}
			if told.Record != (told.Batch == "SecretReport") || told.Recording != (told.Batch == "SecretRecording") {
				t.Errorf("%+v", told)
			}
		}
	}
	for kind, entries := range batches {
		status, body := r.send(p.Pack(kind, entries), load.Stamp{})
		if err := p.Accepts(status, body); err != nil || len(entries) != len(calls) {
			t.Errorf("%d of %s: %v", len(entries), kind, err)
		}
	}
	for _, c := range calls {
		if s := r.story(c.ID, 1); len(s.Records) != 1 || len(s.Recordings) != 1 || len(s.Events) != 1 {
			t.Errorf("%s: %+v", c.ID, s)
		}
	}
}
