# lupcms. `make` alone lists what there is.
# Everything runs in .venv, which is made and kept up to date by itself; data is in var/.

PORT ?= 8000
BIN := .venv/bin
FIND_PYTHON = for python in $(PYTHON) python3 python3.13 python3.12 python3.14 python3.15; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && break; python=; done; \
	test -n "$$python" || { echo "lupcms needs Python 3.12 or newer, and found $$(python3 --version 2>&1 | tail -n 1): install one (apt install python3.13 python3.13-venv, brew install python, uv python install) and name it: make PYTHON=/path/to/python3.13" >&2; exit 1; }

# The demo is a production start with a database, a key and accounts of its own.
DEMO = ENV_FILE=/dev/null DEMO=true HTTPS=false DEFAULT_SHOW=linux-unplugged PORT=$(PORT) \
	NETWORK_URL=http://network.localhost:$(PORT) SITE_NAME="Demo Network" \
	MEDIA_ROOT="$(CURDIR)/var/demo/media" \
	DATABASE_URL="sqlite:///$(CURDIR)/var/demo/lupcms.sqlite3" SECRET_KEY="$$(cat var/demo/secret_key)"
NEW_KEY = $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))'

.PHONY: help run site serve test check lock bench screenshots clean-demo

help: ## list the doors
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: $(BIN)/.run ## the demo, from nothing to http://localhost:8000 (PORT=…)
	@mkdir -p var/demo
	@test -s var/demo/secret_key || { umask 077; $(NEW_KEY) > var/demo/secret_key; }
	@$(DEMO) $(BIN)/python manage.py migrate -v0
	@$(DEMO) $(BIN)/python manage.py collectstatic --noinput -v0
	@$(DEMO) $(BIN)/python manage.py load_demo
	@$(DEMO) exec $(BIN)/gunicorn lupcms.wsgi

site: $(BIN)/.run ## an empty real site: asks for show, hostname and first administrator
	@mkdir -p var
	@test -e .env || { umask 077; { echo "# docs/configuration.md explains each line."; \
		echo "SECRET_KEY=$$($(NEW_KEY))"; echo "# true as soon as the site is reached through https:"; echo "HTTPS=false"; } > .env; }
	@$(BIN)/python manage.py migrate -v0
	@$(BIN)/python manage.py make_site

serve: $(BIN)/.run ## the real site that `make site` made, on 127.0.0.1:8000 (PORT=…)
	@test -e .env -o -n "$$SECRET_KEY" || { echo "There is no site yet: make site" >&2; exit 1; }
	@$(BIN)/python manage.py migrate -v0
	@$(BIN)/python manage.py collectstatic --noinput -v0
	@PORT=$(PORT) exec $(BIN)/gunicorn lupcms.wsgi

test: $(BIN)/.dev node_modules/.installed ## the test suite (DATABASE_URL=postgres://… for PostgreSQL, ONLY="not looks" for a part)
	$(BIN)/python -m pytest -n auto -m "$(ONLY)"

check: $(BIN)/.dev ## style, types, structure, templates, settings, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	SECRET_KEY=check $(BIN)/mypy .
	$(BIN)/lint-imports --no-cache
	$(BIN)/djade --check --target-version 6.1 $$(find templates -name '*.html')
	ENV_FILE=/dev/null SECRET_KEY=$$($(NEW_KEY)) $(BIN)/python -W error manage.py check --deploy --fail-level WARNING
	ENV_FILE=/dev/null SECRET_KEY=check DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py makemigrations --check --dry-run

lock: $(BIN)/.dev ## write the pinned requirements anew from the .in files
	for name in requirements requirements-postgres requirements-dev; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --upgrade $$name.in --output-file $$name.txt; done

bench: $(BIN)/.run ## import and export of 2,000 generated pages, feeds of 650 and 2,000 episodes, the form of a large one
	ENV_FILE=/dev/null SECRET_KEY=bench $(BIN)/python bench/notes_pages.py
	ENV_FILE=/dev/null SECRET_KEY=bench $(BIN)/python bench/feed.py
	ENV_FILE=/dev/null SECRET_KEY=bench $(BIN)/python bench/desk.py

screenshots: $(BIN)/.dev ## every kind of page, light and dark, small and large: var/screenshots (PAGES="home episode")
	$(BIN)/python docs/pictures/make.py $(PAGES)

clean-demo: ## forget the demo's database; the next `make run` makes it anew
	rm -rf var/demo

$(BIN)/.run: requirements.txt
	@$(FIND_PYTHON); test -x $(BIN)/python || "$$python" -m venv .venv || { rm -rf .venv; \
		echo "Python could not make a virtual environment: on Debian and Ubuntu, apt install python3-venv" >&2; exit 1; }
	@echo "Installing what lupcms needs into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(BIN)/.dev: requirements-dev.txt $(BIN)/.run
	@echo "Installing what tests and checks need into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# axe and html-validate, which tests measure pages with. Without npm those tests are skipped.
node_modules/.installed: package-lock.json .npmrc
	@if command -v npm > /dev/null; then npm ci --silent && touch $@; \
		else echo "npm is not here: tests with axe and html-validate are skipped"; fi
