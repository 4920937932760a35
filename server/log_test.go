package server_test

import (
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"xmode/server"
)

// TestPanicsOutsideHandlersTellNoValue: an answer that cannot go on is cut off, and
// neither the log nor net/http's own holds what the panic was about.
func TestPanicsOutsideHandlersTellNoValue(t *testing.T) {
	for name, c := range map[string]struct {
		value any
		logs  string
	}{
		"a text":     {"caller +8613900000022", `level=ERROR msg="panic outside the handlers" listener=public type=string` + "\n"},
		"an error":   {errors.New("13900000022"), `level=ERROR msg="panic outside the handlers" listener=public type=*errors.errorString` + "\n"},
		"on purpose": {http.ErrAbortHandler, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var text logBuffer
			logger := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
			panics := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(c.value) })
			s := httptest.NewUnstartedServer(server.Guarded(panics, logger))
			s.Config.ErrorLog = log.New(&text, "", 0)
			s.Start()
			resp, err := s.Client().Get(s.URL)
			if err == nil {
				_ = resp.Body.Close()
			}
			s.Close()
			if !errors.Is(err, io.EOF) || text.String() != c.logs {
				t.Errorf("answered with %v, logged %q, want %q", err, text.String(), c.logs)
			}
		})
	}
}

// TestLibraryLog: that a library complains is told, and of what it says how long it is.
func TestLibraryLog(t *testing.T) {
	var text logBuffer
	logger := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: withoutTime}))
	log.New(server.LibraryLog(logger), "", 0).Print("13900000022")
	want := `level=DEBUG msg="a library complains; its text may quote what others sent, and is left out" bytes=12` + "\n"
	if text.String() != want {
		t.Errorf("logged %q, want %q", text.String(), want)
	}
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
