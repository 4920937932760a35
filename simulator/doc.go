// Package simulator holds what the simulated platforms have in common on their
// side of recordings: the storage that hands the files out, trouble on purpose,
// and a log of the requests that arrived.
//
// It is written from the platforms' documents, and shares nothing with the code
// that asks for recordings and fetches them, so that a mistake does not pass
// because both sides make it. What the documents do not state is marked
// inferred.
package simulator
