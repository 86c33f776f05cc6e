# Everything happens in .venv/. uv is brought into it by pip, so that Python 3.11 is all a machine needs.
PYTHON ?= python3
VENV := .venv
UV := $(VENV)/bin/uv
READY := $(VENV)/.ready
export PATH := $(or $(PATH),/usr/local/bin:/usr/bin:/bin)

.PHONY: setup demo page test picture torture check format bench migration clean

setup: $(READY)

$(READY): pyproject.toml uv.lock
	@test -x $(UV) || echo "Preparing $(VENV)/, once; this takes about half a minute."
	@test -x $(VENV)/bin/pip || $(PYTHON) -m venv $(VENV) || \
		{ echo "Python cannot make a virtual environment; on Debian run: apt-get install python3-venv"; exit 1; }
	@test -x $(UV) || $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.13,<0.14"
	@VIRTUAL_ENV= $(UV) sync --quiet --system-certs --frozen --inexact --compile-bytecode
	@touch $@

demo: $(READY)
	@$(VENV)/bin/daily-papers demo

page: $(READY)
	@$(VENV)/bin/daily-papers demo --serve

test: $(READY)
	@$(VENV)/bin/python -m pytest -n auto --dist worksteal

picture: $(READY)
	@$(VENV)/bin/python -m pytest tests/test_site_browser.py -k picture_in_the_readme
	@cp build/screenshots/readme.png docs/page.png

torture: $(READY)
	@$(VENV)/bin/python -m tests.torture $(ARGS)

check: $(READY)
	@$(UV) lock --check --quiet --system-certs
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache
	@$(VENV)/bin/python -m tests.env_example

format: $(READY)
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

bench: $(READY)
	@VIRTUAL_ENV= $(UV) sync --quiet --system-certs --frozen --inexact --group bench || \
		echo "tantivy cannot be installed now, so the rows against it are left out."
	@$(VENV)/bin/python -m bench $(ARGS)

migration: $(READY)
	@$(VENV)/bin/python -m storage.migrations "$(name)" $(kind)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
