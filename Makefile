# One place for every command. `make demo` and `make test` do all the set-up themselves.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The CPU backend's AVX2 and AVX-512 loops (chosen at run time) and no tolerance for warnings.
export ISTHMUS_NATIVE ?= 1
export ISTHMUS_WARNINGS_AS_ERRORS ?= 1

# Tests and the demo share one build. Debug information would be most of what is written.
FLAGS := -c release -debug-info-format none
BUILD := swift build $(FLAGS)
ISTHMUS = "$$($(BUILD) --show-bin-path)/isthmus"
FORMATTED := Package.swift Sources Tests

.PHONY: help setup build demo demo-full test check lint format docs dist clean oclgrind rusticl verify-limit fuzz same-bits report-check

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## install missing Debian packages, or say which are missing
	@Scripts/setup

build: setup ## build in release mode
	$(BUILD) --product isthmus

demo: build ## the main job on the built-in digits: under 3 minutes on 2 cores
	$(ISTHMUS) run bottleneck --bottlenecks 1,2,4,inf --draws 4

demo-full: build ## the main job with its default settings; says beforehand how long it takes
	$(ISTHMUS) run bottleneck

test: setup lint ## every test on every backend present
	$(BUILD) --build-tests
	@log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	swift test $(FLAGS) --skip-build 2>&1 | tee "$$log" \
	  || { echo; echo "What failed:"; grep -aE '^(✘|↳|error:)|Fatal error' "$$log" | grep -vE '^↳ T(esting Library|arget)'; exit 1; }

verify-limit: setup ## the long version of the limit's and the basis's tests: widths to 16384, 400 points, more draws
	$(BUILD) --build-tests
	ISTHMUS_LONG=1 swift test $(FLAGS) --skip-build --filter 'TheoryTests|BasisTests' | grep -E '^(theory|basis):|✘|↳|Test run'

fuzz: setup ## inputs that nobody means, for FUZZ_SECONDS (300); FUZZ_SEED repeats its choices; failing inputs stay in .build/fuzz
	$(BUILD) --build-tests
	@export FUZZ_SECONDS="$${FUZZ_SECONDS:-300}" FUZZ_SEED="$${FUZZ_SEED:-$$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}"; \
	echo "fuzz: seed $$FUZZ_SEED, $$FUZZ_SECONDS s"; \
	swift test $(FLAGS) --skip-build --filter FuzzTests | grep -E '^fuzz|✘|↳|^  |Test run'

same-bits: build ## whether every device and experiment gives the very bits of the list in Tests/SameBits for this kind of machine
	Scripts/same-bits $(ISTHMUS)

report-check: build ## a page of a small run in Chromium: no request, no error, no wider than a phone; pictures in .build/report-check
	Scripts/report-check $(ISTHMUS)

check: build ## the conformance suite on every device of this machine; a missing OpenCL is a failure
	$(ISTHMUS) check --all

oclgrind: build ## the kernels under the OpenCL simulator Oclgrind: accesses out of bounds and data races are failures
	Scripts/oclgrind $(ISTHMUS)

rusticl: build ## the suite on Mesa's rusticl, if installed; prints what fails there
	Scripts/rusticl $(ISTHMUS)

lint: ## style, as in .swift-format
	swift format lint --strict --recursive --parallel $(FORMATTED)

format: ## rewrite the sources in that style
	swift format format --in-place --recursive --parallel $(FORMATTED)

docs: setup ## the library's reference, in dist/docs (fetches swift-docc-plugin); then: python3 -m http.server -d dist/docs
	mkdir -p dist
	ISTHMUS_DOCS=1 ISTHMUS_NATIVE=0 swift package --scratch-path .build/docs --allow-writing-to-directory dist/docs \
	  generate-documentation $$(sed -n 's/^@_exported import /--target /p' Sources/Isthmus/Isthmus.swift) \
	  --enable-experimental-combined-documentation --transform-for-static-hosting --disable-indexing --output-path dist/docs

dist: ## one program for Linux machines without Swift, and an archive of it, in dist
	Scripts/dist

clean: ## remove what was built
	rm -rf .build dist
