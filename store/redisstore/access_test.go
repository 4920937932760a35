package redisstore_test

import (
	"crypto/x509"
	"errors"
	"os"
	"strings"
	"testing"

	"xmode/store"
	"xmode/store/redisstore"
	"xmode/store/storetest"
)

// TestTLSIsVerified: a server is only talked to when its certificate is for the
// host that was dialled, by an authority that was named. What is wrong is said, and
// holds no secret.
func TestTLSIsVerified(t *testing.T) {
	url := storetest.Secured(t, storetest.Authorise(t), storetest.FullAccess).URL
	if err := pinged(t, url); err != nil {
		t.Fatal(err)
	}
	bare, _, _ := strings.Cut(url, "?")
	var stranger x509.UnknownAuthorityError
	var elsewhere x509.HostnameError
	for name, c := range map[string]struct {
		url string
		is  any
	}{
		"another authority": {bare + "?ca=" + storetest.Authorise(t).File, &stranger},
		"no authority":      {bare, &stranger},
		"another host":      {strings.Replace(url, "127.0.0.1", "localhost", 1), &elsewhere},
	} {
		t.Run(name, func(t *testing.T) {
			err := pinged(t, c.url)
			if !errors.As(err, c.is) || !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("error %v", err)
			}
			hidesPassword(t, err)
		})
	}
}

// hidesPassword asserts that an error holds no part of how we log in.
func hidesPassword(t *testing.T, err error) {
	t.Helper()
	for _, secret := range []string{storetest.Password, storetest.User + ":", "wrong-password"} {
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("error %v", err)
		}
	}
}

// TestLoginIsRefused: what the server says of it is said, and no secret.
func TestLoginIsRefused(t *testing.T) {
	url := storetest.Secured(t, storetest.Authorise(t), storetest.FullAccess).URL
	for name, c := range map[string]struct{ from, to, class string }{
		"password": {storetest.Password, "wrong-password", "WRONGPASS"},
		"user":     {storetest.User, "wrong-user", "WRONGPASS"},
		"none":     {storetest.User + ":" + storetest.Password + "@", "", "NOAUTH"},
	} {
		t.Run(name, func(t *testing.T) {
			err := pinged(t, strings.Replace(url, c.from, c.to, 1))
			var failure *store.Failure
			if !errors.As(err, &failure) || failure.Class != c.class || !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("error %v", err)
			}
			hidesPassword(t, err)
		})
	}
}

// TestDocumentedAccessSuffices runs the whole contract as a user who may do what the
// documented rule says, and shows that the rule forbids what it should.
func TestDocumentedAccessSuffices(t *testing.T) {
	p := storetest.Secured(t, storetest.Authorise(t), documentedRule(t))
	client := reach(t, p.URL)
	for _, forbidden := range [][]any{
		{"get", "other:key"}, {"keys", "*"}, {"flushall"}, {"config", "set", "maxmemory", "1"}, {"acl", "list"}, {"shutdown"}, {"replicaof", "no", "one"}, {"subscribe", "any"},
	} {
		if err := client.Do(t.Context(), forbidden...).Err(); err == nil || !strings.HasPrefix(err.Error(), "NOPERM ") {
			t.Errorf("%v: %v", forbidden, err)
		}
	}
	storetest.Contract(t, opener(client, func(c *redisstore.Config) { c.Prefix = "xmode:" + c.Prefix }))
}

// documentedRule is what docs/REDIS.md gives the user.
func documentedRule(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/REDIS.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "\nuser xmode on >PASSWORD ")
	rule, _, _ := strings.Cut(rest, "\n")
	if !found {
		t.Fatal("the page has no rule")
	}
	return rule
}

// TestSentinelLogins: servers and sentinels that want the same password, passwords of
// their own, or only one of them any.
func TestSentinelLogins(t *testing.T) {
	for name, l := range map[string]storetest.Logins{
		"the same":     {Data: storetest.Password, Sentinels: storetest.Password},
		"their own":    {Data: storetest.Password, Sentinels: "storetest-sentinels-59"},
		"servers only": {Data: storetest.Password},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := storetest.Sentinel(t, l).URL
			if err := pinged(t, url); err != nil {
				t.Fatal(err)
			}
			if l.Data == l.Sentinels || l.Sentinels == "" { // who wants no password takes any
				return
			}
			bare, _, _ := strings.Cut(url, "?")
			err := pinged(t, bare) // asks the sentinels with the servers' password
			if err == nil || !strings.Contains(err.Error(), "sentinel") {
				t.Errorf("error %v", err)
			}
			hidesPassword(t, err)
		})
	}
}
