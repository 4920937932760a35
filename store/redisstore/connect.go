package redisstore

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// ErrURL: the address of Redis is none that is understood. The text does not
// repeat it, since it may hold a password.
var ErrURL = errors.New("redis URL: use redis://, rediss://, redis+sentinel://…/master/db, redis+cluster://, rediss+sentinel:// or rediss+cluster://")

// errParameter: the address has a parameter that is not known. It is not named: a
// question mark in a password begins one.
var errParameter = errors.New("redis URL: unknown parameter; ca and sentinel are known (a question mark in a password is written %3F)")

// Connect makes a client for redis://, redis+sentinel:// and redis+cluster://
// addresses, and their TLS forms rediss…; ?ca=FILE names the certificate
// authority. Sentinels are asked with the user and password of the servers, unless
// ?sentinel=USER:PASSWORD says otherwise; ?sentinel= asks without any. It waits for
// no connection, but the client begins to dial.
func Connect(address string) (redis.UniversalClient, error) {
	o, kind, err := parseURL(address)
	if err != nil {
		return nil, err
	}
	return client(&o, kind), nil
}

// CheckURL reports what [Connect] would refuse, and dials nobody.
func CheckURL(address string) error {
	_, _, err := parseURL(address)
	return err
}

// parseURL reads an address and which kind of client it asks for.
func parseURL(address string) (o redis.UniversalOptions, kind string, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return o, "", ErrURL
	}
	scheme, kind, _ := strings.Cut(u.Scheme, "+")
	o = options()
	if o.Addrs, err = hosts(u.Host, kind); err != nil {
		return o, "", err
	}
	o.Username = u.User.Username()
	o.Password, _ = u.User.Password()
	query, err := parameters(u.RawQuery, kind)
	if err != nil {
		return o, "", err
	}
	if o.TLSConfig, err = tlsConfig(scheme, query.Get("ca")); err != nil {
		return o, "", err
	}
	setSentinelLogin(&o, query)
	err = setPlace(&o, kind, strings.Trim(u.Path, "/"))
	return o, kind, err
}

// hosts reads "h1:p1,h2:p2"; a port that is left out is the usual one.
func hosts(list, kind string) ([]string, error) {
	usual := "6379"
	if kind == "sentinel" {
		usual = "26379"
	}
	addrs := strings.Split(list, ",")
	if kind == "" && len(addrs) > 1 {
		return nil, ErrURL // which of them is the server?
	}
	for i, addr := range addrs {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			host, port = strings.Trim(addr, "[]"), usual
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || host == "" || strings.ContainsAny(host, "[]") {
			return nil, ErrURL
		}
		addrs[i] = net.JoinHostPort(host, port)
	}
	return addrs, nil
}

// options are for a store on which a caller waits: short time-outs, no retries
// behind the caller's back, and the context's deadline counts.
func options() redis.UniversalOptions {
	return redis.UniversalOptions{
		ContextTimeoutEnabled: true,
		DialTimeout:           2 * time.Second,
		ReadTimeout:           3 * time.Second,
		WriteTimeout:          3 * time.Second,
		PoolTimeout:           2 * time.Second,
		MaxRetries:            -1,
		DialerRetries:         1,
		PoolSize:              64,
		MinIdleConns:          4,
		Protocol:              2,
		DisableIdentity:       true, // Redis before 7.2 does not know the command
	}
}

// reloadEvery is how old the client's picture of a Cluster may be. Who dies tells
// nobody where its slots went: only a fresh picture does.
const reloadEvery = time.Second

// setPlace reads the path: nothing or the database; for Sentinel the master's
// name and the database.
func setPlace(o *redis.UniversalOptions, kind, path string) error {
	switch kind {
	case "sentinel":
		o.MasterName, path, _ = strings.Cut(path, "/")
		if o.MasterName == "" {
			return ErrURL
		}
	case "cluster":
		o.IsClusterMode = true
	case "":
	default:
		return ErrURL
	}
	if path == "" {
		return nil
	}
	db, err := strconv.Atoi(path)
	if err != nil || db < 0 || kind == "cluster" {
		return ErrURL
	}
	o.DB = db
	return nil
}

func client(o *redis.UniversalOptions, kind string) redis.UniversalClient {
	switch kind {
	case "sentinel":
		return redis.NewFailoverClient(o.Failover())
	case "cluster":
		c := o.Cluster()
		c.ClusterStateReloadInterval = reloadEvery
		return redis.NewClusterClient(c)
	}
	return redis.NewClient(o.Simple())
}

// parameters reads what stands behind the question mark.
func parameters(raw, kind string) (url.Values, error) {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return nil, ErrURL // its text would repeat a piece
	}
	for name := range query {
		switch {
		case name != "ca" && name != "sentinel":
			return nil, errParameter // its name may be the end of a password
		case name == "sentinel" && kind != "sentinel":
			return nil, errors.New("redis URL: sentinel is for redis+sentinel://")
		}
	}
	return query, nil
}

// setSentinelLogin says how sentinels are asked: like the servers, with a user and
// password of their own, or without any.
func setSentinelLogin(o *redis.UniversalOptions, query url.Values) {
	o.SentinelUsername, o.SentinelPassword = o.Username, o.Password
	if query.Has("sentinel") {
		o.SentinelUsername, o.SentinelPassword, _ = strings.Cut(query.Get("sentinel"), ":")
	}
}

func tlsConfig(scheme, ca string) (*tls.Config, error) {
	switch {
	case scheme == "redis" && ca == "":
		return nil, nil
	case scheme == "redis":
		return nil, errors.New("redis URL: ca is for rediss://")
	case scheme != "rediss":
		return nil, ErrURL
	case ca == "":
		return &tls.Config{MinVersion: tls.VersionTLS12}, nil
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, fmt.Errorf("redis URL: reading ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("redis URL: ca holds no certificate")
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}, nil
}

// Embedded starts a volatile Redis in this process, for demonstrations and
// development. Its clock follows now, second by second, until stop.
func Embedded(now func() time.Time) (c redis.UniversalClient, stop func(), err error) {
	m := miniredis.NewMiniRedis()
	password := newToken() // it listens on loopback: others on the machine stay out
	m.RequireAuth(password)
	if err := m.Start(); err != nil {
		return nil, nil, fmt.Errorf("starting the embedded store: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go follow(ctx, m, now)
	o := options()
	o.Addrs, o.Password = []string{m.Addr()}, password
	c = redis.NewClient(o.Simple())
	return c, func() { cancel(); _ = c.Close(); m.Close() }, nil
}

// follow moves the clock on: miniredis expires nothing by itself.
func follow(ctx context.Context, m *miniredis.Miniredis, now func() time.Time) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last := now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			t := now()
			if d := t.Sub(last); d > 0 {
				m.FastForward(d)
			}
			last = t
		}
	}
}
