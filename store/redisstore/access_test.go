package redisstore_test

import (
	"crypto/x509"
	"errors"
	neturl "net/url"
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
	p := storetest.Secured(t, storetest.Authorise(t), documentedRule(t, "~xmode:*"))
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

// documentedRule is what docs/REDIS.md gives a user, with the word in it.
func documentedRule(t *testing.T, word string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/REDIS.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(page)) {
		if rule, found := strings.CutPrefix(line, "user xmode on >PASSWORD "); found && strings.Contains(rule, word) {
			return strings.TrimSpace(rule)
		}
	}
	t.Fatalf("the page has no rule with %q", word)
	return ""
}

// TestSentinelLogins: servers and sentinels that want the same password, passwords of
// their own, or only one of them any.
func TestSentinelLogins(t *testing.T) {
	for name, l := range map[string]storetest.Access{
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

// TestTLSEverywhere: a Cluster and sentinels by TLS, logins included.
func TestTLSEverywhere(t *testing.T) {
	by := storetest.Authorise(t)
	cluster := storetest.Secured(t, by, documentedRule(t, "~xmode:*"), "--cluster-enabled", "yes", "--tls-cluster", "yes", "--cluster-announce-ip", "127.0.0.1")
	if _, err := cluster.Servers[0].Do("CLUSTER", "ADDSLOTSRANGE", "0", "16383"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool {
		info, _ := cluster.Servers[0].Do("CLUSTER", "INFO")
		return strings.Contains(info, "cluster_state:ok")
	})
	sentinel := storetest.Sentinel(t, storetest.Access{Data: storetest.Password, Sentinels: storetest.Password, By: by})
	for name, url := range map[string]string{"Cluster": strings.NewReplacer("rediss:", "rediss+cluster:", by.File, neturl.QueryEscape(by.File)).Replace(cluster.URL), "Sentinel": sentinel.URL} {
		t.Run(name, func(t *testing.T) {
			if err := pinged(t, url); err != nil {
				t.Error(err)
			}
			err := pinged(t, strings.Replace(url, neturl.QueryEscape(by.File), neturl.QueryEscape(storetest.Authorise(t).File), 1))
			if err == nil || !strings.Contains(err.Error(), "certificate signed by unknown authority") {
				t.Errorf("error %v", err)
			}
			hidesPassword(t, err)
		})
	}
}

// TestSentinelUsers: the user of the servers is none of the sentinels', who know nobody,
// or another one, who may do what the documented rule says.
func TestSentinelUsers(t *testing.T) {
	p := storetest.Sentinel(t, storetest.Access{})
	for _, s := range p.Servers {
		grant(t, s, storetest.User, storetest.Password, documentedRule(t, "~xmode:*"))
	}
	for _, s := range p.Sentinels {
		grant(t, s, "watcher", "storetest-watcher-4e", documentedRule(t, "+sentinel"))
	}
	url := strings.Replace(p.URL, "://", "://"+storetest.User+":"+storetest.Password+"@", 1)
	for _, login := range []string{"", "watcher:storetest-watcher-4e"} {
		if err := pinged(t, url+"?sentinel="+login); err != nil {
			t.Errorf("%q: %v", login, err)
		}
	}
	for _, wrong := range []string{"", "?sentinel=watcher:wrong-password"} {
		err := pinged(t, url+wrong)
		if err == nil || !strings.Contains(err.Error(), "sentinel") || !strings.Contains(err.Error(), "WRONGPASS") {
			t.Errorf("%q: %v", wrong, err)
		}
		hidesPassword(t, err)
	}
}

// grant makes a user while the server runs.
func grant(t *testing.T, s *storetest.Server, user, password, rule string) {
	t.Helper()
	if _, err := s.Do(append([]string{"ACL", "SETUSER", user, "on", ">" + password}, strings.Fields(rule)...)...); err != nil {
		t.Fatal(err)
	}
}
