# Everything runs from the repository's root. `make` alone lists the targets.
# It needs make and Python 3.11 to 3.14, and installs nothing outside .venv.

PYTHON   ?=
UV       ?= uv
TARGET   ?= dev
SUBJECTS ?=
PERSONAL ?=
SAMPLE   := samples/open_library/love-limit1000-offset0.json.gz
DUMP_SAMPLE := works,editions,authors,redirects,ratings,reading-log
BIN      := .venv/bin

export SUBJECTS
ifdef TO
export EXPORT_TO := $(value TO)
endif
export DO_NOT_TRACK := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help

.PHONY: help
help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- environment -------------------------------------------------------------------------------

.PHONY: venv dev
venv: .venv/.runtime ## Install what the project needs to run into .venv
dev: .venv/.dev ## Install what it takes to develop and test as well

# --clear, so that .venv holds only what the lock lists, and nothing from an older lock.
.venv/.runtime: requirements.txt
	@python=$$(scripts/find_python.sh "$(PYTHON)") && \
		echo "==> installing requirements.txt into .venv, with $$python" && \
		"$$python" -m venv --clear .venv
	@$(BIN)/python scripts/install.py requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo "==> installing requirements-dev.txt into .venv"
	@$(BIN)/python scripts/install.py requirements-dev.txt
	@touch $@

# In a separate folder: checkov's requirements contradict the project's.
.venv/.checkov: infra/requirements-checkov.txt .venv/.runtime
	@echo "==> installing infra/requirements-checkov.txt into .venv/checkov"
	@$(BIN)/python -m venv --clear .venv/checkov
	@.venv/checkov/bin/python scripts/install.py infra/requirements-checkov.txt
	@.venv/checkov/bin/python -m pip check
	@touch $@

# The larger set comes first: its versions constrain the others, so that one .venv can hold both.
.PHONY: lock
LOCK = "$(UV)" pip compile --quiet --upgrade --universal --python-version 3.11 \
	--only-binary :all: --generate-hashes --no-emit-index-url --no-strip-extras --custom-compile-command "make lock"
lock: ## Resolve the dependencies again (needs uv: on PATH, or UV=/path/to/uv)
	@command -v "$(UV)" >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv" >&2; exit 1; }
	@$(LOCK) pyproject.toml --group dev --output-file requirements-dev.txt
	@$(LOCK) pyproject.toml --constraints requirements-dev.txt --output-file requirements.txt
	@$(LOCK) --group loader --constraints requirements.txt --output-file requirements-lambda.txt
	@echo checkov | $(LOCK) - --output-file infra/requirements-checkov.txt

# --- use ---------------------------------------------------------------------------------------

# The target is named even where it is the default: dbt parses the project again for a command that
# names it otherwise than the one before.
.PHONY: demo load build answers report slides sample-slides export docs lambda
demo: venv ## Load real samples, build every table, write the report (no network)
	@echo "==> loading $(SAMPLE)"
	@$(BIN)/python -m extract subjects love --from $(SAMPLE)
	@echo "==> loading samples/open_library_dump, a part of a dump"
	@$(BIN)/python -m extract dump 2026-07-31 --from samples/open_library_dump --only $(DUMP_SAMPLE)
	@echo "==> loading samples/streaming"
	@$(BIN)/python -m extract files streaming samples/streaming
	@echo "==> loading samples/store, the made-up catalogue of a shop"
	@$(BIN)/python -m extract files store samples/store
	@echo "==> dbt build"
	@$(BIN)/python scripts/build.py --target dev
	@$(BIN)/python -m scripts.demo_summary
	@echo "==> report"
	@$(BIN)/python -m publish report

load: export GOALS = $(MAKECMDGOALS)
load: venv ## Load subjects: SUBJECTS="love 'science fiction'", or none for the tracked ones
	@$(BIN)/python scripts/load_subjects.py

build: venv ## Build and test every table: TARGET=dev (DuckDB, default) or prod (Athena)
	@$(BIN)/python scripts/build.py --target "$(TARGET)"

answers: venv ## Answer six questions about the streams and five of the shop, with what each assumes (TARGET)
	@$(BIN)/python scripts/answers.py "$(TARGET)"

report: venv ## Write the report on the data as one HTML file (TARGET)
	@$(BIN)/python -m publish report --target "$(TARGET)"

export: venv ## Write every mart to data/export, or TO=postgresql://user@host/database (PERSONAL=yes, TARGET)
	@$(BIN)/python -m publish export --target "$(TARGET)" $(if $(filter yes,$(PERSONAL)),--personal)

# The slides always show the samples, whatever the user has loaded.
slides: venv ## Write the presentation of the project as one HTML file
	@$(in_scratch) sample-slides

sample-slides:
	@$(BIN)/python -m extract subjects love --from $(SAMPLE)
	@$(BIN)/python -m extract files streaming samples/streaming
	@$(BIN)/dbt --log-level warn build --target dev --exclude-resource-type unit_test
	@$(BIN)/python -m publish slides

docs: venv ## Write the tables' documentation as one HTML file
	@$(BIN)/dbt --log-level warn docs generate --static --target "$(TARGET)"
	@echo "The documentation is target/static_index.html: open it in a browser."

lambda: venv ## Build what AWS runs: build/loader.zip, build/dbt.zip, build/wheels.zip
	@$(BIN)/python scripts/build_packages.py

# --- develop -----------------------------------------------------------------------------------

# Checks use a raw zone, a warehouse and a dbt target in a scratch folder, so that they neither read
# nor change the user's data. These are passed as arguments, which override the user's own.
in_scratch = scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && trap 'exit 130' INT TERM && \
	$(MAKE) --no-print-directory RAW_ROOT="$$scratch/raw" WAREHOUSE_PATH="$$scratch/warehouse.duckdb" \
	DBT_TARGET_PATH="$$scratch/target" DBT_LOG_PATH="$$scratch/logs"

.PHONY: check test tests rehearsal lint format bench clean
check: dev ## Check what differs from the last commit, in a minute: lint, types, conventions, quick tests
	@$(in_scratch) $(AT_ONCE) check-style check-types check-conventions check-changed-sql check-changed-models check-changed-tests
	@echo "==> checked; not run: tests that need dbt, a browser, PostgreSQL, Terraform, Trino or downloads,"
	@echo "    tests of what did not change, most tests of what many share, sqlfluff on SQL that did not$(call changed,left-out): make test runs everything"

test: dev .venv/.checkov ## Run every check, in a scratch folder; stops at the first that fails
	@$(in_scratch) $(AT_ONCE) check-style check-types check-sql check-dbt check-conventions check-infra
	@$(in_scratch) check-pytest
	@$(NO_BROWSER)
	@$(if $(MISSING),echo "==> no rehearsal: not on PATH: $(MISSING)",$(MAKE) --no-print-directory rehearse)
	@echo "==> all checks passed"

AT_ONCE = --jobs=2 --output-sync=target

MISSING = $(strip $(foreach tool,mvn terraform,$(if $(shell command -v $(tool)),,$(tool))))
BROWSER = $(firstword $(foreach name,chromium google-chrome,$(shell command -v $(name))))
NO_BROWSER = $(if $(BROWSER),,echo "==> report and slides not tested in a browser: chromium is not on PATH")
rehearsal: dev rehearse ## Rehearse production: Terraform, S3, Athena's API on a real Trino, all on 127.0.0.1

tests: dev .venv/.checkov ## Run every check but lint and rehearsal, which do not depend on the Python
	@$(in_scratch) $(AT_ONCE) check-dbt check-conventions check-infra
	@$(in_scratch) check-pytest
	@$(NO_BROWSER)

lint: dev ## Run the checks that only read: ruff, mypy, sqlfluff
	@$(in_scratch) $(AT_ONCE) check-style check-types check-sql

format: dev ## Rewrite Python and SQL to satisfy the linters
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .
	@$(in_scratch) fix-sql

bench: dev ## Run the benchmarks
	@$(BIN)/python -m benchmarks

GENERATED = $(wildcard data/raw data/dumps data/report data/slides data/export data/warehouse* target logs build .pytest_cache .mypy_cache .ruff_cache .hypothesis)
clean: ## Remove loaded and built data, logs and caches (not .venv)
	@$(if $(GENERATED),echo "Removing $(GENERATED)",echo "Nothing to remove.")
	@rm -rf $(GENERATED)
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

# --- the steps of `make check` and `make test` ---------------------------------------------------

PYTHON_CODE = $(wildcard extract profiles publish scripts tests benchmarks)
SQL_CODE    = $(wildcard models snapshots analyses tests/dbt)

# sqlfluff compiles with dbt, and must not touch the warehouse and the parse of concurrent steps.
SQLFLUFF = WAREHOUSE_PATH=:memory: DBT_TARGET_PATH="$$DBT_TARGET_PATH.sqlfluff" $(BIN)/sqlfluff
LINTER   = --disable-progress-bar --nocolor

.PHONY: check-style check-types check-sql fix-sql check-parse check-dbt check-conventions
.PHONY: check-pytest check-infra rehearse check-changed-sql check-changed-models check-changed-tests
check-style:
	@echo "==> ruff check"
	@$(BIN)/ruff check --quiet .
	@echo "==> ruff format --check"
	@$(BIN)/ruff format --check --quiet .

check-types:
	@echo "==> mypy"
	@$(BIN)/mypy --no-error-summary $(PYTHON_CODE)

check-sql:
	@echo "==> sqlfluff lint"
	@$(SQLFLUFF) lint $(LINTER) $(SQL_CODE)

fix-sql:
	@$(SQLFLUFF) fix $(LINTER) $(SQL_CODE)

check-parse:
	@echo "==> dbt parse, warnings as errors"
	@$(BIN)/dbt --quiet --warn-error parse --target dev

# dbt-bouncer looks for the manifest in $DBT_PROJECT_DIR/target, before the next dbt rewrites it.
check-conventions: check-parse
	@echo "==> dbt-bouncer"
	@COLUMNS=160 DBT_PROJECT_DIR="$${DBT_TARGET_PATH%/target}" $(BIN)/dbt-bouncer run --show-all-failures

check-dbt: check-conventions
	@echo "==> dbt build of nothing loaded"
	@$(BIN)/dbt --log-level warn build --target dev --exclude-resource-type unit_test
	@echo "==> dbt build of the samples"
	@$(BIN)/python -m extract subjects love --from $(SAMPLE)
	@$(BIN)/python -m extract files streaming samples/streaming
	@$(BIN)/python -m extract files store samples/store
	@$(BIN)/dbt --log-level warn build --target dev

check-pytest:
	@echo "==> pytest"
	@$(BIN)/pytest --quiet -n 2 --dist loadgroup $(if $(BROWSER),,-m "not needs_browser")

check-infra: .venv/.checkov
	@echo "==> checkov"
	@.venv/checkov/bin/checkov --config-file infra/.checkov.yml

rehearse: lambda
	@echo "==> rehearsal"
	@$(BIN)/pytest --quiet tests/rehearsal

# What changed since the last commit; nothing else is read or run.
changed = $(shell $(BIN)/python scripts/changed.py $(1))
QUICK   = not needs_dbt and not needs_browser and not needs_postgresql and not needs_terraform and not needs_trino and not needs_downloads

check-changed-sql: FILES = $(call changed,sql)
check-changed-sql:
	@$(if $(FILES),echo "==> sqlfluff lint $(FILES)" && $(SQLFLUFF) lint $(LINTER) $(FILES),:)

check-changed-models: MODELS = $(call changed,models)
check-changed-models: check-conventions
	@$(if $(MODELS),echo "==> unit tests of $(MODELS)" && \
		$(BIN)/dbt --log-level warn run --target dev --empty --select $(addprefix +,$(MODELS)) && \
		$(BIN)/dbt --log-level warn test --target dev --select $(MODELS) --exclude-resource-type test,:)

# The + makes make print the output immediately.
check-changed-tests: FOLDERS = $(call changed,tests)
check-changed-tests:
	@+echo "==> pytest $(FOLDERS)"
	@+$(BIN)/pytest --quiet -n 2 --dist loadgroup -m "$(QUICK)" $(FOLDERS)
