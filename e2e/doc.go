// Package e2e holds the tests that run the built binary against real Redis
// servers, and ask it with foreign clients: curl and openssl. It has no code of
// its own.
package e2e
