package storetest

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Topology is a set of real redis-server processes on loopback that a store runs
// on, as somebody would set them up.
type Topology struct {
	// URL is what XMODE_REDIS calls it.
	URL string
	// Servers hold the data: masters first, then their replicas.
	Servers []*Server
	// Sentinels watch over the servers.
	Sentinels []*Server
}

// Topologies are all kinds, by name. Each call of one starts servers anew.
func Topologies() map[string]func(testing.TB) *Topology {
	return map[string]func(testing.TB) *Topology{
		"standalone": Standalone,
		"TLS":        func(t testing.TB) *Topology { return Secured(t, Authorise(t), FullAccess) },
		"Sentinel":   func(t testing.TB) *Topology { return Sentinel(t, Access{}) },
		"Cluster":    Cluster,
	}
}

// Standalone is one server.
func Standalone(t testing.TB) *Topology {
	t.Helper()
	s := Serve(t)
	return &Topology{URL: "redis://" + s.Addr, Servers: []*Server{s}}
}

// User and Password are those of a secured server. FullAccess lets the user do
// anything.
const (
	User       = "storetest"
	Password   = "storetest-password-b0a7"
	FullAccess = "~* &* +@all"
)

// Secured is one server that listens by TLS only, with a certificate for 127.0.0.1
// by the authority, and knows only [User], who may do what the rule of Redis' ACL
// says. Extra arguments are appended to its command line.
func Secured(t testing.TB, by *Authority, rule string, args ...string) *Topology {
	t.Helper()
	dir := t.TempDir()
	acl := filepath.Join(dir, "users.acl")
	admin := "user operator on >" + Password + " " + FullAccess + "\n" // who looks on
	if err := os.WriteFile(acl, []byte("user default off\n"+admin+"user "+User+" on >"+Password+" "+rule+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	as := Server{tls: by.trusted(), login: []string{"operator", Password}}
	s := launch(t, as, func(port int) []string {
		return append(append(append(settings(t, 0), by.options(port)...), "--aclfile", acl), args...)
	})
	return &Topology{URL: "rediss://" + User + ":" + Password + "@" + s.Addr + "?ca=" + by.File, Servers: []*Server{s}}
}

// Master is the server that takes writes to a key at present, and "" stands for any
// key: the one that says of itself that it does. It waits until there is one.
func (p *Topology) Master(key string) *Server {
	t := p.Servers[0].t
	t.Helper()
	var found *Server
	poll(t, "a master", func() bool {
		for _, s := range p.Servers {
			if s.up() && s.IsMaster() && s.owns(key) {
				found = s
				return true
			}
		}
		return false
	})
	return found
}

// ReplicaOf is a server that replicates another one and is in step with it. It
// waits until there is one.
func (p *Topology) ReplicaOf(master *Server) *Server {
	t := p.Servers[0].t
	t.Helper()
	_, port, _ := net.SplitHostPort(master.Addr)
	var found *Server
	poll(t, "a replica", func() bool {
		for _, s := range p.Servers {
			if s != master && s.up() && s.info("role") == "slave" && s.info("master_port") == port && s.info("master_link_status") == "up" {
				found = s
				return true
			}
		}
		return false
	})
	return found
}

// IsMaster reports whether the server says that it is one.
func (s *Server) IsMaster() bool { return s.info("role") == "master" }

// Replicas is how many replicas are in step with the server.
func (s *Server) Replicas() int {
	text, _ := s.Do("INFO", "replication")
	return strings.Count(text, "state=online")
}

// info is a field of what the server says of replication; "" where it says nothing.
func (s *Server) info(field string) string {
	text, _ := s.Do("INFO", "replication")
	for line := range strings.Lines(text) {
		if name, value, _ := strings.Cut(strings.TrimSpace(line), ":"); name == field {
			return value
		}
	}
	return ""
}

// poll waits until it is so, for at most a minute.
func poll(t testing.TB, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(time.Minute)
	for !so() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// Settled waits until all who are up know that a server is a master now.
func (p *Topology) Settled(t testing.TB, master *Server) {
	t.Helper()
	for _, s := range p.Sentinels {
		poll(t, "the sentinels to know the master", func() bool {
			text, _ := s.Do("SENTINEL", "GET-MASTER-ADDR-BY-NAME", masterName)
			return strings.ReplaceAll(text, "\n", ":") == master.Addr
		})
	}
	if len(p.Sentinels) > 0 {
		return
	}
	p.each(t, "the nodes to know the master", func(s *Server) bool {
		text, _ := s.Do("CLUSTER", "NODES")
		info, _ := s.Do("CLUSTER", "INFO")
		return !s.up() || strings.Contains(info, "cluster_state:ok") && strings.Contains(lineOf(text, master.Addr), "master")
	})
}

// lineOf is the line of a text that has a word in it.
func lineOf(text, word string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) {
			return line
		}
	}
	return ""
}
