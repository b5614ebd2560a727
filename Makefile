# Each target does all of its own set-up, in .venv.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && { echo $$p; break; }; done)
BIN = .venv/bin
PIP = PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install -q

.PHONY: demo test lint types imports clean

demo: .venv/all
	@$(BIN)/crmcore demo

test: .venv/dev
	@$(BIN)/python -m pytest -q -n 2

lint: .venv/dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: .venv/dev
	@$(BIN)/mypy

imports: .venv/dev
	@$(BIN)/lint-imports

.venv/python:
	@test -n "$(PYTHON)" || { echo "crmcore needs Python 3.11 or newer"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing: apt install python3-venv"; exit 1; }
	@touch $@

.venv/all: pyproject.toml constraints.txt | .venv/python
	@$(PIP) -e ".[all]"
	@touch $@

.venv/dev: pyproject.toml constraints.txt | .venv/python
	@$(PIP) -e ".[dev]"
	@touch $@ .venv/all

clean:
	rm -rf .venv build dist
