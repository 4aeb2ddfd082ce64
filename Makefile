.DEFAULT_GOAL := help
.PHONY: help run demo dev test test-quick check screenshots lock clean

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3

help: ## Show what can be done
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

run: $(VENV)/installed ## Serve a journal at http://127.0.0.1:8000, on SQLite
	@FLASK_CONFIG=development $(BIN)/python manage.py configure
	@exec $(BIN)/python manage.py serve

demo: $(VENV)/installed ## Serve an invented journal at http://127.0.0.1:8000, and throw it away afterwards
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT INT TERM; \
	export FLASK_SKIP_DOTENV=1 FLASK_CONFIG=development DATA_DIR="$$folder" DATABASE_URL="sqlite:///$$folder/daybook.db" SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(32))')"; \
	$(BIN)/python manage.py db upgrade >/dev/null && $(BIN)/python manage.py demo && $(BIN)/python manage.py serve

dev: $(VENV)/installed ## Serve a journal to work on: reload, debugger, styles and templates afresh
	@FLASK_CONFIG=development $(BIN)/python manage.py configure
	@FLASK_CONFIG=development FLASK_DEBUG=1 DATA_DIR=instance/development DATABASE_URL= DATABASE_URL_FILE= DATABASE_KEY= DATABASE_KEY_FILE= MAIL_SERVER= ADMIN_EMAIL= PUBLIC_URL= BIND= $(BIN)/python manage.py dev

test-quick: $(VENV)/tested ## Run the tests that need neither server nor browser, on SQLite alone
	$(BIN)/python -m pytest -n 4 -q --engine sqlite tests/text tests/search tests/formats tests/media tests/operations tests/pages/test_writing.py tests/pages/test_reading.py --ignore tests/operations/test_account_machine.py

test: $(VENV)/ready ## Run every test: both databases, a mail server and a browser included
	$(BIN)/python -m pytest -n 4

check: $(VENV)/tested node_modules/.ready ## Check formatting, lint, types, imports, migrations and translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	npm run --silent check
	$(BIN)/lint-imports --no-cache
	tests/check-migrations.sh $(BIN)
	$(BIN)/pybabel --quiet extract -k lazy_gettext -F app/translations/babel.cfg -o /dev/null app

screenshots: $(VENV)/ready ## Take the pictures of docs/screenshots anew, from the demo journal
	$(BIN)/python -m docs.screenshots.take

lock: $(VENV)/tested ## Lock the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile -q --upgrade pyproject.toml --generate-hashes --no-header --no-emit-index-url --universal --python-version 3.11 -o requirements.txt
	$(BIN)/uv pip compile -q --upgrade --group test -c requirements.txt --generate-hashes --no-header --no-emit-index-url --universal --python-version 3.11 -o tests/requirements.txt

clean: ## Remove the virtual environment and all caches
	rm -rf $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/tested: $(VENV)/installed tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.txt
	@touch $@

node_modules/.ready: package-lock.json
	@command -v npm >/dev/null || tests/install-programs.sh
	npm ci --silent --no-audit --no-fund
	@touch $@

$(VENV)/ready: $(VENV)/tested tests/install-programs.sh
	tests/install-programs.sh
	@touch $@
