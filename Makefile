# Two commands: `make run` serves the dashboard, `make test` runs every test.
# Both first install what is missing into .venv/.

PORT ?= 8501
HOST ?= 127.0.0.1
PY := .venv/bin/python
# Test processes: one more than the two cores of a small machine, because many tests wait.
JOBS ?= 3
SPREAD := -n $(JOBS) --dist loadfile --no-loadscope-reorder

# Bytecode goes to .venv/, not into the folders of the checkout.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/bytecode
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-newest test-deploy coverage check bench screenshots fuzz lock licences dist setup setup-test clean

run: setup ## Serve the dashboard at http://localhost:8501 (PORT=…, HOST=…)
	@exec .venv/bin/site-map run --app app:app --host $(HOST) --port $(PORT)

test: setup-test ## Run all tests; the slowest files are listed at the end
	$(PY) -m pytest $(SPREAD) $(ARGS)

test-newest: setup-test ## Run all tests with the newest release of every dependency, in .venv/newest
	$(PY) scripts/install_newest.py
	.venv/newest/bin/python -m pytest $(SPREAD) $(ARGS)

test-deploy: setup-test ## Test two replicas behind Debian's nginx, and the steps of the Dockerfile (what is missing is installed)
	@scripts/setup.sh deploy
	$(MAKE) dist
	$(PY) -m pytest tests/deploy $(ARGS)

coverage: setup-test ## Show lines and branches that no test reaches; fails under 95 %
	$(PY) -m coverage erase
	$(PY) -m coverage run -m pytest $(SPREAD) $(ARGS)
	$(PY) -m coverage combine --quiet
	$(PY) -m coverage report

check: setup-test ## Check format, lint, types and import rules
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

bench: setup-test ## Measure speed and memory for docs/performance.md (SITES=… for one size)
	$(PY) -m benchmarks $(ARGS)

screenshots: setup-test ## Take the README's pictures of the running page
	$(PY) -m scripts.screenshots

fuzz: setup-test ## Try each reader with 100,000 generated inputs, the API with thousands
	HYPOTHESIS_PROFILE=fuzz $(PY) -m pytest -n $(JOBS) -k "property or schemathesis" tests/dashboard tests/attacks

lock: setup-test ## Pin the newest versions that pyproject.toml and npm/ allow
	$(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet -o requirements.lock $(LOCKFLAGS)
	$(PY) -m uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet -o requirements-test.lock $(LOCKFLAGS)
	$(PY) -m uv pip compile npm/requirements.in --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --quiet -o npm/requirements.lock $(LOCKFLAGS)

licences: setup-test ## List the licences of all packages in docs/licences.md
	$(PY) scripts/list_licences.py

dist: setup-test ## Build dist/*.whl and *.tar.gz, and check them
	.venv/bin/pip install --quiet --disable-pip-version-check -e '.[release]'
	rm -rf dist dashboard/assets/npm
	$(PY) scripts/install_npm.py --into dashboard/assets/npm
	$(PY) -m build; made=$$?; rm -rf dashboard/assets/npm; exit $$made
	.venv/bin/twine check --strict dist/*
	.venv/bin/check-wheel-contents dist/*.whl

setup:
	@scripts/setup.sh run

setup-test:
	@scripts/setup.sh test

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
