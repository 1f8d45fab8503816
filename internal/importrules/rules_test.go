package main

import (
	"strings"
	"testing"
)

// The packages of this repository keep the rules.
func TestRepository(t *testing.T) {
	all, err := list(".")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 5 {
		t.Fatalf("go list found only %v", all)
	}
	for _, p := range check(all) {
		t.Error(p)
	}
}

func TestCheck(t *testing.T) {
	const (
		inFiles = iota
		inTests
		inOuterTests
	)
	for _, test := range []struct {
		pkg, imp string
		where    int
		rule     string // the beginning of the one that is broken; "" for none
	}{
		{"runtime", "database/sql", inFiles, ""},
		{"runtime", module + "/runtime/schema", inFiles, ""},
		{"runtime", "github.com/google/go-cmp/cmp", inFiles, "runtime/... imports the standard library"},
		{"runtime", module + "/gen/diff", inFiles, "runtime/... imports the standard library"},
		{"runtime", module + "/runtime/postgres", inFiles, "runtime, the packages beside the dialects"},
		{"runtime", module + "/runtime/cli", inFiles, "runtime imports of ours only"},
		{"runtime", module + "/runtime/postgres", inOuterTests, ""},
		{"runtime", "github.com/lib/pq", inOuterTests, "no driver in the tests"},
		{"runtime/schema", module + "/runtime", inFiles, "runtime/schema imports of ours only"},
		{"runtime/schema", module + "/internal/sqllex", inFiles, ""},
		{"gen/lint", module + "/internal/sqllex", inFiles, ""},
		{"runtime", module + "/internal/everyop", inFiles, "runtime/... imports the standard library"},
		{"internal/sqllex", module + "/runtime/schema", inFiles, "internal/sqllex, internal/nearest, internal/toposort, internal/lazyregexp and internal/goenv import the standard library only"},
		{"internal/sqllex", "golang.org/x/text/unicode/norm", inFiles, "internal/sqllex, internal/nearest, internal/toposort, internal/lazyregexp and internal/goenv import the standard library only"},
		{"runtime/schemas", module + "/runtime", inFiles, ""},
		{"runtime/sqlite", module + "/runtime", inFiles, ""},
		{"runtime/sqlite", module + "/runtime/sqlite/internal/ddl", inFiles, ""},
		{"runtime/sqlite", module + "/runtime/postgres", inFiles, "runtime, the packages beside the dialects"},
		{"runtime/sqlite", "modernc.org/sqlite", inTests, "no driver in the tests"},
		{"runtime/migratetest", "modernc.org/sqlite", inTests, "no driver in the tests"},
		{"runtime/cli", module + "/runtime/postgres", inFiles, "runtime, the packages beside the dialects"},
		{"runtime/dialecttest", "github.com/jackc/pgx/v5/stdlib", inTests, ""},
		{"runtime/dialecttest", module + "/runtime/postgres", inOuterTests, ""},
		{"runtime/dialecttest", "github.com/jackc/pgx/v5/stdlib", inFiles, "runtime/... imports the standard library"},
		{"gen", module + "/gen/load", inFiles, ""},
		{"gen", module + "/runtime/postgres", inFiles, "gen/... imports no dialect"},
		{"gen", "golang.org/x/tools/go/packages", inFiles, "only gen/load"},
		{"gen/load", "golang.org/x/tools/go/packages", inFiles, ""},
		{"gen/load", module + "/gen", inFiles, "of the parts below gen"},
		{"gen/migrations", module + "/gen", inFiles, "of the parts below gen"},
		{"gen/overview", module + "/gen", inFiles, "of the parts below gen"},
		{"gen/squash", module + "/gen", inFiles, ""},
		{"gen/revise", module + "/gen/migrations", inFiles, ""},
		{"gen", module + "/gen/squash", inFiles, "only cmd/... imports gen/check"},
		{"gen", module + "/gen/check", inFiles, "only cmd/... imports gen/check"},
		{"gen/squash", module + "/gen/revise", inFiles, "only cmd/... imports gen/check"},
		{"gen/check", module + "/gen/overview", inFiles, "only cmd/... imports gen/check"},
		{"gen/migrations", module + "/gen/sqlscript", inFiles, "only cmd/... imports gen/check"},
		{"gen/sqlscript/psql", module + "/gen/sqlscript", inFiles, ""},
		{"gen/sqlscript/export", module + "/gen/sqlscript/psql", inFiles, "only cmd/... imports gen/check"},
		{"gen/sqlscript/psql", module + "/gen", inFiles, "the forms of a script"},
		{"gen/sqlscript/psql", module + "/runtime/postgres", inFiles, "gen/... imports no dialect"},
		{"gen/squash", module + "/gen/sqlscript/export", inFiles, "only cmd/... imports gen/check"},
		{"cmd/modelgen", module + "/gen/sqlscript/export", inFiles, ""},
		{"cmd/modelgen", module + "/gen/squash", inFiles, ""},
		{"gen", module + "/gen/migrations", inFiles, ""},
		{"gen/migrations", module + "/gen/read", inFiles, ""},
		{"gen/migrations", module + "/gen/load", inFiles, "gen/migrations imports of ours only"},
		{"gen/migrations", module + "/gen/diff", inFiles, "gen/migrations imports of ours only"},
		{"gen/lint", module + "/gen/migrations", inFiles, "the stages of the pipeline"},
		{"gen/read", module + "/gen/migrations", inFiles, "the stages of the pipeline"},
		{"gen/vet", module + "/gen/migrations", inFiles, "the stages of the pipeline"},
		{"gen/read", module + "/gen/diff", inFiles, "what only reads or writes text"},
		{"gen/snapshot", module + "/gen/load", inFiles, "what only reads or writes text"},
		{"gen/diff", module + "/gen/snapshot", inFiles, ""},
		{"gen/internal/typecheck", module + "/gen/load", inFiles, "gen/internal imports of ours only"},
		{"gen/internal/typecheck", module + "/gen/emit", inFiles, ""},
		{"gen/finding", module + "/gen/read", inFiles, "gen/finding imports nothing of ours"},
		{"gen/lint", module + "/gen/diff", inFiles, ""},
		{"gen/lint", "modernc.org/sqlite", inTests, "drivers are imported in"},
		{"gen/diff", module + "/runtime", inFiles, ""},
		{"gen/diff", module + "/runtime/cli", inFiles, "gen/... imports of ours only"},
		{"gen/emit", "github.com/dave/jennifer/jen", inFiles, ""},
		{"gen/snapshot", "github.com/dave/jennifer/jen", inFiles, "only gen/emit"},
		{"cmd/modelgen", module + "/runtime/postgres", inFiles, ""},
		{"cmd/modelgen", "modernc.org/sqlite", inTests, ""},
		{"example", module + "/cmd/modelgen", inFiles, "nothing but cmd/..."},
		{"example", "github.com/lib/pq", inFiles, ""},
		{"internal/bench", "github.com/jackc/pgx/v5", inTests, ""},
	} {
		p := Package{ImportPath: module + "/" + test.pkg}
		switch test.where {
		case inFiles:
			p.Imports = []string{"fmt", test.imp}
		case inTests:
			p.TestImports = []string{test.imp}
		case inOuterTests:
			p.XTestImports = []string{test.imp}
		}
		got := check([]Package{p})
		if test.rule == "" {
			if len(got) > 0 {
				t.Errorf("%s imports %s: want no violation, got\n%s", test.pkg, test.imp, strings.Join(got, "\n"))
			}
			continue
		}
		if !strings.Contains(strings.Join(got, "\n"), "rule: "+test.rule) {
			t.Errorf("%s imports %s: want a violation of %q, got %q", test.pkg, test.imp, test.rule, got)
		}
		for _, g := range got {
			if !strings.HasPrefix(g, p.ImportPath+" imports "+test.imp+"\n") || !strings.Contains(g, "why: ") {
				t.Errorf("not a violation with its reason: %q", g)
			}
		}
	}
}

// Packages of other modules are no business of the rules.
func TestCheckForeign(t *testing.T) {
	if got := check([]Package{{ImportPath: "github.com/lib/pq", Imports: []string{module + "/cmd/modelgen"}}}); len(got) > 0 {
		t.Errorf("got %q", got)
	}
}
