# Everything that one does with this checkout. `make` lists it.

PYTHON ?= python3
UV = $(shell command -v uv || echo .uv/bin/uv)
BIN = .venv/bin
QUICKLY = --frozen --quiet --compile-bytecode # a server starts in half the time
export UV_PYTHON_DOWNLOADS ?= never

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench dev web setup runtime browser clean

help:  ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

demo: runtime  ## Set everything up, load the example data and open the dashboard
	@$(BIN)/cairn demo --open $(ARGS)

test: setup browser  ## Set everything up and run all tests
	@$(BIN)/python web/npm.py run test --silent
	@$(BIN)/python -m cairn.warm
	@$(BIN)/pytest $(ARGS)

check: setup  ## Lint, types and import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python web/npm.py run check --silent

format: setup  ## Put Python and TypeScript into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/python web/npm.py run format --silent

bench: setup  ## Compare speed with ClickHouse and DuckDB (ARGS="--events 1000000")
	@$(BIN)/python -m benchmarks $(ARGS)

dev: setup  ## Serve with an interface that reloads as you edit it
	@(exec $(BIN)/cairn demo) & server=$$!; trap "kill $$server" EXIT; $(BIN)/python web/npm.py run dev

web: setup  ## Build the interface again
	@rm -rf src/cairn/web/static
	@$(UV) sync $(QUICKLY) --reinstall-package cairn

setup: $(UV)
	@$(UV) sync $(QUICKLY) --python $(PYTHON)
	@test -f src/cairn/web/static/index.html || $(UV) sync $(QUICKLY) --reinstall-package cairn
	@$(BIN)/python -m compileall -q src/cairn

runtime: $(UV)
	@$(UV) sync $(QUICKLY) --python $(PYTHON) --no-dev --inexact
	@test -f src/cairn/web/static/index.html || $(UV) sync $(QUICKLY) --no-dev --inexact --reinstall-package cairn
	@$(BIN)/python -m compileall -q src/cairn

.uv/bin/uv:
	@echo "Fetching uv, which installs the rest (once)"
	@$(PYTHON) -m venv .uv >/dev/null 2>&1 || { \
	  rm -rf .uv; \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null 2>&1 && $(PYTHON) -m venv .uv; \
	  else \
	    echo "Python's venv module is missing: install it (Debian: apt install python3-venv), or install uv."; exit 1; \
	  fi; }
	@.uv/bin/pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'

browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests (once)"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	  fi; } || true
	@command -v chromium chromium-browser google-chrome >/dev/null || \
	  echo "The browser tests are skipped: no Chromium on PATH. Install it (Debian: apt install chromium) to run them."

clean:  ## Remove what was built and installed here, but no data
	@rm -rf .venv .uv web/node_modules src/cairn/web/static .mypy_cache .ruff_cache .pytest_cache .hypothesis
