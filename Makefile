# `make help` says what each of these does. A target's line after ## is its help.
PYTHON ?= python3
VENV := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help python setup setup-dev run demo test lint format types pytest jstest journeys \
        bench bench-write drill drill-write screenshots front

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: $(PYTHON) was not found (PYTHON=/path/to/python3 chooses another)"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; %s is %d.%d (PYTHON=/path/to/python3 chooses another)" % (sys.executable, sys.version_info[0], sys.version_info[1]) if sys.version_info < (3, 11) else 0)'

setup: python
	@$(PYTHON) -m tools.setup run

setup-dev: python
	@$(PYTHON) -m tools.setup dev

run: python ## start the product (HTTPS=1: for phones on the local network; DEMO=0: without demo data; PORT=8000)
	@exec $(PYTHON) -m tools.run

demo: setup ## put the demo data back to its beginning
	@DEMO=1 $(VENV) -m flask --app wsgi demo reset

test: setup-dev ## everything: lint, types, Python and JavaScript tests, real-browser journeys
	@$(VENV) -m tools.check

lint: setup-dev ## ruff: rules and format
	@$(VENV) -m tools.check lint format

format: setup-dev ## let ruff format and mend what it can
	@$(VENV) -m ruff check --fix .; $(VENV) -m ruff format .

types: setup-dev ## mypy strict
	@$(VENV) -m tools.check types

pytest: setup-dev ## Python tests without the browser
	@$(VENV) -m tools.check pytest

jstest: setup-dev ## JavaScript tests
	@$(VENV) -m tools.check jstest

journeys: setup-dev ## real-browser journeys
	@$(VENV) -m tools.check journeys

bench: setup-dev ## measure performance (NAME=figure: one only)
	@$(VENV) -m tools.bench bench

bench-write: setup-dev ## the same, and keep the figures in docs/performance.md
	@WRITE=1 $(VENV) -m tools.bench bench

drill: setup-dev ## kill and fault drills, minutes long (NAME=figure: one only)
	@$(VENV) -m tools.bench drill

drill-write: setup-dev ## the same, and keep the figures in docs/performance.md
	@WRITE=1 $(VENV) -m tools.bench drill

screenshots: setup-dev ## the pictures of the documents, taken anew
	@$(VENV) -m tools.screenshots

front: setup ## build the front end, if its sources changed
