package lab

import "fmt"

// Pairs is how many pair bindings the request benchmarks ask for, and PerX how
// many of them share an X number.
const (
	Pairs = 1000
	PerX  = 10
)

// Key signs the queries of all benchmarks.
const Key = "bench-signing-key"

// Pair is one pair binding: Peer reaches A by dialling X. The numbers are
// national mobile numbers of 11 digits.
type Pair struct{ X, A, Peer string }

// PairAt is the i-th pair when perX pairs share an X number.
func PairAt(i, perX int) Pair {
	return Pair{
		X:    fmt.Sprintf("170%08d", i/perX),
		A:    fmt.Sprintf("138%08d", i),
		Peer: fmt.Sprintf("139%08d", i),
	}
}

// JSON is the pair as xmode takes it.
func (p Pair) JSON() string {
	return fmt.Sprintf(`{"x":%q,"a":%q,"peers":[%q]}`, p.X, p.A, p.Peer)
}
