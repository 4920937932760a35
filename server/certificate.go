package server

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificateAge is how long a certificate is used without a look at its files.
const certificateAge = time.Second

// certificate serves a certificate from two files and follows their changes.
// A new pair that does not load (half written, mismatched) leaves the old one
// in service.
type certificate struct {
	certFile, keyFile string
	now               func() time.Time
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	stamp   string    // of the files that were read last
	looked  time.Time // when the files were looked at last
}

// newCertificate loads a certificate.
func newCertificate(certFile, keyFile string, now func() time.Time, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, now: now, log: log, looked: now()}
	c.stamp = c.stampNow()
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("load certificate %s: %w", certFile, err)
	}
	c.current = &pair
	return c, nil
}

// config is the TLS configuration of a listener with this certificate.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}

// get returns the certificate for a handshake.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.looked) >= certificateAge {
		c.looked = now
		c.refresh()
	}
	return c.current, nil
}

// refresh loads the files if they are not those that were read last. Each
// change is tried, and logged, once.
func (c *certificate) refresh() {
	stamp := c.stampNow()
	if stamp == c.stamp {
		return
	}
	c.stamp = stamp
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		c.log.Error("changed certificate not usable, keeping the one before", slog.String("file", c.certFile), slog.Any("error", err))
		return
	}
	c.current = &pair
	c.log.Info("certificate reloaded", slog.String("file", c.certFile))
}

// stampNow tells one state of the two files from another.
func (c *certificate) stampNow() string {
	stamp := ""
	for _, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			stamp += "absent;"
			continue
		}
		stamp += fmt.Sprintf("%d %d;", info.ModTime().UnixNano(), info.Size())
	}
	return stamp
}
