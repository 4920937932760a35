package handlers

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xmode/call"
	"xmode/store"
)

// Limits of a page of a list.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// page is the part of a list that a request asks for.
type page struct {
	limit  int
	cursor string
}

// target is one binding that a request is about.
type target struct {
	id    call.ID
	match []string // ETags of If-Match; "*": any
}

// replacement is a PUT.
type replacement struct {
	target
	binding call.Binding
}

// listing is which bindings to list.
type listing struct {
	store.Filter
	// of, unless zero, is the one owner whose bindings are picked from a page
	// of an X number.
	of call.Number
}

// readNothing is for requests without input.
func readNothing(*request) (struct{}, error) { return struct{}{}, nil }

// readNoParameters is for lists that nothing selects from: a filter that is none
// must not list everything.
func readNoParameters(r *request) (struct{}, error) {
	_, err := parameters(r)
	return struct{}{}, err
}

// readID reads the id in the path.
func readID(r *request) (call.ID, error) {
	id, err := call.ParseID(r.echo.Param("id"))
	if err != nil {
		return 0, call.FieldErrors{"id": "must be 1 to 9007199254740991 in decimal, without leading zero"}
	}
	return id, nil
}

// readDeletion reads the id in the path and If-Match.
func readDeletion(r *request) (t target, err error) {
	if t.id, err = readID(r); err != nil {
		return t, err
	}
	t.match, err = ifMatch(r.echo.Request().Header)
	return t, err
}

// readBinding reads a binding.
func (a *admin) readBinding(r *request) (call.Binding, error) {
	body, err := jsonBody(r)
	if err != nil {
		return call.Binding{}, err
	}
	return a.codec.binding(body, r.now)
}

// readReplacement reads a binding for the id in the path; the body may repeat
// that id, but not name another one.
func (a *admin) readReplacement(r *request) (in replacement, err error) {
	if in.target, err = readDeletion(r); err != nil {
		return in, err
	}
	if in.binding, err = a.readBinding(r); err != nil {
		return in, err
	}
	if in.binding.ID != 0 && in.binding.ID != in.id {
		return in, call.FieldErrors{"id": "differs from the id in the path"}
	}
	in.binding.ID = in.id
	return in, nil
}

// readPage reads limit and cursor.
func readPage(r *request) (page, error) {
	params, err := parameters(r, "limit", "cursor")
	if err != nil {
		return page{}, err
	}
	return pageOf(params)
}

// readFilter reads which bindings to list.
func readFilter(r *request) (listing, error) {
	params, err := parameters(r, "x", "owner", "limit", "cursor")
	if err != nil {
		return listing{}, err
	}
	p, err := pageOf(params)
	if err != nil {
		return listing{}, err
	}
	var f faults
	in := listing{Filter: store.Filter{Limit: p.limit, Cursor: p.cursor}}
	in.X = number(plus(params["x"]), "x", call.ParseX, &f)
	in.Owner = number(plus(params["owner"]), "owner", call.ParseParty, &f)
	if !in.X.IsZero() {
		in.of, in.Owner = in.Owner, call.Number{} // the store lists by one of them
	}
	return in, f.err()
}

// pageOf reads limit and cursor from the parameters.
func pageOf(params map[string]string) (page, error) {
	p := page{limit: defaultLimit, cursor: params["cursor"]}
	text, given := params["limit"]
	if !given {
		return p, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxLimit {
		return p, call.FieldErrors{"limit": fmt.Sprintf("must be 1 to %d", maxLimit)}
	}
	p.limit = n
	return p, nil
}

// parameters reads the query string. Unknown and repeated parameters are
// faults: a mistyped filter must not list everything. Empty ones count as left
// out.
func parameters(r *request, names ...string) (map[string]string, error) {
	values, err := url.ParseQuery(r.echo.Request().URL.RawQuery)
	if err != nil {
		return nil, call.FieldErrors{"query string": "bad encoding"}
	}
	params := make(map[string]string, len(names))
	var f faults
	for name, given := range values {
		switch {
		case !slices.Contains(names, name):
			f.add(shown(name), "unknown parameter")
		case len(given) > 1:
			f.add(name, "occurs twice")
		case given[0] != "":
			params[name] = given[0]
		}
	}
	return params, f.err()
}

// plus takes back that a plus sign in a query string stands for a space: no
// number begins with a space, and "?x=+8613…" is what people write.
func plus(number string) string {
	if rest, ok := strings.CutPrefix(number, " "); ok {
		return "+" + rest
	}
	return number
}
