package call

// Outcome is what becomes of the call.
type Outcome string

// The outcomes of a decision.
const (
	Connect Outcome = "connect"
	Reject  Outcome = "reject"
	Ask     Outcome = "ask"
)

// Reason says why.
type Reason string

// The reasons of a decision, in the order of the decision table, then the
// refusals after a connect, then the fallback's.
const (
	ByExtension         Reason = "extension"
	CallerNotAllowed    Reason = "caller_not_allowed"
	ExtensionUnknown    Reason = "extension_unknown"
	ByPeer              Reason = "peer"
	ByOwner             Reason = "owner"
	ByCallback          Reason = "callback"
	NoCallbackTarget    Reason = "no_callback_target"
	ByOpen              Reason = "open"
	ExtensionRequired   Reason = "extension_required"
	NoBinding           Reason = "no_binding"
	DirectionNotAllowed Reason = "direction_not_allowed"
	LandlineCaller      Reason = "landline_caller"
	SelfCall            Reason = "self_call"
	SMSDropped          Reason = "sms_dropped"
	StoreUnavailable    Reason = "store_unavailable"
)

// Decision is the answer to a query.
type Decision struct {
	// Outcome is connect, reject or ask.
	Outcome Outcome
	// Reason says why.
	Reason Reason
	// Row is the row of the decision table; a refusal after a connect keeps the
	// row that connected. 0: the fallback, which no row decided.
	Row int
	// Callee is connected; zero unless Outcome is Connect.
	Callee Number
	// Display is shown to the callee; zero unless Outcome is Connect.
	Display Number
	// Binding decided; nil where the row had none.
	Binding *Binding
}

// Fallback is the decision when the store does not answer in time.
func Fallback() Decision { return Decision{Outcome: Reject, Reason: StoreUnavailable} }

// Trace is what a decision leaves behind for later ones.
type Trace struct {
	// Query was asked, Decision answered.
	Query    Query
	Decision Decision
	// Digest identifies the signed message, so that its repetition is not a
	// second ask.
	Digest [16]byte
}

// Asked reports whether the trace counts as an ask.
func (t Trace) Asked() bool { return t.Decision.Outcome == Ask }

// Reached reports whether a known caller was connected to the owner, who may
// call back.
func (t Trace) Reached() bool {
	d := t.Decision
	return d.Outcome == Connect && d.Binding != nil && d.Callee == d.Binding.A && !t.Query.Caller.IsZero()
}
