.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON := .venv/bin/python
SERVE ?= 1
PORT ?= 8000
export PORT

help: ## print these lines
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: setup ## set up, play the life of a credit on real generators, then serve it (SERVE=0: end after the job)
	@.venv/bin/erc demo all
	@if [ "$(SERVE)" != 0 ]; then exec .venv/bin/erc serve; fi

demo-reset: setup ## throw away the demo's database and documents, so that the next demo begins anew
	@.venv/bin/erc reset --yes

serve: setup ## serve what is there, with the worker beside the server
	@exec .venv/bin/erc serve

test: setup-dev lint ## lint, types, import contracts, rules and all tests
	@$(PYTHON) -m pytest -n 2 --dist loadfile --ignore tests/browser --ignore tests/system
	@printf '%s\n' tests/browser/test_*.py tests/system/test_*.py | xargs -P 2 -n 1 $(PYTHON) -m pytest

lint: setup-dev ## ruff, mypy, import contracts, locks, coverage of the rules
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check -q . || { echo "run: make format"; exit 1; }
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports | tail -4
	@$(PYTHON) tests/rules_coverage.py --check > /dev/null

format: setup-dev ## bring every file into the common form
	@$(PYTHON) -m ruff format -q .
	@$(PYTHON) -m ruff check --fix -q .

rules: setup-dev ## which numbered requirements have a test, and which have none
	@$(PYTHON) tests/rules_coverage.py

migrate: setup ## bring the database to the newest schema
	@.venv/bin/erc migrate

bench: setup-dev ## the side-by-side measurements, as ratios in one run
	@$(PYTHON) -m bench

prove: setup-dev ## the long proofs in full size; rewrites the table of docs/proof.md
	@rm -rf var/proof
	@printf '%s\n' tests/browser/test_accessibility.py tests/system/test_*.py | ERC_PROOF_SIZE=full xargs -n 1 $(PYTHON) -m pytest
	@$(PYTHON) -m tests.proof_table

lock: ## resolve the dependencies anew into the hash-locked files
	@.venv/bin/python -m pip install -q uv
	@.venv/bin/uv pip compile -q --python $(PYTHON) --universal --generate-hashes --no-header pyproject.toml -o requirements/run.lock
	@.venv/bin/uv pip compile -q --python $(PYTHON) --universal --generate-hashes --no-header --group dev pyproject.toml -o requirements/dev.lock

setup:
	@scripts/setup run

setup-dev:
	@scripts/setup dev

.PHONY: help demo demo-reset serve test lint format rules migrate bench prove lock setup setup-dev
