package recording_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xmode/platform"
	"xmode/recording"
)

// folder opens an archive in a new folder.
func folder(t testing.TB) (*recording.Archive, string) {
	t.Helper()
	dir := t.TempDir()
	return open(t, "file://"+dir), dir
}

func open(t testing.TB, address string) *recording.Archive {
	t.Helper()
	a, err := recording.OpenArchive(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// files are the files below a folder.
func files(t testing.TB, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			found = append(found, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func writes(t testing.TB, a *recording.Archive, key string, body []byte) *recording.Entry {
	t.Helper()
	e, err := a.Create(t.Context(), key, "audio/wav")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Write(body); err != nil {
		t.Fatal(err)
	}
	return e
}

func keeps(t testing.TB, a *recording.Archive, key string, body []byte) {
	t.Helper()
	if err := writes(t, a, key, body).Commit(); err != nil {
		t.Fatal(err)
	}
}

func exists(t testing.TB, a *recording.Archive, key string, want bool) {
	t.Helper()
	if there, err := a.Exists(t.Context(), key); err != nil || there != want {
		t.Errorf("%s exists: %v, %v, want %v", key, there, err, want)
	}
}

// archives are one of each kind, with a look at what lies in them.
func archives(t *testing.T, test func(t *testing.T, a *recording.Archive, lies func() []string)) {
	t.Run("folder", func(t *testing.T) {
		a, dir := folder(t)
		test(t, a, func() []string { return files(t, dir) })
	})
	t.Run("folder that is not synced", func(t *testing.T) {
		dir := t.TempDir()
		test(t, open(t, "file://"+dir+"?fsync=false"), func() []string { return files(t, dir) })
	})
	t.Run("bucket", func(t *testing.T) {
		b := newBucket(t)
		test(t, open(t, b.address("")), b.keys)
	})
	t.Run("bucket with a prefix", func(t *testing.T) {
		b := newBucket(t)
		test(t, open(t, b.address("/some/where/")), func() []string {
			var keys []string
			for _, k := range b.keys() {
				keys = append(keys, strings.TrimPrefix(k, "some/where/"))
			}
			return keys
		})
	})
}

func TestAFileIsThereOnceCommitted(t *testing.T) {
	archives(t, func(t *testing.T, a *recording.Archive, lies func() []string) {
		const key = "2026-07/01/abc.wav"
		e := writes(t, a, key, wav(100_000))
		exists(t, a, key, false)
		if _, err := a.Open(t.Context(), key); !errors.Is(err, recording.ErrGone) {
			t.Errorf("got %v", err)
		}
		if err := e.Commit(); err != nil {
			t.Fatal(err)
		}
		e.Abort() // does nothing
		exists(t, a, key, true)
		reads(t, a, key, wav(100_000))
		_, err := e.Write([]byte("x"))
		failedWith(t, err, "storage: the file has been ended")
		failedWith(t, e.Commit(), "storage: the file has been ended")
		keeps(t, a, key, wav(500)) // another one in its place
		reads(t, a, key, wav(500))
		if got := lies(); !slices.Equal(got, []string{key}) {
			t.Errorf("there are %q", got)
		}
		for range 2 {
			if err := a.Delete(t.Context(), key); err != nil {
				t.Error(err)
			}
		}
		exists(t, a, key, false)
	})
}

func reads(t *testing.T, a *recording.Archive, key string, want []byte) {
	t.Helper()
	c, err := a.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, want) || c.Size() != int64(len(want)) || c.ModTime().IsZero() {
		t.Errorf("read %d bytes of %d, %v", len(got), c.Size(), err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestAnAbortedFileWasNeverThere(t *testing.T) {
	archives(t, func(t *testing.T, a *recording.Archive, lies func() []string) {
		for name, end := range map[string]func(*recording.Entry, context.CancelFunc){
			"aborted":           func(e *recording.Entry, _ context.CancelFunc) { e.Abort(); e.Abort() },
			"given up, aborted": func(e *recording.Entry, stop context.CancelFunc) { stop(); e.Abort() },
			"given up, committed": func(e *recording.Entry, stop context.CancelFunc) {
				stop()
				failedWith(t, e.Commit(), "storage: context canceled")
			},
			"given up, then ended": func(e *recording.Entry, stop context.CancelFunc) { stop(); _ = e.Commit(); e.Abort() },
		} {
			for _, size := range []int{0, 5000} {
				ctx, stop := context.WithCancel(t.Context())
				e, err := a.Create(ctx, "f/abc.wav", "audio/wav")
				if err != nil {
					t.Fatal(err)
				}
				if _, err := e.Write(wav(5000)[:size]); err != nil {
					t.Fatal(err)
				}
				end(e, stop)
				stop()
				if got := lies(); len(got) > 0 {
					t.Errorf("%s after %d bytes: there are %q", name, size, got)
				}
			}
		}
	})
}

func TestContentIsServedInRanges(t *testing.T) {
	archives(t, func(t *testing.T, a *recording.Archive, _ func() []string) {
		file := wav(10_000)
		keeps(t, a, "f/abc.wav", file)
		for span, want := range map[string][]byte{"": file, "bytes=0-99": file[:100], "bytes=5000-": file[5000:], "bytes=-10": file[9990:], "bytes=20000-": nil} {
			c, err := a.Open(t.Context(), "f/abc.wav")
			if err != nil {
				t.Fatal(err)
			}
			w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Range", span)
			w.Header().Set("Content-Type", "audio/wav")
			http.ServeContent(w, r, "", c.ModTime(), c)
			if want == nil && w.Code != 416 || want != nil && !bytes.Equal(w.Body.Bytes(), want) {
				t.Errorf("%s: %d, %d bytes, want %d", span, w.Code, w.Body.Len(), len(want))
			}
			if _, err := c.Seek(-1, io.SeekStart); err == nil {
				t.Error("a place before the beginning was sought")
			}
			_ = c.Close()
		}
	})
}

func TestAFileThatGoesWhileItIsReadIsGone(t *testing.T) {
	archives(t, func(t *testing.T, a *recording.Archive, _ func() []string) {
		keeps(t, a, "f/abc.wav", wav(100))
		c, err := a.Open(t.Context(), "f/abc.wav")
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Delete(t.Context(), "f/abc.wav"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 10)); !errors.Is(err, recording.ErrGone) {
			t.Errorf("got %v", err)
		}
	})
}

func TestTidyRemovesWhatBeginsAlikeAndNothingElse(t *testing.T) {
	archives(t, func(t *testing.T, a *recording.Archive, lies func() []string) {
		others := []string{"2026-06/abc.wav", "2026-07/ab.wav", "2026-07/abd.wav", "2026-07/x/abc.wav", "abc.wav"}
		for _, key := range append(others, "2026-07/abc.wav", "2026-07/abc.2.mp3") {
			keeps(t, a, key, wav(100))
		}
		if n, err := a.Tidy(t.Context(), "2026-07/abc."); n != 2 || err != nil {
			t.Errorf("removed %d, %v", n, err)
		}
		if got := lies(); !slices.Equal(got, others) {
			t.Errorf("there are %q", got)
		}
		if n, err := a.Tidy(t.Context(), "2027-01/abc."); n != 0 || err != nil {
			t.Errorf("removed %d, %v", n, err)
		}
		for _, prefix := range []string{"", "abc", "2026-07/", "/2026-07/abc", "../2026-07/abc", "2026-07/..", "2026-07//a", "2026-07/a*"} {
			n, err := a.Tidy(t.Context(), prefix)
			if n != 0 {
				t.Errorf("%q removed %d", prefix, n)
			}
			failedWith(t, err, "storage: *")
		}
		if got := lies(); !slices.Equal(got, others) {
			t.Errorf("there are %q", got)
		}
	})
}

// A worker that was killed has closed nothing.
func TestTidyRemovesWhatAKilledWorkerLeft(t *testing.T) {
	a, dir := folder(t)
	killed := writes(t, a, "2026-07/abc.1.wav", wav(5000))
	defer killed.Abort()
	alive := writes(t, a, "2026-07/xyz.1.wav", wav(5000))
	if left := files(t, dir); len(left) != 2 || !strings.HasPrefix(left[0], "2026-07/abc.1.wav.") {
		t.Fatalf("there are %q", left)
	}
	if n, err := a.Tidy(t.Context(), "2026-07/abc."); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	if err := alive.Commit(); err != nil {
		t.Error(err)
	}
	if left := files(t, dir); !slices.Equal(left, []string{"2026-07/xyz.1.wav"}) {
		t.Errorf("there are %q", left)
	}
	failedWith(t, killed.Commit(), "storage: no such file or directory")
}

func TestKeysOfTheOutsideAreRefused(t *testing.T) {
	archives(t, func(t *testing.T, a *recording.Archive, lies func() []string) {
		for _, key := range []string{
			"", "/etc/passwd", "../x.wav", "a/../../x.wav", "a/..", "a//b.wav", "a/", "..", ".", ".hidden", "a/.hidden", "a/./b",
			"a\x00b", "a\nb", "a\x7fb", "a\\..\\b", "a b", "a?b", "a#b", "a%2e%2e", "ü.wav", "\xff", "a:b", "x.wav.tmp", "x.attrs",
			strings.Repeat("a", 201),
		} {
			_, err := a.Create(t.Context(), key, "audio/wav")
			failedWith(t, err, "storage: *")
			_, err = a.Open(t.Context(), key)
			failedWith(t, err, "storage: *")
			_, err = a.Exists(t.Context(), key)
			failedWith(t, err, "storage: *")
			failedWith(t, a.Delete(t.Context(), key), "storage: *")
		}
		if got := lies(); len(got) > 0 {
			t.Errorf("there are %q", got)
		}
	})
}

func TestAFolderThatIsAFileTakesNothing(t *testing.T) {
	a, dir := folder(t)
	if err := os.WriteFile(filepath.Join(dir, "2026-07"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := a.Create(t.Context(), "2026-07/abc.wav", "audio/wav")
	failedWith(t, err, "storage: not a directory")
	_, err = a.Open(t.Context(), "2026-07/abc.wav")
	failedWith(t, err, "storage: not a directory")
	var create recording.CreateTarget = func(ext, contentType string) (recording.Target, error) {
		e, err := a.Create(t.Context(), "2026-07/abc"+ext, contentType)
		if err != nil {
			return nil, err
		}
		return e, nil
	}
	_, err = downloader(t, nil).Fetch(t.Context(), platform.NewSecret(serve(t, gives("audio/wav", wav(99)))), nil, create)
	failedWith(t, err, "storage: not a directory")
}

func TestAFolderThatGoesTakesNothing(t *testing.T) {
	a, dir := folder(t)
	if err := a.Accessible(t.Context()); err != nil {
		t.Error(err)
	}
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("there are %q", left)
	}
	e := writes(t, a, "2026-07/abc.wav", wav(99))
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	failedWith(t, e.Commit(), "storage: no such file or directory")
	failedWith(t, a.Accessible(t.Context()), "storage: no such file or directory")
}

func TestFoldersOfRecordingsAreNotForEverybody(t *testing.T) {
	a, dir := folder(t)
	keeps(t, a, "2026-07/01/abc.wav", wav(99))
	for _, f := range []string{"2026-07", "2026-07/01"} {
		if info, err := os.Stat(filepath.Join(dir, f)); err != nil || info.Mode().Perm()&0o007 != 0 {
			t.Errorf("%s: %v, %v", f, info.Mode(), err)
		}
	}
}

func TestAMissingFolderIsNotFilledSilently(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "mnt", "recordings")
	_, err := recording.OpenArchive(t.Context(), "file://"+missing)
	want := "archive: there is no folder " + missing + "; mount or make it, or have it made by ?create_dir=true"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := os.Stat(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is %s: %v", missing, err)
	}
	keeps(t, open(t, "file://"+missing+"?create_dir=true"), "a/b.wav", wav(99))

	file := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := recording.OpenArchive(t.Context(), "file://"+file); err == nil || err.Error() != "archive: "+file+" is no folder" {
		t.Errorf("got %v", err)
	}
}
