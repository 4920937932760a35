// Package stale remembers in this process what queries found, so that while the store
// is away they can be decided by what was found a short time ago. It is bounded in
// everything it keeps.
package stale
