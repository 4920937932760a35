#!/bin/sh
# Installs the programs that the tests call and this machine lacks, and those that
# are named. Where it may not install, it prints the command that does, and fails.
set -eu

missing=
need() { # need PROGRAM PACKAGE...
	program=$1
	shift
	command -v "$program" >/dev/null 2>&1 || missing="$missing $*"
}
need redis-server redis-server
need gcc gcc libc6-dev # the race detector
need openssl openssl   # the signed query of the README
need strace strace     # when Redis writes to disk
need curl curl ca-certificates
for program in "$@"; do # what only some need
	need "$program" "$program"
done

[ -n "$missing" ] || exit 0

install="apt-get update && apt-get install -y --no-install-recommends$missing"
refuse() {
	echo "missing:$missing" >&2
	echo "$1; run this as root:" >&2
	echo "  $install" >&2
	exit 1
}

command -v apt-get >/dev/null 2>&1 || refuse "there is no apt-get here: install these with your package manager, or on Debian"
if [ "$(id -u)" = 0 ]; then
	as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
	as_root="sudo -n"
else
	refuse "no right to install"
fi

echo "installing:$missing"
$as_root sh -c "export DEBIAN_FRONTEND=noninteractive; $install" </dev/null >&2 || refuse "the installation did not work"
