package handlers

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"xmode/call"
	"xmode/store"
)

// recordQuery is which call records are asked for, and in which form.
type recordQuery struct {
	store.RecordFilter
	form string // a media type
}

// readRecords reads the parameters and the form that the client accepts.
func (a *admin) readRecords(r *request) (in recordQuery, err error) {
	params, err := parameters(r, "x", "caller", "since", "until", "platform", "limit", "cursor")
	if err != nil {
		return in, err
	}
	p, err := pageOf(params)
	if err != nil {
		return in, err
	}
	var f faults
	in.form = accepted(r.echo.Request().Header, mimeNDJSON, mimeCSV)
	in.RecordFilter = store.RecordFilter{Limit: p.limit, Cursor: p.cursor}
	in.X = number(plus(params["x"]), "x", call.ParseX, &f)
	in.Caller = number(plus(params["caller"]), "caller", call.ParseParty, &f)
	in.Platform = a.platformOf(params["platform"], &f)
	in.Since = bound(params["since"], "since", &f)
	in.Until = bound(params["until"], "until", &f)
	if !in.Until.IsZero() && in.Until.Before(in.Since) {
		f.add("until", "must not be before since")
	}
	return in, f.err()
}

// platformOf reads the name of a platform; an empty one is none.
func (a *admin) platformOf(name string, f *faults) call.Platform {
	p, known := findPlatform(a.Platforms, name)
	if name != "" && !known {
		f.add("platform", "no such platform")
	}
	return p.Name
}

// bound reads one end of a span of time; zero: open. Records are kept to the
// millisecond: one is not before an instant between two of them when it is not
// before the second.
func bound(text, field string, f *faults) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := parseInstant(strings.Replace(text, " ", "+", 1)) // "…T08:00:00+08:00", as people write it into a URL
	if err != nil {
		f.add(field, "must be an RFC 3339 time")
		return time.Time{}
	}
	whole := t.UTC().Truncate(time.Millisecond)
	if whole.Before(t) {
		whole = whole.Add(time.Millisecond)
	}
	return whole
}

// listRecords reads a page of call records, newest first, or streams all.
func (a *admin) listRecords(r *request, in recordQuery) (reply, error) {
	r.echo.Response().Header().Add(echo.HeaderVary, "Accept")
	if in.form != echo.MIMEApplicationJSON {
		return a.streamRecords(r, in)
	}
	found, err := a.Records.Records(r.ctx, in.RecordFilter)
	if err != nil {
		return reply{}, err
	}
	return reply{body: list[json.RawMessage]{Items: documents(found.Records), Next: found.Next}}, nil
}

// documents puts what a store keeps as JSON into an answer; none is an empty
// list.
func documents(kept [][]byte) []json.RawMessage {
	items := make([]json.RawMessage, len(kept))
	for i, text := range kept {
		items[i] = text
	}
	return items
}
