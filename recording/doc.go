// Package recording fetches the recordings of calls before their platforms throw
// them away, and keeps them.
//
// Its lower half is here: the [Archive], which shows a file whole or not at all,
// and the [Downloader], which dials nothing that it was not allowed to. An address
// of a recording is a secret, for whoever has it has the recording: no error of
// this package holds one, nor a part of one.
package recording
