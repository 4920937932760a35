package simulator_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xmode/simulator"
)

// clock is a clock that stands still until it is moved on.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time            { return time.Unix(0, c.at.Load()).UTC() }
func (c *clock) passes(d time.Duration)    { c.at.Add(int64(d)) }
func (c *clock) config() (s storageConfig) { return storageConfig{Now: c.now} }

type storageConfig = simulator.StorageConfig

// storage serves one on a real socket.
func storage(t testing.TB, c storageConfig) *simulator.Storage {
	t.Helper()
	s, err := simulator.NewStorage(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	if err := s.SetBase(server.URL); err != nil {
		t.Fatal(err)
	}
	return s
}

// answer is what a client sees of a download.
type answer struct {
	status int
	header http.Header
	length int64
	body   string
	err    error // while the body was read
}

// get downloads an address, at most 10 MiB; follows no redirection.
func get(t testing.TB, address string, header ...string) answer {
	t.Helper()
	return do(t, http.MethodGet, address, header...)
}

func do(t testing.TB, method, address string, header ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Error(err) // not Fatal: called from goroutines too
		return answer{}
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Error(err)
		return answer{}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 10<<20))
	return answer{resp.StatusCode, resp.Header, resp.ContentLength, string(body), err}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestDownload(t *testing.T) {
	for name, a := range map[string]simulator.Audio{
		"a.wav":                      {Format: simulator.WAV, Size: 1 << 20, Seed: 1},
		"b.mp3":                      {Format: simulator.MP3, Size: 100_001, Seed: 2},
		"../../x y%2F?&#\x00\n録.mp3": {Format: simulator.ID3, Size: 70_000, Seed: 3},
		"empty.wav":                  {Format: simulator.WAV},
	} {
		s := storage(t, newClock().config())
		s.Put(name, a)
		got := get(t, s.Address(name))
		if got.status != 200 || got.err != nil || got.length != a.Size || int64(len(got.body)) != a.Size || digest(got.body) != a.SHA256() {
			t.Errorf("%q: %d, %d bytes, %v", name, got.status, len(got.body), got.err)
		}
		if kind := got.header.Get("Content-Type"); kind != a.Format.ContentType() {
			t.Errorf("%q: %s", name, kind)
		}
		if tag := got.header.Get("ETag"); len(tag) != 34 || tag[0] != '"' || got.header.Get("Last-Modified") != "Wed, 04 Mar 2026 05:06:07 GMT" {
			t.Errorf("%q: %v", name, got.header)
		}
		want := simulator.Tally{Name: name, Begun: 1, Complete: 1, Sent: a.Size, AtOnce: 1}
		if tally := s.Tally(name); tally != want {
			t.Errorf("%+v, want %+v", tally, want)
		}
		if faults := s.CheckDownloads(); len(faults) > 0 {
			t.Error(faults)
		}
	}
}

func TestRanges(t *testing.T) {
	s := storage(t, newClock().config())
	s.Put("a.mp3", simulator.Audio{Format: simulator.ID3, Size: 1000, Seed: 9})
	whole := get(t, s.Address("a.mp3"))
	for _, c := range []struct {
		header   []string
		status   int
		body     string
		complete int // 1: it came to the end of the file
	}{
		{[]string{"Range", "bytes=300-"}, 206, whole.body[300:], 1},
		{[]string{"Range", "bytes=-1"}, 206, whole.body[999:], 1},
		{[]string{"Range", "bytes=0-9"}, 206, whole.body[:10], 0},
		{[]string{"Range", "bytes=300-", "If-Range", whole.header.Get("ETag")}, 206, whole.body[300:], 1},
		{[]string{"Range", "bytes=300-", "If-Range", `"other"`}, 200, whole.body, 1},
		{[]string{"Range", "bytes=1000-"}, 416, "invalid range: failed to overlap\n", 0},
	} {
		before := s.Tally("a.mp3")
		got := get(t, s.Address("a.mp3"), c.header...)
		if got.status != c.status || got.body != c.body {
			t.Errorf("%v: %d, %d bytes", c.header, got.status, len(got.body))
		}
		if done := s.Tally("a.mp3").Complete - before.Complete; done != c.complete {
			t.Errorf("%v: %d complete, want %d", c.header, done, c.complete)
		}
	}
	s.Put("a.mp3", simulator.Audio{Format: simulator.ID3, Size: 1000, Seed: 10})
	if got := get(t, s.Address("a.mp3"), "Range", "bytes=300-", "If-Range", whole.header.Get("ETag")); got.status != 200 || got.body[300:] == whole.body[300:] {
		t.Errorf("another file under the same name: %d", got.status)
	}
}

func TestRefusals(t *testing.T) {
	now := newClock()
	s := storage(t, now.config())
	s.Put("a.wav", simulator.Audio{Size: 100})
	good := s.Address("a.wav")
	edit := func(change func(u *url.URL, q url.Values)) string {
		u, err := url.Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		change(u, q)
		u.RawQuery = q.Encode()
		return u.String()
	}
	later := fmt.Sprint(now.now().Add(3 * time.Hour).Unix())
	for name, c := range map[string]struct {
		method, address string
		header          []string
		status          int
		code            string
	}{
		"no token":          {"GET", strings.Split(good, "?")[0], nil, 403, "SignatureDoesNotMatch"},
		"another signature": {"GET", edit(func(_ *url.URL, q url.Values) { q.Set("Signature", "x") }), nil, 403, "SignatureDoesNotMatch"},
		"another key":       {"GET", edit(func(_ *url.URL, q url.Values) { q.Set("OSSAccessKeyId", "x") }), nil, 403, "SignatureDoesNotMatch"},
		"another end":       {"GET", edit(func(_ *url.URL, q url.Values) { q.Set("Expires", later) }), nil, 403, "SignatureDoesNotMatch"},
		"another name":      {"GET", edit(func(u *url.URL, _ url.Values) { u.Path = "/b.wav" }), nil, 403, "SignatureDoesNotMatch"},
		"expired":           {"GET", s.AddressUntil("a.wav", now.now()), nil, 403, "AccessDenied"},
		"not there":         {"GET", s.Address("b.wav"), nil, 404, "NoSuchKey"},
		"HEAD":              {"HEAD", good, nil, 403, ""},
		"POST":              {"POST", good, nil, 403, "SignatureDoesNotMatch"},
		"credentials":       {"GET", good, []string{"Authorization", "x"}, 400, "InvalidArgument"},
	} {
		got := do(t, c.method, c.address, c.header...)
		if got.status != c.status || c.code != "" && !strings.Contains(got.body, "<Error><Code>"+c.code+"</Code>") {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if got := s.Tally("a.wav"); got.Begun != 0 || got.Refused != 8 {
		t.Errorf("%+v", got)
	}
	now.passes(2 * time.Hour)
	if got := get(t, good); got.status != 403 || !strings.Contains(got.body, "expired") {
		t.Errorf("after two hours: %d %s", got.status, got.body)
	}
}

func TestCheckDownloads(t *testing.T) {
	s := storage(t, newClock().config())
	s.Put("a.wav", simulator.Audio{Size: 100})
	base := strings.Split(s.Address("a.wav"), "a.wav")[0]
	get(t, s.Address("a.wav"), "Referer", base+"other")
	get(t, s.Address("a.wav"), "X-AKSK", "x", "Referer", "http://api/rest")
	do(t, "POST", s.Address("a.wav"))
	want := []string{
		"download 2: header Referer: a redirection of the API was followed", "download 2: header X-Aksk: credentials do not belong here",
		"download 3: method POST, want GET",
	}
	if got := s.CheckDownloads(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
	list := s.Requests()
	if len(list) != 3 || list[0].Code != "OK" || list[0].Status != 200 || list[0].Path != "/a.wav" || list[2].Code != "SignatureDoesNotMatch" || list[2].Status != 403 {
		t.Errorf("%+v", list)
	}
}

func TestModes(t *testing.T) {
	a := simulator.Audio{Format: simulator.WAV, Size: 5000, Seed: 4}
	right, _ := io.ReadAll(a.Open())
	for name, c := range map[string]struct {
		mode   simulator.Mode
		status int
		length int64
		kind   string
		body   func(string) bool
		err    error
	}{
		"endless":     {simulator.Endless, 200, -1, "audio/x-wav", func(b string) bool { return len(b) == 10<<20 && b[:4] == "RIFF" }, nil},
		"short":       {simulator.Short, 200, 5000, "audio/x-wav", func(b string) bool { return b == string(right[:2500]) }, io.ErrUnexpectedEOF},
		"html":        {simulator.HTML, 200, 92, "text/html; charset=utf-8", func(b string) bool { return strings.HasPrefix(b, "<!DOCTYPE html>") }, nil},
		"xml":         {simulator.XML, 200, 150, "application/xml", func(b string) bool { return strings.Contains(b, "<Error>") }, nil},
		"empty":       {simulator.Empty, 200, 0, "audio/x-wav", func(b string) bool { return b == "" }, nil},
		"ten bytes":   {simulator.TenBytes, 200, 10, "audio/x-wav", func(b string) bool { return b == string(right[:10]) }, nil},
		"chunked":     {simulator.Chunked, 200, -1, "audio/x-wav", func(b string) bool { return b == string(right) }, nil},
		"undelimited": {simulator.Undelimited, 200, -1, "audio/x-wav", func(b string) bool { return b == string(right) }, nil},
		"no ranges":   {simulator.NoRanges, 200, 5000, "audio/x-wav", func(b string) bool { return b == string(right) }, nil},
		"redirect":    {simulator.Redirect("http://169.254.169.254/"), 302, 0, "", func(b string) bool { return b == "" }, nil},
		"status":      {simulator.Status(503), 503, 150, "application/xml", func(b string) bool { return strings.Contains(b, "<Code>InternalError</Code>") }, nil},
		"right":       {nil, 206, 4990, "audio/x-wav", func(b string) bool { return b == string(right[10:]) }, nil},
	} {
		s := storage(t, newClock().config())
		s.Put("a.wav", a)
		s.Misbehave("a.wav", c.mode, nil)
		got := get(t, s.Address("a.wav"), "Range", "bytes=10-")
		if got.status != c.status || got.length != c.length || got.header.Get("Content-Type") != c.kind || !c.body(got.body) || !errors.Is(got.err, c.err) {
			t.Errorf("%s: %d, length %d, %v, %d bytes, %v", name, got.status, got.length, got.header, len(got.body), got.err)
		}
		if again := get(t, s.Address("a.wav")); again.body != string(right) {
			t.Errorf("%s: the second download has %d bytes", name, len(again.body))
		}
	}
}

func TestUndelimitedHasNoEnd(t *testing.T) {
	s := storage(t, newClock().config())
	s.Put("a.wav", simulator.Audio{Size: 5000})
	s.Misbehave("a.wav", simulator.Undelimited)
	resp, err := http.Get(s.Address("a.wav"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if len(resp.TransferEncoding) != 0 || resp.ContentLength != -1 || !resp.Close {
		t.Errorf("%v, %d, %v", resp.TransferEncoding, resp.ContentLength, resp.Close)
	}
}

func TestCutOffAndSlow(t *testing.T) {
	trouble, err := simulator.NewTrouble(simulator.TroubleConfig{Seed: 1, CutOff: 1, Slow: 1})
	if err != nil {
		t.Fatal(err)
	}
	var pauses atomic.Int64
	s := storage(t, storageConfig{Now: newClock().now, Trouble: trouble, Pause: func(context.Context) { pauses.Add(1) }})
	a := simulator.Audio{Format: simulator.MP3, Size: 100_000, Seed: 5}
	s.Put("a.mp3", a)
	first := get(t, s.Address("a.mp3"))
	want := int64(trouble.Fate("a.mp3").CutOff * 100_000)
	if first.length != 100_000 || int64(len(first.body)) != want || !errors.Is(first.err, io.ErrUnexpectedEOF) {
		t.Errorf("%d of %d bytes, want %d, %v", len(first.body), first.length, want, first.err)
	}
	pauses.Store(0)
	rest := get(t, s.Address("a.mp3"), "Range", fmt.Sprintf("bytes=%d-", want), "If-Range", first.header.Get("ETag"))
	if rest.err != nil || digest(first.body+rest.body) != a.SHA256() {
		t.Errorf("%d bytes, %v", len(rest.body), rest.err)
	}
	if n := pauses.Load(); n != 7 {
		t.Errorf("%d pauses", n)
	}
	if got := s.Tally("a.mp3"); got != (simulator.Tally{Name: "a.mp3", Begun: 2, Complete: 1, Sent: 100_000, AtOnce: 1}) {
		t.Errorf("%+v", got)
	}
}

func TestCutOffOfABodyWithoutLength(t *testing.T) {
	trouble, err := simulator.NewTrouble(simulator.TroubleConfig{CutOff: 1})
	if err != nil {
		t.Fatal(err)
	}
	s := storage(t, storageConfig{Now: newClock().now, Trouble: trouble})
	s.Put("a.mp3", simulator.Audio{Size: 100_000})
	s.Misbehave("a.mp3", simulator.Chunked)
	if got := get(t, s.Address("a.mp3")); !errors.Is(got.err, io.ErrUnexpectedEOF) || len(got.body) == 0 || len(got.body) >= 100_000 {
		t.Errorf("%d bytes, %v", len(got.body), got.err)
	}
}

func TestManyAtOnce(t *testing.T) {
	s := storage(t, newClock().config())
	names := s.PutMany("rec", 50, simulator.Audio{Format: simulator.WAV, Size: 64 << 10, Seed: 7})
	var all sync.WaitGroup
	for _, name := range names {
		all.Go(func() {
			a, _ := s.Audio(name)
			if got := get(t, s.Address(name)); digest(got.body) != a.SHA256() {
				t.Errorf("%s: %d bytes", name, len(got.body))
			}
		})
	}
	all.Wait()
	digests := map[string]bool{}
	for i, tally := range s.Tallies() {
		a, _ := s.Audio(tally.Name)
		digests[a.SHA256()] = true
		if tally != (simulator.Tally{Name: names[i], Begun: 1, Complete: 1, Sent: 64 << 10, AtOnce: 1}) {
			t.Errorf("%+v", tally)
		}
	}
	if len(digests) != 50 {
		t.Errorf("%d recordings differ", len(digests))
	}
}

func TestAtOnce(t *testing.T) {
	entered, leave := make(chan struct{}, 2), make(chan struct{})
	trouble, err := simulator.NewTrouble(simulator.TroubleConfig{Slow: 1})
	if err != nil {
		t.Fatal(err)
	}
	s := storage(t, storageConfig{Now: newClock().now, Trouble: trouble, Pause: func(context.Context) {
		select {
		case entered <- struct{}{}:
		default:
		}
		<-leave
	}})
	s.Put("a.wav", simulator.Audio{Size: 1000})
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { get(t, s.Address("a.wav")) })
	}
	<-entered
	<-entered
	close(leave)
	both.Wait()
	if got := s.Tally("a.wav"); got.AtOnce != 2 || got.Begun != 2 || got.Complete != 2 {
		t.Errorf("%+v", got)
	}
}

func TestStorageLogIsBounded(t *testing.T) {
	c := newClock().config()
	c.LogSize = 1
	s := storage(t, c)
	for range 3 {
		resp, err := http.Get(s.Address("nobody"))
		if err != nil || resp.StatusCode != http.StatusNotFound {
			t.Fatal(resp, err)
		}
		resp.Body.Close()
	}
	if list := s.Requests(); len(list) != 1 || list[0].Code != "NoSuchKey" {
		t.Errorf("%+v", list)
	}
}

func TestNewStorageReportsAllFaults(t *testing.T) {
	_, err := simulator.NewStorage(storageConfig{Base: "http://h/path"})
	if !errors.Is(err, simulator.ErrBase) || !errors.Is(err, simulator.ErrNow) {
		t.Error(err)
	}
	s := storage(t, storageConfig{Now: newClock().now, Secret: "s3cr3t"})
	for _, base := range []string{"", "h", "ftp://h", "http://", "http://h/", "http://h?x", "http://u@h"} {
		if err := s.SetBase(base); !errors.Is(err, simulator.ErrBase) {
			t.Errorf("%q: %v", base, err)
		}
	}
	if text := fmt.Sprintf("%v %+v", s, s); strings.Contains(text, "s3cr3t") {
		t.Error(text)
	}
	s.Misbehave("nobody", simulator.HTML)
	if _, ok := s.Audio("nobody"); ok || s.Tally("nobody") != (simulator.Tally{Name: "nobody"}) {
		t.Error("somebody")
	}
}

func BenchmarkDownload(b *testing.B) {
	s := storage(b, newClock().config())
	s.Put("a.wav", simulator.Audio{Size: 1 << 20})
	address := s.Address("a.wav")
	b.SetBytes(1 << 20)
	for b.Loop() {
		resp, err := http.Get(address)
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, resp.Body); n != 1<<20 || err != nil {
			b.Fatal(n, err)
		}
		resp.Body.Close()
	}
}
