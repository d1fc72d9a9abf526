# `make` alone lists what can be made. Everything runs in .venv, which sets itself up on first use and again
# whenever requirements.txt or pyproject.toml changes.

PYTHON ?=
SOLUTIONS ?= 1
JOBS ?= 2
PORT ?= 8000

VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PY := $(BIN)/python
# A virtual environment knows its own path, so the folder counts too.
STAMP := $(VENV)/ready-$(shell { pwd; cat requirements.txt pyproject.toml tools/setup.sh; } | cksum | cut -d ' ' -f 1)

NOTEBOOKS := $(wildcard notebooks/*.ipynb labs/*.ipynb labs/solutions/*.ipynb)
FIRST := notebooks/01-hello-threads.ipynb
# Outputs are compared strictly with the pinned Python; elsewhere only the cells' own asserts count.
NBVAL = --nbval$(shell $(PY) -c 'import sys; print("" if sys.version_info[:2] == (3, 11) else "-lax")')
NBVAL_OPTIONS = $(NBVAL) --nbval-current-env --nbval-cell-timeout 120

# No test is timed, but one that takes twenty minutes hangs: it fails by name, and the others go on. The slowest are
# listed, to see where the time goes.
PYTEST = $(PY) -m pytest --timeout=1200 --durations=25 --durations-min=5

SITE := _build/html
# What test-notebooks measured; the site's status page is made from it.
NOTEBOOK_REPORT := _build/notebooks.xml
# The PTX that the notebooks ran, for NVIDIA's assembler to read.
TEXTS := $(CURDIR)/_build/ptx-texts
TEST_OF_TEXTS := tests/ptx/test_notebook_texts.py
# A file's tests stay together, in the files' own order: what takes long comes early.
BY_FILE := -n $(JOBS) --dist loadfile --no-loadscope-reorder
BUILD_SITE = $(PY) tools/build_site.py $(if $(filter 0,$(SOLUTIONS)),--without-solutions)

.DEFAULT_GOAL := help
.PHONY: help setup book site serve test test-packages test-notebooks test-site lint format lab notebooks labs bench fuzz conformance calibration clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP)  ## make .venv and install what the book needs (the others do this by themselves)
$(STAMP):
	@tools/setup.sh $(VENV) "$(PYTHON)"
	@touch $@

book: $(STAMP)  ## run the first chapter on the simulated SM and build the site (SOLUTIONS=0 leaves solutions out)
	@echo "Running $(FIRST) on the simulated SM"
	@$(PY) -m pytest -q $(NBVAL_OPTIONS) $(FIRST)
	@$(BUILD_SITE)
	@echo "The book is built. Open $(SITE)/index.html in a browser, or run: make serve"

site: $(STAMP)  ## build the site only
	@$(BUILD_SITE)

serve: site  ## build the site and serve it on http://127.0.0.1:8000 (PORT=...)
	@echo "Serving $(SITE) on http://127.0.0.1:$(PORT)/ until Ctrl-C"
	@$(PY) -m http.server --bind 127.0.0.1 --directory $(SITE) $(PORT)

test: lint test-packages test-notebooks test-site  ## run every test

test-packages: $(STAMP)  ## test the packages under src/ and the tools
	$(PYTEST) tests --ignore=tests/site --ignore=$(TEST_OF_TEXTS) $(BY_FILE)

test-notebooks: $(STAMP)  ## run every notebook and compare its outputs with the stored ones
	rm -rf $(TEXTS)
	TWENTY_TEXTS=$(TEXTS) $(PYTEST) $(NBVAL_OPTIONS) -n $(JOBS) --dist loadscope --junitxml=$(NOTEBOOK_REPORT) $(NOTEBOOKS)
	TWENTY_TEXTS=$(TEXTS) $(PYTEST) -n $(JOBS) $(TEST_OF_TEXTS)

test-site: site  ## test the built site, in a browser where there is one
	$(PYTEST) tests/site $(BY_FILE)

lint: $(STAMP)  ## check style (make format mends most of it)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: $(STAMP)  ## mend style
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

lab: $(STAMP)  ## open the notebooks in JupyterLab
	$(PY) -m jupyterlab

notebooks: $(STAMP)  ## run every notebook again and store its outputs
	$(PY) tools/run_notebooks.py

labs: $(STAMP)  ## write the learners' notebooks from the solutions
	$(PY) tools/write_labs.py

bench: $(STAMP)  ## measure what is fast, as ratios (PTX in the page: python -m benchmarks.in_page)
	$(PY) -m benchmarks

fuzz: $(STAMP)  ## change PTX texts 20,000 times and look for anything but a result or one of our errors
	$(PY) tools/fuzz_ptx.py 20000

conformance: $(STAMP)  ## run numba-cuda's own tests on the simulated SM and store the counts
	$(PY) -m pip install --quiet pytest filecheck cffi ml_dtypes
	$(PY) tools/conformance.py

calibration: $(STAMP)  ## measure the timing model again beside published measurements and store it
	$(PY) tools/calibration.py

clean:  ## remove what was built; .venv stays
	rm -rf _build build dist .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
