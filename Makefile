# make demo     install into .venv and train a network on real handwritten digits
# make test     install with the developers' tools; style, types, floors, tests, doctests
# make suite    tests and doctests alone; make check, the rest of it
# make test-slow   the long campaigns
# make docs     the documentation, figures drawn by its own code, into docs/_build/index.html
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export GRADATIM_DATA ?=

.PHONY: demo test suite test-slow check docs format clean

demo: $(VENV)/.installed
	$(BIN)/gradatim train digits

# Side by side, since mypy keeps one core busy.
test: $(VENV)/.installed-dev
	$(MAKE) -j2 check suite

# Bytecode is written even where the environment says no: a thousand small processes import the same.
suite: $(VENV)/.installed-dev
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist worksteal

test-slow: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m slow

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

docs: $(VENV)/.installed-docs
	$(BIN)/python docs/figures.py
	$(BIN)/sphinx-build -W --keep-going -q docs docs/_build

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "Gradatim needs Python 3.11 or newer; this is %d.%d. Name another with: make PYTHON=python3.12 ..." % v[:2])'
	$(PYTHON) -m venv $(VENV)

# Editable, so that what runs is what stands in src/.
$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[docs]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf docs/_build docs/figures $(VENV) build dist src/*.egg-info
