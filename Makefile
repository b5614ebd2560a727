# Each target does all of its own set-up, in .venv. `make PYTHON=...` names the Python to set it up with.
BIN = .venv/bin
# pip 25.3 and newer take the pins of build backends from the second variable, older ones from the first.
PIP = PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
	$(BIN)/python -m pip install -q

.PHONY: help demo test lint types imports bench keys hooks catalogue docs wheel clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile

demo: .venv/all ## the board of a small company, on your screen
	@$(BIN)/crmcore demo

# The many processes the tests start would each compile the packages anew if that is not kept.
test: .venv/dev ## the tests
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n 2 --dist worksteal $(ARGS)

lint: .venv/dev ## style
	@$(BIN)/ruff check -q . && $(BIN)/ruff format -q --check .

types: .venv/dev ## types
	@$(BIN)/mypy

imports: .venv/dev ## who may import whom
	@$(BIN)/lint-imports

bench: .venv/dev ## the benchmarks
	@$(BIN)/python -m benchmarks $(ARGS)

keys: .venv/dev ## the table of keys in docs/board.md
	@$(BIN)/python tools/keytable.py

hooks: .venv/dev ## what docs/hooks says of each hook
	@$(BIN)/python tools/hookpages.py

docs: .venv/docs ## the documentation as a site, in build/site
	@$(BIN)/mkdocs build -q --strict && echo build/site/index.html

catalogue: .venv/dev ## the texts to translate, and the translations compiled
	@$(BIN)/python tools/catalogue.py $(ARGS)

wheel: .venv/dev ## the sdist and the wheel, in dist
	@$(BIN)/python -m build --no-isolation >/dev/null && echo dist/*

clean: ## remove .venv and what was built
	rm -rf .venv build dist

.venv/python:
	@python=$$(sh tools/find-python.sh) && echo "Making .venv with $$python" && "$$python" -m venv .venv && touch $@

.venv/all: pyproject.toml constraints.txt | .venv/python
	@echo "Installing crmcore into .venv"
	@$(PIP) -e ".[all]"
	@touch $@

.venv/docs: pyproject.toml constraints.txt | .venv/python
	@$(PIP) -e ".[docs]"
	@touch $@

.venv/dev: pyproject.toml constraints.txt | .venv/python
	@echo "Installing crmcore and its development tools into .venv"
	@$(PIP) -e ".[dev]"
	@touch $@ .venv/all
