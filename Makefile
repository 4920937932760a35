# Run `make help` for what there is.

GO       ?= go
FUZZTIME ?= 1s
BINDINGS ?= 1000000
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT   ?= $(shell git rev-parse HEAD 2>/dev/null)
LDFLAGS   = -X main.version=$(VERSION) -X main.commit=$(COMMIT)

.DEFAULT_GOAL := help
.PHONY: help demo test deps lint unit fuzz build generate bench bench-queries bench-records bench-recordings bench-simulator bench-memory promises chaos soak image-test clean

help: ## list what one can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## show the main job: signed queries and their answers, in one process
	@$(GO) run ./cmd/xmode demo

test: deps lint unit promises fuzz ## everything CI runs: dependencies, linters, tests with -race, short faults, a short fuzz

deps: ## install what the tests need (redis-server, an S3 server); does nothing where it is present
	@sh scripts/deps.sh
	@GO="$(GO)" sh scripts/s3server.sh

lint: ## gofmt, go vet, staticcheck
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) -C secondopinion vet ./...
	@staticcheck=$$($(GO) tool -n staticcheck) && cd secondopinion && "$$staticcheck" ./...

unit: ## all tests with the race detector, those of the module beside ours as well
	$(GO) test -race ./...
	$(GO) -C secondopinion test -race ./...

promises: deps ## the promises of docs/PROMISES.md, each fault for some seconds, without those about ratios (3 min)
	@$(GO) test -race -c -o bin/promises.test ./e2e
	@cd e2e && ../bin/promises.test -test.timeout 15m -test.run '^TestPromise' -promises=short

chaos: deps ## the promises of docs/PROMISES.md, each fault in full length, with the measured figures (45 min)
	@$(GO) test -c -o bin/chaos.test ./e2e
	@cd e2e && ../bin/chaos.test -test.timeout 60m -test.run '^TestPromise' -promises=full

fuzz: ## each fuzz target for FUZZTIME (1s)
	@GO="$(GO)" sh scripts/fuzz.sh $(FUZZTIME)

build: ## build bin/xmode
	CGO_ENABLED=0 $(GO) build -tags grpcnotrace -trimpath -ldflags '$(LDFLAGS)' -o bin/xmode ./cmd/xmode

generate: ## write the pages that restate code (docs/SETTINGS.md, ROUTES.md, METRICS.md, CLAUSES.md, DOCTOR.md, the list in fixtures/README.md)
	$(GO) generate ./...

bench: deps ## speed of `xmode serve`: queries and records beside hand-written handlers, recordings beside curl, `xmode simulate` beside wrk
	@sh scripts/deps.sh wrk
	@$(GO) run ./bench

bench-queries: deps ## the part of bench that asks
	@$(GO) run ./bench -only queries

bench-records: deps ## the part of bench that pushes call records
	@$(GO) run ./bench -only records

bench-recordings: deps ## the part of bench that fetches recordings to disk (1 GiB of room while it runs)
	@$(GO) run ./bench -only recordings

bench-simulator: deps ## the part of bench that plays a platform
	@sh scripts/deps.sh wrk
	@$(GO) run ./bench -only simulator

bench-memory: deps ## Redis memory a binding (import of BINDINGS, 1000000; 0: none) and a call record
	@$(GO) run ./bench/memory -bindings $(BINDINGS)

soak: deps ## the kill tests with 20 seeds, simulated loads of 20 000 calls
	$(GO) test -race -count=1 -timeout 60m -run 'Killed|RedisKill|SimulatedLoad' ./e2e -args -seeds=20 -calls=20000

image-test: ## build the container image offline with buildah, check it and run it once
	@bash scripts/image-test.sh

clean: ## remove bin/: what `make build` made, and the S3 server of the tests
	rm -rf bin
