# Everything a fresh clone needs: make run, make test. Nothing to install first but Python 3.11+ and make.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
UV := 0.13.9

.PHONY: run test test-bluesky check bench lock clean

run: .venv/.runtime
	$(BIN)/forum demo --serve --port $(PORT)

test: check
	tests/run

# Against Bluesky's own servers, on this machine. Wants Node 18 to 20, npm and a C++ compiler, PostgreSQL and Redis; says so where one is missing.
# RECORD=1 make test-bluesky keeps what they answer for the default suite.
test-bluesky: .venv/.dev tests/acceptance/bluesky/node_modules/.package-lock.json
	$(BIN)/python -m pytest -m real_bluesky -rs tests/acceptance

tests/acceptance/bluesky/node_modules/.package-lock.json: tests/acceptance/bluesky/package-lock.json
	@command -v npm >/dev/null || { echo "npm is not here: install Node 18 to 20 with npm, then run this again."; exit 1; }
	@echo "Installing the servers: some minutes, 400 MB, and one part is compiled here."
	npm ci --prefix tests/acceptance/bluesky --silent || { echo "npm could not install or build them; 'npm ci --prefix tests/acceptance/bluesky' says why."; exit 1; }
	touch $@

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.dev
	$(BIN)/python -m bench.pages

.venv/.uv:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	touch $@

.venv/.runtime: .venv/.uv requirements/runtime.lock pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/runtime.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

.venv/.dev: .venv/.runtime requirements/dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.lock
	touch $@

lock: .venv/.uv
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -q -p 3.11 pyproject.toml -o requirements/runtime.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -q -p 3.11 pyproject.toml --group dev -o requirements/dev.lock

clean:
	rm -rf .venv var dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
