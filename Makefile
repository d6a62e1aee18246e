# make demo: the main job, on this machine.   make test: everything that can be checked here.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install demo check test test-fast system bench lock clean

install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("smartpgx needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Could not make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: install
	@$(BIN)/smartpgx demo

# What the tests need beyond Python: a browser for the launch, Java and Maven for the servers no one here wrote.
system:
	@tests/system-packages

check: install
	$(BIN)/ruff check smartpgx tests benchmarks
	$(BIN)/ruff format --check smartpgx tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

test: install system check
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered -rs

test-fast: install
	$(BIN)/python -m pytest -m "not browser and not peer" -rs

bench: install
	$(BIN)/python -m benchmarks.run

lock:
	$(BIN)/pip-compile --quiet --extra dev --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist *.egg-info
