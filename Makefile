# The verbs of this project; `make help` lists them. Python lives in tools/, each recipe only calls it.
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python

# Values reach the tools through the environment and are taken as they stand: neither make nor the shell
# expands what a user wrote into one of them.
define as-it-stands
ifneq ($$(origin $(1)),undefined)
override $(1) := $$(value $(1))
export $(1)
endif
endef
$(foreach name,DAY RELEASE SPEED SEED JOB ARGS MILLRACE_HOME MILLRACE_MASTER MASTER PORT FROM TO LINES_MILLIONS WORKERS WORKER_CORES WORKER_MEMORY MASTER_PORT MASTER_PAGE_PORT VOLUMES SERVICE AIRFLOW_PORT SPARK_MASTER_PORT HISTORY_PORT,$(eval $(call as-it-stands,$(name))))
# A short name for the setting, for the command line.
ifneq ($(MASTER),)
export MILLRACE_MASTER := $(value MASTER)
endif
# Every shell has a USER: only that of make's own command line is the one to erase. It reaches the tool by another name, as it stands.
ifeq ($(origin USER),command line)
export ERASE_USER := $(value USER)
unexport USER
else
unexport ERASE_USER
endif

.PHONY: help
help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-16s  %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: ## Set up all that a run needs: packages, Java, jars; repairs a set-up that was killed
	@python=$$(sh tools/find_python.sh) && "$$python" -E -m tools.setup

.PHONY: setup-dev
setup-dev: ## The same, with the tools for tests and lint
	@python=$$(sh tools/find_python.sh) && "$$python" -E -m tools.setup --level dev

.PHONY: doctor
doctor: ## Check the environment; name each fault with its remedy
	@python=$$(sh tools/find_python.sh) && "$$python" -E -m tools.doctor

.PHONY: run
run: setup ## Run one day through all stages: make run DAY=2026-11-01 MILLRACE_HOME=var
	@$(PYTHON) -m tools.run

.PHONY: airflow
airflow: setup ## Start Airflow with its web page on this machine
	@$(PYTHON) -m tools.airflow_ui

.PHONY: backfill
backfill: setup ## Run a period again in a running Airflow: make backfill FROM=2026-11-01 TO=2026-11-07
	@$(PYTHON) -m tools.backfill

.PHONY: stream
stream: setup ## Replay a landed day as a stream and watch its top users: make stream SPEED=600
	@$(PYTHON) -m tools.stream

.PHONY: late
late: setup ## List the days that late lines wait for, and how to take them in
	@$(PYTHON) -m tools.late

.PHONY: releases
releases: setup ## List the releases of a day or of all: make releases DAY=2026-11-01
	@$(PYTHON) -m tools.releases

.PHONY: release-diff
release-diff: setup ## Count what two releases of a day differ in: make release-diff DAY=2026-11-01 FROM=… TO=…
	@$(PYTHON) -m tools.release_diff

.PHONY: rollback
rollback: setup ## Take a day back to a release, through all gates: make rollback DAY=2026-11-01 RELEASE=…
	@$(PYTHON) -m tools.rollback

.PHONY: erase
erase: setup ## Remove a user from tables, reports, work and logs, with a receipt: make erase USER=…
	@$(PYTHON) -m tools.erase

.PHONY: shell
shell: setup ## Open the PySpark shell on the lake: make shell MASTER=spark://127.0.0.1:7077
	@$(PYTHON) -m tools.shell

.PHONY: notebook
notebook: setup-dev ## Serve JupyterLab with a tour of Spark on the lake's tables
	@$(PYTHON) -m tools.notebook

.PHONY: submit
submit: setup ## Submit one job alone: make submit JOB=ingest ARGS='--day 2026-11-01 …'
	@$(PYTHON) -m tools.submit_job

.PHONY: conf
conf: setup ## Show the properties of a job and where each comes from: make conf JOB=ingest ALL=1
	@$(PYTHON) -m tools.effective_conf

.PHONY: cluster-start cluster-stop cluster-restart cluster-status
cluster-start: setup ## Start a Spark cluster on this machine: make cluster-start WORKERS=2
	@$(PYTHON) -m tools.cluster start
cluster-stop: setup ## Stop it
	@$(PYTHON) -m tools.cluster stop
cluster-restart: setup ## Stop and start it, with changed settings
	@$(PYTHON) -m tools.cluster restart
cluster-status: setup ## Show its daemons, workers and applications
	@$(PYTHON) -m tools.cluster status

.PHONY: up
up: ## Start Airflow and a Spark cluster in containers: make up WORKERS=2
	@python=$$(sh tools/find_python.sh) && "$$python" -E -m tools.stack up

.PHONY: down
down: ## Stop the containers; with VOLUMES=1 remove their data too
	@python=$$(sh tools/find_python.sh) && "$$python" -E -m tools.stack down

.PHONY: status
status: ## Show what the containers do
	@python=$$(sh tools/find_python.sh) && "$$python" -E -m tools.stack status

.PHONY: logs
logs: ## Show the last lines of a service: make logs SERVICE=scheduler
	@python=$$(sh tools/find_python.sh) && "$$python" -E -m tools.stack logs

.PHONY: sample-data
sample-data: setup ## Write a day of sample data: make sample-data DAY=2026-11-02
	@$(PYTHON) -m tools.sample_data --landing "$${MILLRACE_HOME:-var}/landing" --day "$${DAY:-2026-11-01}"

# Whole files, in their order: xdist's own order puts files with one long test last.
IN_TWO := --numprocesses=2 --dist=loadfile --no-loadscope-reorder

.PHONY: test
test: lint ## Lint, then run all tests that need no Docker
	@$(PYTHON) -m pytest tests -m "not docker and not slow and not soak" --durations=10 $(IN_TWO)

.PHONY: test-slow
test-slow: setup-dev ## Run the tests without Docker that take minutes each
	@$(PYTHON) -m pytest tests -m "slow and not docker and not soak" --durations=10 $(IN_TWO)

.PHONY: test-soak
test-soak: setup-dev ## Run the tests by hand that take long and go by chance: make test-soak SEED=1
	@$(PYTHON) -m pytest tests -m soak --durations=10 -s

.PHONY: faults
faults: setup-dev ## Inject every fault and print the matrix: what failed, where, what was promised, what happened
	@$(PYTHON) -m pytest tests -m "fault and not docker and not soak" $(IN_TWO) -q

.PHONY: test-faults
test-faults: setup-dev ## Inject the faults that make test leaves out, as they take minutes
	@$(PYTHON) -m pytest tests -m "fault and slow and not covered and not docker and not soak" --durations=10 $(IN_TWO)

.PHONY: test-stack
test-stack: setup-dev ## Run the tests of the containers; needs a Docker engine
	@$(PYTHON) -m pytest tests/compose -m "docker and not slow" -x --durations=10

.PHONY: test-stack-slow
test-stack-slow: setup-dev ## Run all tests of the containers, with those that take an hour
	@$(PYTHON) -m pytest tests/compose -m docker -x --durations=10

.PHONY: lint
lint: setup-dev ## Check style, types and the direction of imports
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

.PHONY: bench
bench: setup-dev ## Measure a large day: make bench LINES_MILLIONS=5
	@$(PYTHON) -m bench

# The bootstrap and java lists hold one pinned package each: raise its version there, then compile its hashes anew.
COMPILE := .venv/bin/uv pip compile --quiet --universal --generate-hashes
.PHONY: lock
lock: setup-dev ## Compile the pinned lists anew, with hashes
	@$(COMPILE) --group server pyproject.toml -o requirements-server.txt
	@$(COMPILE) pyproject.toml -c requirements-server.txt -o requirements.txt
	@$(COMPILE) --group dev pyproject.toml -c requirements.txt -o requirements-dev.txt
	@$(COMPILE) requirements-bootstrap.txt -o requirements-bootstrap.txt
	@$(COMPILE) requirements-java.txt -o requirements-java.txt

.PHONY: clean
clean: ## Remove .venv, caches and build output; never the data
	@rm -rf .venv build .pytest_cache .ruff_cache .mypy_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
