#!/usr/bin/env bash
# Builds the container image without a registry, checks what it promises, and runs
# it once. The base image of the build stage is made from the machine's own Go
# installation, under the name that the Dockerfile asks for; modules come from the
# machine's module cache. Everything lies in a temporary folder that is removed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

go=${GO:-go}
image=xmode-image-test
max_bytes=$((40 * 1024 * 1024))

say() { printf '%s\n' "$*"; }
fail() {
	printf 'image-test: %s\n' "$*" >&2
	exit 1
}

command -v buildah >/dev/null || fail "buildah is missing; as root: apt-get install -y buildah"
[ -r /etc/ssl/certs/ca-certificates.crt ] || fail "the certificate authorities are missing; as root: apt-get install -y ca-certificates"
base=$(awk '$1 == "FROM" && $3 == "AS" { print $2; exit }' Dockerfile)
[ -n "$base" ] || fail "the Dockerfile names no base image for its build stage"

tmp=$(mktemp -d)
server=
cleanup() {
	stop_server
	b rm --all >/dev/null 2>&1 || true
	chmod -R u+w "$tmp" 2>/dev/null || true
	rm -rf "$tmp"
}
trap cleanup EXIT

# stop_server ends the server with all that stands between: what buildah started does not
# end with buildah itself.
stop_server() {
	[ -n "$server" ] || return 0
	pkill -TERM -s "$server" 2>/dev/null || true
	wait "$server" 2>/dev/null || true
	server=
}

# b is buildah with a storage of its own.
buildah=(env "TMPDIR=$tmp" buildah --root "$tmp/storage" --runroot "$tmp/run" --storage-driver vfs)
b() { "${buildah[@]}" "$@"; }

# make_base fills the local base image: Go, a shell for RUN, the certificates.
make_base() {
	local root=$tmp/base goroot program
	goroot=$($go env GOROOT)
	mkdir -p "$root"/{bin,dev,etc/ssl/certs,proc,sys,tmp,usr/local/go}
	chmod 1777 "$root/tmp"
	tar -C "$goroot" --exclude=./test --exclude=./api --exclude=./doc -cf - . | tar -C "$root/usr/local/go" -xf -
	cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
	program=$(readlink -f /bin/sh)
	cp "$program" "$root/bin/sh"
	ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "$root$(dirname "$library")"
		cp -L "$library" "$root$library"
	done

	local container
	container=$(b from scratch)
	b add --quiet "$container" "$root" / >/dev/null
	b config \
		--env PATH=/usr/local/go/bin:/bin --env GOPATH=/go --env GOTOOLCHAIN=local \
		--env GOSUMDB=off "$container"
	b commit --quiet --rm --format docker "$container" "$base" >/dev/null
	rm -rf "$root"
}

# build_image runs the Dockerfile as it is. The module cache serves as the proxy.
build_image() {
	$go list -deps ./cmd/xmode >/dev/null # fetches what the cache lacks
	b bud --quiet --format docker --isolation chroot --pull-never \
		--volume "$($go env GOMODCACHE)/cache/download:/modules:ro" \
		--build-arg GOPROXY=file:///modules \
		--build-arg VERSION=image-test \
		--tag "$image" . >/dev/null
}

# inspect prints one field of the image's configuration.
inspect() { b inspect --type image --format "{{$1}}" "$image"; }

# check_image holds the image against its promises. The argument is its root.
check_image() {
	local root=$1 user health bytes found
	user=$(inspect .Docker.Config.User)
	[[ $user =~ ^[1-9][0-9]*(:[1-9][0-9]*)?$ ]] || fail "the user is '$user', not a number other than 0"
	say "user:         $user"

	health=$(inspect '.Docker.Config.Healthcheck.Test')
	[[ $health == "[CMD /xmode health]" ]] || fail "the health check is '$health'"
	say "health check: $health"

	bytes=$(du -sb "$root" | cut -f1)
	[ "$bytes" -lt "$max_bytes" ] || fail "the image has $bytes bytes, more than $max_bytes"
	say "size:         $bytes bytes, $(((max_bytes - bytes) / 1024)) KiB below the limit"

	found=$(cd "$root" && find . -type f | sort | tr '\n' ' ')
	[ "$found" = "./etc/ssl/certs/ca-certificates.crt ./xmode " ] || fail "the image holds other files: $found"
	say "files:        $found"

	# ldd fails for a static program, and says why.
	if ldd "$root/xmode" >/dev/null 2>&1; then
		fail "the binary is not static"
	fi
	say "binary:       static"
}

# free_port prints a port on which nobody listens.
free_port() {
	local port
	while port=$((20000 + RANDOM)); do
		if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			say "$port"
			return
		fi
	done
}

# run_image starts the container, asks it how it is, and stops it. The isolation
# by chroot shares the network, hence the ports of our own. The argument is the
# container.
run_image() {
	local container=$1 public admin log=$tmp/serve.log i
	say "version:      $(b run --isolation chroot "$container" -- /xmode version | tr '\n' ' ')"

	public=$(free_port)
	admin=$(free_port)
	b config --env XMODE_REDIS=embedded --env XMODE_ALIYUN_KEYS=image-test-signing-key \
		--env XMODE_API_KEYS=test:admin:image-test-api-key-1 \
		--env "XMODE_LISTEN=127.0.0.1:$public" --env "XMODE_ADMIN_LISTEN=127.0.0.1:$admin" "$container"

	setsid "${buildah[@]}" run --isolation chroot "$container" -- /xmode serve >"$log" 2>&1 &
	server=$!
	for ((i = 0; i < 50; i++)); do
		if b run --isolation chroot "$container" -- /xmode health >"$tmp/health.log" 2>&1; then
			say "health:       ready after $((i + 1)) questions"
			stop_server
			return
		fi
		kill -0 "$server" 2>/dev/null || break
	done
	cat "$log" "$tmp/health.log" >&2
	fail "the container never became healthy"
}

say "base image:   $base, from $($go env GOROOT)"
make_base
build_image
container=$(b from --pull-never "$image")
check_image "$(b mount "$container")"
run_image "$container"
say "image-test: ok"
