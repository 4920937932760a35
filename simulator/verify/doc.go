// Package verify holds what an endpoint has after a load of simulated calls
// against what it must have, through the admin API of the endpoint: every call
// record once, with what the call was like, calls in the state that they came to,
// recordings kept. It is written from the API's documents and shares nothing with
// the code that serves it.
package verify
