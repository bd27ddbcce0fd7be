# make help lists every target. Nothing here has to be installed by hand: run and test begin with
# scripts/install.sh, which prints nothing if nothing is missing.

SHELL   := /bin/bash
BINARY  := bin/atalaya
PARTS   := acceptance/node_modules/.package-lock.json
CLIENT  := web/client/dist/index.js
SITE    := examples/nextjs/node_modules/.package-lock.json
WEB     := web/node_modules/.package-lock.json
BUILT   := internal/dashboard/page/built/index.html
# The flags are those of scripts/release.sh, so that Go compiles the packages once for both, and for other clones.
# Without npm the program is built without the dashboard, and says in its place how to get it.
PAGE    := $(if $(shell command -v npm),$(BUILT))
LIBRARY := lightweight-charts/dist/lightweight-charts.standalone.production.js

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check page parts s3server test-database test-browser fuzz build lint fmt generate verify e2e attack chaos test-supabase test-example test-dashboard bench-ingest bench-capture bench-reads bench-streams soak test-notify clean install-run install-test install-bench install-install package release image test-install check-fmt $(BINARY) test-capture charts check-charts docs-page check-docs-page

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install-run build ## Install what is missing, build, and run everything on this machine
	@exec $(BINARY) dev $(ARGS)

test: install-test check-fmt ## Install what is missing and run every test
	@MODULES="$(MODULES)" scripts/test.sh

# The tiers of tests, by what they need. scripts/tier.sh lists the packages of each. CONTRIBUTING.md has the times.
check: check-fmt ## Run the tests that need nothing installed (under a minute)
	@packages="$$(scripts/tier.sh pure)" && go vet $$packages && go test $$packages

test-database: install-test s3server check-fmt ## Run the tests that need PostgreSQL, Redis or Node.js
	@packages="$$(scripts/tier.sh database)" && go vet $$packages && go test -race -timeout 15m $$packages

test-browser: install-test s3server check-fmt ## Run the tests that need a browser
	@packages="$$(scripts/tier.sh browser)" && go vet $$packages && go test -race -timeout 15m $$packages

# A number of executions, not a time, because Go may report the end of the time as a failure
# (https://go.dev/issue/75804, fixed in Go 1.27).
FUZZTIME ?= 1000000x
fuzz: ## Fuzz the reader of alerts and the door, FUZZTIME each (a million executions, 10 minutes or so)
	go test -run '^$$' -fuzz FuzzRead -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/alert
	go test -run '^$$' -fuzz FuzzDoor -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/webhook/fuzzed

build: $(BINARY) ## Build bin/atalaya

$(BINARY): $(PAGE)
	@test -n "$(PAGE)" || echo "npm is missing, so the dashboard is left out; everything else is there."
	@test -e $@ || echo "Building $@, which takes a few minutes the first time…"
	@CGO_ENABLED=0 go build -trimpath -ldflags=-w -o $@ ./cmd/atalaya

lint: bin/golangci-lint ## Run the linter (its first build takes minutes)
	$(call in-modules,$(CURDIR)/bin/golangci-lint run ./...)

fmt: ## Format the Go code
	gofmt -w $(GO_DIRS)

generate: bin/sqlc ## Make the SQL code, docs/configuration.md and .env.example
	bin/sqlc generate
	go test ./internal/config -run 'TestGenerated' -update

verify: lint generate ## Lint, check that generated files are current, and test
	git diff --exit-code
	$(MAKE) test

e2e: install-test build ## Run the program end to end; the last line is the result as JSON
	@go build -C acceptance -o ../bin/e2e ./cmd/e2e && bin/e2e -binary $(BINARY)

attack: install-test build ## Attack the program as strangers and hostile users would; the last line is the result as JSON (3 minutes)
	@go build -C acceptance -o ../bin/attack ./cmd/attack && bin/attack -binary $(BINARY)

test-notify: install-test build ## Kill, disturb and refuse the program while it tells people; the last line is the result as JSON (8 minutes)
	@go build -C acceptance -o ../bin/test-notify ./cmd/notify && bin/test-notify -binary $(BINARY)

test-capture: install-test ## Take every scenario of the chart site; the last line is the result as JSON
	@go run ./internal/test/matrix/run

soak: install-test ## Take 2,000 pictures, two at a time, one in twenty of a page that kills the browser (20 minutes)
	SOAK=2000 go test ./internal/app -run ManyCapturesAtOnce -v -timeout 60m

test-supabase: install-test $(PARTS) build ## Run the program among the real parts of Supabase; the last line is the result as JSON
	@go build -C acceptance -o ../bin/test-supabase ./cmd/supabase && bin/test-supabase -binary $(BINARY)

test-example: install-test $(PARTS) $(SITE) build ## Drive the example site in a browser and take its pictures; the last line is the result as JSON
	@go build -C acceptance -o ../bin/test-example ./cmd/example && bin/test-example -binary $(BINARY)

test-dashboard: install-test $(PARTS) build ## Drive the dashboard in a browser and take its pictures; the last line is the result as JSON
	npm --prefix web test
	@go build -C acceptance -o ../bin/test-dashboard ./cmd/dashboard && bin/test-dashboard -binary $(BINARY)

package: $(PAGE) bin/nfpm ## Build the Debian package for this machine's architecture in dist/
	@scripts/release.sh package

release: $(BUILT) bin/nfpm bin/cyclonedx-gomod ## Build programs, Debian packages, their contents' list (SBOM) and checksums in dist/
	@scripts/release.sh

image: package ## Build the container's image as a file in dist/, of Debian's packages alone (as root; docker load takes it)
	@scripts/image.sh

test-install: install-install build bin/nfpm ## Install, upgrade and remove the package in a Debian, run the image, get certificates, stand behind proxies; the last line is the result as JSON (20 minutes, as root)
	@go build -C acceptance -o ../bin/test-install ./cmd/install && bin/test-install -binary $(BINARY)

chaos: install-bench build ## Injure what two replicas stand on, and count the alerts afterwards (18 minutes)
	@go build -C bench -o ../bin/chaos ./chaos && bin/chaos -binary $(BINARY)

bench-ingest: install-bench build bench/ingest/express/node_modules/.package-lock.json ## Measure the way in, beside Express with BullMQ (5 minutes); BEFORE=<commit> adds an earlier one, MANY=1 a full database
	$(if $(BEFORE),@scripts/build-before.sh $(BEFORE) bin/atalaya-before)
	@go build -C bench -o ../bin/bench-ingest ./ingest && bin/bench-ingest -binary $(BINARY) $(if $(BEFORE),-before bin/atalaya-before) $(if $(MANY),-many)

bench-capture: install-bench build bench/capture/node_modules/.package-lock.json ## Measure what a capture costs, beside puppeteer (10 minutes)
	@go build -C bench -o ../bin/bench-capture ./capture && bin/bench-capture -binary $(BINARY)

bench-reads: install-test build ## Measure reading among ten thousand and ten million signals (10 minutes)
	@go build -C bench -o ../bin/bench-reads ./reads && bin/bench-reads -binary $(BINARY)

bench-streams: ## Measure the memory that 2,000 idle event streams take
	go test ./internal/api -run '^$$' -bench IdleStreams -benchtime 1x

clean: ## Remove what was built; data of make run stays in data/
	rm -rf bin acceptance/node_modules examples/nextjs/node_modules examples/nextjs/.next web/chartsite/node_modules web/node_modules web/client/dist internal/dashboard/page/built

# --- behind the targets ---

GO_DIRS := *.go $(filter-out acceptance/node_modules/,$(wildcard acceptance/*.go acceptance/*/)) bench cmd deploy internal supabase

# What measures and tests the program from outside has modules of its own, so that go.mod lists only what the program
# needs.
MODULES    := . bench acceptance acceptance/s3server
in-modules  = @failed=; for module in $(MODULES); do echo "$$module: $(1)"; (cd $$module && $(1)) || failed="$$failed $$module"; done; test -z "$$failed" || { echo "failed in:$$failed"; exit 1; }

install-run:
	@scripts/install.sh run

install-test:
	@scripts/install.sh test

# What Node.js makes for the program, and for its tests.
page: $(PAGE)
s3server: # once, instead of in every package that tests with it
	@cd acceptance/s3server && go tool -n s3server >/dev/null
parts: $(PARTS) $(SITE) check-charts check-docs-page

install-bench:
	@scripts/install.sh bench

install-install:
	@scripts/install.sh install

check-fmt:
	@files="$$(gofmt -l $(GO_DIRS))"; test -z "$$files" || { echo "not formatted, run make fmt:" $$files; exit 1; }

bench/%/node_modules/.package-lock.json: bench/%/package-lock.json
	npm --prefix bench/$* ci --no-audit --no-fund --loglevel=error
	@touch $@

# The chart site's chart library is committed, so that a build needs no Node.js.
charts: ## Fetch the demo site's chart library anew, by its lock file
	npm --prefix web/chartsite ci --no-audit --no-fund --loglevel=error
	cp web/chartsite/node_modules/$(LIBRARY) internal/chartsite/assets/vendor/lightweight-charts.js

check-charts:
	@npm --prefix web/chartsite ci --no-audit --no-fund --loglevel=error
	@cmp web/chartsite/node_modules/$(LIBRARY) internal/chartsite/assets/vendor/lightweight-charts.js || { echo "the committed chart library is not the one of the lock file: run make charts"; exit 1; }

# The page that shows the API's document at /docs is committed too.
docs-page: ## Fetch the page at /docs anew, in the version that scripts/docs-page.sh names
	@scripts/docs-page.sh fetch

check-docs-page:
	@scripts/docs-page.sh check

# The dashboard and its typed client, by one lock file. The program embeds what is built here.
$(WEB): web/package-lock.json
	npm --prefix web ci --no-audit --no-fund --loglevel=error
	@touch $@

$(BUILT): $(WEB) $(shell find web/client/src web/dashboard/src web/dashboard/public web/dashboard/index.html web/dashboard/vite.config.ts -type f 2>/dev/null)
	npm --prefix web/dashboard run --silent build
	@touch $@

# PostgREST, the Supabase CLI, supabase-js and a Node.js that it runs on, by their lock file.
$(PARTS): acceptance/package-lock.json
	npm --prefix acceptance ci --no-audit --no-fund --loglevel=error
	@touch $@

# The typed client as it is published, which the example installs from its folder.
$(CLIENT): $(WEB) $(wildcard web/client/src/*.ts)
	npm --prefix web/client run --silent build
	@touch $@

# Next.js, the typed client and the driver of the browser, by the example's lock file.
$(SITE): examples/nextjs/package-lock.json $(CLIENT)
	npm --prefix examples/nextjs ci --no-audit --no-fund --loglevel=error
	@touch $@

# The tools have modules of their own, so that what they need never enters the program's go.mod.
bin/sqlc: tools/go.mod tools/go.sum
	go build -C tools -o ../$@ github.com/sqlc-dev/sqlc/cmd/sqlc

bin/nfpm: tools/release/go.mod tools/release/go.sum
	go build -C tools/release -o ../../$@ github.com/goreleaser/nfpm/v2/cmd/nfpm

bin/cyclonedx-gomod: tools/release/go.mod tools/release/go.sum
	go build -C tools/release -o ../../$@ github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod

bin/golangci-lint: tools/go.mod tools/go.sum
	go build -C tools -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
