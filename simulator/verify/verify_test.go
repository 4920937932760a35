package verify_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	huaweisim "xmode/platform/huawei/sim"
	"xmode/simulator/load"
	"xmode/simulator/verify"
)

// platforms are all that are played.
func platforms() []string { return []string{"aliyun", "huawei"} }

// right is the verdict on a load of which nothing is lost.
func right(p played) *verify.Verdict {
	return &verify.Verdict{
		Records: p.Records, RecordsRight: p.Records, Calls: p.Records, CallsRight: p.Records,
		Recordings: p.Recordings, RecordingsRight: p.Recordings, RecordingsArchived: p.Recordings,
		Differences: []string{},
	}
}

func TestWhatALoadLeavesIsRight(t *testing.T) {
	for _, name := range platforms() {
		t.Run(name, func(t *testing.T) {
			e := serve(t, "--recordings=file://"+t.TempDir())
			p := e.play(t, name, nil)
			p.Archived = true
			if p.Connected < 10 || p.Rejected < 5 || p.Recordings < 5 || p.Lost > 0 {
				t.Fatalf("a poor load: %+v", p.Report)
			}
			verdict := p.verdict(t, p.Wants())
			if diff := cmp.Diff(right(p), verdict); diff != "" || !verdict.OK() {
				t.Error(diff)
			}
		})
	}
}

// TestEveryEnding: what the receiver makes of each way in which a call ends is what
// is expected.
func TestEveryEnding(t *testing.T) {
	for _, name := range platforms() {
		t.Run(name, func(t *testing.T) {
			e := serve(t)
			p := e.play(t, name, func(c *load.Config) { c.Calls, c.Texts = 400, 0.1 })
			seen := map[string]int{}
			for w := range p.Wants() {
				if w.Verb == load.Connect && w.Kind == load.Voice {
					seen[[]string{"answered", "no answer", "busy", "refused", "dropped", "hung up"}[w.Ending]]++
				}
			}
			if len(seen) != 6 {
				t.Fatalf("endings %v", seen)
			}
			p.Archived, p.Sum = false, nil
			if verdict := p.verdict(t, p.Wants()); !verdict.OK() {
				t.Error(verdict)
			}
		})
	}
}

func TestLoadWithAllTrouble(t *testing.T) {
	for _, name := range platforms() {
		t.Run(name, func(t *testing.T) {
			e := serve(t)
			p := e.play(t, name, func(c *load.Config) {
				c.Trouble = load.Trouble{Duplicates: 0.2, Reorder: 0.2, Late: 0.1, Lost: 0.1, Spoilt: 0.1, Skewed: 0.1, Replayed: 0.1, Cut: 0.1}
			})
			if verdict := p.verdict(t, p.Wants()); !verdict.OK() || verdict.RecordsRight != p.Records {
				t.Error(verdict)
			}
		})
	}
}

// TestCallsThatWereLost: their records are there all the same.
func TestCallsThatWereLost(t *testing.T) {
	for _, name := range platforms() {
		t.Run(name, func(t *testing.T) {
			e := serve(t)
			p := e.play(t, name, func(c *load.Config) { c.Calls, c.Platform = 30, impatient{c.Platform} })
			if p.Lost < 10 || p.Records < 10 { // an answer may be there in no time
				t.Fatalf("lost %d, records %d", p.Lost, p.Records)
			}
			if verdict := p.verdict(t, p.Wants()); !verdict.OK() || verdict.RecordsRight != p.Records {
				t.Error(verdict)
			}
		})
	}
}

// impatient is a platform that waits for no answer to a query.
type impatient struct{ load.Platform }

// Terms are the platform's, but for the patience.
func (i impatient) Terms() load.Terms {
	terms := i.Platform.Terms()
	terms.Query = time.Microsecond
	return terms
}

// TestRecordUnderTwoIdentities: a consumer would take it for two calls.
func TestRecordUnderTwoIdentities(t *testing.T) {
	e := serve(t)
	p := e.play(t, "huawei", func(c *load.Config) { c.Calls, c.Texts = 3, 0 })
	e.fee(t, p.Prefix+"1", "another", 0)
	verdict := p.verdict(t, p.Wants())
	if verdict.RecordsTwice != 1 || verdict.RecordsConflicting != 0 || verdict.CallsWrong != 1 || verdict.RecordsRight != 2 ||
		!slices.Contains(verdict.Differences, `call "`+p.Prefix+`1": 2 records, want 1`) || !strings.Contains(verdict.String(), "there more than once") {
		t.Error(verdict)
	}
}

// TestConflict: a record of one identity with two contents.
func TestConflict(t *testing.T) {
	e := serve(t)
	p := e.play(t, "huawei", func(c *load.Config) { c.Calls, c.Texts = 3, 0 })
	e.fee(t, p.Prefix+"1", "icid."+p.Prefix+"1", 1234)
	verdict := p.verdict(t, p.Wants())
	if verdict.RecordsTwice != 1 || verdict.RecordsConflicting != 1 || verdict.CallsWrong != 1 || verdict.RecordsRight != 2 ||
		!strings.Contains(verdict.String(), "marked as a conflict") {
		t.Error(verdict)
	}
}

// fee pushes a record past the load.
func (e *endpoint) fee(t *testing.T, callID, icid string, q850 int) {
	t.Helper()
	c, err := huaweisim.New(huaweisim.Config{Addresses: huaweisim.AddressesAt(e.public), AppKey: appKey, AppSecret: appSecret, Now: time.Now, HTTP: http.DefaultClient})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Format(time.DateTime)
	x, err := c.PushFees(t.Context(), huaweisim.Fee{
		AppKey: appKey, ICID: icid, SessionID: callID, BindNum: "+8617000000001", CallerNum: "+8613900000022", CallInTime: now, CallEndTime: now, FwdUnaswRsn: q850,
	})
	if err != nil || !x.Accepted() {
		t.Fatalf("%d %s, %v", x.Status, x.Raw, err)
	}
}

// TestCallsOfOthers are left alone.
func TestCallsOfOthers(t *testing.T) {
	e := serve(t)
	p := e.play(t, "huawei", func(c *load.Config) { c.Calls, c.Texts = 3, 0 })
	e.fee(t, "somebody-else", "another", 0)
	if verdict := p.verdict(t, p.Wants()); !verdict.OK() || verdict.RecordsUntold != 0 {
		t.Error(verdict)
	}
	e.fee(t, p.Prefix+"01", "yet another", 0) // not as the load writes its numbers
	if verdict := p.verdict(t, p.Wants()); verdict.RecordsUntold != 1 || verdict.Wrong != 1 {
		t.Error(verdict)
	}
}

// TestMoreThanThereIs: what is due and was never there is missed.
func TestMoreThanThereIs(t *testing.T) {
	e := serve(t)
	p := e.play(t, "aliyun", func(c *load.Config) { c.Calls = 3 })
	p.n = 4
	wants := append(slices.Collect(p.Wants()), load.Want{CallID: p.Prefix + "3", Record: load.Due})
	if verdict := p.verdict(t, slices.Values(wants)); verdict.RecordsMissing != 1 || verdict.CallsWrong != 1 || verdict.Wrong != 2 {
		t.Error(verdict)
	}
}

// TestRecordings: what may be wrong with those that are known.
func TestRecordings(t *testing.T) {
	archive := t.TempDir()
	for _, tt := range []struct {
		name   string
		args   []string
		change func(*verify.Config)
		want   string
	}{
		{"not in the archive", nil, func(c *verify.Config) { c.Archived, c.Settle = true, 0 }, `: "`},
		{"another", []string{"--recordings=file://" + archive}, func(c *verify.Config) {
			c.Sum = func(string) (string, bool) { return strings.Repeat("0", 64), true }
		}, `: with another SHA-256 than it was served with`},
		{"never served", []string{"--recordings=file://" + archive}, func(c *verify.Config) {
			c.Sum = func(string) (string, bool) { return "", false }
		}, `: archived, although it was never served`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := serve(t, tt.args...)
			p := e.play(t, "huawei", func(c *load.Config) { c.Calls, c.Texts, c.Parties = 10, 0, c.Parties[:1] })
			p.Archived = true
			if tt.change(&p.Config); p.Recordings == 0 {
				t.Fatal("no recording")
			}
			verdict := p.verdict(t, p.Wants())
			if verdict.RecordingsWrong != p.Recordings || verdict.Wrong != p.Recordings || verdict.CallsRight != p.Records {
				t.Error(verdict)
			}
			for _, d := range verdict.Differences {
				if !strings.HasPrefix(d, `recording of "huawei-load-`) || !strings.Contains(d, tt.want) {
					t.Errorf("%s, want %s", d, tt.want)
				}
			}
		})
	}
}

// TestStoreThatLostEverything: all is missed, and nothing is waited for that cannot
// come any more.
func TestStoreThatLostEverything(t *testing.T) {
	e := serve(t)
	p := e.play(t, "huawei", nil)
	e.flush(t)
	p.Settle = time.Hour
	verdict := p.verdict(t, p.Wants())
	want := &verify.Verdict{
		Records: p.Records, RecordsMissing: p.Records, Calls: p.Records, CallsWrong: p.Records, Recordings: p.Recordings,
		RecordingsMissing: p.Recordings, Wrong: 2*p.Records + p.Recordings,
	}
	differences := verdict.Differences
	verdict.Differences = nil
	if diff := cmp.Diff(want, verdict); diff != "" || verdict.OK() {
		t.Error(diff)
	}
	first := slices.Collect(p.Wants())[0]
	for _, sentence := range []string{
		`record of "` + first.CallID + `": missing`,
		`call "` + first.CallID + `": state "", want ended, 0 records, want 1, no query that was answered by ` + map[load.Verb]string{load.Connect: "connect", load.Reject: "reject"}[first.Verb],
	} {
		if !slices.Contains(differences, sentence) {
			t.Errorf("it does not say %s\n%s", sentence, strings.Join(differences, "\n"))
		}
	}
}

// TestDamage: each thing that may be wrong is found, and nothing else.
func TestDamage(t *testing.T) {
	e := serve(t)
	p := e.play(t, "huawei", nil)
	p.Settle = 0
	answered := func(w load.Want) bool { return w.Record == load.Due && w.Talked > 0 && w.Recording == load.Due }
	for _, tt := range []struct {
		name   string
		suits  func(load.Want) bool
		change func(*load.Want)
		want   string // ID stands for the call's
	}{
		{"duration", answered, func(w *load.Want) { w.Talked = 7 * time.Hour }, `record of "ID": duration `},
		{"callee", answered, func(w *load.Want) { w.Callee = "13800000999" }, `record of "ID": callee ************21, want *********99`},
		{"caller", answered, func(w *load.Want) { w.Caller = "" }, `record of "ID": caller ************22, want none`},
		{"x", answered, func(w *load.Want) { w.X = "17000000009" }, `record of "ID": x ************01, want *********09`},
		{"outcome", answered, func(w *load.Want) { w.Ending = load.Busy }, `record of "ID": outcome "answered", want busy`},
		{"kind", answered, func(w *load.Want) { w.Kind = load.Text }, `record of "ID": kind "voice", want "sms"`},
		{"never told", answered, func(w *load.Want) { w.Record, w.Recording = load.Absent, load.Absent }, `record of "ID": there, although it was never told`},
		{"decision", answered, func(w *load.Want) { w.Verb = load.Ask }, `call "ID": no query that was answered by ask`},
		{"no recording", func(w load.Want) bool { return w.Record == load.Due && w.Recording == load.Absent },
			func(w *load.Want) { w.Recording = load.Due }, `recording of "ID": missing`},
		{"recording never told", answered, func(w *load.Want) { w.Recording = load.Absent }, `recording of "ID": there, although none was told`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wants, id := p.changed(t, tt.suits, tt.change)
			verdict := p.verdict(t, wants)
			want := strings.ReplaceAll(tt.want, "ID", id)
			if verdict.OK() || !slices.ContainsFunc(verdict.Differences, func(d string) bool { return strings.HasPrefix(d, want) }) {
				t.Errorf("it does not say %s\n%s", want, verdict)
			}
			for _, d := range verdict.Differences {
				if !strings.Contains(d, `"`+id+`"`) {
					t.Errorf("nothing is wrong with that: %s", d)
				}
			}
		})
	}
}
