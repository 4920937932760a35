package explain

import "strings"

// damage looks whether a digest that nothing gives is one that is due, damaged
// on the way.
func (rep *Report) damage() {
	for _, e := range rep.Expected {
		got := strings.ReplaceAll(rep.Digest, " ", "+")
		switch changed := differing(e.Digest, got); {
		case got == "":
		case len(got) < len(e.Digest) && len(got) >= 8 && strings.HasPrefix(e.Digest, got) && strings.TrimRight(e.Digest, "=") != got:
			rep.mistake("signature-cut", "the signature was cut off: %d of %d characters arrived", len(got), len(e.Digest))
		case strings.EqualFold(got, e.Digest):
			rep.mistake("signature-case", "the signature arrived with letters in another case")
		case changed > 0 && changed <= 3:
			rep.mistake("signature-changed", "the signature itself was changed on the way, in %d of its %d characters", changed, len(e.Digest))
		default:
			continue
		}
		rep.Key = e.Key
		return
	}
}

// differing counts the characters in which texts of one length differ; 0: they
// are of another length, or equal.
func differing(a, b string) int {
	n := 0
	for i := 0; len(a) == len(b) && i < len(a); i++ {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}
