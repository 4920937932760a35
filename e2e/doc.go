// Package e2e holds the tests that run the built binary against real Redis
// servers, ask it with foreign clients (curl and openssl), kill it and the
// servers, and watch what a server writes to disk. It has no code of its own.
package e2e
