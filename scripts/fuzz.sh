#!/bin/sh
# Runs every fuzz target of the repository, each in its module, for the time given as the first argument.
set -eu

fuzztime=${1:-5s}
go=${GO:-go}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

targets=$(grep -rnE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*\(' . |
	sed -E 's#^(.*)/[^/]*:[0-9]+:func (Fuzz[A-Za-z0-9_]*)\(.*#\1 \2#' | sort -u)
if [ -z "$targets" ]; then
	echo "no fuzz target found" >&2
	exit 1
fi

# Go's fuzzer now and then takes the end of its own time for a failure: it says
# "context deadline exceeded" and no more. A finding comes with the input that
# failed, or the seed, and an ordinary test failure names its line.
out_of_time() {
	grep -q '^    context deadline exceeded$' "$log" &&
		! grep -qE 'Failing input|failure while testing seed|_test\.go:[0-9]+:|panic:' "$log"
}

echo "$targets" | while read -r package name; do
	echo "fuzz $package $name ($fuzztime)"
	if $go -C "$package" test -run='^$' -fuzz="^$name\$" -fuzztime="$fuzztime" -fuzzminimizetime=20x . </dev/null >"$log" 2>&1; then
		cat "$log"
	elif out_of_time; then
		echo "time was up, nothing found"
	else
		cat "$log"
		exit 1
	fi
done
