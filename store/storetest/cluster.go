package storetest

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
)

// Cluster is three masters that share the slots, with a replica each. A node is
// taken for down after two seconds.
func Cluster(t testing.TB) *Topology {
	t.Helper()
	return cluster(t, 1)
}

// Shards is a Cluster without replicas: nobody takes a master's place.
func Shards(t testing.TB) *Topology {
	t.Helper()
	return cluster(t, 0)
}

// cluster starts masters with some replicas each.
func cluster(t testing.TB, replicas int) *Topology {
	t.Helper()
	const masters, slots = 3, 16384
	p := &Topology{}
	var addrs []string
	for range masters * (1 + replicas) {
		n := node(t)
		p.Servers, addrs = append(p.Servers, n), append(addrs, n.Addr)
	}
	p.URL = "redis+cluster://" + strings.Join(addrs, ",")
	for i, n := range p.Servers[:masters] {
		n.must("CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(i*slots/masters), strconv.Itoa((i+1)*slots/masters-1))
	}
	for i, n := range p.Servers {
		n.must("CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
		host, port, _ := net.SplitHostPort(n.Addr)
		p.Servers[0].must("CLUSTER", "MEET", host, port, n.line[len(n.line)-1])
	}
	p.each(t, "the nodes to know each other", func(n *Server) bool {
		text, _ := n.Do("CLUSTER", "INFO")
		return strings.Contains(text, "cluster_state:ok") && strings.Contains(text, fmt.Sprintf("cluster_known_nodes:%d", len(p.Servers)))
	})
	for i, n := range p.Servers[masters:] {
		n.must("CLUSTER", "REPLICATE", p.Servers[i%masters].must("CLUSTER", "MYID"))
		p.ReplicaOf(p.Servers[i%masters])
	}
	p.each(t, "the nodes to know who replicates whom", func(n *Server) bool {
		text, _ := n.Do("CLUSTER", "NODES")
		return strings.Count(text, "slave") == masters*replicas && !strings.Contains(text, "fail") && !strings.Contains(text, "handshake")
	})
	return p
}

// node starts a server of a cluster. The port of the bus is its last argument: the
// usual one, ten thousand above the other, may be none.
func node(t testing.TB) *Server {
	t.Helper()
	return launch(t, Server{}, func(port int) []string {
		return append(settings(t, port), "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-port", strconv.Itoa(freePort(t)))
	})
}

func (p *Topology) each(t testing.TB, what string, so func(*Server) bool) {
	t.Helper()
	for _, s := range p.Servers {
		poll(t, what, func() bool { return so(s) })
	}
}

// owns reports whether a key is the server's: outside a cluster every key is.
func (s *Server) owns(key string) bool {
	text, err := s.Do("CLUSTER", "NODES")
	if err != nil || key == "" {
		return key == "" || strings.Contains(err.Error(), "cluster support disabled")
	}
	slot, _ := strconv.Atoi(s.must("CLUSTER", "KEYSLOT", key))
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 9 || !strings.Contains(f[2], "myself") {
			continue
		}
		for _, list := range f[8:] {
			from, to, found := strings.Cut(list, "-")
			if !found {
				to = from
			}
			first, err1 := strconv.Atoi(from)
			last, err2 := strconv.Atoi(to)
			if err1 == nil && err2 == nil && first <= slot && slot <= last {
				return true
			}
		}
	}
	return false
}
