// Package load plays many calls and text messages of a platform to an endpoint,
// each with its whole life: question, events, record, recording. It sends as many
// requests at once as it has connections, has as much go wrong on purpose as it is
// told to, repeats what was not acknowledged by the platform's own schedule, and
// knows at the end what the endpoint must have.
//
// What a platform says and how it signs is behind [Platform]; this package knows
// time, trouble and bytes on a connection.
package load
