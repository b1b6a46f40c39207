# Each target does all its own set-up: Python 3.11 or newer, pip and make are enough.
# The virtual environment lies in .venv; it is made anew when the pinned requirements change.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Some systems ship venv without pip inside: then the outer pip installs into it.
PIP = $(if $(wildcard $(BIN)/pip),$(BIN)/python -m pip,$(PYTHON) -m pip --python $(BIN)/python)
INSTALL = $(PIP) install --quiet --disable-pip-version-check --require-hashes
DEV := $(VENV)/.dev
RUN := $(VENV)/.run
BENCH := $(VENV)/.bench

.DEFAULT_GOAL := help
.PHONY: help run test check words referral-page model bench bench-answers clean

help: ## say what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: $(RUN) ## run the bot: with HAMROH_BOT_TOKEN on Telegram, without it in the simulator
	@$(BIN)/python -m bot.cli run

test: $(DEV) ## run all tests (on PostgreSQL, too, where its server is installed)
	@.ci/postgres run $(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(DEV) ## look at style, types, import direction and words
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/architecture
	@$(BIN)/python -m locales.update --check
	@$(BIN)/python -m training.fit --check

words: $(RUN) ## take texts from the code into all catalogues
	@$(BIN)/python -m locales.update

referral-page: $(RUN) ## write docs/referral.md from the moves that the code knows
	@$(BIN)/python -c 'from care.referral_page import page; print(page(), end="")' > docs/referral.md

model: $(DEV) ## learn the search from the example questions anew
	@$(BIN)/python -m training.fit

bench: $(DEV) ## measure: updates a second, time to reply, due messages
	@$(BIN)/python -m benchmarks.intake
	@$(BIN)/python -m benchmarks.due_speed

bench-answers: $(BENCH) ## measure: ways to find the answer, side by side
	@$(BIN)/python -m benchmarks.answers $(ARGS)

clean: ## remove the virtual environment and what tools left behind
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Hamroh needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 2; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); $(PYTHON) -m venv --without-pip $(VENV); }

$(RUN): requirements.lock | $(VENV)/bin/python
	@echo "Installing what Hamroh needs, once."
	@$(INSTALL) -r requirements.lock
	@touch $@

$(DEV): requirements-dev.lock | $(VENV)/bin/python
	@echo "Installing what Hamroh and its tests need, once."
	@$(INSTALL) -r requirements-dev.lock
	@touch $(RUN) $@

$(BENCH): requirements-bench.lock | $(VENV)/bin/python
	@echo "Installing what the comparison of searches needs, once."
	@$(INSTALL) -r requirements-bench.lock
	@touch $(RUN) $(DEV) $@
