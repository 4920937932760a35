package explain

import (
	"slices"
	"strconv"
	"strings"

	"xmode/signature"
)

// hidden stands where a secret stood.
const hidden = "(hidden)"

// minSecret is the length from which a secret is hidden where it occurs in a
// message: what is shorter is found by accident and tells nothing.
const minSecret = 6

// scrub takes secrets out of whatever a report says. They get there when a
// sender put a key into a parameter.
func scrub(rep *Report, secrets []string) {
	var pairs []string
	secrets = slices.Clone(secrets)
	// The longest first: a secret may begin with another one.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, s := range secrets {
		if len(s) < minSecret {
			continue
		}
		for _, e := range []signature.Encoder{signature.FormEncoder, signature.RFC3986Encoder} {
			once := encode(s, e)
			pairs = append(pairs, encode(once, e), hidden, once, hidden)
		}
		quoted := strconv.Quote(s)
		pairs = append(pairs, s, hidden, quoted[1:len(quoted)-1], hidden)
	}
	if len(pairs) == 0 {
		return
	}
	clean := strings.NewReplacer(pairs...).Replace
	for i := range rep.Received {
		f := &rep.Received[i]
		f.Name, f.Value = clean(f.Name), clean(f.Value)
	}
	for i := range rep.Mistakes {
		rep.Mistakes[i].Says = clean(rep.Mistakes[i].Says)
	}
	for i := range rep.Notes {
		rep.Notes[i] = clean(rep.Notes[i])
	}
	for _, s := range []*string{&rep.Conclusion, &rep.Canonical, &rep.StringToSign, &rep.Signed, &rep.Digest, &rep.Clock.Timestamp} {
		*s = clean(*s)
	}
}

// tokenOf finds what is secret among parameters whatever the key is.
func tokenOf(fields []Field) []string {
	if _, f, _ := take(fields, "SecurityToken"); f.Value != "" {
		return []string{f.Value}
	}
	return nil
}
