// Package server wires xmode together: the settings, the two listeners, the
// platforms, the store behind the handlers, and the life cycle of it all from
// the first ping of the store to the last answer in flight.
//
// It is the only package that knows every other one. Environment and clock
// enter here and in the command, and nowhere else.
package server

//go:generate go test -run ^TestDocsAreUpToDate$ -update .
