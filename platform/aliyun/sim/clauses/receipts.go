package clauses

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"xmode/platform/aliyun/sim"
	"xmode/simulator/conform"
)

// record is one receipt as it goes onto the wire.
type record = sim.Receipt

// batch writes receipts as the array that the platform pushes.
func batch(records ...record) string {
	body, err := sim.Batch(records...)
	if err != nil {
		return "[]" // plain values cannot fail
	}
	return string(body)
}

// push pushes a body to the address of a type.
func (t *trial) push(ctx context.Context, what string, kind sim.Type, body string) conform.Exchange {
	return t.pushUnder(ctx, what, t.c.Token, kind, body)
}

// pushUnder is push with another token.
func (t *trial) pushUnder(ctx context.Context, what, token string, kind sim.Type, body string) conform.Exchange {
	return t.c.Sender.Send(ctx, conform.Message{
		What: what, Method: http.MethodPost, URL: t.receiptsAt(token, kind), Body: body,
		Header: http.Header{"Content-Type": {"application/json;charset=UTF-8"}}, // the page names UTF-8 alone
	})
}

func (t *trial) receiptsAt(token string, kind sim.Type) string {
	return strings.NewReplacer("{token}", url.PathEscape(token), "{type}", string(kind)).Replace(t.c.Receipts)
}

// acknowledged is the fault of an answer that the platform does not take for an
// acknowledgement: status 200 and a code that is a number.
func acknowledged(x conform.Exchange) error {
	if !x.Reply.OK() {
		return x.Fault("an acknowledgement with the status 200 is due, or the platform pushes again")
	}
	o, ok := object(x.Reply.Body)
	if !ok {
		return x.Fault("a JSON object with a numeric code is due, or the platform pushes again")
	}
	if _, number := o["code"].(json.Number); !number {
		return x.Fault("code has to be a number, or the platform pushes again")
	}
	return nil
}

// acknowledges checks that receipts are acknowledged.
func (t *trial) acknowledges(what string, kind sim.Type, records func() []record) conform.Check {
	return func(ctx context.Context) error {
		return acknowledged(t.push(ctx, what, kind, batch(records()...)))
	}
}

// one makes a list of one receipt.
func one(r func() record) func() []record { return func() []record { return []record{r()} } }

// lacking lists copies of a receipt, each without one of its optional fields.
func lacking(r func() record, required ...string) func() []record {
	return func() []record {
		var list []record
		for _, name := range slices.Sorted(maps.Keys(r())) {
			if !slices.Contains(required, name) {
				list = append(list, r().With(name, nil))
			}
		}
		return list
	}
}

// only lists a receipt with these fields alone.
func only(r func() record, names ...string) func() []record {
	return func() []record {
		full, few := r(), record{}
		for _, name := range names {
			few[name] = full[name]
		}
		return []record{few}
	}
}

// rowsOf names the rows of a type's fields.
func rowsOf(kind sim.Type, r record) string {
	names := slices.Sorted(maps.Keys(r))
	for i, name := range names {
		names[i] = string(kind) + "/" + name
	}
	return strings.Join(names, " ")
}

// moments are the stages of a call that ended some seconds ago.
type moments struct{ dialled, out, rang, answered, released time.Time }

func (t *trial) moments() moments {
	end := time.Time{}
	if t.c.Now != nil { // the clauses are listed without a clock
		end = t.c.Now().Add(-5 * time.Second)
	}
	return moments{end.Add(-70 * time.Second), end.Add(-68 * time.Second), end.Add(-65 * time.Second), end.Add(-60 * time.Second), end}
}

// at writes an instant as most receipts have it: Beijing time.
func at(when time.Time) string { return when.In(beijing()).Format("2006-01-02 15:04:05") }
