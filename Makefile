# SPDX-License-Identifier: GPL-3.0-or-later
# `make help` lists the doors. Each one sets up what it needs: a Python of at least 3.11, make and git are enough.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ROOT := $(CURDIR)
BUILD := $(ROOT)/.build
TESTS := .venv/tests/.ready
TOOLS := .venv/tools/.ready
RUNNER := .venv/runner/.ready
# More arguments for pytest, and how many processes share the tests.
PYTEST_ARGS ?=
WORKERS ?= 2
# Of the tests against the embedded cloud, those with which `make unit` walks the engine.
ENGINE := $(addprefix tests/unit/cloud/test_,one_copy.py migration.py)
# And those by which the rest of the plugins is covered. What traces a test makes it twice as slow, so no others are.
COVERING := $(addprefix tests/unit/cloud/test_,\
	after_trouble.py chaos.py cloud_ledger.py documented_results.py events.py infos.py migration_goes_on.py\
	removal.py resumed_options.py rollback.py waiting.py)
# The unit tests are run in two halves, side by side. What tries everything everywhere is for the whole of the tests.
ONE_HALF := $(addprefix tests/unit/plugins/module_utils/_,client decide entry model)
OTHER_HALF := $(filter-out $(ONE_HALF) %/__pycache__ %/module_utils,$(wildcard \
	tests/unit/test_*.py tests/unit/plugins/* tests/unit/plugins/module_utils/_* tests/unit/plugins/module_utils/test_*.py))
EVERYTHING := tests/unit/plugins/filter/test_edited_reports.py tests/unit/test_release.py tests/unit/test_rename.py
# What `make bench` measures (all of it, unless said), how often short runs are repeated, and whose collection: the
# .build/tree of another checkout gives the figures of another edition.
ONLY ?=
TIMES ?= 7
TREE ?= $(BUILD)/tree
# Which sample of changes `make mutants` tries, and how large it is; ONLY is a part of a path there. The first seed of
# `make campaign`, and how many scenarios; it tells ten times as many lies, and kills real processes in a twentieth of as
# many. `make lies` and `make kills` alone play so many.
SEED ?= 6
N ?= 200

# Of `make release` and `make rename`.
VERSION ?=
TO ?=
# Of `make matrix`: series of ansible-core (all, unless said), parts of ansible-test, and what need not run.
CORES ?=
PARTS ?= sanity,units,integration,installed
SKIP ?=

# A tree in which the collection has its full name, and a home that is not the user's own.
own_home = HOME="$(BUILD)/home" ANSIBLE_HOME="$(BUILD)/home/.ansible"
# What Python has compiled is kept: the tests start hundreds of processes, and each would compile the same anew.
tests_env = env PATH="$(ROOT)/.venv/tests/bin:$$PATH" $(own_home) PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX="$(BUILD)/pycache" \
	PYTHONPATH="$(BUILD)/tree:$(ROOT)" ANSIBLE_COLLECTIONS_PATH="$(BUILD)/tree"
# With the home and the PATH of whoever calls: environments are made, from the Pythons and the index that he has.
matrix = PYTHONPATH="$(ROOT)" .venv/tests/bin/python -m tests.tools.matrix
tools_env = env PATH="$(ROOT)/.venv/tools/bin:$$PATH" $(own_home) NO_COLOR=1
# pytest in $(WORKERS) processes; with COVER=1 the unit tests note what is covered.
COVER ?=
pytest = pytest -n $(WORKERS)
# Somebody waits for the unit tests alone; as a part of the whole they look for more examples.
measured = $(if $(COVER),env COVERAGE_ROOT="$(ROOT)" COVERAGE_FILE="$(BUILD)/coverage/$@" coverage run -m pytest,\
	pytest --hypothesis-profile=quick)
copied = $(BUILD)/$@/ansible_collections/huaweicloud/ims

.PHONY: help demo test unit cloud emulator-tests e2e coverage lint types docs-lint docs package sanity integration installed execution-environment matrix oldest bench mutants campaign lies kills life-diagram errors-page pictures parity release rename clean coverage-gate venvs tree browser

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' Makefile

demo: $(TESTS) tree ## a copy between two regions of an embedded cloud, to watch
	@$(tests_env) bash demo/run.sh

test: venvs tree ## everything that a change must pass; ends with a summary
	@.venv/tests/bin/python tests/tools/check.py

unit: $(TESTS) tree ## unit tests, and one walk through the engine: seconds, no network
	@rm -rf "$(BUILD)/coverage" && mkdir -p "$(BUILD)/coverage"
	@$(tests_env) bash tests/tools/beside.sh "$(BUILD)/logs/unit-beside.log" \
		$(measured) $(ONE_HALF) $(if $(COVER),$(COVERING)) $(PYTEST_ARGS) -- \
		$(measured) $(filter-out $(if $(COVER),,$(EVERYTHING)),$(OTHER_HALF)) $(ENGINE) $(if $(COVER),,$(addprefix --ignore=,$(EVERYTHING))) $(PYTEST_ARGS)

cloud: $(TESTS) tree ## modules in one process against the embedded cloud, whose time they move
	@$(tests_env) $(pytest) \
		$(if $(COVER),$(filter-out $(ENGINE) $(COVERING),$(wildcard tests/unit/cloud/test_*.py)),tests/unit/cloud) $(PYTEST_ARGS)

emulator-tests: $(TESTS) tree ## the embedded cloud against its public reference and the official SDK
	@$(tests_env) pytest -n $(WORKERS) tests/emulator_tests $(PYTEST_ARGS)

e2e: $(TESTS) $(RUNNER) tree browser ## playbooks against the embedded cloud
	@PYTHONPATH="$(ROOT)" .venv/tests/bin/python -m tests.tools.awx_collection
	@$(tests_env) $(pytest) tests/e2e $(PYTEST_ARGS)

coverage: ## what the unit tests and some against the embedded cloud reach; fails below 95 % of lines or of branches
	@$(MAKE) unit coverage-gate COVER=1

coverage-gate: $(TESTS) tree
	@$(tests_env) python tests/tools/coverage_gate.py

lint: $(TESTS) $(TOOLS) ## ruff, shellcheck, yamllint, ansible-lint (production), changelog fragments
	@bash tests/tools/tree.sh copy "$(BUILD)/$@"
	@failed=""; \
	$(tests_env) ruff check . || failed="$$failed ruff"; \
	$(tests_env) shellcheck .ci/run $$(git ls-files --cached --others --exclude-standard '*.sh') || failed="$$failed shellcheck"; \
	$(tools_env) yamllint --strict . || failed="$$failed yamllint"; \
	$(tools_env) antsibull-changelog lint || failed="$$failed antsibull-changelog"; \
	(cd "$(copied)" && $(tools_env) ANSIBLE_COLLECTIONS_PATH="$(BUILD)/$@" ansible-lint) || failed="$$failed ansible-lint"; \
	if [ -n "$$failed" ]; then echo "Not content:$$failed" >&2; exit 1; fi

types: $(TESTS) tree ## mypy, strict
	@$(tests_env) MYPYPATH="$(BUILD)/tree" mypy -p ansible_collections.huaweicloud.ims.plugins -p tests

docs-lint: $(TOOLS) ## documentation of the plugins: markup, links, option names
	@bash tests/tools/tree.sh copy "$(BUILD)/$@"
	@cd "$(copied)" && $(tools_env) ANSIBLE_COLLECTIONS_PATH="$(BUILD)/$@" \
		antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck .

docs: $(TESTS) $(TOOLS) tree browser ## the pages of the documentation in .build/docs/html, without a warning, with pictures of a run of the demo
	@$(tests_env) python -m tests.tools.pictures "$(BUILD)/pictures"
	@env PATH="$(ROOT)/.venv/tools/bin:$$PATH" $(own_home) ANSIBLE_COLLECTIONS_PATH="$(BUILD)/tree" bash tests/tools/docs.sh

package: $(TOOLS) ## the artifact in .build/dist, as galaxy-importer takes it
	@bash tests/tools/tree.sh copy "$(BUILD)/$@"
	@$(tools_env) bash tests/tools/package.sh "$(copied)"

sanity: $(TESTS) ## ansible-test sanity, all of its tests, nothing ignored, with the newest core that the default Python takes
	@$(matrix) --cores default --parts sanity --here

integration: $(TESTS) ## ansible-test integration against the embedded cloud, with the same core
	@$(matrix) --cores default --parts integration --here

installed: $(TESTS) ## the artifact, installed and run where nothing else is
	@bash tests/tools/installed.sh

execution-environment: $(TOOLS) $(TESTS) ## the same in an environment of what ansible-builder finds that the collection needs
	@bash tests/tools/execution_environment.sh

matrix: $(TESTS) ## ansible-test with every series of ansible-core; CORES=2.16,2.21 and PARTS=units: these alone; SKIP=2.20,3.14
	@$(matrix) --cores "$(CORES)" --parts "$(PARTS)" --skip "$(SKIP)"

oldest: $(TESTS) ## the same with the oldest series alone, on the newest of its Pythons that is here, less some unit tests
	@$(matrix) --cores oldest --parts sanity,plugins,integration,installed --here

bench: $(TESTS) tree ## measurements of speed, against the embedded cloud; ONLY=noop,scale: these alone
	@$(tests_env) python -m tests.bench --only "$(ONLY)" --times $(TIMES) --tree "$(TREE)"

mutants: $(TESTS) tree ## what tests/unit notices of a sample of small changes to plugins/; SEED=, N= and ONLY=
	@$(tests_env) python -m tests.tools.mutants --seed $(SEED) --count $(N) --only "$(ONLY)"

campaign: $(TESTS) tree ## faults and kills drawn from seeds, judged by the books of the embedded cloud; SEED= and N=
	@$(tests_env) PYTHONHASHSEED=0 python -m tests.campaign --count $(N) --seed $(SEED) --workers $(WORKERS)
	@$(MAKE) lies N=$$(( 10 * $(N) ))
	@[ $(N) -lt 20 ] || $(MAKE) kills N=$$(( $(N) / 20 ))

lies: $(TESTS) tree ## answers of the cloud that lie, drawn from seeds, judged by its books; SEED= and N=
	@$(tests_env) PYTHONHASHSEED=0 python -m tests.campaign.tell_lies --count $(N) --seed $(SEED) --workers $(WORKERS)

kills: $(TESTS) tree ## real playbooks that are killed at requests drawn from seeds, judged by the same books; SEED= and N=
	@$(tests_env) PYTHONHASHSEED=0 python -m tests.campaign.kill_playbooks --count $(N) --seed $(SEED) --workers $(WORKERS)

life-diagram: $(TESTS) tree ## draw docs/life_of_a_copy.md anew, from its table
	@$(tests_env) python -m tests.tools.life_diagram

errors-page: $(TESTS) tree ## write docs/errors.md anew, from the table of the hints
	@$(tests_env) python -m tests.tools.errors_page

parity: $(TESTS) tree ## the real cloud, by the credentials of the environment, against the emulator; REGION=, AGENCY=, KEEP=1; COPY=image_id TO=region: one copy, too
	@PATH="$(ROOT)/.venv/tests/bin:$$PATH" PYTHONPATH="$(BUILD)/tree:$(ROOT)" python -m tests.parity \
		$(if $(REGION),--region "$(REGION)") $(if $(AGENCY),--agency "$(AGENCY)") \
		$(if $(COPY),--copy "$(COPY)") $(if $(TO),--to "$(TO)") $(if $(KEEP),--keep)

pictures: $(TESTS) tree browser ## make the pictures of README and guides anew, from a run of the demo
	@$(tests_env) python -m tests.tools.pictures docs/docsite/rst/pictures

release: $(TOOLS) $(TESTS) ## VERSION=x.y.z, from a clean checkout: changelog, artifact of the commit, checked and tried
	@PATH="$(ROOT)/.venv/tools/bin:$$PATH" NO_COLOR=1 bash tests/tools/release.sh "$(VERSION)"

rename: $(TESTS) ## TO=namespace.name: a fork gives the collection its own name, in every file
	@PYTHONPATH="$(ROOT)" .venv/tests/bin/python -m tests.tools.rename "$(TO)"

clean: ## remove environments and build products
	@rm -rf .venv .build tests/output .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

venvs:
	@$(MAKE) -j2 $(TESTS) $(TOOLS) $(RUNNER)

tree:
	@bash tests/tools/tree.sh link

browser:
	@bash tests/tools/browser.sh

.venv/%/.ready: tests/requirements/%.txt tests/tools/venv.sh
	@bash tests/tools/venv.sh $*
