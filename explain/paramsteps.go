package explain

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"xmode/signature"
)

// paramSteps are the mistakes in which parameters are signed.
func (s queryScheme) paramSteps(fields []Field, signatureName string, params []signature.Param) []step[query] {
	var list []step[query]
	if s.empties {
		list = append(list, step[query]{Mistake{"empty-left-out", "the parameters without a value were left out"}, "empties", func(q query) query { q.empties = false; return q }})
	} else {
		list = append(list, step[query]{Mistake{"empty-included", `the parameters without a value were signed, as "name="`}, "empties", func(q query) query { q.empties = true; return q }})
	}
	list = append(list, s.absent(params)...)
	list = append(list, s.placed(fields)...)
	list = append(list, step[query]{Mistake{"signature-included", "the signature itself was among the signed parameters, still empty"}, "params", func(q query) query {
		q.params = append(slices.Clone(q.params), signature.Param{Name: signatureName})
		q.empties = true
		return q
	}})
	for _, p := range params {
		m := Mistake{"not-signed", fmt.Sprintf("%s was not signed: added on the way, or left out by the sender", clip(p.Name))}
		list = append(list, step[query]{m, "params", func(q query) query {
			return q.without(func(x signature.Param) bool { return x.Name == p.Name })
		}})
		list = append(list, s.valueSteps(p)...)
	}
	return list
}

// absent are parameters with a known value that did not arrive and may have been
// signed, and all those that no document has.
func (s queryScheme) absent(params []signature.Param) []step[query] {
	var list []step[query]
	has := func(name string) bool {
		return slices.ContainsFunc(params, func(p signature.Param) bool { return p.Name == name })
	}
	for _, p := range s.fixed {
		if has(p.Name) {
			continue
		}
		m := Mistake{"lost", fmt.Sprintf("%s=%s was signed and did not arrive", p.Name, p.Value)}
		list = append(list, step[query]{m, "params", func(q query) query { q.params = append(slices.Clone(q.params), p); return q }})
	}
	var extra []string
	for _, p := range params {
		if s.documented != nil && !slices.Contains(s.documented, p.Name) {
			extra = append(extra, p.Name)
		}
	}
	if len(extra) > 1 {
		m := Mistake{"not-signed", fmt.Sprintf("the %d parameters that the interface does not have were not signed (%s)", len(extra), clip(strings.Join(extra, ", ")))}
		list = append(list, step[query]{m, "params", func(q query) query {
			return q.without(func(p signature.Param) bool { return slices.Contains(extra, p.Name) })
		}})
	}
	return list
}

// placed are for messages whose parameters stand in two places.
func (s queryScheme) placed(fields []Field) []step[query] {
	var list []step[query]
	for _, place := range []string{inQuery, inBody} {
		there := func(name string) bool {
			return slices.ContainsFunc(fields, func(f Field) bool { return f.In == place && f.Name == name })
		}
		if slices.ContainsFunc(fields, func(f Field) bool { return f.In != place && f.Name != s.signature }) &&
			slices.ContainsFunc(fields, func(f Field) bool { return f.In == place && f.Name != s.signature }) {
			m := Mistake{"one-place", "only the parameters of the " + place + " were signed"}
			list = append(list, step[query]{m, "params", func(q query) query {
				return q.without(func(p signature.Param) bool { return !there(p.Name) })
			}})
		}
	}
	return list
}

// valueSteps are the ways in which one value may have been another one when it
// was signed.
func (s queryScheme) valueSteps(p signature.Param) []step[query] {
	var list []step[query]
	add := func(code, value, format string, args ...any) {
		if value != p.Value && value != "" {
			m := Mistake{code, fmt.Sprintf(format, args...)}
			// A step may come behind one that left parameters out.
			list = append(list, step[query]{m, "value", func(q query) query {
				i := slices.IndexFunc(q.params, func(x signature.Param) bool { return x.Name == p.Name })
				if i < 0 {
					return q
				}
				return q.with(i, value)
			}})
		}
	}
	name := clip(p.Name)
	add("plus-became-space", strings.ReplaceAll(p.Value, " ", "+"), `a "+" in %s became a space: the sender did not percent-encode it as %%2B`, name)
	add("space-became-plus", strings.ReplaceAll(p.Value, "+", " "), `%s was signed with a space and arrived with "+"`, name)
	if plain, err := url.PathUnescape(p.Value); err == nil {
		add("value-encoded", plain, "%s arrived percent-encoded once more than it was signed", name)
	}
	add("value-decoded", url.QueryEscape(p.Value), "%s was signed percent-encoded and arrived decoded", name)
	add("value-space", strings.TrimSpace(p.Value), "%s was signed without the white space around it", name)
	add("value-newline", p.Value+"\n", "%s was signed with a newline behind it", name)
	add("value-case", strings.ToLower(p.Value), "%s was signed in small letters", name)
	add("value-case", strings.ToUpper(p.Value), "%s was signed in capitals", name)
	add("value-constant", map[string]string{"CAL": "CALL", "CALL": "CAL"}[p.Value], "%s was signed with the other spelling of CAL and CALL", name)
	if p.Name == s.timestamp {
		for _, v := range variants(p.Value) {
			add(v.Code, v.change(""), "%s", v.Says)
		}
	}
	for _, n := range numbers(p.Value) {
		add("number-form", n, "%s was signed as %s and arrived as %s", name, n, p.Value)
	}
	return list
}

// numbers are other ways to write a Chinese number.
func numbers(s string) []string {
	bare := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(s), "+"), "00")
	if len(bare) > 11 {
		bare = strings.TrimPrefix(bare, "86")
	}
	if len(bare) < 10 || len(bare) > 12 || strings.Trim(bare, "0123456789") != "" {
		return nil
	}
	return []string{bare, "86" + bare, "+86" + bare, "0086" + bare}
}
