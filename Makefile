PYTHON ?= python3
BIN := .venv/bin
export PORT_BASE ?= 8000

help:            ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: .venv/ready-demo translations-compiled   ## Start provider, INFO, workers and mail inbox; Ctrl-C stops all
	@$(BIN)/python -m demo.run

demo-reset:      ## Forget the demo's data and keys
	rm -rf var keys/*.key keys/signing

test: .venv/ready-test translations-compiled system-packages node-packages   ## Run everything that CI runs, on both databases and in a browser
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: .venv/ready-test translations-compiled   ## Format, lint, types, floors of the house, translations
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/lint-imports && $(BIN)/mypy
	@$(BIN)/python -m tests.architecture.translations

fix: .venv/ready-test   ## Format and mend what the linter can mend
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

rehearse: .venv/ready-test translations-compiled system-packages node-packages   ## The long proofs, and the suite on the days on which calendars trip (hours)
	@$(BIN)/python -m pytest -m slow -p no:xdist $(ARGS)
	@$(BIN)/python -m tests.rehearsal.days

bench: .venv/ready-test translations-compiled system-packages   ## Measure every budget and print the table (about 15 minutes)
	@$(BIN)/python -m benchmarks $(ARGS)

manual: .venv/ready-test translations-compiled system-packages   ## Take the pictures of the manual (docs/th) anew, by playing the journeys
	@rm -rf var/pictures/manual
	@$(BIN)/python -m pytest -q tests/journeys -k script-desktop
	@$(BIN)/python -m tests.journeys.manual
	@PRINT_MANUAL=1 $(BIN)/python -m pytest -q -p no:xdist tests/journeys/test_the_manual_on_paper.py

translations: .venv/ready-test   ## Collect the texts of pages and rules into the catalogues
	@$(BIN)/python -m tests.architecture.translations --update

translations-compiled: .venv/ready-demo
	@for app in idp relying_party_example thai_web; do $(BIN)/pybabel -q compile -f -d $$app/translations || exit 1; done

lock: .venv/ready-test   ## Renew the lock files from setup.cfg
	@for kind in "" demo test; do $(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-emit-find-links \
	  --no-emit-index-url --no-header $${kind:+--extra $$kind} -o requirements$${kind:+-$$kind}.lock setup.cfg || exit 1; done

system-packages:
	@sh tests/system-packages.sh

FOREIGN := tests/conformance/foreign

node-packages: system-packages $(FOREIGN)/node_modules/ready   ## The clients from the Node world that the tests connect

$(FOREIGN)/node_modules/ready: $(FOREIGN)/package-lock.json
	@npm ci --prefix $(FOREIGN) --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version)."; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Making the environment failed. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }

.venv/ready-demo: .venv/bin/python requirements-demo.lock setup.cfg
	@echo "Installing what the demo needs (once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-demo.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/ready-test: .venv/ready-demo requirements-test.lock
	@echo "Installing what the tests need (once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

.PHONY: help demo demo-reset test check fix rehearse bench manual translations translations-compiled lock system-packages node-packages
