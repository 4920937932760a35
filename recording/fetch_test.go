package recording_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"xmode/platform"
	"xmode/recording"
)

func TestAudioIsFetched(t *testing.T) {
	for _, c := range []struct {
		name, told string
		body       []byte
		ext, want  string
	}{
		{"a WAV", "audio/x-wav", wav(300_000), ".wav", "audio/wav"},
		{"a WAV that the server calls bytes", "application/octet-stream", wav(12), ".wav", "audio/wav"},
		{"an MP3", "audio/mp3", mp3(100_000), ".mp3", "audio/mpeg"},
		{"an MP3 with a tag, called a WAV", "audio/wav", append([]byte("ID3"), make([]byte, 500)...), ".mp3", "audio/mpeg"},
		{"no content type", "", wav(70_000), ".wav", "audio/wav"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var to target
			got, err := downloader(t, nil).Fetch(t.Context(), platform.NewSecret(serve(t, gives(c.told, c.body))), nil, to.create)
			want := recording.Fetched{Size: int64(len(c.body)), SHA256: sha256.Sum256(c.body), ContentType: c.want}
			if err != nil || got != want {
				t.Fatalf("got %v, %v, want %v", got, err, want)
			}
			if to.ext != c.ext || to.contentType != c.want || !bytes.Equal(to.Bytes(), c.body) {
				t.Errorf("the target got %s, %s, %d bytes", to.ext, to.contentType, to.Len())
			}
		})
	}
}

func TestAudioWithoutLengthIsFetched(t *testing.T) {
	body := wav(50_000)
	streamed := wav(50_000)
	copy(streamed[4:], []byte{0xff, 0xff, 0xff, 0xff}) // written while it was recorded
	head := "HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\n"
	for name, address := range map[string]string{
		"until the connection ends":            raw(t, "HTTP/1.0 200 OK\r\n\r\n"+string(body)),
		"until the connection ends, open RIFF": raw(t, head+"Connection: close\r\n\r\n"+string(streamed)),
		"in chunks":                            raw(t, fmt.Sprintf("%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", head, len(body), body)),
		"in bytes, one at a time":              serve(t, byteByByte(body[:300])),
	} {
		t.Run(name, func(t *testing.T) {
			want := body
			switch {
			case strings.Contains(name, "RIFF"):
				want = streamed
			case strings.Contains(name, "bytes"):
				want = body[:300]
			}
			fetches(t, downloader(t, nil), address, want)
		})
	}
}

func byteByByte(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "audio/wav")
		for i := range body {
			_, _ = w.Write(body[i : i+1])
			w.(http.Flusher).Flush()
		}
	}
}

func TestWhatIsNoRecordingIsNotKept(t *testing.T) {
	const prose = "not_audio: the content type is that of a page or a message"
	const bytesFault = "not_audio: the first bytes are neither WAV nor MP3"
	xml := []byte(`<?xml version="1.0"?><Error><Code>AccessDenied</Code><RequestId>` + secretQuery + `</RequestId></Error>`)
	html := []byte("<!DOCTYPE html><html><body>Log in</body></html>")
	utf16 := append([]byte{0xff, 0xfe}, make([]byte, 64)...)
	head := "HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\n"
	for name, c := range map[string]struct{ address, want string }{
		"a page":                     {serve(t, gives("text/html; charset=utf-8", html)), prose},
		"audio, called a page":       {serve(t, gives("text/html", wav(1000))), prose},
		"audio, called XHTML":        {serve(t, gives("application/xhtml+xml", wav(1000))), prose},
		"audio, called JSON":         {serve(t, gives("application/problem+json", wav(1000))), prose},
		"audio, called badly":        {serve(t, gives("TEXT/html ; = broken", wav(1000))), prose},
		"a page, called audio":       {serve(t, gives("audio/wav", html)), bytesFault},
		"an XML error with 200":      {serve(t, gives("application/xml", xml)), prose},
		"an XML error, called audio": {serve(t, gives("audio/wav", xml)), bytesFault},
		"UTF-16, which begins alike": {serve(t, gives("audio/mpeg", utf16)), bytesFault},
		"RIFF that is no WAVE":       {serve(t, gives("audio/wav", append([]byte("RIFF0000AVI "), make([]byte, 99)...))), bytesFault},
		"nothing":                    {serve(t, gives("audio/wav", nil)), "not_audio: empty, or nearly so"},
		"nothing, in chunks":         {raw(t, head+"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "not_audio: empty, or nearly so"},
		"eleven bytes":               {serve(t, gives("audio/wav", wav(12)[:11])), "not_audio: empty, or nearly so"},
		"compressed":                 {raw(t, head+"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"), "not_audio: encoded"},
		"an XML error with 403":      {serve(t, says(403, string(xml))), "status: 403"},
		"no content":                 {serve(t, says(204, "")), "status: 204"},
		"a part nobody asked for":    {serve(t, says(206, string(wav(100)))), "status: 206"},
		"trouble of the server":      {serve(t, says(503, "busy")), "status: 503"},
		"no HTTP":                    {raw(t, "SSH-2.0-"+secretPath+"\r\n"), "cut_off: no answer"},
		"no answer":                  {raw(t, ""), "cut_off: no answer"},
		"an endless header":          {raw(t, "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 1<<20)), "cut_off: no answer"},
		"a body cut off":             {raw(t, head+"Content-Length: 5000\r\n\r\n"+string(wav(5000)[:4000])), "cut_off: the connection ended early"},
		"a body cut off at once":     {raw(t, head+"Content-Length: 5000\r\n\r\n"), "cut_off: the connection ended early"},
		"chunks cut off":             {raw(t, head+"Transfer-Encoding: chunked\r\n\r\n1000\r\n"+string(wav(5000)[:4000])), "cut_off: the connection ended early"},
		"a WAV shorter than it says": {raw(t, head+"Connection: close\r\n\r\n"+string(wav(5000)[:4000])), "cut_off: fewer bytes than were promised"},
		"too long by its length":     {raw(t, head+"Content-Length: 99999999999\r\n\r\n"), "too_large"},
		"an address without a host":  {"https:///" + secretPath, "address_refused: no host"},
		"no address":                 {"", "address_refused: neither https nor http"},
	} {
		t.Run(name, func(t *testing.T) {
			d := downloader(t, func(c *recording.DownloadConfig) { c.MaxSize = 1 << 20 })
			fails(t, d, c.address, c.want)
		})
	}
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "audio/wav")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// endless writes audio until nobody reads it any more.
func endless(w http.ResponseWriter, _ *http.Request) {
	for p := wav(32 << 10); ; {
		if _, err := w.Write(p); err != nil {
			return
		}
	}
}

func TestEndlessBodiesEnd(t *testing.T) {
	t.Run("by size", func(t *testing.T) {
		d := downloader(t, func(c *recording.DownloadConfig) { c.MaxSize = 1 << 20 })
		fails(t, d, serve(t, endless), "too_large")
	})
	t.Run("by time", func(t *testing.T) {
		d := downloader(t, func(c *recording.DownloadConfig) { c.MaxSize, c.Total = 1<<50, 50*time.Millisecond })
		var to nowhere
		_, err := d.Fetch(t.Context(), platform.NewSecret(serve(t, endless)), nil, to.create)
		failedWith(t, err, "timeout: took too long")
	})
}

func TestSilentServersAreLeft(t *testing.T) {
	for name, before := range map[string]func(http.ResponseWriter){
		"before the header": func(http.ResponseWriter) {},
		"after the header":  func(w http.ResponseWriter) { w.WriteHeader(200); w.(http.Flusher).Flush() },
		"in the file": func(w http.ResponseWriter) {
			_, _ = w.Write(wav(5000))
			w.(http.Flusher).Flush()
		},
	} {
		t.Run(name, func(t *testing.T) {
			left := make(chan struct{})
			address := serve(t, func(w http.ResponseWriter, r *http.Request) {
				before(w)
				<-r.Context().Done() // the connection is closed
				close(left)
			})
			d := downloader(t, func(c *recording.DownloadConfig) { c.Idle = 300 * time.Millisecond })
			fails(t, d, address, "timeout: silent for too long")
			<-left
		})
	}
}

func TestASlowTargetIsNotASilentServer(t *testing.T) {
	d := downloader(t, func(c *recording.DownloadConfig) { c.Idle = 250 * time.Millisecond })
	var to slow
	address := serve(t, gives("audio/wav", wav(200_000)))
	if _, err := d.Fetch(t.Context(), platform.NewSecret(address), nil, to.create); err != nil {
		t.Error(err)
	}
}

// slow takes longer over its first bytes than a server may.
type slow struct{ target }

func (s *slow) create(_, _ string) (recording.Target, error) { return s, nil }

func (s *slow) Write(p []byte) (int, error) {
	if s.Len() == 0 {
		<-time.After(400 * time.Millisecond)
	}
	return s.target.Write(p)
}

func TestWhoGivesUpGetsNoFailure(t *testing.T) {
	address := platform.NewSecret(serve(t, endless))
	ctx, cancel := context.WithCancel(t.Context())
	to := stopper{cancel: cancel}
	d := downloader(t, func(c *recording.DownloadConfig) { c.MaxSize = 1 << 50 })
	_, err := d.Fetch(ctx, address, nil, to.create)
	leaksNothing(t, err)
	var f *recording.Failure
	if !errors.Is(err, context.Canceled) || errors.As(err, &f) || !to.aborted {
		t.Errorf("got %v, aborted %v", err, to.aborted)
	}
	if _, err := d.Fetch(given(t), address, nil, to.create); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	late, end := context.WithTimeout(t.Context(), 0)
	defer end()
	_, err = d.Fetch(late, address, nil, to.create)
	failedWith(t, err, "timeout: took too long")
}

// stopper gives up as soon as there are bytes.
type stopper struct {
	nowhere
	cancel context.CancelFunc
}

func (s *stopper) create(_, _ string) (recording.Target, error) { return s, nil }

func (s *stopper) Write(p []byte) (int, error) {
	s.cancel()
	return len(p), nil
}

// nowhere keeps nothing.
type nowhere struct{ aborted bool }

func (n *nowhere) create(_, _ string) (recording.Target, error) { return n, nil }
func (n *nowhere) Write(p []byte) (int, error)                  { return len(p), nil }
func (n *nowhere) Commit() error                                { return nil }
func (n *nowhere) Abort()                                       { n.aborted = true }

func TestTroubleOfTheTargetIsStorage(t *testing.T) {
	d, address := downloader(t, nil), platform.NewSecret(serve(t, gives("audio/wav", wav(100_000))))
	own := errors.New("the lease is lost")
	full := fmt.Errorf("write %s: %w", secretPath, syscall.ENOSPC)
	for name, c := range map[string]struct {
		to   target
		make error
		want string
		is   error
	}{
		"a full disk while writing":  {target{writeErr: full}, nil, "storage: no space left on device", syscall.ENOSPC},
		"a full disk while ending":   {target{commitErr: full}, nil, "storage: no space left on device", syscall.ENOSPC},
		"a failure stays what it is": {target{commitErr: &recording.Failure{Reason: "storage", Detail: "AccessDenied"}}, nil, "storage: AccessDenied", nil},
		"an error of the caller's":   {target{}, own, "storage: failed", own},
	} {
		t.Run(name, func(t *testing.T) {
			create := c.to.create
			if c.make != nil {
				create = func(_, _ string) (recording.Target, error) { return nil, c.make }
			}
			_, err := d.Fetch(t.Context(), address, nil, create)
			failedWith(t, err, c.want)
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%v is not %v", err, c.is)
			}
			if c.make == nil && (!c.to.aborted || c.to.committed) {
				t.Errorf("aborted %v, committed %v", c.to.aborted, c.to.committed)
			}
		})
	}
}

func TestAFileIsNeverWholeInMemory(t *testing.T) {
	d, address := downloader(t, nil), platform.NewSecret(serve(t, gives("audio/wav", wav(48<<20))))
	var to nowhere
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := d.Fetch(t.Context(), address, nil, to.create); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 2<<20 {
		t.Errorf("%d bytes were allocated, by the server too", grown)
	}
}
