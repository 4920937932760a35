package clauses

import (
	"context"
	"net/http"
	"strings"

	"xmode/simulator/conform"
)

// transports are the clauses about how a query may come; the page is silent.
func (t *trial) transports() []conform.Clause {
	rule := conform.Rule
	return []conform.Clause{
		rule("ALI-QRY-01", conform.Inferred, "A1 Call control query, transport", "A query by GET, in the query string, is answered.",
			"transport/get", t.accepts("a signed query by GET", viaGET)),
		rule("ALI-QRY-02", conform.Inferred, "A1 Call control query, transport", "A query by POST, as a form, is answered.",
			"transport/form", t.accepts("a signed query as a form", viaForm)),
		rule("ALI-QRY-03", conform.Inferred, "A1 Call control query, transport", "A query by POST, as a flat JSON object, is answered.",
			"transport/json", t.accepts("a signed query as a JSON object", viaJSON)),
		rule("ALI-QRY-04", conform.Sibling, "A10 Transport", "A query by POST, with the parameters in the address, is answered.",
			"transport/post-query", t.accepts("a signed query by POST with its parameters in the address", viaURLPost)),
		rule("ALI-QRY-05", conform.Inferred, "A1 Call control query, transport", "A query with one half in the address and one in a form is answered.",
			"transport/both", t.accepts("a signed query by POST, half in the address and half as a form", viaBoth)),
		rule("ALI-QRY-06", conform.Inferred, "A1 Call control query, transport", "An answer is UTF-8 JSON and says so.",
			"transport/answer-json", t.saysJSON),
		rule("ALI-QRY-07", conform.Inferred, "A1 Call control query, transport", "A form may name its charset.",
			"transport/form", t.formWithCharset),
	}
}

func (t *trial) saysJSON(ctx context.Context) error {
	a, err := answered(t.send(ctx, "a signed query", viaGET, t.any()))
	if err == nil && !a.Reply.IsJSON() {
		err = a.Fault("the Content-Type is %.40q, and application/json is due", a.Reply.Header.Get("Content-Type"))
	}
	return err
}

func (t *trial) formWithCharset(ctx context.Context) error {
	m := t.message("a signed query as a form of the charset UTF-8", viaForm, t.signed(t.any()))
	m.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	_, err := decided(t.c.Sender.Send(ctx, m))
	return err
}

// requests are the clauses about the business parameters.
func (t *trial) requests() []conform.Clause {
	rule := conform.Rule
	const ref = "A1 Call control query, business request"
	return []conform.Clause{
		rule("ALI-QRY-10", conform.Doc, ref, "A query about a call, recordType CAL, is decided.",
			"request/recordType request/callNo request/secretNo request/callTime request/callId", t.accepts("a signed query", viaGET)),
		rule("ALI-QRY-11", conform.Inferred, ref, "recordType CALL, the sibling's spelling, means a call as well.",
			"open/recordType-call", t.connects("a signed query with recordType CALL", viaGET, set("recordType", "CALL")), conform.FlagConnects, conform.FlagCaller),
		rule("ALI-QRY-12", conform.Inferred, ref, "recordType may be in small letters.",
			"open/recordType-case", t.connects("a signed query with recordType cal", viaGET, set("recordType", "cal")), conform.FlagConnects, conform.FlagCaller),
		rule("ALI-QRY-13", conform.Inferred, ref, "A recordType other than call and text is refused.",
			"open/recordType-other", t.refusesSigned("a signed query with recordType FAX", set("recordType", "FAX"))),
		rule("ALI-QRY-14", conform.Inferred, ref, "secretNo and callNo may have +86, 86 or 0086 in front.",
			"open/number-form", t.numberForms, conform.FlagConnects, conform.FlagCaller),
		rule("ALI-QRY-15", conform.Inferred, ref, "callTime never fails a query, whatever it holds.",
			"open/callTime", t.callTimes),
		rule("ALI-QRY-16", conform.Doc, "A3 Fields", "A call id of 100 characters is taken.",
			"request/callId-100", t.accepts("a signed query with a callId of 100 characters", viaGET, t.longID(100))),
		rule("ALI-QRY-17", conform.Sibling, "A11 Fields", "A call id of 256 characters is taken.",
			"request/callId-256", t.accepts("a signed query with a callId of 256 characters", viaGET, t.longID(256))),
		rule("ALI-QRY-18", conform.Inferred, ref, "A caller who withholds their number never fails a query.",
			"open/withheld", t.withheld),
		rule("ALI-QRY-19", conform.Inferred, ref, "A caller whose number makes no sense never fails a query.",
			"open/withheld", t.oddCallers),
		rule("ALI-QRY-20", conform.Inferred, ref, "A query without secretNo is refused.",
			"open/required", t.refusesSigned("a signed query without secretNo", drop("secretNo"))),
		rule("ALI-QRY-21", conform.Inferred, ref, "A query without recordType is refused.",
			"open/required", t.refusesSigned("a signed query without recordType", drop("recordType"))),
		rule("ALI-QRY-22", conform.Inferred, ref, "A query without callId is refused.",
			"open/required", t.refusesSigned("a signed query without callId", drop("callId"))),
		rule("ALI-QRY-23", conform.Inferred, ref, "A query without callTime is decided.",
			"open/required", t.accepts("a signed query without callTime", viaGET, drop("callTime"))),
	}
}

func (t *trial) longID(length int) edit {
	return func(q query) query {
		id := q.get("callId")
		return q.set("callId", id+strings.Repeat("x", max(0, length-len(id))))
	}
}

func (t *trial) numberForms(ctx context.Context) error {
	return each(ctx, []string{"+86", "86", "0086"}, func(ctx context.Context, prefix string) error {
		return t.connects("a signed query with "+prefix+" in front of both numbers", viaGET, func(q query) query {
			return q.set("secretNo", prefix+q.get("secretNo")).set("callNo", prefix+q.get("callNo"))
		})(ctx)
	})
}

func (t *trial) callTimes(ctx context.Context) error {
	return each(ctx, []string{"2018-01-01 20:00:00", "1514808000000", "19700101000000", "99991231235959", "soon"}, func(ctx context.Context, text string) error {
		return t.accepts(`a signed query with callTime "`+text+`"`, viaGET, set("callTime", text))(ctx)
	})
}

func (t *trial) withheld(ctx context.Context) error {
	return each(ctx, []edit{set("callNo", ""), drop("callNo")}, func(ctx context.Context, e edit) error {
		return t.accepts("a signed query whose caller withholds their number", viaGET, e)(ctx)
	})
}

func (t *trial) oddCallers(ctx context.Context) error {
	return each(ctx, []string{"anonymous", "0", "10086", "+1", "１３９", strings.Repeat("9", 64), "'; --"}, func(ctx context.Context, caller string) error {
		return t.accepts("a signed query whose caller makes no sense", viaGET, set("callNo", caller))(ctx)
	})
}

// malformed are the clauses about what is no query at all.
func (t *trial) malformed() []conform.Clause {
	rule := conform.Rule
	const ref = "A1 Call control query, transport"
	return []conform.Clause{
		rule("ALI-BAD-01", conform.Inferred, ref, "A body that says it is JSON and is not gets a status 4xx.",
			"malformed/not-json", t.bad("a body that is no JSON", "application/json", "callNo: 13900001111")),
		rule("ALI-BAD-02", conform.Inferred, ref, "JSON that breaks off gets a status 4xx.",
			"malformed/truncated", t.truncated),
		rule("ALI-BAD-03", conform.Inferred, ref, "JSON that is no object gets a status 4xx.",
			"malformed/wrong-types", t.bad("a JSON list", "application/json", `["callNo","secretNo"]`)),
		rule("ALI-BAD-04", conform.Inferred, ref, "JSON with objects in place of texts gets a status 4xx.",
			"malformed/wrong-types", t.bad("JSON with objects in place of texts", "application/json", `{"callNo":{"a":1},"secretNo":[1,2],"callId":null}`)),
		rule("ALI-BAD-05", conform.Inferred, ref, "A parameter that is there twice gets a status 4xx.",
			"malformed/repeated", t.repeated),
		rule("ALI-BAD-06", conform.Inferred, ref, "Bad percent-encoding gets a status 4xx.",
			"malformed/encoding", t.badEncoding),
		rule("ALI-BAD-07", conform.Inferred, ref, "Text that is no UTF-8 gets a status 4xx.",
			"malformed/utf-8", t.turnsAway("a signed query that is no UTF-8", viaGET, set("callId", "conform-\xff\xfe"))),
		rule("ALI-BAD-08", conform.Inferred, ref, "An empty query gets a status 4xx.",
			"malformed/empty", t.empty),
		rule("ALI-BAD-09", conform.Inferred, ref, "A query of a megabyte gets a status 4xx.",
			"malformed/huge", t.huge),
		rule("ALI-BAD-10", conform.Inferred, ref, "Methods other than GET and POST get a status 4xx.",
			"malformed/method", t.methods),
	}
}

// bad sends any body to the address of the query.
func (t *trial) bad(what, kind, body string) conform.Check {
	return func(ctx context.Context) error {
		return t.c.Sender.Send(ctx, conform.Message{
			What: what, Method: http.MethodPost, URL: t.c.Query, Header: http.Header{"Content-Type": {kind}}, Body: body,
		}).WantRefused()
	}
}

func (t *trial) truncated(ctx context.Context) error {
	m := t.message("a signed JSON query that breaks off", viaJSON, t.signed(t.any()))
	m.Body = m.Body[:len(m.Body)/2]
	return t.c.Sender.Send(ctx, m).WantRefused()
}

// repeated sends a query in which a parameter is there with two values, signed for
// either of them, so that it does not depend on which one the endpoint reads.
func (t *trial) repeated(ctx context.Context) error {
	for _, second := range []bool{false, true} {
		q := t.any()
		other := "17000000009"
		if second {
			other, q = q.get("secretNo"), q.set("secretNo", other)
		}
		m := t.message("a signed query with two secretNo", viaGET, t.signed(q))
		m.URL += "&secretNo=" + other
		if err := t.c.Sender.Send(ctx, m).WantRefused(); err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) badEncoding(ctx context.Context) error {
	m := t.message("a form with bad percent-encoding", viaForm, t.signed(t.any()))
	m.Body += "&note=%zz%"
	return t.c.Sender.Send(ctx, m).WantRefused()
}

func (t *trial) empty(ctx context.Context) error {
	return each(ctx, []string{http.MethodGet, http.MethodPost}, func(ctx context.Context, method string) error {
		return t.c.Sender.Send(ctx, conform.Message{What: "a " + method + " without parameters", Method: method, URL: t.c.Query}).WantRefused()
	})
}

func (t *trial) huge(ctx context.Context) error {
	m := t.message("a signed form of a megabyte", viaForm, t.signed(t.any().set("note", strings.Repeat("x", 1<<20))))
	return t.c.Sender.Send(ctx, m).WantTurnedAway(func() conform.Exchange { return t.send(ctx, "a signed query", viaGET, t.any()) })
}

func (t *trial) methods(ctx context.Context) error {
	return each(ctx, []string{http.MethodPut, http.MethodDelete, http.MethodPatch}, func(ctx context.Context, method string) error {
		m := t.message("a signed query by "+method, viaForm, t.signed(t.any()))
		m.Method = method
		return t.c.Sender.Send(ctx, m).WantRefused()
	})
}
