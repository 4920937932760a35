package clauses

import (
	"context"
	"strings"

	"xmode/simulator/conform"
)

// state is the state of an X number, of the documentation's example, lest the
// endpoint believes something of one that it uses.
func state(status string, cause any) fields {
	return fields{"number": sampleX, "status": status}.with("cause", cause)
}

func numStatus(list ...fields) string { return text(fields{"eventType": "numStatus", "numInfo": list}) }

func (t *trial) numberBody() string { return numStatus(state("5", nil)) }

// tellsNumbers checks that states of numbers are acknowledged.
func (t *trial) tellsNumbers(what string, address func() string, list func() []fields) conform.Check {
	return func(ctx context.Context) error {
		return t.post(ctx, what, address(), t.token(), numStatus(list()...)).WantEmpty()
	}
}

// numbers are the clauses about the state of X numbers, which are from pages of
// sibling modes. https://support.huaweicloud.com/api-PrivateNumber/numstatus_notify_axe.html
func (t *trial) numbers() []conform.Clause {
	rule := conform.Rule
	const ref = "P3 Request"
	list := func(all ...fields) func() []fields { return func() []fields { return all } }
	return []conform.Clause{
		rule("HW-NUM-01", conform.Sibling, ref, "The state of an X number is acknowledged with 200 and an empty body.",
			"number/eventType number/numInfo number/number number/status", t.tellsNumbers("the state of an X number", t.numbersAddress, list(state("5", nil)))),
		rule("HW-NUM-02", conform.Sibling, ref, "Every status, 5, 9, 10 and 11, is acknowledged.",
			"number/status-values", t.tellsNumbers("every status of an X number", t.numbersAddress,
				list(state("9", nil), state("10", "1"), state("11", nil), state("5", nil)))),
		rule("HW-NUM-03", conform.Sibling, ref, "Every cause is acknowledged.",
			"number/cause number/cause-values", t.tellsNumbers("every cause of an X number that is not usable", t.numbersAddress, t.causes)),
		rule("HW-NUM-04", conform.Sibling, ref, "100 states in one push are acknowledged.",
			"number/hundred", t.tellsNumbers("a push of 100 states", t.numbersAddress, t.hundred)),
		rule("HW-NUM-05", conform.Doc, "P8 Addresses", "Without an address of their own, states come to the status URL.",
			"number/status-url", t.tellsNumbers("the state of an X number, to the status URL", t.statusAddress, list(state("5", nil)))),
		rule("HW-NUM-06", conform.Inferred, ref, "A state that comes again is acknowledged again.",
			"push/duplicates", t.stateTwice),
		rule("HW-NUM-07", conform.Inferred, ref, "A status that nobody knows is acknowledged.",
			"code/unlisted", t.tellsNumbers("a status that nobody knows", t.numbersAddress, list(state("77", "99"), state("5", nil)))),
		rule("HW-NUM-08", conform.Sibling, ref, "A push without numInfo, which is not required, is acknowledged.",
			"number/numInfo", func(ctx context.Context) error {
				return t.post(ctx, "a numStatus without numInfo", t.numbersAddress(), t.token(), `{"eventType":"numStatus"}`).WantEmpty()
			}),
		rule("HW-NUM-09", conform.Inferred, ref, "A status that is a number, no string, is acknowledged.",
			"rule/numeric-strings", t.tellsNumbers("a status as a number", t.numbersAddress, list(state("5", nil).with("status", 5)))),
		rule("HW-NUM-10", conform.Inferred, ref, "One broken state does not make its push fail.",
			"number/broken", t.brokenState),
		rule("HW-NUM-11", conform.Inferred, ref, "A push that is no JSON, or breaks off, gets a status 4xx.",
			"malformed/not-json malformed/truncated", t.bad(t.numbersAddress, "a push of states that is no JSON", "numStatus", `{"eventType":"numStatus","numInfo":[{"nu`)),
	}
}

func (t *trial) causes() []fields {
	var list []fields
	for _, cause := range []string{"1", "2", "3", "5", "6", "7", "8", "9"} {
		list = append(list, state("10", cause))
	}
	return append(list, state("5", nil))
}

func (t *trial) hundred() []fields {
	list := make([]fields, 100)
	for i := range list {
		list[i] = state("5", nil)
	}
	return list
}

func (t *trial) stateTwice(ctx context.Context) error {
	body := numStatus(state("5", nil))
	return each(ctx, []string{"the state of an X number", "the same state again"}, func(ctx context.Context, what string) error {
		return t.post(ctx, what, t.numbersAddress(), t.token(), body).WantEmpty()
	})
}

func (t *trial) brokenState(ctx context.Context) error {
	return each(ctx, []string{`{}`, `{"number":[],"status":{}}`, `null`, `"text"`}, func(ctx context.Context, broken string) error {
		body := strings.Replace(numStatus(state("5", nil), fields{"broken": 1}), `{"broken":1}`, broken, 1)
		return t.post(ctx, "a push of two states, one of them broken", t.numbersAddress(), t.token(), body).WantEmpty()
	})
}
