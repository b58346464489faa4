# make run    starts the app              make run ARGS="--server.port 8600"
# make test   runs every check            make test ARGS="tests/anatomy -k bottleneck"
#                                         make test ARGS="-n 0 --pdb"  in one process, for a debugger
# make notebook    opens the notebooks in JupyterLab
# make test-slow   runs the checks that take long
# All first create .venv and install what is missing; all that needs is Python 3.11 to 3.14.
# TORCH_BACKEND=cpu, cu126 or auto (or UV_TORCH_BACKEND) chooses PyTorch's build; by default what this machine can use.

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$python && break; done)
BIN := .venv/bin

.PHONY: run dev notebook test test-slow lint format install clean

# What is imported is compiled once, not at every start, also where Python was told not to keep it (as containers do).
export PYTHONDONTWRITEBYTECODE =

# All threads share one heap: glibc's own heap for each visitor's thread costs a third more memory and time.
run dev: export MALLOC_ARENA_MAX ?= 1

run: install
	$(BIN)/python -m streamlit run app.py $(ARGS)

dev: install  # reruns the page when a file is saved
	$(BIN)/python -m streamlit run app.py --server.fileWatcherType auto --server.runOnSave true $(ARGS)

notebook: .venv/notebook-installed
	$(BIN)/python -m jupyterlab notebooks $(ARGS)

test: lint
	$(BIN)/python -m pytest -n 3 -m "not slow" $(ARGS)

test-slow: .venv/tests-installed
	$(BIN)/python -m pytest -n 3 -m slow $(ARGS)

lint: .venv/tests-installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/tests-installed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: docs
docs: .venv/tests-installed  # the API reference, from the docstrings: build/docs/index.html
	$(BIN)/python -W 'ignore:Error parsing type annotation' -m pdoc --docformat google --output-directory build/docs resnet_core resnet_core.lab.theory

install: .venv/installed

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache

# A stamp is as old as the last installation: it runs again only once the requirements have changed.
.venv/installed: requirements.txt | .venv/bin/python
	$(BIN)/python tools/install.py requirements.txt
	touch $@

.venv/tests-installed: requirements.txt requirements-dev.txt pyproject.toml | .venv/bin/python
	$(BIN)/python tools/install.py requirements-dev.txt
	touch .venv/installed $@

.venv/notebook-installed: requirements.txt requirements-notebook.txt pyproject.toml | .venv/bin/python
	$(BIN)/python tools/install.py requirements-notebook.txt
	touch .venv/installed $@

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "This needs Python 3.11 to 3.14. Install one, or say where it is: make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv .venv
