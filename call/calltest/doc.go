// Package calltest helps to test what decides calls: a slow reference for the
// decision table that scans all bindings, the routes that a store has to find
// in them, and generators of small worlds in which bindings get into each
// other's way.
//
// It shares no code with the decision itself, so that both must misread the
// table in the same way for a mistake to go unseen.
package calltest
