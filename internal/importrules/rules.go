package main

import (
	"fmt"
	"slices"
	"strings"
)

const module = "github.com/modelgen/modelgen"

// rule says which imports the packages of some place may not have.
type rule struct {
	name   string // what must hold
	reason string // why; printed with every violation
	tests  bool   // whether it looks at what tests import too

	of     func(pkg string) bool               // which packages it is about; both paths are without the module's
	breaks func(pkg string, imp imported) bool // whether that import breaks it
}

// imported is one import. Own is its path without the module's when it is one of this module, else "".
type imported struct {
	path string
	own  string
	std  bool
}

var (
	dialects = findDialects()

	// given is what users import in their programs and tests, without the test suites of the dialects.
	given = append([]string{"runtime", "runtime/schema", "runtime/fleet", "runtime/cli", "runtime/page", "runtime/migratetest"}, dialects...)

	// verbs are the commands on a directory of migrations, beside the pipeline.
	verbs = []string{"gen/check", "gen/revise", "gen/squash", "gen/sqlscript"}

	// scripts are the forms that gen/sqlscript plans for.
	scripts = []string{"gen/sqlscript/psql", "gen/sqlscript/export"}

	// leaves are helpers that everything may import. They import the standard library alone, as they end up in the user's program.
	leaves = []string{"internal/sqllex", "internal/nearest", "internal/toposort", "internal/lazyregexp", "internal/goenv"}

	drivers = []string{"github.com/lib/pq", "github.com/jackc/pgx", "modernc.org/sqlite", "github.com/mattn/go-sqlite3", "github.com/ncruces/go-sqlite3"}
)

var rules = []rule{
	{
		name:   "runtime/... imports the standard library, runtime/... and the leaves of internal only",
		reason: "it is linked into the user's program, which must not pay for the generator or for anybody's dependencies",
		of:     func(pkg string) bool { return below(pkg, "runtime") },
		breaks: func(_ string, i imported) bool {
			return !i.std && !below(i.own, "runtime") && !slices.Contains(leaves, i.own)
		},
	},
	{
		name:   "internal/sqllex, internal/nearest, internal/toposort, internal/lazyregexp and internal/goenv import the standard library only",
		reason: "they are helpers of everything, the user's program too",
		of:     func(pkg string) bool { return slices.Contains(leaves, pkg) },
		breaks: func(_ string, i imported) bool { return !i.std },
	},
	{
		name:   "runtime/schema imports of ours only the leaves of internal",
		reason: "it is the leaf that migrations, generator and dialects share",
		of:     func(pkg string) bool { return below(pkg, "runtime/schema") },
		breaks: func(_ string, i imported) bool {
			return i.own != "" && !below(i.own, "runtime/schema") && !slices.Contains(leaves, i.own)
		},
	},
	{
		name:   "runtime, the packages beside the dialects, and the dialects themselves import no dialect",
		reason: "a program links the dialect it asks for and no other, and a new one needs no change elsewhere",
		of:     func(pkg string) bool { return below(pkg, "runtime") },
		breaks: func(pkg string, i imported) bool {
			return slices.ContainsFunc(dialects, func(d string) bool { return below(i.own, d) && !below(pkg, d) })
		},
	},
	{
		name:   "runtime imports of ours only runtime/schema, runtime/internal and the leaves of internal",
		reason: "imports point one way: what stands on runtime is not known to it",
		of:     func(pkg string) bool { return pkg == "runtime" },
		breaks: func(_ string, i imported) bool {
			return i.own != "" && !below(i.own, "runtime/schema") && !below(i.own, "runtime/internal") && !slices.Contains(leaves, i.own)
		},
	},
	{
		name:   "of runtime/... only runtime/cli imports runtime/page",
		reason: "the page with its script is a quarter of a megabyte, which a program pays that has the command line or serves the page itself, and no other",
		of: func(pkg string) bool {
			return below(pkg, "runtime") && pkg != "runtime/cli" && !below(pkg, "runtime/page")
		},
		breaks: func(_ string, i imported) bool { return below(i.own, "runtime/page") },
	},
	{
		name:   "runtime/fleet imports of ours only runtime, runtime/schema and the leaves of internal",
		reason: "it is a loop over migrators: the command line stands on it, and dialects come with the targets",
		of:     func(pkg string) bool { return pkg == "runtime/fleet" },
		breaks: func(_ string, i imported) bool {
			return i.own != "" && i.own != "runtime" && i.own != "runtime/schema" && !slices.Contains(leaves, i.own)
		},
	},
	{
		name:   "gen/... imports no dialect",
		reason: "the command hands the dialects in, so that a new one needs no change of the generator",
		of:     func(pkg string) bool { return below(pkg, "gen") },
		breaks: func(_ string, i imported) bool {
			return slices.ContainsFunc(dialects, func(d string) bool { return below(i.own, d) })
		},
	},
	{
		name:   "gen/... imports of ours only gen/..., runtime, runtime/schema and the leaves of internal",
		reason: "imports point one way: cmd -> {check, revise, squash, sqlscript} -> gen -> {migrations, load, diff, emit, lint} -> {read, snapshot, finding} -> runtime -> runtime/schema",
		of:     func(pkg string) bool { return below(pkg, "gen") },
		breaks: func(_ string, i imported) bool {
			return i.own != "" && !below(i.own, "gen") && i.own != "runtime" && i.own != "runtime/schema" && !slices.Contains(leaves, i.own)
		},
	},
	{
		name:   "of the parts below gen only the commands on a directory of migrations import gen",
		reason: "gen ties the stages together, they know nothing of each other's order; check, revise, squash and sqlscript work on what it makes",
		of:     func(pkg string) bool { return strings.HasPrefix(pkg, "gen/") && !slices.Contains(verbs, pkg) },
		breaks: func(_ string, i imported) bool { return i.own == "gen" },
	},
	{
		name:   "only cmd/... imports gen/check, gen/revise, gen/squash, gen/sqlscript and gen/overview",
		reason: "each is a command on a directory of migrations: the pipeline does not know them, and they do not know each other; what two of them share is of gen/migrations",
		of:     func(pkg string) bool { return !below(pkg, "cmd") },
		breaks: func(pkg string, i imported) bool {
			if slices.Contains(scripts, pkg) && i.own == "gen/sqlscript" {
				return false
			}
			return slices.Contains(verbs, i.own) || i.own == "gen/overview" || slices.Contains(scripts, i.own)
		},
	},
	{
		name:   "the forms of a script import of ours only gen/sqlscript, gen/read, runtime and runtime/schema",
		reason: "they take planned statements and return text, so they need no project",
		of:     func(pkg string) bool { return slices.Contains(scripts, pkg) },
		breaks: func(_ string, i imported) bool {
			return i.own != "" && !slices.Contains([]string{"gen/sqlscript", "gen/read", "runtime", "runtime/schema"}, i.own) && !slices.Contains(leaves, i.own)
		},
	},
	{
		name:   "gen/migrations imports of ours only gen/read, gen/snapshot, gen/finding, gen/emit, gen/internal, runtime and runtime/schema",
		reason: "a directory of migrations is read without its models, and without a comparison",
		of:     func(pkg string) bool { return pkg == "gen/migrations" },
		breaks: func(_ string, i imported) bool {
			return i.own != "" && !slices.Contains([]string{"gen/read", "gen/snapshot", "gen/finding", "gen/emit", "runtime", "runtime/schema"}, i.own) &&
				!below(i.own, "gen/internal") && !slices.Contains(leaves, i.own)
		},
	},
	{
		name:   "the stages of the pipeline do not import gen/migrations",
		reason: "load, snapshot, diff, emit, read, lint and optimize take values: what a directory has in it is handed to them",
		of: func(pkg string) bool {
			return strings.HasPrefix(pkg, "gen/") && pkg != "gen/migrations" && pkg != "gen/overview" && !slices.Contains(verbs, pkg)
		},
		breaks: func(_ string, i imported) bool { return i.own == "gen/migrations" },
	},
	{
		name:   "what only reads or writes text imports no stage above it: gen/read, gen/emit and gen/snapshot",
		reason: "models, comparison and checks may use the forms that are kept in files, and not the other way round",
		of:     func(pkg string) bool { return slices.Contains([]string{"gen/read", "gen/emit", "gen/snapshot"}, pkg) },
		breaks: func(_ string, i imported) bool {
			return slices.Contains([]string{"gen/load", "gen/diff", "gen/lint", "gen/optimize", "gen/vet"}, i.own)
		},
	},
	{
		name:   "gen/internal imports of ours only gen/internal and gen/emit",
		reason: "they are helpers of the stages, of the directory and of the commands, so they know none of them",
		of:     func(pkg string) bool { return below(pkg, "gen/internal") },
		breaks: func(_ string, i imported) bool {
			return below(i.own, "gen") && !below(i.own, "gen/internal") && i.own != "gen/emit"
		},
	},
	{
		name:   "gen/finding imports nothing of ours",
		reason: "everything that is wrong is said in its form, so everything may import it",
		of:     func(pkg string) bool { return pkg == "gen/finding" },
		breaks: func(_ string, i imported) bool { return i.own != "" },
	},
	{
		name:   "nothing but cmd/... imports cmd/...",
		reason: "a command is the end of the chain",
		of:     func(pkg string) bool { return !below(pkg, "cmd") },
		breaks: func(_ string, i imported) bool { return below(i.own, "cmd") },
	},
	{
		name:   "only gen/load imports golang.org/x/tools/go/packages",
		reason: "the source tree is loaded once, in one place; all others work on values",
		of:     func(pkg string) bool { return pkg != "gen/load" },
		breaks: func(_ string, i imported) bool { return i.path == "golang.org/x/tools/go/packages" },
	},
	{
		name:   "only gen/vet and cmd/... import golang.org/x/tools/go/analysis",
		reason: "what is found does not know who shows it: the same goes to the command, to go vet and to editors",
		of:     func(pkg string) bool { return pkg != "gen/vet" && !below(pkg, "cmd") },
		breaks: func(_ string, i imported) bool { return below(i.path, "golang.org/x/tools/go/analysis") },
	},
	{
		name:   "only gen/emit imports github.com/dave/jennifer",
		reason: "how Go code is written can then change in one place",
		of:     func(pkg string) bool { return pkg != "gen/emit" },
		breaks: func(_ string, i imported) bool { return below(i.path, "github.com/dave/jennifer") },
	},
	{
		name:   "drivers are imported in example/, cmd/, internal/ and packages that end in test, and nowhere else",
		reason: "the caller chooses the driver and opens the database",
		tests:  true,
		of: func(pkg string) bool {
			return !below(pkg, "example") && !below(pkg, "cmd") && !below(pkg, "internal") && !strings.HasSuffix(pkg, "test")
		},
		breaks: func(_ string, i imported) bool { return isDriver(i.path) },
	},
	{
		name:   "no driver in the tests of a package that users import",
		reason: "go mod tidy looks at the tests of the packages a program imports, so it would land in the user's go.sum; put the test into runtime/dialecttest",
		tests:  true,
		of:     func(pkg string) bool { return slices.Contains(given, pkg) },
		breaks: func(_ string, i imported) bool { return isDriver(i.path) },
	},
}

// check returns one message for each import that breaks a rule, in the order of the packages.
func check(all []Package) []string {
	var problems []string
	for _, p := range all {
		pkg, ok := ours(p.ImportPath)
		if !ok {
			continue
		}
		for _, r := range rules {
			if !r.of(pkg) {
				continue
			}
			paths := slices.Clone(p.Imports)
			if r.tests {
				paths = slices.Concat(paths, p.TestImports, p.XTestImports)
			}
			slices.Sort(paths)
			for _, path := range slices.Compact(paths) {
				if r.breaks(pkg, parse(path)) {
					problems = append(problems, fmt.Sprintf("%s imports %s\n\trule: %s\n\twhy: %s", p.ImportPath, path, r.name, r.reason))
				}
			}
		}
	}
	return problems
}

func parse(path string) imported {
	if own, ok := ours(path); ok {
		return imported{path: path, own: own}
	}
	first, _, _ := strings.Cut(path, "/")
	return imported{path: path, std: !strings.Contains(first, ".")}
}

// ours cuts the path of the module off; the package at its root is ".".
func ours(path string) (string, bool) {
	if path == module {
		return ".", true
	}
	return strings.CutPrefix(path, module+"/")
}

// below reports whether path is dir or something in it.
func below(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

func isDriver(path string) bool {
	return slices.ContainsFunc(drivers, func(d string) bool { return below(path, d) })
}
