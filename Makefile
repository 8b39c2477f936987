# What this project can do, in one word each: `make help`. All paths are relative, so that the folder may have any name.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
PYTHON := $(shell command -v python3.11 || command -v python3)
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
# What decides how the environment must look.
PINS := requirements.txt setup.py pyproject.toml $(shell find third_party/allennlp -name '*.py' -o -name '*.toml')
RUN := runs/demo
ALLENNLP := $(BIN)/python -m allennlp
# Progress bars move on a terminal; elsewhere they are a line now and then.
BARS := $(shell [ -t 2 ] || echo --file-friendly-logging)
SAMPLE ?= Captain Ada Merrow, the harbour master of Quillmouth, sold her old boat to the Harrow Coast Guard \
last spring. She bought it from her brother in 1998. He now keeps the lighthouse on Gull Island.

# Of AllenNLP's log only what goes wrong.
demo: export ALLENNLP_LOG_LEVEL ?= WARNING
# The demo's tensors are small: a second thread costs more than it brings.
demo: export OMP_NUM_THREADS ?= 1

.PHONY: help demo test bench lint format clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

demo: .venv/installed ## train all four tasks on corpus/, test them, and annotate a text with them
	@printf '\n== Training configs/demo.jsonnet into $(RUN)\n'
	@$(ALLENNLP) train configs/demo.jsonnet -s $(RUN) --force --include-package hmtl $(BARS)
	@printf '\n== Scores on corpus/test.jsonl\n'
	@$(ALLENNLP) evaluate $(RUN)/model.tar.gz corpus/test.jsonl --output-file $(RUN)/test.json \
	    --include-package hmtl >$(RUN)/evaluate.log 2>&1 || { cat $(RUN)/evaluate.log >&2; exit 1; }
	@$(BIN)/python scripts/print_scores.py $(RUN)/test.json ner emd relation coref
	@printf '\n== Annotating a text\n'
	@$(ALLENNLP) annotate $(RUN)/model.tar.gz "$$SAMPLE"

demo: export SAMPLE := $(SAMPLE)

test: lint ## check style and run all tests
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal -m 'not processes'
	@# Signals and lost connections: what a busy machine made fail is tried once more; a defect fails again.
	@$(BIN)/python -m pytest -q -m processes || { \
	    echo '== Once more what failed'; $(BIN)/python -m pytest -q -m processes --last-failed --last-failed-no-failures none; }

bench: .venv/installed ## how fast it is, beside the bare cost of its encoders
	@$(BIN)/python scripts/benchmark.py

lint: .venv/installed-dev ## check style only
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { $(BIN)/ruff format --check; exit 1; }

format: .venv/installed-dev ## put the sources into their style
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format --quiet

clean: ## remove the environment, runs and caches
	rm -rf .venv runs build *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 4))' || { \
	    echo 'make: needs Python 3.11.4 or later and found $(PYTHON); name another with `make PYTHON=…`' >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/installed: $(PINS) | .venv/bin/python
	@echo '== Installing requirements.txt into .venv (once; some minutes)'
	@$(PIP) -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo '== Installing requirements-dev.txt into .venv'
	@$(PIP) -r requirements-dev.txt
	@touch $@
