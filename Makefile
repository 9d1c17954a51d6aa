# Everything runs from .venv, which is built from requirements.lock: nothing has to
# be installed or activated before, except Python 3.11, 3.12 or 3.13.
#
#   make demo                         the shortest way to see something
#   make test ARGS='-k greedy -x'     any pytest arguments
#   make PYTHON=python3.13 .venv      another interpreter

SHELL := bash
.DEFAULT_GOAL := help

VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready
LOCK_VENV := .lock-venv
UV_VERSION := 0.13.9

# The first of these which is new enough and makes a working environment is taken.
PYTHON ?= python3.11 python3.12 python3.13 python3
ARGS ?=
N ?= 10000
LOCK_FLAGS ?=

# A pip told to install for the user refuses to do so inside an environment.
export PIP_USER := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Makes a virtual environment in directory $1. The interpreter is asked for the
# Python that it stands on, as it may itself sit in the environment that we replace.
define MAKE_VENV
new_enough='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'
base='import sys; print(getattr(sys, "_base_executable", None) or sys.executable)'
tried=
for name in $(PYTHON); do
    if ! command -v "$$name" >/dev/null; then
        tried="$$tried  $$name: not found"$$'\n'
    elif ! "$$name" -c "$$new_enough" 2>/dev/null; then
        tried="$$tried  $$name: does not run, or is not 3.11, 3.12 or 3.13"$$'\n'
    elif ! "$$("$$name" -c "$$base")" -m venv --clear "$$1" >/dev/null 2>&1; then
        tried="$$tried  $$name: cannot make a virtual environment (no ensurepip?)"$$'\n'
    elif ! "$$1/bin/python" -m pip --version >/dev/null 2>&1; then
        tried="$$tried  $$name: makes a virtual environment without pip"$$'\n'
    else
        echo "$$1: made with $$("$$1/bin/python" --version) ($$name)"
        exit 0
    fi
done
rm -rf "$$1"
{
    echo "Expected Python 3.11, 3.12 or 3.13 with the venv and ensurepip modules; tried:"
    printf '%s' "$$tried"
    echo "Install one (on Debian and Ubuntu: python3 and python3-venv), or name one:"
    echo "  make PYTHON=/path/to/python3.12 .venv"
} >&2
exit 1
endef
export MAKE_VENV

# ------------------------------------------------------------------- goals

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z.-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: .venv
.venv: $(READY) ## Build the environment, or bring it up to date

.PHONY: demo
demo: $(READY) ## Learn from small sales data, choose a bundle, show why
	$(PY) -m bundlesolve demo

.PHONY: lint
lint: $(READY) ## Check style and formatting
	$(PY) -m ruff check
	$(PY) -m ruff format --check

.PHONY: format
format: $(READY) ## Repair style and formatting where that is safe
	$(PY) -m ruff check --fix-only
	$(PY) -m ruff format

.PHONY: types
types: $(READY) ## Check types
	$(PY) -m mypy

# Compiled kernels are invisible to coverage, so their tests run once more as Python;
# not when ARGS asks for a part of the tests. Everything runs as two halves, one a core; by
# make, because what a shell puts in the background ignores Ctrl-C, and tests send it.
FIRST_HALF := $(addprefix tests/,bench bounds certificate cli demo files fuzz generate)

.PHONY: test
test: $(READY) ## Run every test and report coverage
ifeq ($(strip $(ARGS)),)
	@rm -f .coverage .coverage.*
	@$(MAKE) --no-print-directory --output-sync=target --jobs=2 first-half second-half
	@$(PY) -m coverage combine --quiet
else
	$(PY) -m pytest --cov --cov-report= $(ARGS)
endif
	@$(PY) -m coverage report

.PHONY: first-half
first-half: $(READY)
	COVERAGE_FILE=.coverage.first $(PY) -m pytest --cov --cov-report= $(FIRST_HALF)

.PHONY: second-half
second-half: $(READY)
	COVERAGE_FILE=.coverage.second $(PY) -m pytest --cov --cov-report= tests \
	    $(addprefix --ignore=,$(FIRST_HALF))
	NUMBA_DISABLE_JIT=1 COVERAGE_FILE=.coverage.python $(PY) -m pytest --cov \
	    --cov-report= tests/kernels

.PHONY: fuzz
fuzz: $(READY) ## Compare all solvers on N random instances (N=100000)
	$(PY) -m tests.fuzz --count $(N)

# Keeps the versions that still fit; LOCK_FLAGS=--upgrade takes the newest ones.
# Only wheels are accepted, one version per package for all Pythons, and no address.
.PHONY: lock
lock: ## Write requirements.lock anew from pyproject.toml
	@bash -c "$$MAKE_VENV" - $(LOCK_VENV)
	$(LOCK_VENV)/bin/python -m pip install --quiet uv==$(UV_VERSION)
	cp requirements.lock $(LOCK_VENV)/new.lock 2>/dev/null || true
	$(LOCK_VENV)/bin/uv pip compile pyproject.toml --extra dev --universal \
	    --python-version 3.11 --no-python-downloads --fork-strategy fewest \
	    --no-build --no-config --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --no-annotate --no-header --quiet $(LOCK_FLAGS) \
	    --output-file $(LOCK_VENV)/new.lock
	@if grep -nE '://|^--|^torch|^bundlesolve' $(LOCK_VENV)/new.lock; then \
	    echo 'requirements.lock is left as it was: these lines do not belong there' >&2; \
	    exit 1; \
	fi
	@{ echo '# Written by `make lock`: the extras dev and scip, Python 3.11 to 3.13.'; \
	    grep -v '^#' $(LOCK_VENV)/new.lock; } > requirements.lock

.PHONY: clean
clean: ## Remove what runs leave behind; keep .venv
	rm -rf demo-out dist build htmlcov .coverage .coverage.* coverage.xml
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache $(LOCK_VENV)
	find src tests -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

.PHONY: distclean
distclean: clean ## Remove .venv as well
	rm -rf $(VENV)

# ------------------------------------------------------------- environment

# The lock is complete, so pip need not resolve (--no-deps): older pips look for the newest
# release of an extra's package before they read its pin, and then miss its hash.
$(INSTALLED): requirements.lock
	@[ -x $(PY) ] && $(PY) -m pip --version >/dev/null 2>&1 \
	    || bash -c "$$MAKE_VENV" - $(VENV)
	@echo 'Installing from requirements.lock: several minutes the first time'
	@$(PY) -m pip install --quiet --no-deps --require-hashes --only-binary :all: \
	    -r requirements.lock
	@$(PY) -m pip check
	@touch $@

$(READY): $(INSTALLED) pyproject.toml
	@$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
