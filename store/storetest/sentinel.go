package storetest

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// masterName is what sentinels call the master.
const masterName = "main"

// Access is how one gets in. The zero value keeps nobody out.
type Access struct {
	// Data is the password of the servers' default user, Sentinels that of those
	// who watch over them; "" asks for none.
	Data, Sentinels string
	// By signs certificates for 127.0.0.1, and all speak TLS only; nil: none does.
	By *Authority
}

// Sentinel is a master, a replica and three sentinels, which take a server for down
// after two seconds. The URL has the servers' password, and the sentinels' where it
// is another one.
func Sentinel(t testing.TB, l Access) *Topology {
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
	p.URL = l.sentinelURL(addrs)
	return p
}

func (l Access) sentinelURL(addrs []string) string {
	scheme, login, query := "redis", "", url.Values{}
	if l.By != nil {
		scheme = "rediss"
		query.Set("ca", l.By.File)
	}
	if l.Data != "" {
		login = ":" + l.Data + "@"
	}
	switch l.Sentinels {
	case l.Data:
	case "":
		query.Set("sentinel", "")
	default:
		query.Set("sentinel", ":"+l.Sentinels)
	}
	text := scheme + "+sentinel://" + login + strings.Join(addrs, ",") + "/" + masterName
	if len(query) > 0 {
		text += "?" + query.Encode()
	}
	return text
}

// watched starts a server that sentinels may make a master or a replica.
func watched(t testing.TB, l Access, args ...string) *Server {
	t.Helper()
	var as Server
	if l.Data != "" {
		as.login = []string{l.Data}
		args = append(args, "--requirepass", l.Data, "--masterauth", l.Data)
	}
	if l.By == nil {
		return launch(t, as, func(port int) []string { return append(settings(t, port), args...) })
	}
	as.tls = l.By.trusted()
	args = append(args, "--tls-replication", "yes")
	return launch(t, as, func(port int) []string { return append(append(settings(t, 0), l.By.options(port)...), args...) })
}

// startSentinel starts one that watches over a master.
func startSentinel(t testing.TB, l Access, host, port string) *Server {
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
	if l.By != nil {
		as.tls = l.By.trusted()
	}
	return launch(t, as, func(port int) []string {
		dir := t.TempDir()
		file := filepath.Join(dir, "sentinel.conf") // in which it notes what it learns
		own := fmt.Sprintf("port %d\nbind 127.0.0.1\ndir %s\nloglevel warning\n%s", port, dir, text)
		if l.By != nil {
			options := l.By.options(port)
			own = strings.Replace(own, fmt.Sprintf("port %d\n", port), "port 0\ntls-replication yes\n", 1)
			for i := 0; i < len(options); i += 2 {
				own += strings.TrimPrefix(options[i], "--") + " " + options[i+1] + "\n"
			}
		}
		if err := os.WriteFile(file, []byte(own), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{file, "--sentinel"}
	})
}
