package redisstore_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"xmode/store/redisstore"
)

func TestConnect(t *testing.T) {
	client := func(t *testing.T, address string) redis.UniversalClient {
		c, err := redisstore.Connect(address)
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		if err := redisstore.CheckURL(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	t.Run("standalone", func(t *testing.T) {
		o := client(t, "redis://user:pw@h1:6390/3").(*redis.Client).Options()
		if o.Addr != "h1:6390" || o.Username != "user" || o.Password != "pw" || o.DB != 3 || o.TLSConfig != nil || !o.ContextTimeoutEnabled {
			t.Errorf("%s %s %d", o.Addr, o.Username, o.DB)
		}
	})
	t.Run("usual ports", func(t *testing.T) {
		for address, want := range map[string]string{"redis://h": "h:6379", "redis://[::1]/1": "[::1]:6379", "redis://[::1]:7": "[::1]:7"} {
			if o := client(t, address).(*redis.Client).Options(); o.Addr != want {
				t.Errorf("%s: %s, want %s", address, o.Addr, want)
			}
		}
		if o := client(t, "redis+cluster://h1,h2:7").(*redis.ClusterClient).Options(); o.Addrs[0] != "h1:6379" || o.Addrs[1] != "h2:7" {
			t.Errorf("cluster: %v", o.Addrs)
		}
	})
	t.Run("TLS", func(t *testing.T) {
		if o := client(t, "rediss://h1:6390").(*redis.Client).Options(); o.TLSConfig == nil || o.TLSConfig.InsecureSkipVerify {
			t.Error("no verified TLS")
		}
	})
	t.Run("cluster", func(t *testing.T) {
		o := client(t, "rediss+cluster://h1:1,h2:2").(*redis.ClusterClient).Options()
		if len(o.Addrs) != 2 || o.Addrs[1] != "h2:2" || o.TLSConfig == nil {
			t.Errorf("addresses %v", o.Addrs)
		}
	})
	t.Run("sentinel", func(t *testing.T) {
		o := client(t, "redis+sentinel://user:pw@h1:1,h2:2/mymaster/4").(*redis.Client).Options()
		if o.Addr != "FailoverClient" || o.DB != 4 || o.Password != "pw" {
			t.Errorf("%s %d", o.Addr, o.DB)
		}
	})
}

func TestConnectRefuses(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{
		"", "localhost:6379", "http://h", "redis://", "redis+sentinel://h1:1", "redis+ring://h1:1", "redis://h/x", "redis://h/-1",
		"redis://h:99999/0", "redis://h:0", "redis://h1:1,h2:2/0", "redis://:6379", "redis+cluster://h1:1,:2",
		"redis+cluster://h/1", "redis://:geheim@h:x", "redis://h?db=1", "redis://h?ca=f", "redis://h?sentinel=", "redis+cluster://h?sentinel=u:p", "redis+sentinel://h/m?sentinel=%zzgeheim", "rediss://h?ca=/nonexistent/ca.pem", "rediss://h?ca=" + empty,
	} {
		c, err := redisstore.Connect(address)
		if err == nil {
			_ = c.Close()
			t.Errorf("%q was accepted", address)
		} else if strings.Contains(err.Error(), "geheim") {
			t.Errorf("the error repeats the password: %v", err)
		}
		if checked := redisstore.CheckURL(address); fmt.Sprint(checked) != fmt.Sprint(err) {
			t.Errorf("%q: Connect says %v, CheckURL %v", address, err, checked)
		}
	}
	if _, err := redisstore.Connect("h"); !errors.Is(err, redisstore.ErrURL) {
		t.Errorf("error %v", err)
	}
}
