package storetest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// masterName is what sentinels call the master.
const masterName = "main"

// Logins are passwords of the default user; "" asks for none.
type Logins struct {
	// Data is that of the servers, Sentinels that of those who watch over them.
	Data, Sentinels string
}

// Sentinel is a master, a replica and three sentinels, which take a server for down
// after two seconds. The URL has the servers' password, and the sentinels' where it
// is another one.
func Sentinel(t testing.TB, l Logins) *Topology {
	t.Helper()
	master := watched(t, l)
	host, port, _ := net.SplitHostPort(master.Addr)
	replica := watched(t, l, "--replicaof", host+" "+port)
	p := &Topology{Servers: []*Server{master, replica}}
	poll(t, "the replica to be in step", func() bool { return replica.info("master_link_status") == "up" })
	var addrs []string
	for range 3 {
		s := startSentinel(t, l, host, port)
		p.Sentinels, addrs = append(p.Sentinels, s), append(addrs, s.Addr)
	}
	for _, s := range p.Sentinels {
		poll(t, "the sentinels to know each other", func() bool {
			text, _ := s.Do("SENTINEL", "MASTER", masterName)
			return strings.Contains(text, "num-slaves\n1\n") && strings.Contains(text, "num-other-sentinels\n2\n") && strings.Contains(text, "flags\nmaster\n")
		})
	}
	p.URL = "redis+sentinel://" + strings.Join(addrs, ",") + "/" + masterName
	if l.Data != "" {
		p.URL = strings.Replace(p.URL, "://", "://:"+l.Data+"@", 1)
	}
	if l.Sentinels != l.Data {
		p.URL += "?sentinel="
		if l.Sentinels != "" {
			p.URL += ":" + l.Sentinels
		}
	}
	return p
}

// watched starts a server that sentinels may make a master or a replica.
func watched(t testing.TB, l Logins, args ...string) *Server {
	t.Helper()
	var as Server
	if l.Data != "" {
		as.login = []string{l.Data}
		args = append(args, "--requirepass", l.Data, "--masterauth", l.Data)
	}
	return launch(t, as, func(port int) []string { return append(settings(t, port), args...) })
}

// startSentinel starts one that watches over a master.
func startSentinel(t testing.TB, l Logins, host, port string) *Server {
	t.Helper()
	var as Server
	text := fmt.Sprintf("sentinel monitor %[1]s %s %s 2\nsentinel down-after-milliseconds %[1]s 2000\n"+
		"sentinel failover-timeout %[1]s 4000\n", masterName, host, port)
	if l.Data != "" {
		text += fmt.Sprintf("sentinel auth-pass %s %s\n", masterName, l.Data)
	}
	if l.Sentinels != "" {
		as.login = []string{l.Sentinels}
		text += fmt.Sprintf("requirepass %[1]s\nsentinel sentinel-pass %[1]s\n", l.Sentinels)
	}
	return launch(t, as, func(port int) []string {
		dir := t.TempDir()
		file := filepath.Join(dir, "sentinel.conf") // in which it notes what it learns
		own := fmt.Sprintf("port %d\nbind 127.0.0.1\ndir %s\nloglevel warning\n%s", port, dir, text)
		if err := os.WriteFile(file, []byte(own), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{file, "--sentinel"}
	})
}
