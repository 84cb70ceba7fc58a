# swarmscope: every task of the project, one target each.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
DURATION ?= 120
WORKERS  ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo check lint test bench docs lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Two stamps: the demo needs no test tools, and starts sooner without them.
$(VENV)/.base:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "swarmscope needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Set PYTHON=python3.12 or the like." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python could not make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv." >&2; exit 2; }
	@touch $@

$(VENV)/.cli: requirements/cli.txt pyproject.toml | $(VENV)/.base
	@echo "Installing swarmscope into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/cli.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.cli
	@echo "Installing the test tools into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(VENV)/.dev ## create .venv with everything that tests and the CLI need

demo: $(VENV)/.cli ## a demo shop, a step load, one live page, a report: DURATION=120 WORKERS=2
	@$(BIN)/swarmscope demo --duration $(DURATION) --workers $(WORKERS)

check: lint test ## everything that CI runs

lint: $(VENV)/.dev ## style, types, layers, generated documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tests.generated --check

test: $(VENV)/.dev ## the tests
	$(BIN)/pytest

bench: $(VENV)/.dev ## measure, and write bench/results/
	$(BIN)/python -m tests.bench

docs: $(VENV)/.dev ## generate docs/data-dictionary.md and docs/settings.md
	$(BIN)/python -m tests.generated

lock: $(VENV)/.base ## lock the dependencies anew, with hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra cli --build-constraints /dev/null pyproject.toml requirements/build.in -o requirements/cli.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra cli --group dev -c requirements/cli.txt pyproject.toml -o requirements/dev.txt

clean: ## remove what was built and installed here; asks before data goes
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@if [ -d .swarmscope ]; then printf 'Remove .swarmscope with its recorded runs too? [y/N] '; read answer; [ "$$answer" = y ] && rm -rf .swarmscope || true; fi
