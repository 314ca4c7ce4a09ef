# `make demo` and `make test` need Python 3.11 or newer and nothing else: they make their own environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup demo test test-browser test-orchestration test-more pictures lint types docs docs-check bench lock clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(READY) ## Make the environment with the locked versions

demo: $(READY) ## Run a night on real published figures and show an official table, recomputed
	@$(BIN)/cakupan demo --into demo

test: $(READY) ## Run the tests (those that need a browser, PostgreSQL or a Prefect server: make test-more)
	$(BIN)/python -m pytest -m "not browser and not postgres and not orchestration"

test-browser: $(READY) ## Run the tests that need Chromium, poppler and axe-core (.ci/run installs them)
	$(BIN)/python -m pytest -m browser

test-more: $(READY) ## Run the tests that need a Prefect server, Chromium, poppler, axe-core or PostgreSQL
	$(BIN)/python -m pytest -m "browser or postgres or orchestration"

test-orchestration: $(READY) ## Run those of them that need a Prefect server, PostgreSQL or systemd
	$(BIN)/python -m pytest -m "postgres or orchestration"

lint: $(READY) ## Style and rules of the folders
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## Types, strictly
	$(BIN)/mypy

docs: $(READY) ## Write the generated reference pages
	$(BIN)/cakupan docs --write docs/reference

docs-check: $(READY) ## Fail when a generated page is stale
	$(BIN)/cakupan docs --check docs/reference

pictures: $(READY) ## Make the pictures of docs/pictures anew (needs Chromium, poppler and LibreOffice), then look at them
	$(BIN)/python -m tests.publication.pictures

bench: $(READY) ## Measure the pipeline and others on the same work (hours; BENCH=DIR keeps input and results)
	$(BIN)/python -m benchmarks all --work $(or $(BENCH),bench)

lock: $(READY) ## Resolve the locked versions anew
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --group dev --output-file requirements.lock pyproject.toml

clean: ## Remove the environment and the demonstration
	rm -rf $(VENV) demo
