# What people and CI run. `make help` lists it; every recipe is a command you can also type yourself.

# scripts/setup puts uv into .tools/ where there is none. Decided when a recipe runs, after the set-up.
UV = $$(test -x .tools/bin/uv && echo .tools/bin/uv || echo uv)
RUN = $(UV) run --frozen

# Python keeps what it compiled: otherwise every server that a test starts compiles all of its imports, which takes seconds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' $(MAKEFILE_LIST))

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' $(MAKEFILE_LIST) | while read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

setup: ## Get everything that serving and testing need
	@scripts/setup test

serve: ## Set up, then run a server with a demo portal; options in ARGS="--port 8080"
	@scripts/setup serve
	@exec $(UV) run --no-sync landingpad serve --dev $(ARGS)

test: setup check ## Set up, then run every check and the tests of a few minutes; options in ARGS
	@$(RUN) python scripts/suite --lane fast $(ARGS)

test-long: setup ## Set up, then run the other tests: kills, attacks, programs of others, PostgreSQL; options in ARGS
	@$(RUN) python scripts/suite --lane long $(ARGS)

wheel-check: setup ## Set up, then use the wheel without the checkout, with the lowest and the newest dependencies
	@scripts/timed "wheel with the lowest versions" scripts/wheel_check lowest
	@scripts/timed "wheel with the newest versions" scripts/wheel_check newest

check: ## Format, lint, types, the layers of the packages, a fresh reference; changes nothing
	@scripts/timed "format" $(RUN) ruff format --check --quiet .
	@scripts/timed "lint" $(RUN) ruff check --quiet .
	@scripts/timed "types" $(RUN) mypy
	@scripts/timed "layers" $(RUN) lint-imports
	@scripts/timed "reference" $(RUN) landingpad docs --check

docs: ## Rebuild docs/reference and its recorded answers from the declarations
	@$(RUN) landingpad docs

block-pictures: ## Photograph the blocks of the library that are new or changed; codes or --all in ARGS
	@$(RUN) python scripts/block_pictures $(ARGS)

format: ## Format the code and repair what ruff can repair
	@$(RUN) ruff check --fix --quiet . ; $(RUN) ruff format .

fuzz: ## Try 100,000 random sequences of changes on blocks and 100,000 random requests (many minutes); options in ARGS
	@LANDINGPAD_FUZZ=100000 $(RUN) pytest -q tests/blockhtml/test_fuzz.py $(ARGS)
	@LANDINGPAD_FUZZ=100000 $(RUN) pytest -q -s tests/rpc/test_fuzz.py $(ARGS)

bench-api: ## Measure requests per second of the REST route
	@$(UV) run --frozen --group bench python bench/api.py $(ARGS)

bench-price: ## Measure what auth, limits and envelope add to one call
	@$(RUN) python bench/price.py $(ARGS)

bench-lists: ## Measure a list of sites among 100 and among a million
	@$(RUN) python bench/lists.py $(ARGS)

bench-rights: ## Measure lists for users who may read 50 of 1,000 and of 100,000 sites
	@$(RUN) python bench/rights.py $(ARGS)

bench-public: ## Measure a visit to a published page beside nginx
	@$(RUN) python bench/public.py $(ARGS)

bench-previews: ## Measure a picture beside Chromium's own work, shot-scraper and the command line
	@$(UV) run --frozen --group bench python bench/previews.py $(ARGS)

bench-soak: ## Take 5,000 pictures (half an hour) and watch memory, processes and failures
	@$(RUN) python bench/soak.py $(ARGS)

bench-kit: ## Measure starts and resets of the test kit, and the sample suites
	@$(RUN) python bench/kit.py $(ARGS)

bench-blocks: ## Measure changes of a 100 KB block and the rendering of 100 blocks
	@$(RUN) python bench/blocks.py

clean: ## Remove everything generated, the Python environment too; data/ stays
	rm -rf .venv .tools dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
