# What one does with courseapp; `make` alone lists it. For GNU make 4.3; recipes are POSIX sh.
#
# PORT and the COURSEAPP_... settings (README.md has a table of them) may stand in the environment or
# on the command line: `make run PORT=8080`.
# PYTHON names the interpreter to make .venv with; without it, the first one that fits is taken.

SHELL := /bin/sh
# Every recipe is one script, which ends at the first command that fails.
.ONESHELL:
.SHELLFLAGS := -euc
.SILENT:
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run demo test check bench lock clean venv packages

PYTHON ?=

help: ## List what there is
	awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile

run: LOCK := requirements.txt
run: packages ## Set up what is missing and serve the site until Ctrl-C (PORT=8080 for another port)
	exec .venv/bin/courseapp serve

demo: LOCK := requirements.txt
demo: packages ## The same on a database of its own, with people at every stage of the course
	exec .venv/bin/courseapp demo

test: LOCK := requirements-dev.txt
test: packages ## Run every check and test, on both databases and in a browser
	exec .venv/bin/python tests/run_all.py

check: LOCK := requirements-dev.txt
check: packages ## The same without the browser
	exec .venv/bin/python tests/run_all.py --without-browser

bench: LOCK := requirements-dev.txt
bench: packages ## Measure quizzes and certificates: how many a second, queries, statistics
	.venv/bin/python -m tests.bench.quizzes
	exec .venv/bin/python -m tests.bench.certificates

# Pinned versions stay as long as pyproject.toml allows them. requirements.txt is made second, within
# what requirements-dev.txt chose: one environment serves both.
lock: venv ## Write requirements*.txt again from pyproject.toml (UPGRADE=1 takes the newest versions)
	tools=$$(mktemp -d)
	trap 'rm -rf "$$tools"' EXIT
	echo "Installing uv for a moment ..."
	.venv/bin/python -m venv "$$tools"
	"$$tools/bin/python" -m pip install -qq --disable-pip-version-check uv
	compile() {
		"$$tools/bin/uv" pip compile pyproject.toml --quiet --no-config --no-header \
			--universal --python-version 3.11 --generate-hashes $(if $(UPGRADE),--upgrade) "$$@"
	}
	echo "Choosing versions ..."
	compile --group dev --output-file requirements-dev.txt
	compile --constraint requirements-dev.txt --output-file requirements.txt
	echo "Written: requirements-dev.txt and requirements.txt."

clean: ## Delete .venv and caches; instance/ with the data stays
	rm -rf .venv build courseapp.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache .grimp_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The virtual environment. `.venv/made` is its mark of being whole: made by this interpreter, for this
# folder, no installation in it interrupted. Without the right mark it is made anew.
venv:
	# Prints which Python it is, the same for an interpreter and the environments made with it.
	which='import sys; print(sys.version.split()[0], sys.base_prefix)'
	# Prints the interpreter itself, also when asked through a shim or from within an environment.
	itself='import sys; print(sys._base_executable) if (3, 11) <= sys.version_info < (3, 14) else sys.exit(1)'
	if now=$$(.venv/bin/python -c "$$which" 2>/dev/null) \
		&& [ "$$(cat .venv/made 2>/dev/null)" = "$$now $(CURDIR)" ] \
		&& { [ -z "$(PYTHON)" ] || [ "$$("$(PYTHON)" -c "$$which" 2>/dev/null)" = "$$now" ]; }
	then
		exit 0
	fi
	python= without_venv= refused=
	for name in $${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
		version=$$("$$name" -c 'import sys; print(sys.version.split()[0])' 2>/dev/null) || {
			[ -z "$(PYTHON)" ] || refused=" $$name cannot be run."
			continue
		}
		if ! interpreter=$$("$$name" -c "$$itself" 2>/dev/null); then
			refused="$$refused $$name is $$version."
		elif "$$interpreter" -c 'import ensurepip, venv' 2>/dev/null; then
			python=$$interpreter
			break
		elif [ -z "$$without_venv" ]; then
			without_venv=$$interpreter
		fi
	done
	if [ -z "$$python" ] && [ -n "$$without_venv" ]; then
		# Debian and Ubuntu keep the venv module in a package of its own.
		package=$$("$$without_venv" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
		if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
			echo "$$without_venv has no venv module. On Debian or Ubuntu: sudo apt-get install $$package" >&2
			exit 1
		fi
		echo "Installing $$package (apt-get): $$without_venv has no venv module ..."
		apt-get update -qq
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$$package" >/dev/null
		python=$$without_venv
	fi
	if [ -z "$$python" ]; then
		echo "courseapp needs Python 3.11, 3.12 or 3.13.$$refused" >&2
		echo "Install one (Debian: apt-get install python3 python3-venv) or name it: make run PYTHON=/path/to/python3.12" >&2
		exit 1
	fi
	version=$$("$$python" -c "$$which")
	echo "Making .venv with Python $${version%% *} ($$python) ..."
	rm -f .venv/made
	rm -rf .venv
	"$$python" -m venv .venv
	echo "$$version $(CURDIR)" >.venv/made

# The packages of $(LOCK). `.venv/has-<file>` holds the digest of what was asked for when it was last
# installed. Development's are a superset in the same versions, so they serve `make run` too.
packages: venv
	digest=$$(cat requirements.txt requirements-dev.txt pyproject.toml | cksum)
	if [ "$$(cat .venv/has-$(LOCK) 2>/dev/null)" = "$$digest" ]; then
		exit 0
	fi
	made=$$(cat .venv/made)
	rm -f .venv/made .venv/has-*
	echo "Installing $$(grep -c '^[a-z0-9].*==' $(LOCK)) locked packages ($(LOCK)) ..."
	install() {
		.venv/bin/python -m pip install -qq --disable-pip-version-check --no-input "$$@"
	}
	install --require-hashes --requirement $(LOCK)
	install --no-deps --no-build-isolation --editable .
	echo "$$digest" >.venv/has-requirements.txt
	if [ $(LOCK) = requirements-dev.txt ]; then
		echo "$$digest" >.venv/has-requirements-dev.txt
	fi
	echo "$$made" >.venv/made
