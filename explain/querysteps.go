package explain

import (
	"fmt"
	"slices"
	"strings"

	"xmode/signature"
)

// querySteps are the mistakes in making the text of parameters.
func querySteps() []step[query] {
	list := []step[query]{
		{Mistake{"encoded-once", "the joined parameters were not encoded once more as a whole (encoded once, not twice)"}, "outer", func(q query) query { q.outer = 0; return q }},
		{Mistake{"encoded-twice", "the joined parameters were encoded twice as a whole, not once"}, "outer", func(q query) query { q.outer = 2; return q }},
		{Mistake{"values-encoded-twice", "names and values were encoded twice before they were joined"}, "inner", func(q query) query { q.inner = 2; return q }},
		{Mistake{"values-not-encoded", "names and values were not encoded before they were joined"}, "inner", func(q query) query { q.inner = 0; return q }},
		{Mistake{"not-sorted", "the parameters were not sorted: they were signed in the order in which they came"}, "order", func(q query) query { q.order = func([]signature.Param) {}; return q }},
		{Mistake{"sorted-case", "the parameters were sorted without regard to case, not by bytes"}, "order", func(q query) query { q.order = sortFolded; return q }},
		{Mistake{"sorted-backwards", "the parameters were sorted backwards"}, "order", func(q query) query { q.order = sortBackwards; return q }},
		{Mistake{"names-case", "the names were signed with a capital first letter (as the platform's APIs have them)"}, "names", func(q query) query { q.names = upperFirst; return q }},
		{Mistake{"names-case", "the names were signed with a small first letter"}, "names", func(q query) query { q.names = lowerFirst; return q }},
		{Mistake{"names-case", "the names were signed in small letters"}, "names", func(q query) query { q.names = strings.ToLower; return q }},
		{Mistake{"names-snake", "the names were signed in snake_case"}, "names", func(q query) query { q.names = snake; return q }},
		{Mistake{"plain-hash", "it is a plain hash of the key followed by the text, not an HMAC"}, "digest", func(q query) query { q.digest = before; return q }},
		{Mistake{"plain-hash", "it is a plain hash of the text followed by the key, not an HMAC"}, "digest", func(q query) query { q.digest = behind; return q }},
	}
	for _, e := range []encoder{encoderOf(signature.FormEncoder), encoderOf(signature.RFC3986Encoder)} {
		list = append(list, encoderStep(e, "it was encoded by the "+e.name+" encoder (space, * and ~ differ)"))
	}
	for _, e := range foreign() {
		list = append(list, encoderStep(e, "it was encoded by "+e.name))
	}
	return list
}

func encoderStep(e encoder, says string) step[query] {
	return step[query]{Mistake{"encoder", says}, "encoder", func(q query) query { q.encoder = e; return q }}
}

func sortFolded(params []signature.Param) {
	slices.SortStableFunc(params, func(a, b signature.Param) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
}

func sortBackwards(params []signature.Param) {
	signature.Sort(params)
	slices.Reverse(params)
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func snake(s string) string {
	var b strings.Builder
	for i, r := range s {
		if 'A' <= r && r <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// keySteps are the mistakes with the key, among them another value of the
// message taken for it.
func keySteps(params []signature.Param) []step[query] {
	list := []step[query]{
		{Mistake{"key-ampersand", `it was signed with the key and "&"`}, "suffix", func(q query) query { q.suffix = "&"; return q }},
		{Mistake{"key-no-ampersand", `it was signed with the key without "&" behind it`}, "suffix", func(q query) query { q.suffix = ""; return q }},
	}
	for _, k := range keyMistakes() {
		list = append(list, step[query]{k.Mistake, "key", func(q query) query { q.key = k.change(q.key); return q }})
	}
	for _, p := range params {
		if p.Value == "" {
			continue
		}
		code := Mistake{"key-is-parameter", fmt.Sprintf("it was signed with the value of %s in place of the key", clip(p.Name))}
		list = append(list, step[query]{code, "key", func(q query) query { q.key = p.Value; return q }})
	}
	return list
}
