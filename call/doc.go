// Package call is the domain of X mode: numbers, bindings and the decision
// whom to connect when somebody dials or texts an X number.
//
// It is pure: no HTTP, no Redis, no clock of its own. Everything a decision
// needs comes in as a [Query], what is known about the X number as [Routes],
// and the operator's choices as a [Policy]; out comes a [Decision].
package call
