package server_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"xmode/call"
	"xmode/store"
)

// secured is a server that speaks TLS, and what a client needs to trust it.
type secured struct {
	*running
	clock *clock
	trust *tls.Config
}

// startSecured starts one with a platform's key.
func startSecured(t *testing.T, fake *fakeStore, args ...string) *secured {
	t.Helper()
	cert, key := writeCertificate(t, t.TempDir(), 1)
	text, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	c := newClock()
	s := start(t, options{store: fake, clock: c, env: []string{"XMODE_ALIYUN_KEYS=" + aliyunKey},
		args: append(args, "--tls-cert="+cert, "--tls-key="+key)})
	return &secured{s, c, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
}

// client speaks HTTP/1.1 or HTTP/2 to it, over one connection.
func (s *secured) client(t *testing.T, two bool) *http.Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: s.trust.Clone(), ForceAttemptHTTP2: two, MaxConnsPerHost: 1}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 20 * time.Second}
}

// asks sends a request by TLS and returns the status.
func (s *secured) asks(t *testing.T, client *http.Client, major int, path string, body io.Reader) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+s.PublicAddr().String()+path, body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	if resp.ProtoMajor != major {
		t.Errorf("%s", resp.Proto)
	}
	return resp.StatusCode
}

// TestLimitsHoldOverTLS: what is too long is refused as it is without TLS, by both
// versions of HTTP.
func TestLimitsHoldOverTLS(t *testing.T) {
	s := startSecured(t, nil)
	for major, two := range map[int]bool{1: false, 2: true} {
		client := s.client(t, two)
		for _, c := range []struct {
			what, path string
			body       int
			want       int
		}{
			{"a message without a signature", "/aliyun/call-control", 0, 401},
			{"a long address", "/aliyun/call-control?a=" + strings.Repeat("b", 20<<10), 0, 431},
			{"a long body", "/aliyun/call-control", 64 << 10, 413},
		} {
			if got := s.asks(t, client, major, c.path, bytes.NewReader(make([]byte, c.body))); got != c.want {
				t.Errorf("HTTP/%d, %s: %d, want %d", major, c.what, got, c.want)
			}
		}
		// After an answer a client of HTTP/2 knows the limit, and does not even send what is
		// beyond it.
		if got := s.asks(t, client, major, "/aliyun/call-control", nil); got != 401 {
			t.Errorf("HTTP/%d: %d", major, got)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+s.PublicAddr().String()+"/healthz?"+strings.Repeat("b", 64<<10), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if two && (err == nil || !strings.HasSuffix(err.Error(), "http2: request header list larger than peer's advertised limit")) {
			t.Error("HTTP/2: the client was not told how long a header may be")
		}
		if !two && (err != nil || resp.StatusCode != 431) {
			t.Error("HTTP/1.1: a header of 64 KiB was not refused")
		}
		if resp != nil {
			_ = resp.Body.Close()
		}
	}
}

// TestPlatformStaysOverTLS: a connection that carried a genuine message is known below
// TLS as well, and strangers make room.
func TestPlatformStaysOverTLS(t *testing.T) {
	s := startSecured(t, nil, "--max-connections=16")
	for major, two := range map[int]bool{1: false, 2: true} {
		var dials atomic.Int64
		client := s.client(t, two)
		client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			dials.Add(1)
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}
		asks := func(nonce string) int {
			return s.asks(t, client, major, query(t, aliyunKey, fmt.Sprint(major, nonce), s.clock.time()), nil)
		}
		if got := asks("first"); got != 200 {
			t.Fatalf("HTTP/%d: %d", major, got)
		}
		for range 40 {
			conn, err := net.Dial("tcp", s.PublicAddr().String())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
		}
		other := s.client(t, two) // its connection is taken once all of those before were
		if got := s.asks(t, other, major, "/aliyun/call-control", nil); got != 401 {
			t.Errorf("HTTP/%d: a new connection got %d", major, got)
		}
		if got := asks("second"); got != 200 || dials.Load() != 1 {
			t.Errorf("HTTP/%d: %d after %d dials", major, got, dials.Load())
		}
	}
}

// TestSilentHandshakeEnds: who opens a connection for TLS and says nothing is not waited
// for longer than for a header.
func TestSilentHandshakeEnds(t *testing.T) {
	t.Parallel()
	s := startSecured(t, nil)
	conn, err := net.Dial("tcp", s.PublicAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second)) // 5 s, and a busy machine
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the connection: %v", err)
	}
}

// TestRequestsTakenBackAtOnce: a client that takes its requests back as soon as it sent
// them gets no more of them worked on at a time than one that waits, and is hung up on;
// others are served.
func TestRequestsTakenBackAtOnce(t *testing.T) {
	var working, most atomic.Int64
	release := make(chan struct{})
	s := startSecured(t, &fakeStore{
		route: func(context.Context) (call.Routes, store.Seen, error) {
			for n := working.Add(1); ; {
				if m := most.Load(); n <= m || most.CompareAndSwap(m, n) {
					break
				}
			}
			<-release
			working.Add(-1)
			return call.Routes{}, store.Fresh, nil
		},
		leave: func([]call.Trace) {},
	}, "--decision-budget=10s")
	t.Cleanup(func() { close(release) })
	trust := s.trust.Clone()
	trust.NextProtos = []string{http2.NextProtoTLS}
	conn, err := tls.Dial("tcp", s.PublicAddr().String(), trust)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	goAway := make(chan http2.ErrCode, 1)
	go func() { goAway <- hungUp(conn) }()
	s.floods(t, conn, 2000)
	if code := <-goAway; code != http2.ErrCodeEnhanceYourCalm {
		t.Errorf("hung up with %s", code)
	}
	if n := most.Load(); n == 0 || n > 100 {
		t.Errorf("%d requests were worked on at a time", n)
	}
	if got := s.asks(t, s.client(t, true), 2, "/aliyun/call-control", nil); got != 401 {
		t.Errorf("somebody else got %d", got)
	}
}

// floods sends queries by HTTP/2 and takes each back, until it is hung up on.
func (s *secured) floods(t *testing.T, conn net.Conn, n int) {
	t.Helper()
	_, _ = io.WriteString(conn, http2.ClientPreface)
	framer := http2.NewFramer(conn, nil)
	_ = framer.WriteSettings()
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for i := range n {
		block.Reset()
		for _, field := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", "x"},
			{":path", query(t, aliyunKey, fmt.Sprint("taken-back-", i), s.clock.time())}} {
			_ = encoder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]})
		}
		stream := uint32(2*i + 1)
		err := framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndStream: true, EndHeaders: true})
		if err != nil || framer.WriteRSTStream(stream, http2.ErrCodeCancel) != nil {
			return
		}
	}
}

// hungUp reads until the other side says why it hangs up.
func hungUp(conn net.Conn) http2.ErrCode {
	framer := http2.NewFramer(nil, conn)
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return http2.ErrCodeNo
		}
		if away, ok := frame.(*http2.GoAwayFrame); ok {
			return away.ErrCode
		}
	}
}
