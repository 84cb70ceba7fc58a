# swarmscope: every task of the project, one target each.

# Values that make is given are texts, whatever is in them: make would run a $(shell …) of theirs for
# every target, because it expands what it puts into the environment of recipes. From there recipes
# take them, as "$$NAME", and never as $(NAME): a shell doesn't read what a variable of its own holds.
override GIVEN := $(foreach v,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(v)))),$(v)))
$(foreach v,$(GIVEN),$(eval override $(v) := $$(value $(v)))$(eval export $(v)))

PYTHON ?= python3
VENV   ?= .venv
# Two values that recipes and rules do hold as they are, a program's name and a folder's: with a blank, a
# line end (there is a second word then) or a sign that make or a shell reads they aren't taken.
override SIGNS    := ! " \# $$ % & ' ( ) * : ; < = > ? [ \ ] ^ ` { | }
override speaking  = $(strip $(word 2,x$(1)x) $(foreach s,$(SIGNS),$(findstring $(s),$(1))))
override only_name = $(if $(call speaking,$(value $(1))),$(error $(1) has a blank, or a sign that make or a shell reads. Nothing was done. Give the name of a $(2) without any))
$(call only_name,PYTHON,program)
$(call only_name,VENV,folder)
override BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo up down run shop scale logs status cli enroll revoke rotate-tokens backup restore upgrade \
        check lint test test-long test-release test-all test-stack attacks faults examples fuzz mutants bench large soak open-model verdicts docs docs-site \
        docs-serve dashboards lock clean

# Another stack beside the first: NAME=second, with ports of its own. Only if it was given to make: some
# shells have the computer's name in it. scripts/compose.sh asks where that is a stack's name, too.
override NAMED := $(if $(filter NAME,$(GIVEN)),,$(value NAME))
override NAME := $(if $(NAMED),,$(value NAME))
export NAME NAMED
# What .env.example explains and make was given is remembered: `docker compose` alone finds it too.
override SETTINGS := $(shell sed -n 's/^\#*\([A-Z_][A-Z_]*\)=.*/\1/p' .env.example)
# Only if it was given to make: HOST and USERS mean other things in many shells.
override given = $(if $(filter $(1),$(GIVEN)),$(2)="$$$(1)")

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' Makefile

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

$(VENV)/.protocols: requirements/protocols.txt $(VENV)/.dev
	@echo "Installing clients and servers of other protocols into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/protocols.txt
	@touch $@

$(VENV)/.mutants: requirements/mutants.txt $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/mutants.txt
	@touch $@

$(VENV)/.docs: requirements/docs.txt | $(VENV)/.base
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/docs.txt
	@touch $@

setup: $(VENV)/.dev ## create .venv with everything that tests and the CLI need

demo: $(VENV)/.cli ## a demo shop, a step load, one live page, a report: DURATION=120 WORKERS=2 FAULT=cliff
	@$(BIN)/swarmscope demo --duration="$${DURATION:-120}" --workers="$${WORKERS:-2}" $${FAULT:+--fault="$$FAULT"}

up: ## start the stack: LOCUSTFILE=… LOCUST_HOST=… WORKERS=2, and whatever .env.example names
	@scripts/up.sh $(foreach s,$(filter $(SETTINGS),$(GIVEN)),$(call given,$(s),$(s)))

down: ## stop the stack; its data stays
	@scripts/down.sh

run: ## a test without a browser, with results/ and an exit code: USERS= RATE= TIME= HOST= LABEL= DESCRIPTION= FAIL_RATIO=1% THRESHOLDS=thresholds.yaml
	@scripts/run.sh $(call given,USERS,--users) $(call given,RATE,--rate) $(call given,TIME,--time) $(call given,HOST,--host) $(call given,LABEL,--label) $(call given,DESCRIPTION,--description) $(call given,FAIL_RATIO,--max-fail-ratio)

shop: ## what the demo shop suffers from, changed while it runs: FAULT=cliff:8, FAULT=off
	@scripts/shop.sh $(if $(filter FAULT,$(GIVEN)),"$$FAULT")

scale: ## change the number of workers, also during a test: WORKERS=8
	@scripts/scale.sh "$$WORKERS"

logs: ## follow the logs: SERVICE=locust-worker, or all
	@set -f; scripts/logs.sh $$SERVICE

status: ## what runs, and where its pages are
	@scripts/status.sh

cli: ## the swarmscope command inside the stack: ARGS='runs'
	@scripts/cli.sh "$$ARGS"

enroll: ## a token and a telegraf.conf for another machine: HOST=name
	@scripts/enroll.sh $(call given,HOST,--host)

revoke: ## take a machine's token back, and remove its files here: HOST=name
	@scripts/enroll.sh --revoke $(call given,HOST,--host)

rotate-tokens: ## new tokens for every service; nothing is lost
	@scripts/rotate-tokens.sh

backup: ## all data of the stack in one archive: FILE=backups/….tar.gz
	@scripts/backup.sh "$$FILE"

restore: ## put a backup's data back: FILE=…, without a question: YES=1
	@scripts/restore.sh "$$FILE"

upgrade: ## how to bring the stack to newer versions
	@cat docs/upgrading.md

check: lint test ## everything that CI runs

lint: $(VENV)/.dev ## style, types, layers, generated documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/shellcheck --external-sources --source-path=scripts scripts/*.sh
	$(BIN)/hadolint locust/Dockerfile
	$(BIN)/python -m tests.generated --check
	$(BIN)/python -m dashboards build --check

# Beside the stack's containers, which together get no more of the cores than one process of the others does.
override PYTEST = nice $(BIN)/pytest
test: $(VENV)/.dev ## the tests that a change wants to pass: under 8 minutes
	$(PYTEST) -m 'not long'

test-long: $(VENV)/.protocols ## the others, which take longer
	$(PYTEST) -m 'long and not release'

test-release: $(VENV)/.dev ## what is more of the same as the long ones: before a release
	$(PYTEST) -m release

test-all: test test-long test-release ## all tests

test-stack: $(VENV)/.dev ## all tests of the Compose stack
	$(BIN)/pytest -n 2 tests/stack

attacks: $(VENV)/.dev ## every attack that SECURITY.md answers, the long ones too
	$(BIN)/pytest -m '' tests/security

faults: $(VENV)/.dev ## every fault at full length; writes docs/reliability.md: ONLY='two runs of one name' that one alone
	$(BIN)/python -m tests.faults $${ONLY:+"$$ONLY"}

examples: $(VENV)/.dev ## run locustfiles of others unchanged, compare what is stored; writes docs/compatibility.md: FOLDER=clones ONLY='… …', in the stack's image IMAGE=1
	@set -f; "$${EXAMPLES_PYTHON:-$(BIN)/python}" -m tests.examples $${FOLDER:+--clones "$$FOLDER"} $(if $(IMAGE),--image) $${ONLY:+--only $$ONLY} -- $$FILES

fuzz: $(VENV)/.dev ## 100,000 points into each store, and mutation guided by coverage
	$(BIN)/python -m tests.fuzz

mutants: $(VENV)/.mutants ## change the core's code, see which tests notice; writes docs/mutants.md: MODULE=recording/window, AGAIN=1 only what survived
	$(BIN)/python -m tests.mutants $(if $(AGAIN),--again) $${MODULE:+"$$MODULE"}

bench: $(VENV)/.dev ## measure, and write bench/results/
	$(BIN)/python -m tests.bench

large: $(VENV)/.dev ## measure beyond the demo's size, and write docs/scale.md: ONLY='endpoints-100 …', BASELINE=commit
	@set -f; $(BIN)/python -m tests.bench.large $${BASELINE:+--baseline "$$BASELINE"} $$ONLY

soak: $(VENV)/.dev ## let a whole test run: is all of it stored, is memory flat; writes docs/soak.md: MINUTES=60
	$(BIN)/python -m tests.bench.soak --minutes "$${MINUTES:-60}"

open-model: $(VENV)/.dev ## prove what arrival_rate measures of a server that stands still; writes docs/open-model.md
	$(BIN)/python -m tests.bench.freeze

verdicts: $(VENV)/.dev ## count how often comparisons of runs are right; writes docs/verdicts.md: ONLY='simulated real'
	@set -f; nice $(BIN)/python -m tests.bench.verdicts $$ONLY

docs: $(VENV)/.dev ## generate the reference: docs/settings.md, docs/command-line.md and the like
	$(BIN)/python -m tests.generated

docs-site: $(VENV)/.docs ## the documentation as pages, in build/site; a broken link fails it
	@$(BIN)/python -m tests.pages
	@$(BIN)/zensical build --clean --strict
	@cp .env.example build/site/

docs-serve: docs-site ## show these pages on http://127.0.0.1:8001: PORT=8001
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory build/site "$${PORT:-8001}"

dashboards: $(VENV)/.dev ## generate dashboards/json
	$(BIN)/python -m dashboards build

override LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header
lock: $(VENV)/.base ## lock the dependencies anew, with hashes
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/uv.txt
	$(LOCK) requirements/uv.in -o requirements/uv.txt
	$(LOCK) --extra cli pyproject.toml requirements/build.in -o requirements/cli.txt
	$(LOCK) --extra cli --extra init --group dev -c requirements/cli.txt pyproject.toml -o requirements/dev.txt
	$(LOCK) --group docs -c requirements/dev.txt -o requirements/docs.txt
	$(LOCK) --group protocols -c requirements/dev.txt -o requirements/protocols.txt
	$(LOCK) --group mutants -c requirements/dev.txt -o requirements/mutants.txt
	$(LOCK) --extra thresholds -c requirements/cli.txt pyproject.toml -o requirements/worker.txt
	$(LOCK) -c requirements/cli.txt requirements/build.in -o requirements/build.txt

override TESTS_OWN = $(wildcard tests/*/node_modules) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .mutants .bench
clean: ## remove what was built and installed here; asks before data goes (YES=1: doesn't), and says what stays
	@YES=$(if $(filter YES,$(GIVEN)),"$$YES") scripts/clean.sh $(VENV) build dist $(wildcard locust/*.egg-info) $(TESTS_OWN)
