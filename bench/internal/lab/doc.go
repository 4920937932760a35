// Package lab is what the benchmarks share: the bindings they ask for, and the
// processes they start and stop.
package lab
