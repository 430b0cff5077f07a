# Felt. Everything sets itself up: a Python of 3.11 or newer and the package registries are enough.
#
#   make demo [ARGS="--headless --data DIR"]   a poker room, one evening, on real parts
#   make test                                  everything: lint, types, contracts, servers, browser (≤ 12 min)
#   make check [PART=ledger]                   what needs no servers and no browser (≤ 90 s)
#   make long [PART=ledger]                    the same laws at full size; writes docs/long-runs.md
#   make bench                                 speed against named peers
#   make fmt / make clean

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules
# Images set it to be small. Every process we start (a test run starts hundreds) would compile all our code again.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
PYTHON_STAMP := .stamps/python
NODE_STAMP := .stamps/node
WEB_STAMP := .stamps/web
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/build -prune -o -path web/.svelte-kit -prune \
  -o -type f \( -path 'web/src/*' -o -path 'web/static/*' -o -name '*.ts' -o -name '*.js' -o -name '*.json' \) -print 2>/dev/null)
CODE := crdt_models ledger serving leaf_server core_server felt tests scripts bench
# The browser apps are built with the node of the virtual environment, whatever else is on the machine.
NODE := PATH="$(CURDIR)/$(BIN):$$PATH" NO_COLOR=1 npm --prefix web

.PHONY: help demo test check long bench fmt clean setup web lint lint-python lint-web test-web test-python-a-i test-python-j-z test-browser-a-h test-browser-i-z browser browser-of-system

help:
	@sed -n 's/^#   //p' Makefile

demo: web
	@exec $(BIN)/felt demo $(ARGS)

# What takes longest is named first. Each part starts as soon as what it needs is there, while the rest is made.
test:
	@$(MAKE) --keep-going --jobs=4 AFTER=web test-browser-a-h test-browser-i-z lint-python test-python-a-i test-python-j-z \
	  test-web lint-web

# Without PART: lint, types, contracts, all that starts nothing. With PART: the tests of one package (web: vitest).
check: setup
ifeq ($(PART),)
	@$(MAKE) --keep-going --jobs=2 --output-sync=target lint test-web quick-python
else ifeq ($(PART),web)
	@$(MAKE) --keep-going lint-web test-web
else
	@$(MAKE) --keep-going lint-python quick-python
endif

long: setup web browser
	@$(BIN)/python scripts/long_runs.py $(PART)

bench: setup
	@$(BIN)/felt bench all

fmt: setup
	@$(BIN)/ruff check --fix --quiet $(CODE) || true
	@$(BIN)/ruff format --quiet $(CODE)
	@$(NODE) run --silent format

clean:
	rm -rf .stamps web/build web/.svelte-kit test-results .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -not -path './web/node_modules/*' -prune -exec rm -rf {} +

# --- parts of test and check

lint: lint-python lint-web

lint-python: $(PYTHON_STAMP)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/lint-imports
	@$(BIN)/mypy

# AFTER=web: not beside a build, for all of them write .svelte-kit.
lint-web: $(NODE_STAMP) $(AFTER)
	@$(NODE) run --silent lint
	@$(NODE) run --silent check

test-web: $(NODE_STAMP) $(AFTER)
	@$(NODE) run --silent test

# In halves, so that no core is idle while the other works off the last of them.
test-python-a-i: setup
	@$(BIN)/python -m pytest tests/[a-df-i]*/

test-python-j-z: setup
	@$(BIN)/python -m pytest tests/[j-z]*/ tests/test_*.py

# They wait for most of their time, for browsers and for servers that come back: so beside all others, in halves.
test-browser-a-h: web browser
	@$(BIN)/python -m pytest tests/e2e/test_[a-h]*.py

test-browser-i-z: web browser
	@$(BIN)/python -m pytest tests/e2e/test_[i-z]*.py

.PHONY: quick-python
quick-python:
	@$(BIN)/python -m pytest -m "not servers and not browser" $(if $(PART),tests/$(PART))

# --- set-up; each stamp is younger than what it was made from, so a second run does nothing

setup: $(PYTHON_STAMP) $(NODE_STAMP)

web: $(WEB_STAMP)

browser: $(PYTHON_STAMP) browser-of-system
	@$(BIN)/python scripts/ensure_browser.py >/dev/null

# The system's package comes while the virtual environment is made.
browser-of-system:
	@"$$(sh scripts/find_python.sh)" scripts/ensure_browser.py --of-system >/dev/null

$(PYTHON_STAMP): requirements/dev.txt pyproject.toml scripts/make_venv.sh
	@scripts/make_venv.sh $(VENV)
	@mkdir -p .stamps && touch $@

$(NODE_STAMP): web/package-lock.json $(PYTHON_STAMP)
	@$(NODE) ci --no-audit --no-fund --loglevel=error
	@mkdir -p .stamps && touch $@

$(WEB_STAMP): $(WEB_SOURCES) $(NODE_STAMP)
	@$(NODE) run --silent build
	@mkdir -p .stamps && touch $@
