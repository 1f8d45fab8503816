# Everything needs Go, git and make. What else is needed comes through the Go module proxy; PostgreSQL is found, started and stopped.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
MAX_LINES   = 600
COUNT      ?= 5
FUZZTIME   ?= 60s
LAW        ?= 5000
LISTS      ?= 2000
SEED       ?= 1
XTOOLS     ?= latest
MATRIX     ?= 14 15 16 17 18

# Without testdata: what is in there may be wrong on purpose.
GO_FILES = find . -name '*.go' -not -path '*/testdata/*' -not -path './.git/*'

# What is tested on every version. What needs a pg_dump as new as the server says that it was not tried where there is none; make test has one.
MATRIX_TESTS = ./runtime/... ./internal/law ./internal/pgtest/... ./gen/optimize/... ./example/...

.PHONY: help demo test docs programs modules chromium pgbouncer matrix vettool lint verify bench soak random fuzz

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: ## Show the whole story in a temporary directory, on SQLite (or DATABASE_URL=postgres://...)
	@go run ./internal/demo $${DATABASE_URL:+"$$DATABASE_URL"}

# They build whole programs and run them, as users do, and what takes long is to link them: one for every few commands of the docs, and the scripts in
# cmd/modelgen/testdata/program.
DOCS_TESTS    = TestGuide|TestDocsRun|TestInitNext|TestInitVendored
PROGRAM_TESTS = TestProgram|TestAdopted|TestORMItself

# The two packages that take longest come first, and more run at once than there are processors of a small machine: they wait for servers and processes.
test: modules bin/pgrun chromium pgbouncer ## Run the tests, on real SQLite and PostgreSQL (its own, or MODELGEN_TEST_POSTGRES=postgres://...)
	bin/pgrun go test -timeout 3h -p 4 -parallel 4 -ldflags=-w -skip '^($(DOCS_TESTS)|$(PROGRAM_TESTS))$$' ./runtime/dialecttest ./cmd/modelgen ./...

docs: modules bin/pgrun pgbouncer ## Run every command of the README, the guide and what init prints, as a reader does
	bin/pgrun go test -timeout 3h -ldflags=-w -run '^($(DOCS_TESTS))$$' ./cmd/modelgen

programs: modules bin/pgrun ## Build the programs of scripts and of adopted databases, and run them
	bin/pgrun go test -timeout 3h -ldflags=-w -run '^($(PROGRAM_TESTS))$$' ./cmd/modelgen

# Scripts run the go command without a network, in modules that require what this one does.
modules:
	@go mod download

# The page of show is tested in it. Where it cannot be installed that test says that it did not run, unless MODELGEN_TEST_CHROMIUM asks for it.
chromium:
	@if [ -z "$$MODELGEN_TEST_CHROMIUM" ] || [ "$$MODELGEN_TEST_CHROMIUM" = required ]; then \
	  for b in chromium chromium-browser google-chrome google-chrome-stable; do command -v $$b >/dev/null 2>&1 && exit 0; done; \
	  if [ "$$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null; then \
	    echo 'Chromium is not installed; installing the package chromium'; \
	    export DEBIAN_FRONTEND=noninteractive; apt-get -qq update >/dev/null && apt-get -qq install -y --no-install-recommends chromium >/dev/null && exit 0; \
	  fi; \
	  echo 'The page of modelgen show is not tested in a browser, as there is no Chromium: install the package chromium, or name one in MODELGEN_TEST_CHROMIUM'; \
	fi

# A real pooler in transaction mode. Where it cannot be installed its tests say that they did not run.
pgbouncer:
	@PATH="$$PATH:/usr/sbin"; command -v pgbouncer >/dev/null 2>&1 && exit 0; \
	if [ "$$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null; then \
	  echo 'PgBouncer is not installed; installing the package pgbouncer'; \
	  export DEBIAN_FRONTEND=noninteractive; apt-get -qq update >/dev/null && apt-get -qq install -y --no-install-recommends pgbouncer >/dev/null && exit 0; \
	fi; \
	echo 'Nothing is tried through a pooler, as there is no PgBouncer: install the package pgbouncer'

matrix: bin/pgrun ## Run the database tests on each PostgreSQL of MATRIX, which npm fetches once: make matrix MATRIX="14 18"
	@bad=0; lines=; for v in $(MATRIX); do \
	  echo "PostgreSQL $$v: go test $(MATRIX_TESTS)"; \
	  if bin/pgrun -version $$v go test -count 1 -timeout 0 $(MATRIX_TESTS); then says=ok; else says=FAILED; bad=1; fi; \
	  lines="$$lines PostgreSQL_$$v:_$$says"; \
	done; for l in $$lines; do echo "$$l" | tr _ ' '; done; exit $$bad

vettool: ## Run the tests of the go vet tool with the newest golang.org/x/tools, or XTOOLS=v0.52.0; make test has the oldest that go.mod may meet
	MODELGEN_TEST_XTOOLS=$(XTOOLS) go test -count 1 ./cmd/modelgen -run '^TestProgram$$/^vet'

lint: ## Check format, vet, staticcheck, the import rules, file lengths and go.mod
	@echo 'gofmt -l'
	@out=$$($(GO_FILES) -exec gofmt -l {} +) || exit 1; \
	  test -z "$$out" || { echo "$$out"; echo 'not formatted; run gofmt -w on them'; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...
	go run ./internal/importrules
	@echo 'no file over $(MAX_LINES) lines'
	@$(GO_FILES) -not -name '*_test.go' -exec awk \
	  'FNR == $(MAX_LINES) + 1 { print FILENAME ": over $(MAX_LINES) lines; divide it by what it is about"; bad = 1 } END { exit bad }' {} +
	@echo 'go mod tidy -diff'
	@go mod tidy -diff || { echo 'go.mod is not tidy; run go mod tidy'; exit 1; }

# The tree that a commit of all files would have: it makes verify work in a clone with changes, too.
TREE = cp "$$(git rev-parse --git-path index)" "$$tmp" && GIT_INDEX_FILE="$$tmp" git add --all && GIT_INDEX_FILE="$$tmp" git write-tree

verify: ## Check that generating again changes no file, and that go.mod and the code's idioms are current
	@echo 'go mod tidy -diff'
	@go mod tidy -diff || { echo 'go.mod is not tidy; run go mod tidy'; exit 1; }
	@echo 'go fix -diff ./...'
	@go fix -diff ./... || { echo 'there is a newer way to write this; run go fix ./...'; exit 1; }
	@echo 'go generate ./...'
	@tmp=$$(mktemp) && trap 'rm -f "$$tmp"' EXIT && before=$$($(TREE)) && MODELGENCACHE=off go generate ./... && after=$$($(TREE)) && \
	  git --no-pager diff --exit-code "$$before" "$$after" -- || { echo 'generated files were not current; look at the changes and commit them'; exit 1; }

bench: bin/pgrun ## Run the benchmarks, and time whole processes; BENCH=costs has the table of docs/performance.md alone, BENCH=fleet many databases, BENCH=stalls measures how long others wait for a migration instead
ifdef BENCH
	bin/pgrun go run ./internal/bench $(BENCHFLAGS) $(BENCH)
else
	@pkgs=$$(grep -rl --include='*_test.go' '^func Benchmark' . | sed 's,/[^/]*$$,,' | sort -u); \
	  echo go test -bench . $$pkgs; test -z "$$pkgs" || bin/pgrun go test -run '^$$' -bench . -benchmem -p 1 -timeout 0 $$pkgs
	@if [ -d internal/bench ]; then echo go run ./internal/bench; bin/pgrun go run ./internal/bench; fi
endif

soak: bin/pgrun ## Run the tests COUNT times under the race detector, then random and fuzz at length, from a seed that nobody has had
	bin/pgrun go test -race -shuffle on -count $(COUNT) -timeout 0 ./...
	@$(MAKE) --no-print-directory random SEED=$$(date +%s)
	@$(MAKE) --no-print-directory fuzz

# make test has a few of each, from seed 1; .ci/run says how many it has. With -full the tests with databases run with each driver, where make test has one
# of them for each test, and those that go through all places go through all.
random: bin/pgrun ## Run LAW pairs of random schemas, LISTS random lists of ops from SEED on, and the tests with databases at their full sizes, with each driver
	bin/pgrun go test -count 1 -timeout 0 ./internal/law -law.n $(LAW) -law.seed $(SEED)
	bin/pgrun go test -count 1 -timeout 0 ./gen/optimize/optimizetest -real.n $(LISTS) -real.seed $(SEED)
	go test -count 1 -timeout 0 ./gen/optimize -run Random -optimize.n $$((20 * $(LISTS))) -optimize.seed $(SEED)
	bin/pgrun go test -count 1 -timeout 0 ./runtime/dialecttest ./internal/story -full

fuzz: bin/pgrun ## Run each fuzz test for FUZZTIME
	@grep -rn --include='*_test.go' '^func Fuzz' . | sed -E 's/^(.*)\/[^\/]*:[0-9]+:func (Fuzz[A-Za-z0-9_]*).*/\1 \2/' | \
	  while read -r dir name; do \
	    echo "go test -fuzz $$name $$dir"; bin/pgrun go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$dir" || exit 1; \
	  done

# Built, not run with go run, which passes on neither signals nor exit codes. Go knows whether there is anything to build.
.PHONY: bin/pgrun
bin/pgrun:
	@go build -o $@ ./internal/pgtest/cmd/pgrun
