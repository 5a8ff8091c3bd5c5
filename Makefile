# Samen Onder Handbereik. `make` alone shows what there is to do.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GO          ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.1
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
# Public tools that judge the ledger. Torchwood from 0.10 on needs Go 1.27.
FSCK        := github.com/transparency-dev/tessera/cmd/fsck@v1.0.4
LITEWITNESS := filippo.io/torchwood/cmd/litewitness@v0.6.1
TESTTIJD    ?= 20m

LOCK     := web/package-lock.json
MODULES  := web/node_modules/.package-lock.json
MANIFEST := internal/web/dist/manifest.json
BRONNEN  := $(shell find web/src web/assets tools/assets -type f 2>/dev/null)

.PHONY: help demo test check openbaar build assets bench slijt derden schoon

help: ## show this list
	@echo 'Samen Onder Handbereik. Choose one:'
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo 'SOH_DEMO_ADDR (127.0.0.1:8080) and SOH_DEMO_DIR (.demo) say where the demo runs.'

demo: build ## run the whole network on this machine, until Ctrl-C
	@bin/soh demo

test: assets ## run every test, the browser's included
	@scripts/nodig.sh chromium
	$(GO) test -timeout $(TESTTIJD) ./...

check: assets ## all that must hold before a commit: format, vet, lint, race, known holes
	@scripts/nodig.sh chromium
	@scripts/opmaak.sh
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) test -race -timeout $(TESTTIJD) ./...
	@scripts/kwetsbaar.sh $(GOVULNCHECK)

openbaar: assets ## let public tools of others judge the ledger: fsck and litewitness
	@scripts/openbaar.sh $(GO) $(FSCK) $(LITEWITNESS)

build: assets ## build bin/soh
	@scripts/nodig.sh go
	$(GO) build -trimpath -o bin/soh ./cmd/soh

assets: $(MANIFEST) ## build styles, icons and script into internal/web/dist

$(MANIFEST): $(MODULES) $(BRONNEN)
	@scripts/nodig.sh go
	$(GO) run ./tools/assets
	@touch $@

$(MODULES): $(LOCK)
	@scripts/nodig.sh node npm
	@cd web && npm ci --no-audit --no-fund --loglevel=error \
	  || { echo 'make: npm could not fetch the packages of web/package-lock.json. Check the network or the registry in ~/.npmrc, then run make assets again.' >&2; exit 1; }
	@touch $@

bench: build ## measure the hub: pushes, batches, queries, rebuild, memory (about a minute)
	@bin/soh bench

slijt: ## kill hub and node a hundred times under load, and cut their power a hundred times (as root)
	SOH_SLIJT=100 $(GO) test -count=1 -timeout $(TESTTIJD) -run 'TestGedodeHub|TestStroomuitval' -v ./internal/hub ./internal/hub/bezorging
	SOH_SLIJT=100 $(GO) test -count=1 -timeout $(TESTTIJD) -run 'TestGedoodKnooppunt|TestStroomuitval' -v ./internal/node

derden: assets ## write THIRD_PARTY.md anew, after a dependency came, left or changed
	$(GO) run ./tools/derden

schoon: ## remove what was built; the demo's folder stays
	rm -rf bin web/node_modules
	find internal/web/dist -mindepth 1 ! -name .gitkeep -delete
