package recording_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xmode/platform"
	"xmode/recording"
)

// bucket speaks as much of S3 as an archive needs.
type bucket struct {
	server *httptest.Server
	// before answers requests in place of the bucket, if it returns true.
	before func(w http.ResponseWriter, r *http.Request) bool

	mu      sync.Mutex
	objects map[string][]byte
	parts   map[string][]byte
	asked   []string
}

func newBucket(t testing.TB) *bucket {
	t.Helper()
	// Nothing of the machine's own settings, and no question to a metadata service.
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "t0psecret", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_PROFILE": "",
	} {
		t.(interface{ Setenv(string, string) }).Setenv(name, value)
	}
	b := &bucket{objects: make(map[string][]byte), parts: make(map[string][]byte)}
	b.server = httptest.NewServer(b)
	t.Cleanup(b.server.Close)
	return b
}

// address is that of the archive in the bucket.
func (b *bucket) address(path string) string {
	return "s3://box" + path + "?region=cn-north-1&use_path_style=true&endpoint=" + b.server.URL
}

func (b *bucket) keys() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var keys []string
	for k := range b.objects {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// questions are the requests so far.
func (b *bucket) questions() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.asked)
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if b.before != nil && b.before(w, r) {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // given up
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	key, q := strings.TrimPrefix(r.URL.Path, "/box/"), r.URL.Query()
	question := r.Method
	for _, name := range []string{"uploads", "partNumber", "uploadId"} {
		if q.Has(name) {
			question += " " + name
		}
	}
	b.asked = append(b.asked, question)
	switch question {
	case "PUT":
		b.objects[key] = body
	case "POST uploads":
		_, _ = io.WriteString(w, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
	case "PUT partNumber uploadId":
		b.parts[key] = append(b.parts[key], body...)
		w.Header().Set("ETag", `"part"`)
	case "POST uploadId":
		b.objects[key] = b.parts[key]
		_, _ = io.WriteString(w, "<CompleteMultipartUploadResult><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>")
	case "DELETE", "DELETE uploadId":
		delete(b.objects, key)
		w.WriteHeader(204)
	case "GET", "HEAD":
		b.give(w, r, key)
	}
}

func (b *bucket) give(w http.ResponseWriter, r *http.Request, key string) {
	if strings.Trim(r.URL.Path, "/") == "box" {
		b.list(w, r.URL.Query().Get("prefix"))
		return
	}
	object, ok := b.objects[key]
	if !ok {
		refuses(404, "NoSuchKey")(w, r)
		return
	}
	w.Header().Set("Content-Type", "audio/wav")
	http.ServeContent(w, r, "", time.Unix(1_000_000_000, 0), bytes.NewReader(object))
}

func (b *bucket) list(w http.ResponseWriter, prefix string) {
	type object struct {
		Key, LastModified string
		Size              int
	}
	page := struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []object
	}{}
	for k, v := range b.objects {
		if strings.HasPrefix(k, prefix) {
			page.Contents = append(page.Contents, object{k, "2026-07-01T00:00:00Z", len(v)})
		}
	}
	_ = xml.NewEncoder(w).Encode(page)
}

// refuses answers as S3 does.
func refuses(status int, code string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, secretPath)
	}
}

func TestABucketThatRefusesIsStorage(t *testing.T) {
	for name, c := range map[string]struct {
		refusal http.HandlerFunc
		want    string
	}{
		"no right":               {refuses(403, "AccessDenied"), "storage: AccessDenied"},
		"no bucket":              {refuses(404, "NoSuchBucket"), "storage: NoSuchBucket"},
		"no room":                {refuses(400, "QuotaExceeded"), "storage: QuotaExceeded"},
		"a code that is no word": {refuses(403, "see http://x/"+secretPath), "storage: *"},
		"no XML":                 {says(403, "x"), "storage: *"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBucket(t)
			a := open(t, b.address(""))
			b.before = func(w http.ResponseWriter, r *http.Request) bool {
				_, _ = io.Copy(io.Discard, r.Body)
				c.refusal(w, r)
				return true
			}
			create := func(ext, contentType string) (recording.Target, error) {
				return a.Create(t.Context(), "f/abc"+ext, contentType)
			}
			address := platform.NewSecret(serve(t, gives("audio/wav", wav(100_000))))
			_, err := downloader(t, nil).Fetch(t.Context(), address, nil, create)
			failedWith(t, err, c.want)
			if name != "no bucket" {
				_, err = a.Exists(t.Context(), "f/abc.wav")
				failedWith(t, err, "storage: *")
				failedWith(t, a.Delete(t.Context(), "f/abc.wav"), "storage: *")
			}
			failedWith(t, a.Accessible(t.Context()), "storage: *")
			_, err = a.Tidy(t.Context(), "f/abc.")
			if name != "no bucket" {
				failedWith(t, err, "storage: *")
			}
			if keys := b.keys(); len(keys) > 0 {
				t.Errorf("there are %q", keys)
			}
		})
	}
}

func TestABucketThatIsNotThereIsStorage(t *testing.T) {
	b := newBucket(t)
	a := open(t, strings.Replace(b.address(""), b.server.URL, "http://"+closedPort(t), 1))
	err := writes(t, a, "f/abc.wav", wav(99)).Commit()
	failedWith(t, err, "storage: connection refused")
}

func TestABucketThatHangsIsLeft(t *testing.T) {
	b := newBucket(t)
	release := make(chan struct{})
	defer close(release)
	b.before = func(_ http.ResponseWriter, r *http.Request) bool {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
		case <-release:
		}
		return true
	}
	a := open(t, b.address(""))
	recording.SetStall(a, 50*time.Millisecond)
	failedWith(t, writes(t, a, "f/abc.wav", wav(99)).Commit(), "storage: timed out")
	// A larger file hangs while it is being written.
	e, err := a.Create(t.Context(), "f/abc.wav", "audio/wav")
	for err == nil {
		_, err = e.Write(wav(1 << 20))
	}
	failedWith(t, err, "storage: timed out")
	e.Abort()
}

func TestLargeFilesGoToABucketInParts(t *testing.T) {
	b := newBucket(t)
	a := open(t, b.address(""))
	large := wav(18 << 20)
	keeps(t, a, "f/abc.wav", large)
	reads(t, a, "f/abc.wav", large)
	if keys := b.keys(); !slices.Equal(keys, []string{"f/abc.wav"}) {
		t.Errorf("there are %q", keys)
	}
}

func TestAnAbortedLargeFileLeavesNoParts(t *testing.T) {
	b := newBucket(t)
	a := open(t, b.address(""))
	e := writes(t, a, "f/abc.wav", wav(23<<20))
	e.Abort()
	asked := b.questions()
	if keys := b.keys(); len(keys) > 0 || !slices.Contains(asked, "DELETE uploadId") || slices.Contains(asked, "POST uploadId") {
		t.Errorf("there are %q after %q", keys, asked)
	}
}
