# The image holds one static binary and the certificate authorities: no shell, no
# package manager, no writable file but an empty folder for recordings. Build it with `docker build -t xmode .`, and
# where the module proxy is out of reach with
# `--build-arg GOPROXY=ADDRESS`.

FROM golang:1.26-bookworm AS build
WORKDIR /src
ARG GOPROXY
ARG VERSION=dev
ARG COMMIT=
COPY . .
# The caches outlive the build: a change of code fetches no module again. The tag
# leaves out pages for debugging that a library of a library brings, and functions
# stand closer than usual: together a megabyte. Three more come from the S3 client and
# what lies around it, which waits for the network, and from the embedded store, which is
# for trying out: they gain nothing by functions written into their callers.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/var/cache/go-build \
    CGO_ENABLED=0 GOCACHE=/var/cache/go-build go build -tags grpcnotrace -trimpath -buildvcs=false \
    -gcflags=github.com/aws/...=-l -gcflags=gocloud.dev/...=-l -gcflags=github.com/googleapis/...=-l -gcflags=google.golang.org/...=-l \
    -gcflags=github.com/alicebob/...=-l -gcflags=github.com/yuin/...=-l \
    -ldflags "-s -w -funcalign=16 -X main.version=${VERSION} -X main.commit=${COMMIT}" \
    -o /xmode ./cmd/xmode
# An empty folder, for the next stage.
WORKDIR /recordings

FROM scratch
# For rediss:// and the platforms' own APIs.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /xmode /xmode
# Where a volume for recordings goes: a new one takes its owner from here.
COPY --from=build --chown=65532:65532 /recordings /recordings
# A number, so that Kubernetes can see that it is not root.
USER 65532:65532
# 8080: the platforms. 8081: provisioning and metrics, on loopback unless
# XMODE_ADMIN_LISTEN says otherwise.
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["/xmode", "health"]
ENTRYPOINT ["/xmode"]
CMD ["serve"]
