package load_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"xmode/simulator/load"
)

// talks answers whatever comes on each connection in its own words, again and
// again if asked to. It returns its address.
func talks(t *testing.T, words string, again bool) string {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	go func() {
		for {
			conn, err := socket.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for in := make([]byte, 64<<10); ; {
					if _, err := conn.Read(in); err != nil {
						return
					}
					_, err := conn.Write([]byte(words))
					for again && err == nil {
						_, err = conn.Write([]byte("X-More: " + strings.Repeat("x", 4096) + "\r\n"))
					}
				}
			}()
		}
	}()
	return "http://" + socket.Addr().String()
}

// hears plays one call to an address, and returns what was found about its query.
func hears(t *testing.T, address string) (found []string) {
	t.Helper()
	l, err := load.New(load.Config{
		URL: address, Platform: &toy{kept: map[string]bool{}}, Parties: []load.Party{{X: "17000000001"}}, Prefix: "call-", Calls: 1, Speed: 1e6, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, f := range l.Run(ctx).Findings {
		if f.Kind == "query" {
			found = append(found, f.Text)
		}
	}
	return found
}

func TestAnswersThatAreOdd(t *testing.T) {
	const lost = "no usable answer, the call is lost: "
	for name, c := range map[string]struct {
		words string
		again bool
		want  string
	}{
		"a head without end":           {"HTTP/1.1 200 OK\r\n", true, lost + "the answer is longer than 64 KiB"},
		"another protocol":             {"SSH-2.0-13900000022\r\n", false, lost + "the answer is no HTTP"},
		"a header that is none":        {"HTTP/1.1 200 OK\r\n13900000022\r\n\r\n", false, lost + "the answer is no HTTP"},
		"an answer that is on its way": {"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nreject", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(hears(t, talks(t, c.words, c.again)), "; "); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}
