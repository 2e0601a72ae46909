# Two commands do everything on a machine with Python 3.11+, pip and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/samlcheck

FUZZ_SECONDS ?= 60

.PHONY: demo test fuzz record bench bench-data corpus lint types imports unit vectors vectors-compare vectors-table mutation clean docs

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "samlcheck needs Python 3.11 or newer (make PYTHON=python3.12)")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

# Development tools come from the dependency group `dev` of pyproject.toml.
$(VENV)/.dev: $(VENV)/.installed
	$(BIN)/python -c 'import tomllib; print("\n".join(tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"]))' > $(VENV)/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $(VENV)/dev.txt
	touch $@

# What real browser logins need (group `browser`), where the programs are that pip cannot bring.
BROWSER := $(if $(and $(shell command -v chromium),$(shell command -v xmlsec1)),$(VENV)/.browser)
$(VENV)/.browser: $(VENV)/.dev
	$(BIN)/python -c 'import tomllib; print("\n".join(tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["browser"]))' > $(VENV)/browser.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $(VENV)/browser.txt
	touch $@

# Coverage-guided fuzzing comes from the dependency group `fuzz`; the suite itself needs none of it.
$(VENV)/.fuzz: $(VENV)/.dev
	$(BIN)/python -c 'import tomllib; print("\n".join(tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["fuzz"]))' > $(VENV)/fuzz.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $(VENV)/fuzz.txt
	touch $@

demo: $(VENV)/.installed  ## install and diagnose three fixtures
	@$(BIN)/python fixtures/demo.py

test: lint types imports unit  ## everything CI runs

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

unit: $(VENV)/.dev $(BROWSER)
	$(BIN)/pytest --numprocesses auto

bench: $(VENV)/.dev  ## ratios against named peers and the bare library floor
	$(BIN)/python -m bench

docs: $(VENV)/.installed  ## write docs/guides from the packs
	$(BIN)/python -m docs.make

bench-data: $(VENV)/.dev  ## the synthetic aggregate that the metadata benchmark lints
	$(BIN)/python -m bench.aggregate

fuzz: $(VENV)/.fuzz  ## throw mutated messages and packs at the program for FUZZ_SECONDS each; what breaks becomes a regression
	$(BIN)/python -m tests.fuzz messages $(FUZZ_SECONDS)
	$(BIN)/python -m tests.fuzz packs $(FUZZ_SECONDS)

record: $(VENV)/.dev $(BROWSER)  ## log in with a real browser, well and badly, and store the recordings in fixtures/browser
	@$(BIN)/python -W ignore -m tests.browser.record

corpus: $(VENV)/.dev  ## replay ../shared/cases and ../shared/corpus, print the matrix
	$(BIN)/python -m tests.corpus.replay $(CORPUS)

vectors: $(VENV)/.dev  ## forgeries refused and named, legal messages accepted: measured (docs/security.md)
	$(BIN)/python -m tests.vectors

vectors-compare: $(VENV)/.dev  ## what python3-saml says of the same vectors
	$(BIN)/python -m tests.vectors compare 2>/dev/null

vectors-table: $(VENV)/.dev  ## write the tables of docs/security.md anew
	$(BIN)/python -m tests.vectors table

mutation: $(VENV)/.dev  ## switch each guard off in turn: some vector must notice
	$(BIN)/python -m tests.vectors mutation

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
