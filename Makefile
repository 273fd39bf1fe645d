# Everything a checkout needs, on a machine with Python 3.11, 3.12 or 3.13 and make.
#   PYTHON=python3.12   the interpreter to build the environment with
#   VENV=.venv-3.12     another folder for it, to keep several side by side

VENV ?= .venv
SHELL := /bin/sh
bin := $(VENV)/bin
log := $(VENV)/install.log
declared := pyproject.toml mipo_sim/version.py $(wildcard constraints/*.txt)

# Sets $$python to the first interpreter that will do: the one given, else python3, else a newer name for it.
suits := import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
find_python = python=; for p in $(if $(PYTHON),"$(PYTHON)",python3 python3.13 python3.12 python3.11); do \
	  if "$$p" -c '$(suits)' >/dev/null 2>&1; then python=$$p; break; fi; done; \
	if [ -z "$$python" ]; then echo 'No Python 3.11, 3.12 or 3.13 with its venv module found$(if $(PYTHON), as $(PYTHON)); install one, or name it: make PYTHON=/path/to/python3.' >&2; exit 1; fi
two_digits = "$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"

.PHONY: help run test check-all bench docs web web-check versions constraints clean lint always
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help:  ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile
	@echo 'PYTHON=python3.12 chooses the interpreter, VENV=folder the place of the environment (default .venv).'

run: $(VENV)/.run  ## run the simulation once, as it comes
	@echo 'run: mipo run'
	@$(bin)/mipo run

test: lint  ## check style and types, run the tests
	@echo 'test: pytest'
	@$(bin)/python -m pytest -q

lint: $(VENV)/.test
	@echo 'lint: ruff check, ruff format, mypy'
	@$(bin)/ruff check -q
	@$(bin)/ruff format -q --check
	@$(bin)/mypy --no-error-summary

check-all: test $(VENV)/.check-all  ## the same and the slow tests too, those on a Dask cluster among them
	@echo 'check-all: pytest -m slow'
	@$(bin)/python -m pytest -q -m slow || [ $$? = 5 ]  # 5: there is none

bench: $(VENV)/.bench  ## measure speed
	@echo 'bench: python -m benchmarks'
	@$(bin)/python -m benchmarks

docs: $(VENV)/.docs  ## build the docs site into build/docs
	@echo 'docs: sphinx into build/docs/index.html'
	@$(bin)/python -m sphinx -q -W --keep-going -b html -c docs/site . build/docs

web:  ## build the pages from web/ into the package; needs Node 20.19 or newer
	@cd web && npm ci --no-audit --no-fund --loglevel=error && npm run --silent check && npm run --silent build

web-check:  ## the pages in the package are what web/ makes, to the byte
	@cd web && npm ci --no-audit --no-fund --loglevel=error && npm run --silent check && \
	place=$$(mktemp -d) && trap 'rm -rf "$$place"' EXIT && \
	for page in report live; do \
	  npm run --silent "build:$$page" -- --logLevel error --outDir "$$place/$$page" --emptyOutDir && \
	  cmp "$$place/$$page/index.html" "../mipo_sim/$$page/static/index.html" || exit 1; \
	done

clean:  ## remove the environment, caches and builds; results stay
	@rm -rf $(VENV) web/node_modules build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------- set-up

# The environment is made anew when it is missing, broken, moved, or of another Python than the one asked for.
$(VENV)/.python: always
	@if [ -x $(bin)/python ] && [ "$$(cat $@ 2>/dev/null)" = "$(CURDIR) $$($(bin)/python -V 2>/dev/null)" ] \
	  $(if $(PYTHON),&& [ "$$("$(PYTHON)" -V 2>&1)" = "$$($(bin)/python -V)" ]); then exit 0; fi; \
	$(find_python); \
	echo "set-up: $$("$$python" -V) in $(VENV)"; \
	"$$python" -m venv --clear $(VENV) && echo "$(CURDIR) $$($(bin)/python -V)" > $@

$(VENV)/.test: extras := [test]
$(VENV)/.check-all: extras := [test,dask,docs]
$(VENV)/.bench: extras := [bench]
$(VENV)/.docs: extras := [docs]
$(VENV)/.run $(VENV)/.test $(VENV)/.check-all $(VENV)/.bench $(VENV)/.docs: $(VENV)/.python $(declared)
	@python=$(bin)/python; \
	echo 'set-up: mipo-sim$(extras) and what it needs (the first time takes a minute)'; \
	if ! $(bin)/python -m pip install --disable-pip-version-check --no-input --use-pep517 \
	  -c constraints/python$(two_digits).txt -e '.$(extras)' > $(log) 2>&1; then \
	  cat $(log) >&2; exit 1; fi
	@touch $(VENV)/.run $@

versions: $(VENV)/.test  ## try the lowest and the newest versions allowed, for this Python; takes half an hour
	@echo 'versions: tests/abuse/versions.py'
	@$(bin)/python tests/abuse/versions.py && $(bin)/python -m docs.reliability

# In an environment of its own, so that nothing comes along which the project does not ask for.
constraints:  ## write down the newest versions that fit, for this Python
	@$(find_python); file=constraints/python$(two_digits).txt; \
	echo "constraints: $$("$$python" -V) into $$file"; \
	place=$$(mktemp -d) && trap 'rm -rf "$$place"' EXIT && mkdir -p constraints && \
	"$$python" -m venv "$$place" && \
	if ! "$$place/bin/python" -m pip install --disable-pip-version-check --no-input --use-pep517 \
	  '.[test,bench,dask,docs,analysis]' > "$$place/log" 2>&1; then cat "$$place/log" >&2; exit 1; fi && \
	"$$place/bin/python" -m pip freeze --disable-pip-version-check --exclude mipo-sim > "$$place/versions" && \
	grep -E '^[A-Za-z0-9._-]+==[^ ]+$$' "$$place/versions" > "$$file"
