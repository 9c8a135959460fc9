# Everything a developer needs. `make` alone lists the targets.
# The program needs no C compiler anywhere.
export CGO_ENABLED = 0

GO      ?= go
ARGS    ?=
PKGS    ?= ./...
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.DEFAULT_GOAL := help
.PHONY: help run build test check soak bench lint fmt clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST) | expand -t 8

run: ## start the demonstration city (ARGS='--addr 127.0.0.1:9000' passes on)
	$(GO) run ./cmd/gongkai demo $(ARGS)

build: ## one static binary in build/
	$(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o build/gongkai ./cmd/gongkai

test: ## everything a commit needs: format, vet, all tests on both databases and in a browser
	scripts/need-packages
	scripts/need-npm
	scripts/check-format
	$(GO) vet ./...
	scripts/with-postgres scripts/go-test $(PKGS)

check: ## tests of the packages you changed, and of those that import them
	scripts/check-format
	scripts/check-changed

soak: ## the long proofs: kills, every page in every mode, long fuzzing
	scripts/need-packages
	scripts/need-npm
	GONGKAI_SOAK=1 PG_FSYNC=on TIMEOUT=6h scripts/with-postgres scripts/go-test $(PKGS)

bench: ## speed, measured beside a peer in the same run
	scripts/need-packages
	GONGKAI_BENCH=1 scripts/with-postgres scripts/bench $(ARGS)

lint: ## golangci-lint at its pinned version, with the import arrow of .golangci.yml
	scripts/lint $(ARGS)

fmt: ## format the tree
	gofmt -w cmd internal migrations

clean: ## remove what make build leaves
	rm -rf build
