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

# Against Bluesky's own servers, on this machine. Wants Node 18 to 20, and DB_POSTGRES_URL and REDIS_HOST to point at empty services.
test-bluesky: .venv/.dev tests/acceptance/bluesky/node_modules
	$(BIN)/python -m pytest -m real_bluesky -rs tests/acceptance

tests/acceptance/bluesky/node_modules: tests/acceptance/bluesky/package.json
	command -v npm >/dev/null && cd tests/acceptance/bluesky && npm install --no-audit --no-fund || echo "npm is not here; the tests say so."

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
