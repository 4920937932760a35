// Package handlers is the HTTP side of xmode: the queries and pushes of the
// platforms on the public listener, and provisioning, reading, health and
// metrics on the admin listener.
//
// Both listeners have one funnel each. On the public one every message of
// every platform is read and verified; a query is then decided, answered, and
// only then leaves its traces, a push is stored and only then acknowledged; no
// handler knows which platform it serves. On the admin one a
// handler states its role and its request shape, and the funnel authorises,
// decodes strictly, maps errors through one table and encodes.
//
// Nothing in here names a platform's wire format or a store's implementation,
// reads the environment, or asks for the time: all of it comes in with [Deps].
package handlers
