# The verbs of this repository; CI calls only these.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
DATA ?= ./spillway-data
ARGS ?=
BINARY := artifacts/publish/spillway
# Stands for the dashboard's, too: one command builds both.
WEB := web/player/dist/index.html
TRACKERS := bench/trackers/node_modules
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.PHONY: help build web demo test unit e2e e2e-slow lint format docs bench coverage mutation fuzz soak reliability publish dist deb deb-test guides clean

help: ## Show the verbs
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(WEB): $(WEB_SOURCES)
	cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && npm run build
	@touch $(WEB)

# Other trackers and clients, for tests. The benchmark adds what is optional: it is large.
$(TRACKERS): bench/trackers/package-lock.json
	cd bench/trackers && npm ci --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $(TRACKERS)

$(TRACKERS)/uWebSockets.js: bench/trackers/package-lock.json
	cd bench/trackers && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $(TRACKERS) $(TRACKERS)/uWebSockets.js

web: $(WEB) ## Build the player page and the operator's

build: $(WEB) ## Build everything
	dotnet build Spillway.slnx --nologo -v quiet

demo: ## Put a test picture on air (ARGS="--file my.mp4")
	@tools/need ffmpeg
	@$(MAKE) --no-print-directory $(WEB)
	dotnet build src/Spillway --nologo -v quiet -c Release
	@exec dotnet src/Spillway/bin/Release/net10.0/spillway.dll demo --data $(DATA) $(ARGS)

test: ## Install what the tests need and run them all
	@tools/need dotnet node ffmpeg chromium ceph nginx nginx-rtmp prometheus aot
	@$(MAKE) --no-print-directory $(TRACKERS)
	@tools/test unit web e2e

unit: $(WEB) ## Run the unit and conformance tests only
	@tools/need ffmpeg ceph nginx prometheus
	@tools/test unit

e2e: ## Run the end-to-end tests only
	@tools/need dotnet node ffmpeg chromium ceph nginx nginx-rtmp prometheus aot
	@$(MAKE) --no-print-directory $(TRACKERS)
	@tools/test e2e

e2e-slow: ## Run the end-to-end tests and those of misbehaving sources ten times over, and the long ones
	@tools/need dotnet node ffmpeg chromium ceph nginx nginx-rtmp prometheus obs aot
	@$(MAKE) --no-print-directory $(TRACKERS)
	@tools/test e2e-slow

lint: $(WEB) ## Check formatting, analyzers and types
	dotnet tool restore > /dev/null
	dotnet csharpier check .
	dotnet build Spillway.slnx --nologo -v quiet
	cd web && npm run check

format: ## Format all C# files
	dotnet tool restore > /dev/null
	dotnet csharpier format .

docs: $(WEB) ## Write what is made from the code anew: docs/settings.md, the manual page, the completions, openapi.json, the dashboard's types, the tables of docs/benchmarks.md and docs/quality.md
	dotnet build tests/Spillway.Tests --nologo -v quiet
	WRITE_DOCS=1 tests/Spillway.Tests/bin/Debug/net10.0/Spillway.Tests -noLogo -class Spillway.Tests.Docs.SettingsReferenceTests -class Spillway.Tests.Docs.BenchmarkPageTests -class Spillway.Tests.Docs.QualityPageTests -class Spillway.Tests.Dashboard.OpenApi.OpenApiTests -class Spillway.Tests.Packaging.CommandTableTests
	cd web && npm run --silent api --workspace dashboard

bench: PART ?= latency
bench: publish ## Measure (PART=latency, publish, start, rtmp, micro, dvr, tracker, playlist, window, dashboard, metrics, swarm, lies, swarm-simulation, firstframe, steady, rebuffer, faults or event)
	@tools/need node ffmpeg ceph nginx nginx-rtmp $(if $(filter swarm lies firstframe steady rebuffer,$(PART)),chromium) $(if $(filter playlist,$(PART)),wrk)
	@if [ "$(PART)" = tracker ]; then $(MAKE) --no-print-directory $(TRACKERS)/uWebSockets.js; fi
	export BENCH_COMMAND='make bench PART=$(PART)$(if $(ARGS), ARGS="$(ARGS)")'; \
	$(if $(filter swarm lies firstframe steady rebuffer metrics,$(PART)),$(ARGS) tools/test bench-$(PART),dotnet run --project bench/Spillway.Bench -c Release -- $(PART) $(ARGS))

coverage: $(WEB) ## What of src the unit tests reach: artifacts/coverage, docs/quality/coverage.json
	@tools/need dotnet node ffmpeg ceph nginx prometheus
	dotnet tool restore > /dev/null
	tools/coverage

mutation: $(WEB) ## Break playlists, timeline and tracker on purpose and see whether their tests notice: artifacts/mutation, docs/quality/mutation.json (PART=playlists, timeline or tracker)
	@tools/need dotnet node
	dotnet tool restore > /dev/null
	tools/mutation $(PART)

fuzz: $(WEB) ## A million mutilated messages and frames for the tracker (ROUNDS=)
	dotnet build tests/Spillway.Tests --nologo -v quiet
	FUZZ_ROUNDS=$(or $(ROUNDS),1000000) tests/Spillway.Tests/bin/Debug/net10.0/Spillway.Tests -noLogo -class Spillway.Tests.Tracker.TrackerFuzzTests -class Spillway.Tests.Tracker.WebSockets.FrameFuzzTests

soak: ## Ten streams for ten minutes, then six hours of stream time (MINUTES=, HOURS=, SEED=)
	@tools/need dotnet node ffmpeg aot
	@tools/test soak

reliability: PART ?= kills
reliability: ## Kill it, fail over, restart it, watch its memory (PART=kills, failover, restarts, uploads, overhead, memory or soak; COUNT=, FROM=, SEED=, MINUTES=)
	@tools/need dotnet node ffmpeg chromium ceph nginx aot
	@tools/test reliability-$(PART)

publish: $(WEB) ## Build the binary: artifacts/publish/spillway
	@tools/need aot
	dotnet publish src/Spillway --nologo -v quiet -c Release -r linux-x64 -o artifacts/publish
	@ls -lh $(BINARY) | awk '{print $$9": "$$5}'

dist: publish ## Build the tarball: artifacts/spillway-VERSION-linux-x64.tar.gz
	@tools/dist tarball

deb: publish ## Build the Debian package: artifacts/spillway_VERSION-1_amd64.deb
	@tools/need deb
	@tools/dist deb

deb-test: publish ## Install, start, update and purge the package in a clean Debian (as root)
	@tools/need deb debootstrap ffmpeg
	@tools/deb-test

guides: publish ## Try the guides' commands in a clean Debian (as root; GUIDE=docs/check.md for one)
	@tools/need deb debootstrap ceph nginx ffmpeg
	@tools/try-guides $(GUIDE)

clean: ## Remove what was built
	rm -rf artifacts web/node_modules web/player/node_modules web/player/dist web/dashboard/node_modules web/dashboard/dist
	find src tests bench -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
