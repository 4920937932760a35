package life_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"xmode/platform/huawei/sim"
	"xmode/platform/huawei/sim/life"
	"xmode/signature"
	"xmode/simulator"
	"xmode/simulator/load"
)

func platform(t testing.TB, c life.Config) *life.Platform {
	t.Helper()
	c.AppKey, c.AppSecret = "ak", "s3cr3t"
	p, err := life.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// call is one between the example parties.
func call(kind load.Kind) load.Call {
	return load.Call{N: 7, ID: "load-7", Kind: kind, Party: load.Party{Caller: "13800000021", X: "9501300000001"}, Ring: 5 * time.Second, Talk: time.Minute, At: at}
}

func TestNewReportsAllFaults(t *testing.T) {
	_, err := life.New(life.Config{Scheme: "md5", Events: "http://h/", Schedule: "never"})
	for _, want := range []error{sim.ErrApp, sim.ErrScheme, sim.ErrURL, life.ErrSchedule} {
		if !errors.Is(err, want) {
			t.Errorf("%v is missing in %v", want, err)
		}
	}
	p := platform(t, life.Config{})
	if text := fmt.Sprintf("%v %+v", p, p); strings.Contains(text, "s3cr3t") {
		t.Errorf("a secret is printed: %s", text)
	}
}

func TestTerms(t *testing.T) {
	for schedule, want := range map[life.Schedule][]int{
		"": {1, 4, 9, 106, 203, 300}, life.Offsets: {1, 4, 9, 106, 203, 300}, life.Intervals: {1, 5, 14, 120, 323, 623},
	} {
		terms := platform(t, life.Config{Schedule: schedule}).Terms()
		var got []int
		for _, d := range terms.Repeats {
			got = append(got, int(d/time.Minute))
		}
		if !slices.Equal(got, want) || terms.Query != 3*time.Second || terms.Push != 3*time.Second || terms.Skew != 10*time.Minute {
			t.Errorf("%q: %+v, want %v", schedule, terms, want)
		}
	}
}

// headers are the lines of a request.
func headers(t *testing.T, r load.Request) http.Header {
	t.Helper()
	h := http.Header{}
	for _, line := range r.Header {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("%q is no header", line)
		}
		h.Add(name, value)
	}
	return h
}

// TestMessagesAreSignedForTheirStamp: each writing anew, under either scheme, and
// wrongly where that is asked for.
func TestMessagesAreSignedForTheirStamp(t *testing.T) {
	verifier := signature.NewTokenVerifier(map[string]string{"ak": "s3cr3t"})
	for scheme, header := range map[signature.TokenScheme]string{signature.AKSK: "X-AKSK", signature.WSSE: "X-WSSE"} {
		m := platform(t, life.Config{Scheme: scheme}).Query(call(load.Voice), "")
		for _, s := range []load.Stamp{{At: at, Nonce: "a1"}, {At: at.Add(time.Hour).Local(), Nonce: "b2"}, {At: at, Nonce: "c3", Spoilt: true}} {
			h := headers(t, m.Write(s))
			token, err := signature.ParseUsernameToken(h.Get(header))
			if err != nil || token.Nonce != s.Nonce || token.Created != s.At.UTC().Format("2006-01-02T15:04:05Z") || !m.Signed {
				t.Errorf("%s: %+v, %v", scheme, token, err)
			}
			if err := verifier.Verify(scheme, token); (err != nil) != s.Spoilt || s.Spoilt && !errors.Is(err, signature.ErrMismatch) {
				t.Errorf("%s: %+v: %v", scheme, s, err)
			}
			if profile, err := signature.ParseTokenProfile(h.Get("Authorization")); err != nil || profile.Scheme != scheme {
				t.Errorf("%+v, %v", profile, err)
			}
		}
	}
}

func TestQueryAndTextAsTheyAreWritten(t *testing.T) {
	p := platform(t, life.Config{Events: "/e", Texts: "/t"})
	for _, c := range []struct {
		m                  load.Message
		kind, target, body string
	}{
		{p.Query(call(load.Voice), "123"), "callin", "/e", `{"eventType":"callin","statusInfo":{"sessionId":"load-7","timestamp":"2026-03-04 05:06:07",` +
			`"caller":"+8613800000021","called":"+869501300000001","notifyMode":"Block"}}`},
		{p.Query(call(load.Text), ""), "SMS Block", "/t", `{"appKey":"ak","smsEvent":{"smsIdentifier":"load-7","notificationMode":"Block","calling":"+8613800000021",` +
			`"virtualNumber":"+869501300000001","event":"Text SMS","timeStamp":"2026-03-04T05:06:07.000Z","smsContent":"simulated"}}`},
	} {
		if r := c.m.Write(load.Stamp{At: at, Nonce: "n"}); c.m.Kind != c.kind || r.Method != http.MethodPost || r.Target != c.target || string(r.Body) != c.body {
			t.Errorf("%s %s %s\n%s\nwant %s", c.m.Kind, r.Method, r.Target, r.Body, c.body)
		}
	}
}

func TestDecideReadsAnAnswer(t *testing.T) {
	p := platform(t, life.Config{})
	for answer, want := range map[string]load.Decision{
		`{"operation":"connect","connectInfo":{"calleeNum":"+8613900000022"}}`: {Verb: load.Connect, Callee: "+8613900000022"},
		`{"operation":"connect","connectInfo":[{"calleeNum":"+8613900000022","displayCalleeNum":"+8617000000001","maxDuration":2,"recordFlag":"true","userData":"u"}]}`: {
			Verb: load.Connect, Callee: "+8613900000022", Display: "+8617000000001", Longest: 2 * time.Minute, Record: true, UserData: "u"},
		`{"operation":"connect","connectInfo":{"calleeNum":"+8613900000022","maxDuration":0,"recordFlag":"false"}}`: {Verb: load.Connect, Callee: "+8613900000022"},
		`{"operation":"close","closeInfo":{"userData":"u"}}`:                                                        {UserData: "u"},
		`{"operation":"close"}`: {},
	} {
		if d, err := p.Decide(load.Voice, 200, []byte(answer)); err != nil || d != want {
			t.Errorf("%s: %+v, %v, want %+v", answer, d, err, want)
		}
	}
	for answer, want := range map[string]load.Decision{
		`{"actions":[{"operation":"vNumberRoute","message":{"called":"+8613900000022"}}]}`: {Verb: load.Connect, Callee: "+8613900000022"},
		`{"actions":[{"operation":"DiscardMessage"}]}`:                                     {},
	} {
		if d, err := p.Decide(load.Text, 200, []byte(answer)); err != nil || d != want {
			t.Errorf("%s: %+v, %v, want %+v", answer, d, err, want)
		}
	}
}

// TestDecideSaysWhatIsWrong: in a clause that holds nothing of the answer.
func TestDecideSaysWhatIsWrong(t *testing.T) {
	p := platform(t, life.Config{})
	info := func(fields string) string { return `{"operation":"connect","connectInfo":{` + fields + `}}` }
	const callee = `"calleeNum":"+8613900000022"`
	for _, c := range []struct {
		kind   load.Kind
		status int
		answer string
		want   string
	}{
		{load.Voice, 503, info(callee), "status 503"},
		{load.Voice, 301, "", "status 301"},
		{load.Voice, 200, " \n", "the answer is empty"},
		{load.Voice, 200, "<!DOCTYPE html><html>", "the answer is a page, not JSON"},
		{load.Voice, 200, "OK", "the answer is no JSON"},
		{load.Voice, 200, info(callee)[:30], "the answer is no JSON"},
		{load.Voice, 200, info(callee) + "x", "the answer is no JSON"},
		{load.Voice, 200, `[]`, "the answer must not be of type array"},
		{load.Voice, 200, `null`, "operation is neither connect nor close"},
		{load.Voice, 200, `{"operation":"Connect"}`, "operation is neither connect nor close"},
		{load.Voice, 200, `{"operation":1}`, "operation must not be of type number"},
		{load.Voice, 200, `{"operation":"connect"}`, "calleeNum is due"},
		{load.Voice, 200, `{"operation":"connect","connectInfo":[]}`, "list of 0, want 1"},
		{load.Voice, 200, info(`"calleeNum":"13900000022"`), "calleeNum is not a number in global format, +86…"},
		{load.Voice, 200, info(callee + `,"displayCalleeNum":"x"`), "displayCalleeNum is not a number in global format, +86…"},
		{load.Voice, 200, info(callee + `,"maxDuration":1441`), "maxDuration is not 0-1440"},
		{load.Voice, 200, info(callee + `,"maxDuration":-1`), "maxDuration is not 0-1440"},
		{load.Voice, 200, info(callee + `,"maxDuration":"60"`), "connectInfo.maxDuration must not be of type string"},
		{load.Voice, 200, info(callee + `,"recordFlag":true`), "connectInfo.recordFlag must not be of type bool"},
		{load.Voice, 200, info(callee + `,"recordFlag":"yes"`), "recordFlag is neither true nor false"},
		{load.Voice, 200, info(callee + `,"userData":"{}"`), "userData holds { or }"},
		{load.Voice, 200, info(callee + `,"userData":"` + strings.Repeat("x", 257) + `"`), "userData is longer than 256 characters"},
		{load.Text, 200, "", "the answer is empty"},
		{load.Text, 200, `{"actions":[]}`, "0 actions"},
		{load.Text, 200, `{"actions":[{"operation":"connect"}]}`, "operation is neither vNumberRoute nor DiscardMessage"},
		{load.Text, 200, `{"actions":[{"operation":"vNumberRoute"}]}`, "called is due"},
	} {
		if d, err := p.Decide(c.kind, c.status, []byte(c.answer)); err == nil || err.Error() != c.want || d != (load.Decision{}) {
			t.Errorf("%d %.80s: %v, want %s", c.status, c.answer, err, c.want)
		}
	}
}

func TestAccepts(t *testing.T) {
	p := platform(t, life.Config{})
	if err := p.Accepts(200, []byte("anything")); err != nil {
		t.Error(err)
	}
	for _, status := range []int{201, 204, 301, 503} {
		if err := p.Accepts(status, nil); err == nil || err.Error() != fmt.Sprintf("status %d", status) {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// TestRecordingIsFoundByWhatTheRecordSays: the record goes into a batch, and its
// words find the file through the platform's API.
func TestRecordingIsFoundByWhatTheRecordSays(t *testing.T) {
	now := func() time.Time { return at }
	storage, err := simulator.NewStorage(simulator.StorageConfig{Base: "http://127.0.0.1:9000", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	p, c := platform(t, life.Config{Storage: storage, AudioSize: 4000}), call(load.Voice)
	d := load.Decision{Verb: load.Connect, Callee: "+8613900000022", Record: true}
	told := p.Tell(c, d)
	last := told[len(told)-1]
	if !last.Record || !last.Recording || last.Batch != "fee" || !slices.IsSortedFunc(told, func(a, b load.Told) int { return int(a.After - b.After) }) {
		t.Fatalf("%+v", told)
	}
	var pushed struct {
		EventType string
		FeeLst    []sim.Fee
	}
	body := p.Pack("fee", [][]byte{last.Entry, last.Entry}).Write(load.Stamp{At: at, Nonce: "n"}).Body
	if err := json.Unmarshal(body, &pushed); err != nil || pushed.EventType != "fee" || len(pushed.FeeLst) != 2 || pushed.FeeLst[0].FwdDisplayNum != "+869501300000001" {
		t.Fatalf("%s, %v", body, err)
	}
	api, err := sim.NewAPI(sim.APIConfig{Apps: map[string]string{"ak": "s3cr3t"}, Storage: storage, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	client, err := sim.New(sim.Config{AppKey: "ak", AppSecret: "s3cr3t", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{http.StatusForbidden, http.StatusMovedPermanently} {
		if i > 0 {
			p.Keep(c, d)
		}
		fee := pushed.FeeLst[0]
		r := httptest.NewRequest(http.MethodGet, "/rest/provision/voice/record/v1.0?fileName="+fee.RecordObjectName+"&recordDomain="+fee.RecordDomain, nil)
		client.Sign(r.Header)
		w := httptest.NewRecorder()
		if api.ServeHTTP(w, r); w.Code != want {
			t.Errorf("%d: %d %s, want %d", i, w.Code, w.Body, want)
		}
	}
	if faults := api.Check(pushed.FeeLst[0]); len(faults) > 0 {
		t.Error(faults)
	}
	if audio, _ := storage.Audio(life.File(c.ID)); audio != (simulator.Audio{Format: simulator.WAV, Size: 4000, Seed: 7}) {
		t.Errorf("%+v", audio)
	}
	platform(t, life.Config{}).Keep(c, d) // nowhere
}

// TestNothingIsRecordedThatIsShort: nor what is not to be.
func TestNothingIsRecordedThatIsShort(t *testing.T) {
	p := platform(t, life.Config{})
	for name, c := range map[string]struct {
		talk   time.Duration
		record bool
		want   bool
	}{"three seconds": {3 * time.Second, true, true}, "two": {2 * time.Second, true, false}, "not asked for": {time.Minute, false, false}} {
		made := call(load.Voice)
		made.Talk = c.talk
		told := p.Tell(made, load.Decision{Verb: load.Connect, Callee: "+8613900000022", Record: c.record})
		last := told[len(told)-1]
		if last.Recording != c.want || bytes.Contains(last.Entry, []byte("recordObjectName")) != c.want || !last.Record {
			t.Errorf("%s: %+v", name, last)
		}
	}
}

// TestTheSameCallIsToldInTheSameWords: so that what is repeated is a duplicate.
func TestTheSameCallIsToldInTheSameWords(t *testing.T) {
	p, d := platform(t, life.Config{}), load.Decision{Verb: load.Connect, Callee: "+8613900000022", UserData: `"quoted" & <marked>`}
	for _, kind := range []load.Kind{load.Voice, load.Text} {
		first, second := p.Tell(call(kind), d), p.Tell(call(kind), d)
		for i := range first {
			if first[i].Batch == "" && !bytes.Equal(first[i].Message.Write(load.Stamp{}).Body, second[i].Message.Write(load.Stamp{}).Body) || !bytes.Equal(first[i].Entry, second[i].Entry) {
				t.Errorf("%d differs", i)
			}
		}
	}
}
