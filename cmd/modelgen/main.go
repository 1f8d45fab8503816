// Modelgen writes migrations from Go models.
//
// It parses model structs and their tags, compares them with the committed snapshot, and writes the next migration as a typed Go
// file to be read, edited and committed. It needs no database and runs no code of yours. The program itself carries a database to
// the migrations, with the packages below github.com/modelgen/modelgen/runtime.
//
// Beside the models:
//
//	//go:generate go tool modelgen -out ../migrations
//
//	type Product struct {
//		_ struct{} `table:"products"`
//
//		ID    int64  `db:"id,pk,identity"`
//		Name  string `db:"name,size:100"`
//		Stock int32  `db:"stock,default:0"`
//	}
//
// Usage:
//
//	modelgen init [flags]                  begin in a module without models
//	modelgen [generate] [flags] [packages] write the next migration
//	modelgen check [flags] [dir]           are models, snapshot and list in step?
//	modelgen lint [flags] [dir] [name]     what loses data or locks tables in use
//	modelgen merge [dir]                   join two branches of migrations
//	modelgen rebase NAME [dir]             ... or put yours on top of theirs
//	modelgen remove [dir]                  take the newest migration back
//	modelgen hash [NAMES] [dir]            record an edit that no database has
//	modelgen squash FROM..TO [dir]         one migration in the place of several
//	modelgen show [dir]                    the tables and migrations, or a page
//	modelgen sql [NAME | FROM..TO]         print the SQL of migrations
//	modelgen adopt [flags] DATABASE        models and migration of a database
//	modelgen version                       print the version
//
// dir is the directory of the migrations. hash without names is for the newest migration, squash ..TO and TO begin with the first. show prints the graph of the migrations and the tables;
// -html DIR writes a page of them, -format mermaid, svg or dot draws them. sql needs no database; -back prints the way back.
//
// It is a tool of go vet and go fix, too:
//
//	go vet -vettool="$(go tool -n modelgen)" ./...   tags, drift, steps that do not fit, rename hints that have been used up
//	go fix -fixtool="$(go tool -n modelgen)" ./...   takes those hints out, and fixes misspelt words of tags
//
// generate takes package patterns (default: those it was run for before, or .) and these flags:
//
//	-out DIR          directory of the migrations (default that of the go:generate line or of a snapshot with the package, else migrations)
//	-name WORDS       name of the migration, without its number
//	-diff             print what would be written, write nothing; exit status 1 when that is anything
//	-sql              print the SQL of the new migration too, for each dialect
//	-sql DIR          views, functions, triggers and the like are declared in the SQL files of DIR, which the snapshot records; none forgets it
//	-rename OLD=NEW   answer: products.caption=label, items=products; can be repeated, as those below
//	-drop NAME        answer: products.caption or items goes with its data
//	-fill COL=SQL     answer: what existing rows get in a column that becomes NOT NULL; COL=? leaves it to be written in the migration
//	-convert COL[=SQL] answer: let values of a column be cast to its new type, or computed
//	-convert-back COL=SQL how values get back that -convert computes; without it the migration cannot be undone
//	-set NAME         name of the set in the database's history (default: last word of the module's path)
//	-dialects LIST    postgres@14,sqlite: what the migrations are for, with the oldest version (default both)
//	-tag KEY          key of the column tag (default db); gorm and bun read those libraries' structs
//	-guard MODE       build, test or off: where a model that drifted from its migrations does not compile (default build)
//	-comments         doc comments become comments in the database
//	-tags LIST        build tags
//	-only             take the packages named alone, and forget all others
//	-empty            write a migration without ops, for steps by hand; -rows TABLES gives it structs of their rows; needs -name
//	-online           renames and changes of type in two steps, so that the previous release goes on running: this is the first
//	-contract         the second step, when none of those is running any more
//	-update           fold what has changed into the newest migration
//	-applied LIST     for -update, rebase, remove and hash: what a database has, as names or as a file with the output of status -json
//
// sql takes -dialect, -back, -json, -idempotent (a script for psql that runs what the history has not, and records it stage by stage, as the
// program does: each goes on where the other one stopped), and -format goose|golang-migrate|atlas with -o DIR, which writes their files. What
// the program looks at on its way fails in a script, too: rows that differ, what a new table of SQLite would lose, a way back that there is not.
//
// squash takes names of migrations, or beginnings of names, and writes NNNN_squashed_... with Replaces: a database that has none of the old
// ones gets it, one that has some gets the rest. Its operations are those of all, made as few as have the same result; steps over data (SQL, Go,
// Fill, Backfill) stay in their places and are copied with what they need of their files, unless a comment //modelgen:elidable stands on them:
// then they are left out. -name WORDS names it, -no-optimize keeps every operation, -diff prints. It goes in three steps:
//
//	modelgen squash ..0200             writes it; the old files stay; deploy to all databases
//	modelgen squash -finish NAME       takes the old files away; what followed them follows the squash
//	modelgen squash -forget NAME       takes Replaces out, when all databases have it; then app migrate prune on each
//
// lint takes -json, -severity note|warning|error (from which on it exits 1, default error) and -dialects; docs/lint.md lists its checks. What
// is a warning or an error of the new migration is printed by generate too, which writes it all the same: exit status 0, and check and lint fail on the error.
//
// adopt takes a database, postgres://... or sqlite:FILE, or FILE.json, which the program's verb inspect has printed, and these flags:
//
//	-models DIR       directory of the models, without Go files yet (default models)
//	-out DIR          directory of the migrations (default migrations)
//	-set NAME         name of the set in the database's history
//	-schema LIST      schemas of PostgreSQL to read (default public)
//	-ignore LIST      tables to leave out: audit_*,legacy
//	-null KIND        fields that can be NULL are pointers, or with sql those of database/sql (default pointer)
//	-split            a file for each table
//	-embed            created_at, updated_at and the like that several tables share become a struct that is embedded
//	-into DIR         give the structs that are there their tags, as small an edit as does it, in place of writing models
//	-add              with -into: columns without a field get one, tables without a struct get a struct
//	-directives       with -into: what a table has stands above its struct, which gets no blank fields
//	-table STRUCT=TABLE with -into: where the names do not tell; can be repeated
//	-tag KEY          with -into: key of the column tag (default db)
//	-from TOOL DIR    another migration tool, such as goose, and the folder of its files: all must be applied
//	-diff             print what would be written, write nothing
//
// init asks at a terminal for what these flags do not say, overwrites no file, runs nothing, and prints the commands that come next:
//
//	-database NAME    sqlite, postgres or both (default what the drivers in go.mod are for)
//	-driver LIST      lib/pq or pgx, modernc or mattn: pgx,modernc (default what go.mod has, else lib/pq and modernc)
//	-models DIR       directory of the models (default models)
//	-out DIR          directory of the migrations (default migrations)
//	-main DIR         directory of the program (default where a main package is, else here)
//	-ci NAME          github, gitlab or none (default what the repository is for, else github)
//	-y                take the defaults, ask nothing
//	-diff             print what would be written, write nothing
//
// check and lint take -since BRANCH, such as origin/main: what lint has to say of migrations that are there already is passed over. It takes git.
//
// check and lint take -gitlab FILE, which writes the findings as a code quality report of GitLab too. On GitHub Actions (GITHUB_ACTIONS=true) they
// are printed a second time, as the commands that put them beside the lines of the change.
//
// Every command takes -color auto, always or never: auto has colours on a terminal, unless NO_COLOR or TERM=dumb is set, and in a pipe where
// CLICOLOR_FORCE or FORCE_COLOR is. On a terminal messages are wrapped to its width; in a pipe each is one line.
//
// What later commands need (-set, the packages, -dialects, -tag, -guard, -comments) is recorded in the snapshot.
//
// generate remembers a run that found nothing to do, with a hash of all that it looked at, and does nothing again while that is as it was, unless CI is
// set. MODELGENCACHE names the directory for it (default modelgen in the user's cache directory); with MODELGENCACHE=off everything is looked at.
//
// Data goes to stdout, everything else to stderr, problems as file:line:col: message. With nothing to do it is silent. Exit status:
// 0 done; 1 no: a question is open, the models are wrong, check found something; 2 it could not run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/load"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// targets are the dialects that migrations can be for.
var targets = map[string]migrate.Dialect{
	"postgres": postgres.Dialect{},
	"sqlite":   sqlite.Dialect{},
}

// errNo is an answer of no that has been printed.
var errNo = errors.New("no")

// env is where a command runs.
type env struct {
	dir            string // "" is the current directory
	called         string // the words that call the tool: "go tool modelgen"; "" is modelgen
	stdin          io.Reader
	stdout, stderr io.Writer
	color          *terminal.Mode // what -color says, once it is read; nil is by the environment
	records        bool           // runs that found nothing to do are remembered
	goList         load.GoList    // of packages with models; nil runs the go command
}

var verbs = map[string]func(context.Context, env, []string) error{
	"adopt":    runAdopt,
	"generate": generate,
	"check":    runCheck,
	"hash":     hash,
	"init":     runInit,
	"lint":     lintFiles,
	"merge":    merge,
	"rebase":   rebase,
	"remove":   remove,
	"squash":   runSquash,
	"show":     show,
	"sql":      printSQL,
	"version":  version,
}

func main() {
	spareMemory()
	asVetTool(os.Args[1:])
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second one ends the process at once
	code := run(ctx, env{called: calledAs(os.Args[0]), stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, records: true}, os.Args[1:])
	stop()
	os.Exit(code)
}

// run runs one command and returns the exit status.
func run(ctx context.Context, e env, args []string) int {
	if e.color == nil {
		e.color = new(terminal.Mode)
	}
	err := dispatch(ctx, e, args)
	var problems finding.Problems
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errNo):
		return 1
	case errors.As(err, &problems):
		for _, p := range problems {
			e.sayAs(terminal.Red, p)
		}
		return 1
	}
	e.sayAs(terminal.Red, "modelgen: "+strings.TrimSpace(err.Error()))
	return 2
}

func dispatch(ctx context.Context, e env, args []string) error {
	if len(args) >= 2 && args[0] == "-C" {
		e.dir, args = args[1], args[2:]
		if info, err := os.Stat(e.dir); err != nil || !info.IsDir() {
			return fmt.Errorf("-C %s: there is no such directory", e.dir)
		}
	}
	if len(args) == 0 || strings.HasPrefix(args[0], "-") && args[0] != "-h" && args[0] != "-help" && args[0] != "--help" {
		return generate(ctx, e, args)
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		if len(args) > 1 && args[1] != "help" {
			return dispatch(ctx, e, append(args[1:], "-h")) // of that verb
		}
		fmt.Fprint(e.stdout, usage)
		return nil
	}
	if v, ok := verbs[args[0]]; ok {
		return v(ctx, e, args[1:])
	}
	if strings.ContainsAny(args[0], "./") {
		return generate(ctx, e, args) // a package
	}
	return e.unknown(args[0])
}

func near(word string) string {
	for v := range verbs {
		if strings.HasPrefix(v, word) || strings.HasPrefix(word, v) || len(word) > 3 && strings.HasPrefix(v, word[:3]) {
			return v
		}
	}
	return ""
}

const usage = `modelgen writes migrations from Go models.

  modelgen init [flags]                  begin in a module without models
  modelgen [generate] [flags] [packages] write the next migration
  modelgen check [flags] [dir]           are models, snapshot and list in step?
  modelgen lint [flags] [dir] [name]     what loses data or locks tables in use
  modelgen merge [dir]                   join two branches of migrations
  modelgen rebase NAME [dir]             ... or put yours on top of theirs
  modelgen remove [dir]                  take the newest migration back
  modelgen hash [NAMES] [dir]            record an edit that no database has
  modelgen squash FROM..TO [dir]         one migration in the place of several
  modelgen show [dir]                    the tables and migrations, or a page
  modelgen sql [NAME | FROM..TO]         print the SQL of migrations
  modelgen adopt [flags] DATABASE        models and migration of a database
  modelgen version                       print the version

dir is the directory of the migrations. modelgen VERB -h lists the flags of a
verb, and go doc github.com/modelgen/modelgen/cmd/modelgen is the manual. The
program itself applies migrations: see its migrate help.
`

// words collects a flag that can be repeated.
type words []string

func (w *words) String() string     { return strings.Join(*w, " ") }
func (w *words) Set(s string) error { *w = append(*w, s); return nil }

// flags makes the flag set of a verb.
func flags(e env, verb, operands string) *flag.FlagSet {
	f := flag.NewFlagSet(verb, flag.ContinueOnError)
	f.SetOutput(e.stderr)
	f.Usage = func() {
		fmt.Fprintf(e.stderr, "usage: modelgen %s [flags] %s\n", verb, operands)
		f.PrintDefaults()
	}
	e.colorFlag(f)
	return f
}

// parse lets flags stand before and behind the operands.
func parse(f *flag.FlagSet, args []string) (operands []string, err error) {
	out := f.Output()
	f.SetOutput(io.Discard)
	usage := f.Usage
	f.Usage = func() {}
	for {
		if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
			f.SetOutput(out)
			f.Usage = usage
			f.Usage()
			return nil, err
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w; modelgen %s -h lists the flags", f.Name(), err, f.Name())
		}
		args = f.Args()
		if len(args) == 0 {
			return operands, nil
		}
		operands = append(operands, args[0])
		args = args[1:]
	}
}
