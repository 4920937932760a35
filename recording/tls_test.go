package recording_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xmode/recording"
)

// quiet starts a server that keeps complaints about handshakes to itself, and
// counts connections.
func quiet(t *testing.T, h http.Handler, start func(*httptest.Server)) (s *httptest.Server, connections *tally) {
	t.Helper()
	connections = new(tally)
	s = httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) { connections.add(state.String()) }
	start(s)
	t.Cleanup(s.Close)
	return s, connections
}

// example reaches a server under the name example.com, for which httptest's
// certificate is, and under other.example.org, for which it is not.
func example(t *testing.T, s *httptest.Server, change func(*recording.DownloadConfig)) (d *recording.Downloader, port string) {
	t.Helper()
	d = downloader(t, func(c *recording.DownloadConfig) {
		c.Hosts = []string{"example.com", secretHost + ".example.org"}
		c.Resolver = names(t, map[string]string{"example.com.": "127.0.0.1", secretHost + ".example.org.": "127.0.0.1"})
		if s.Certificate() != nil {
			c.CA = x509.NewCertPool()
			c.CA.AddCert(s.Certificate())
		}
		if change != nil {
			change(c)
		}
	})
	return d, s.URL[strings.LastIndex(s.URL, ":"):]
}

func TestCertificatesAreChecked(t *testing.T) {
	s, _ := quiet(t, gives("audio/wav", wav(99)), (*httptest.Server).StartTLS)
	d, port := example(t, s, nil)
	fetches(t, d, "https://example.com"+port+secretPart, wav(99))
	other := "https://" + secretHost + ".example.org" + port + secretPart
	fails(t, d, other, "tls: the certificate is another host's")

	d, _ = example(t, s, func(c *recording.DownloadConfig) { c.CA = x509.NewCertPool() })
	fails(t, d, "https://example.com"+port+secretPart, "tls: the certificate is signed by an unknown authority")

	d, _ = example(t, s, func(c *recording.DownloadConfig) {
		c.CA, c.InsecureHosts = x509.NewCertPool(), []string{".example.org"}
	})
	fetches(t, d, other, wav(99))
	fails(t, d, "https://example.com"+port+secretPart, "tls: the certificate is signed by an unknown authority")
}

func TestTLSThatDoesNotComeAbout(t *testing.T) {
	plain, _ := quiet(t, gives("audio/wav", wav(99)), (*httptest.Server).Start)
	d, port := example(t, plain, nil)
	fails(t, d, "https://example.com"+port+secretPart, "tls: no handshake")

	old, _ := quiet(t, gives("audio/wav", wav(99)), func(s *httptest.Server) {
		s.TLS = &tls.Config{MaxVersion: tls.VersionTLS11}
		s.StartTLS()
	})
	d, port = example(t, old, nil)
	fails(t, d, "https://example.com"+port+secretPart, "tls: protocol version not supported")
}

func TestPlainHostsAreAskedWithTLSFirst(t *testing.T) {
	var asked tally
	s, _ := quiet(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil {
			asked.add("tls")
		}
		if strings.HasSuffix(r.URL.Path, "gone") {
			w.WriteHeader(404)
			return
		}
		gives("audio/wav", wav(99))(w, r)
	}), (*httptest.Server).StartTLS)
	d, port := example(t, s, nil)
	fetches(t, d, "http://example.com"+port+secretPart, wav(99), "example.com")
	// A status is an answer: nobody asks again without TLS.
	fails(t, d, "http://example.com"+port+"/gone", "status: 404", "example.com")
	if asked.of("tls") != 2 {
		t.Errorf("asked %d times with TLS", asked.of("tls"))
	}
	// A host that is on no list of plain ones is not asked at all.
	fails(t, d, "http://example.com"+port+secretPart, "insecure: plain HTTP is not allowed for this host", ".example.com")
}

func TestPlainHostsAreAskedWithoutTLSWhereTheySpeakNone(t *testing.T) {
	s, connections := quiet(t, gives("audio/wav", wav(99)), (*httptest.Server).Start)
	now := time.Now()
	d, port := example(t, s, func(c *recording.DownloadConfig) { c.Now = func() time.Time { return now } })
	address := "http://example.com" + port + secretPart
	for range 3 {
		fetches(t, d, address, wav(99), "example.com")
	}
	if n := connections.of("new"); n != 2 {
		t.Errorf("%d connections for three files, want one with TLS and one without", n)
	}
	now = now.Add(10 * time.Minute)
	fetches(t, d, address, wav(99), "example.com")
	if n := connections.of("new"); n != 3 {
		t.Errorf("%d connections, want another one with TLS after ten minutes", n)
	}
}

func TestNobodyThereIsNotRememberedAsPlain(t *testing.T) {
	s, _ := quiet(t, gives("audio/wav", wav(99)), (*httptest.Server).Start)
	d, _ := example(t, s, nil)
	fails(t, d, "http://example.com"+strings.TrimPrefix(closedPort(t), "127.0.0.1")+secretPart, "unreachable: connection refused", "example.com")
}

func TestARedirectionMayNotTakeTLSAway(t *testing.T) {
	for plain, want := range map[string]string{
		"other.invalid": "insecure: plain HTTP is not allowed for this host",
		"example.com":   "",
	} {
		there, _ := quiet(t, gives("audio/wav", wav(99)), (*httptest.Server).Start)
		location := "http://example.com" + there.URL[strings.LastIndex(there.URL, ":"):] + secretPart
		s, _ := quiet(t, redirects(302, location), (*httptest.Server).StartTLS)
		d, port := example(t, s, nil)
		if want == "" {
			fetches(t, d, "https://example.com"+port+secretPart, wav(99), plain)
		} else {
			fails(t, d, "https://example.com"+port+secretPart, want, plain)
		}
	}
}
