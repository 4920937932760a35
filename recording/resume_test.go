package recording_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"xmode/recording"
)

// breaking serves a file that breaks off where cuts say, one a request; then
// whole. header is what the server says of it; later answers each request but the
// first one, if it is set.
type breaking struct {
	file   []byte
	cuts   []int
	header map[string]string
	later  http.HandlerFunc

	mu     sync.Mutex
	ranges []string // of the requests
}

// next notes a request and returns its number and where its answer breaks off.
func (b *breaking) next(r *http.Request) (n, cut int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ranges = append(b.ranges, r.Header.Get("Range"))
	cut = len(b.file)
	if len(b.cuts) > 0 {
		cut, b.cuts = b.cuts[0], b.cuts[1:]
	}
	return len(b.ranges), cut
}

func (b *breaking) asked() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ranges
}

func (b *breaking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, cut := b.next(r)
	for name, value := range b.header {
		w.Header().Set(name, value)
	}
	if n > 1 && b.later != nil {
		b.later(w, r)
		return
	}
	date, _ := http.ParseTime(b.header["Last-Modified"])
	http.ServeContent(&cutter{w, cut, b.header}, r, "x.wav", date, bytes.NewReader(b.file))
}

// cutter breaks the connection after some bytes, and insists on its header.
type cutter struct {
	http.ResponseWriter
	left   int
	header map[string]string
}

func (c *cutter) WriteHeader(status int) {
	for name, value := range c.header {
		c.Header().Set(name, value)
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *cutter) Write(p []byte) (int, error) {
	if len(p) > c.left {
		_, _ = c.ResponseWriter.Write(p[:c.left])
		c.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	c.left -= len(p)
	return c.ResponseWriter.Write(p)
}

func TestDownloadsThatAreCutOffGoOn(t *testing.T) {
	file := wav(200_000)
	for name, b := range map[string]*breaking{
		"by a strong ETag":             {header: map[string]string{"ETag": `"v1"`}, cuts: []int{70_000}},
		"twice":                        {header: map[string]string{"ETag": `"v1"`}, cuts: []int{70_000, 70_000}},
		"before the first bytes":       {header: map[string]string{"ETag": `"v1"`}, cuts: []int{5, 5}},
		"by a date":                    {header: map[string]string{"Last-Modified": "Mon, 02 Jan 2006 15:04:05 GMT"}, cuts: []int{199_999}},
		"by a date beside a weak ETag": {header: map[string]string{"ETag": `W/"v1"`, "Last-Modified": "Mon, 02 Jan 2006 15:04:05 GMT"}, cuts: []int{1000}},
	} {
		t.Run(name, func(t *testing.T) {
			b.file = file
			cuts := len(b.cuts)
			fetches(t, downloader(t, nil), serve(t, b.ServeHTTP), file)
			if asked := b.asked(); len(asked) != cuts+1 {
				t.Errorf("asked for %q", asked)
			}
		})
	}
}

func TestDownloadsThatCannotGoOnFail(t *testing.T) {
	const cut = "cut_off: the connection ended early"
	tag := map[string]string{"ETag": `"v1"`}
	// part answers with a part that is none of the file.
	part := func(span, etag string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", span)
			w.Header().Set("ETag", etag)
			w.WriteHeader(206)
			_, _ = w.Write(body)
		}
	}
	rest := wav(5000)[4000:]
	for name, c := range map[string]struct {
		b    *breaking
		want string
		asks int
	}{
		"without a validator":        {&breaking{}, cut, 1},
		"with a weak ETag":           {&breaking{header: map[string]string{"ETag": `W/"v1"`}}, cut, 1},
		"with a date that is none":   {&breaking{header: map[string]string{"Last-Modified": "yesterday"}}, cut, 1},
		"where ranges are not taken": {&breaking{header: map[string]string{"ETag": `"v1"`, "Accept-Ranges": "none"}}, cut, 1},
		"another version, whole":     {&breaking{header: tag, later: gives("audio/wav", wav(6000))}, "cut_off: not resumed: 200", 2},
		"the address is over":        {&breaking{header: tag, later: says(403, "")}, "cut_off: not resumed: 403", 2},
		"another beginning":          {&breaking{header: tag, later: part("bytes 0-999/5000", `"v1"`, rest)}, "cut_off: not resumed: another range", 2},
		"another total":              {&breaking{header: tag, later: part("bytes 4000-4999/6000", `"v1"`, rest)}, "cut_off: not resumed: another range", 2},
		"no total":                   {&breaking{header: tag, later: part("bytes 4000-4999/*", `"v1"`, rest)}, "cut_off: not resumed: another range", 2},
		"no range":                   {&breaking{header: tag, later: part("", `"v1"`, rest)}, "cut_off: not resumed: another range", 2},
		"another ETag":               {&breaking{header: tag, later: part("bytes 4000-4999/5000", `"v2"`, rest)}, "cut_off: not resumed: another version", 2},
		"another length":             {&breaking{header: tag, later: part("bytes 4000-4999/5000", `"v1"`, rest[:500])}, "cut_off: not resumed: another length", 2},
		"redirected elsewhere":       {&breaking{header: tag, later: redirects(302, "https://evil.org/"+secretPath)}, "address_refused: the host is not on the list", 2},
		"too often":                  {&breaking{header: tag, later: func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }}, "cut_off: no answer", 3},
	} {
		t.Run(name, func(t *testing.T) {
			b := c.b
			b.file, b.cuts = wav(5000), []int{4000}
			fails(t, downloader(t, nil), serve(t, b.ServeHTTP), c.want)
			if asked := b.asked(); len(asked) != c.asks {
				t.Errorf("asked for %q, want %d", asked, c.asks)
			}
		})
	}
}

func TestResumingIsASetting(t *testing.T) {
	b := breaking{file: wav(5000), cuts: []int{4000}, header: map[string]string{"ETag": `"v1"`}}
	d := downloader(t, func(c *recording.DownloadConfig) { c.Resumes = 0 })
	fails(t, d, serve(t, b.ServeHTTP), "cut_off: the connection ended early")
	if asked := b.asked(); len(asked) != 1 {
		t.Errorf("asked for %q", asked)
	}
}

// A rest without a length must not bring more than was promised.
func TestMoreThanWasPromisedIsRefused(t *testing.T) {
	file := wav(5000)
	first := fmt.Sprintf("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 5000\r\nConnection: close\r\n\r\n%s", file[:4000])
	second := "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 4000-4999/5000\r\nConnection: close\r\n\r\n" + strings.Repeat("x", 2000)
	var requests atomic.Int32
	address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, buffer, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = buffer.WriteString([]string{first, second}[min(requests.Add(1), 2)-1])
		_ = buffer.Flush()
		_ = conn.Close()
	})
	fails(t, downloader(t, nil), address, "cut_off: more bytes than were promised")
}
