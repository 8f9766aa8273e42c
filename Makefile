# Everything runs from the repository's root. `make` alone prints what there is.
# Needed on the machine: make and a Python from 3.11 to 3.13. Nothing is installed outside .venv.

PYTHON   ?= python3
UV       ?= uv
TARGET   ?= dev
SUBJECTS ?=
SAMPLE   := samples/open_library/love-limit1000-offset0.json.gz
BIN      := .venv/bin

export SUBJECTS
export DO_NOT_TRACK := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# "3.12" of the chosen interpreter; empty when there is none.
python_version = $(shell "$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)

.DEFAULT_GOAL := help

.PHONY: help
help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- environment -------------------------------------------------------------------------------

.PHONY: venv dev
venv: .venv/.runtime ## Install what the project needs to run into .venv
dev: .venv/.dev ## Install what it takes to develop and test as well

# --clear, so that .venv holds what the lock says and nothing that an older lock left.
.venv/.runtime: requirements.txt
	$(if $(python_version),,$(error No Python at "$(PYTHON)": install Python 3.11, 3.12 or 3.13, or name one: make venv PYTHON=/path/to/python3))
	$(if $(filter 3.11 3.12 3.13,$(python_version)),,$(error "$(PYTHON)" is Python $(python_version), and this project needs 3.11, 3.12 or 3.13: name one, as in make venv PYTHON=python3.12))
	@echo "Installing requirements.txt into .venv: a minute or so, once."
	@"$(PYTHON)" -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo "Installing requirements-dev.txt into .venv: a minute or so, once."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

# The larger set first: what the tools allow bounds what runs, so that one .venv holds both.
.PHONY: lock
LOCK = "$(UV)" pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-strip-extras --custom-compile-command "make lock"
lock: ## Resolve the dependencies anew (needs uv: on PATH, or UV=/path/to/uv)
	@command -v "$(UV)" >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv" >&2; exit 1; }
	@$(LOCK) --group dev --output-file requirements-dev.txt
	@$(LOCK) --constraints requirements-dev.txt --output-file requirements.txt
