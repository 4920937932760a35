package call

// Stage is how far a call has come. Stages have an order, and a call that has
// reached one is never again at an earlier one.
type Stage string

// The stages of a call.
const (
	StageQueried  Stage = "queried"  // the platform asked, and has an answer
	StageRejected Stage = "rejected" // the last word was a reject
	StageStarted  Stage = "started"  // the callee's leg is being set up
	StageRinging  Stage = "ringing"
	StageAnswered Stage = "answered"
	StageEnded    Stage = "ended"
)

// rank orders the stages; what is no stage comes before all.
func (s Stage) rank() int {
	for i, known := range []Stage{StageQueried, StageRejected, StageStarted, StageRinging, StageAnswered, StageEnded} {
		if s == known {
			return i + 1
		}
	}
	return 0
}

// Furthest returns the furthest of the stages that a call is known to have
// reached. The order in which they became known does not matter, so that an
// event that comes late never moves a call back.
func Furthest(reached ...Stage) Stage {
	var furthest Stage
	for _, s := range reached {
		if s.rank() > furthest.rank() {
			furthest = s
		}
	}
	return furthest
}

// StageOf is what a decision says about its call.
func StageOf(o Outcome) Stage {
	if o == Reject {
		return StageRejected
	}
	return StageQueried
}
