# `make help` lists what there is. PYTHON chooses the Python that makes the virtual environment.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help run demo test check format pictures benchmark clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/.run ## Make the database, serve, and say how to sign in
	$(BIN)/booking run

demo: .venv/.run ## Fill the empty database with an invented practice
	$(BIN)/booking demo

test: .venv/.test ## Run all tests
	$(BIN)/python -m pytest -n auto

check: .venv/.check ## Lint, types, imports, templates, dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/deptry .

format: .venv/.check ## Put the code in form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

pictures: .venv/.test ## Take the README’s pictures anew
	$(BIN)/python -m tests.browser.pictures

benchmark: .venv/.test ## Measure the engine, and finding a patient among 100,000
	$(BIN)/python -m benchmarks.availability
	$(BIN)/python -m benchmarks.patients

clean: ## Remove the virtual environment and what tools left
	rm -rf .venv build dist .hypothesis .mypy_cache .ruff_cache .import_linter_cache

.venv/.made:
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: .venv/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.'
	@touch $@

.venv/.test: .venv/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[postgres,test]'
	@touch $@ .venv/.run

.venv/.check: .venv/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[postgres,test,check]'
	@touch $@ .venv/.run .venv/.test
