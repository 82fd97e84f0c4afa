# make run: the app. make test: every test. make bench: ratios. make check: what CI checks without running. 
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install run test claims bench check fix dev

$(BIN)/python:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), f"wanted Python 3.11 or newer, got {sys.version.split()[0]}"'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	touch $@

$(VENV)/.dev: pyproject.toml requirements-pretrained.txt requirements-postgres.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev \
		--requirement requirements-pretrained.txt --requirement requirements-postgres.txt
	touch $@

install: $(VENV)/.installed

dev: $(VENV)/.dev

run: install
	@echo "Unrolled: http://localhost:$(PORT)"
	$(BIN)/python -m streamlit run app.py --server.port $(PORT)

test: dev
	$(BIN)/python -m pytest -m "not slow and not bench" -n 2 --dist loadfile

claims: dev
	$(BIN)/python -m pytest -m slow -n 2

bench: dev
	$(BIN)/python -m pytest -m bench -s tests/bench

check: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

fix: dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
