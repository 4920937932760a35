// Package e2e holds the tests that run the built binary against real Redis
// servers, a real server that speaks S3 and the simulated platforms, ask it with
// foreign clients (curl and openssl), kill it and the servers, fill its disk, and
// watch what a server writes to disk. It has no code of its own.
package e2e
