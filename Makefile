# Sets up what it needs in .venv, then does one thing. PYTHON may name another interpreter (3.11 or newer).
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check report clean

demo: .venv/core  ## label an article of real length with the shipped weights
	FORCE_COLOR=1 $(BIN)/onrecord label data/demo.md

test: .venv/dev  ## all tests
	$(BIN)/python -m pytest

check: .venv/dev  ## style, types, docs in step
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf build/types && mkdir -p build/types/onrecord
	ln -s $(addprefix $(CURDIR)/,$(filter-out model/weights,$(wildcard model/*)) data training eval) build/types/onrecord
	MYPYPATH=build/types $(BIN)/mypy
	$(BIN)/onrecord eval tables --check

report: .venv/dev  ## the evaluation report, and the tables of README and model card from it
	$(BIN)/onrecord eval report dev dev_dense test test_dense --data-folder ../shared -o report
	$(BIN)/onrecord eval tables

.venv/core: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	touch $@

.venv/dev: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@ .venv/core

clean:
	rm -rf .venv build *.egg-info
