package handlers

import (
	"net/http"
	"strings"

	"xmode/call"
	"xmode/store"
)

// ifMatch reads the If-Match header (RFC 9110, 13.1.1): none, "*", or a list of
// quoted tags. Weak tags never match here, so that a list of nothing else is
// store.ErrPrecondition at once. The tags come without their quotes.
func ifMatch(h http.Header) ([]string, error) {
	lines := h.Values("If-Match")
	if len(lines) == 0 {
		return nil, nil
	}
	list := strings.Trim(strings.Join(lines, ","), " \t")
	if list == "*" {
		return []string{"*"}, nil
	}
	var strong []string
	for {
		list = strings.TrimLeft(list, " \t,")
		if list == "" {
			break
		}
		rest, weak := strings.CutPrefix(list, "W/")
		tag, rest, ok := entityTag(rest)
		if !ok {
			return nil, call.FieldErrors{"If-Match": "must be * or a list of quoted tags"}
		}
		if !weak && tag != "*" { // "*" in quotes is a tag that no binding has
			strong = append(strong, tag)
		}
		list = rest
	}
	if strong == nil {
		return nil, store.ErrPrecondition
	}
	return strong, nil
}

// entityTag takes one quoted tag, and the comma or end after it, off a list.
func entityTag(list string) (tag, rest string, ok bool) {
	quoted, found := strings.CutPrefix(list, `"`)
	if !found {
		return "", "", false
	}
	tag, rest, found = strings.Cut(quoted, `"`)
	if !found || strings.ContainsFunc(tag, notKeyRune) {
		return "", "", false
	}
	rest = strings.TrimLeft(rest, " \t")
	return tag, rest, rest == "" || rest[0] == ','
}
