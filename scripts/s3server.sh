#!/bin/sh
# Puts versitygw, a server that speaks S3, into bin/, where the tests look for it.
# It is a program of the tests, not a library of the product: so it is installed
# with its own go.mod, and ours does not name it. The Go checksum database vouches
# for its source. Does nothing where the version is there already.
set -eu
cd "$(dirname "$0")/.."

go=${GO:-go}
module=github.com/versity/versitygw
version=v1.8.0

# installed reads the version that the Go tool has written into the program.
installed() {
	"$go" version -m bin/versitygw 2>/dev/null |
		awk -v m="$module" '$1 == "mod" && $2 == m { print $3 }'
}

[ "$(installed)" != "$version" ] || exit 0
echo "installing versitygw $version into bin/, which takes about a minute" >&2
GOBIN="$PWD/bin" GOFLAGS=-mod=mod CGO_ENABLED=0 "$go" install -trimpath -ldflags '-s -w' \
	"$module/cmd/versitygw@$version" </dev/null >&2
