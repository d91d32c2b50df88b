# Every target sets up what it needs: a fresh Debian 12 with Python 3.11 and make is enough.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
# Tests with servers wait more than they work.
SERVER_WORKERS ?= 3
export PYTHON ?= $(shell command -v python3.11 || command -v python3)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The theme's advertisement of its successor is no warning about these pages.
export NO_MKDOCS_2_WARNING := 1

SOURCES := src tests tools examples
PYTEST := $(BIN)/pytest -n $(WORKERS)

.PHONY: help
help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- the virtual environment -----------------------------------------------------------------------------------------

$(VENV)/.made:
	tools/ensure_debian.sh python3-venv
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	touch $@

# What runs the demo is enough for the demo; the tools come with the first check or test.
$(VENV)/.app: requirements/app.txt pyproject.toml | $(VENV)/.made
	test -e $(VENV)/.dev || $(BIN)/pip install --quiet --require-hashes --requirement requirements/app.txt
	$(BIN)/pip install --quiet --no-deps --no-index --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/.made
	$(BIN)/pip install --quiet --require-hashes --requirement requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-index --no-build-isolation --editable .
	touch $@ $(VENV)/.app

.PHONY: setup
setup: $(VENV)/.dev ## Make the virtual environment with everything in it

# Each program that the bench compares with lives apart, because their pins contradict ours and each other's.
PEERS := $(patsubst requirements/bench-%.txt,%,$(wildcard requirements/bench-*.txt))

$(VENV)-%/.made: requirements/bench-%.txt | $(VENV)/.made
	test -x $(VENV)-$*/bin/pip || $(PYTHON) -m venv $(VENV)-$*
	$(VENV)-$*/bin/pip install --quiet --require-hashes --requirement $<
	touch $@

# Programs whose readers of binary files ours are compared with, apart for the same reason.
$(VENV)-readers/.made: requirements/readers.txt | $(VENV)/.made
	test -x $(VENV)-readers/bin/pip || $(PYTHON) -m venv $(VENV)-readers
	$(VENV)-readers/bin/pip install --quiet --require-hashes --requirement $<
	touch $@

.PHONY: readers
readers: $(VENV)-readers/.made

# The fuzzer is large and not for every machine. It finds all else in the environment of the tests, so that what is
# fuzzed is what is tested.
FIND_PACKAGES := import sysconfig; print(sysconfig.get_path("purelib"))

$(VENV)-fuzz/.made: requirements/fuzz.txt $(VENV)/.dev | $(VENV)/.made
	test -x $(VENV)-fuzz/bin/pip || $(PYTHON) -m venv $(VENV)-fuzz
	$(VENV)-fuzz/bin/pip install --quiet --require-hashes --requirement $<
	$(BIN)/python -c '$(FIND_PACKAGES)' > $$($(VENV)-fuzz/bin/python -c '$(FIND_PACKAGES)')/beside.pth
	touch $@

.PHONY: fuzzer
fuzzer: $(VENV)-fuzz/.made

# Databases, shells, a real OpenSSH with a two-factor door, and what it is compared with.
SERVERS := postgresql busybox dash bash tcsh fish zsh shellcheck openssh-server openssh-client rsync libpam-duo openssl
# A network that can lose packets, and a file system with quotas that every kernel can hold.
SERVERS += iproute2 btrfs-progs
# A real Kerberos, whose tickets open the system's ssh.
SERVERS += krb5-kdc krb5-admin-server krb5-user
# A real Slurm.
SERVERS += slurmctld slurmd slurmdbd slurm-client slurm-wlm-basic-plugins slurm-wlm-mysql-plugin munge mariadb-server

.PHONY: servers
servers:
	tools/ensure_debian.sh $(SERVERS)

# --- the product -----------------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.app ## Run three real simulations from nothing to a plot
	examples/demo.sh

# --- its proof -------------------------------------------------------------------------------------------------------

.PHONY: test
test: $(VENV)/.dev servers readers fuzzer ## Run all tests, first the fast ones, then those with real servers and real faults
	$(PYTEST) -m "not infra and not faults and not slow"
	$(BIN)/pytest -n $(SERVER_WORKERS) --dist loadgroup -m "infra or faults or slow"

.PHONY: fast
fast: $(VENV)/.dev ## Run the fast tests only
	$(PYTEST) -m "not infra and not faults and not slow"

# So long for each reader; `make fuzz SECONDS=600 READERS="namd-config template-text"` looks longer at two of them.
SECONDS ?= 10
READERS ?=

.PHONY: fuzz
fuzz: fuzzer ## Give every reader bytes that a fuzzer makes up, a few seconds each
	PYTHONPATH=src:. $(VENV)-fuzz/bin/python -m tests.fuzz --seconds $(SECONDS) $(READERS)

CHECKS := style format-is-kept types floors sizes reference-is-true pages

.PHONY: check $(CHECKS)
check: $(VENV)/.dev ## Run every check that needs no running program, and each of them even when another fails
	@$(MAKE) --no-print-directory --keep-going $(CHECKS)

style: $(VENV)/.dev
	$(BIN)/ruff check

format-is-kept: $(VENV)/.dev
	$(BIN)/ruff format --check

types: $(VENV)/.dev
	$(BIN)/pyright

floors: $(VENV)/.dev
	$(BIN)/lint-imports

sizes: $(VENV)/.dev
	$(BIN)/python tools/check_sizes.py $(wildcard $(SOURCES))

reference-is-true: $(VENV)/.dev
	$(BIN)/python -m tools.reference --check

pages: $(VENV)/.dev
	$(BIN)/mkdocs build --quiet --strict

.PHONY: bench-peers
bench-peers: $(PEERS:%=$(VENV)-%/.made) ## Make the environments of the programs that the bench compares with

.PHONY: bench
bench: $(VENV)/.dev bench-peers servers ## Measure, each figure beside its comparison
	$(BIN)/python -m tests.bench

.PHONY: reference
reference: $(VENV)/.dev ## Write the generated pages of the reference anew
	$(BIN)/python -m tools.reference

.PHONY: docs
docs: $(VENV)/.dev ## Build the documentation into site/
	$(BIN)/mkdocs build --strict

.PHONY: format
format: $(VENV)/.dev ## Repair what ruff can repair
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# --- upkeep ----------------------------------------------------------------------------------------------------------

.PHONY: lock
lock: $(VENV)/.dev ## Write requirements/*.txt anew (make lock UPGRADE=1 takes newer versions)
	tools/lock.sh $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## Remove everything that was made here
	rm -rf $(VENV) $(VENV)-* .fuzz build dist site .stamps .pytest_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis
	find $(wildcard $(SOURCES)) -type d -name __pycache__ -prune -exec rm -rf {} +
