package handlers

import (
	"context"

	"xmode/call"
)

// intercepts reports whether the text message that was asked about is to be kept
// here: it goes to nobody, and nobody sends it again once it is answered.
func (x *exchange) intercepts(d call.Decision) bool {
	return x.received.Push != nil && x.received.Query.Kind == call.SMS &&
		d.Outcome == call.Connect && d.Binding != nil && d.Binding.SMS == call.Intercept
}

// keep stores the text message before the platform hears that we have it. It has
// the budget of a push for that, from now on. If it cannot be stored in time, the
// question is refused, for the platform to ask again, and false is returned. Its
// nonce is filed already: hence the same message is taken again even when it
// comes later than a query's retry may, since nobody knows whether it is signed
// anew, and to keep a text twice is to keep it once.
func (x *exchange) keep(ctx context.Context) bool {
	x.keeping.Store(true)
	x.guard.Reset(x.PushBudget) // an answer by the fallback that this overtakes does no harm
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), x.PushBudget)
	defer cancel()
	if err := x.deposit(ctx, nil); err != nil {
		x.unstoredFor(causeOf(err), err)
		return false
	}
	x.ended(resultStored)
	return true
}
