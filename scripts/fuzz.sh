#!/bin/sh
# Runs every fuzz target of the module for the time given as the first argument.
set -eu

fuzztime=${1:-5s}
go=${GO:-go}

targets=$(grep -rnE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*\(' . |
	sed -E 's#^(.*)/[^/]*:[0-9]+:func (Fuzz[A-Za-z0-9_]*)\(.*#\1 \2#' | sort -u)
if [ -z "$targets" ]; then
	echo "no fuzz target found" >&2
	exit 1
fi

echo "$targets" | while read -r package name; do
	echo "fuzz $package $name ($fuzztime)"
	$go test -run='^$' -fuzz="^$name\$" -fuzztime="$fuzztime" -fuzzminimizetime=20x "$package" </dev/null
done
