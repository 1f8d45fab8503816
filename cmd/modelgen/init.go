package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/cmd/modelgen/scaffold"
	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/gen/finding"
)

// initFlags are the flags of init.
type initFlags struct {
	database, driver  string
	models, out, main string
	ci                string
	yes, show         bool
}

func (i *initFlags) parse(e env, args []string) error {
	f := flags(e, "init", "")
	f.StringVar(&i.database, "database", "", "`name`: sqlite, postgres or both (default what the drivers in go.mod are for)")
	f.StringVar(&i.driver, "driver", "", "`list`: lib/pq or pgx, modernc or mattn, as in pgx,modernc (default what go.mod has, else lib/pq and modernc)")
	f.StringVar(&i.models, "models", "models", "`directory` of the models, without Go files yet")
	f.StringVar(&i.out, "out", "migrations", "`directory` of the migrations, without Go files yet")
	f.StringVar(&i.main, "main", "", "`directory` of the program (default where a main package is, else here)")
	f.StringVar(&i.ci, "ci", "", "`name`: github, gitlab or none (default what the repository is for, else github)")
	f.BoolVar(&i.yes, "y", false, "take the defaults, ask nothing")
	f.BoolVar(&i.show, "diff", false, "print what would be written, write nothing")
	operands, err := parse(f, args)
	switch {
	case err != nil:
		return err
	case len(operands) > 0:
		return fmt.Errorf("init: unexpected argument %q; it begins in the module that it is called in, -C DIR before init calls it in another", operands[0])
	case i.database != "" && !slices.Contains(scaffold.Databases, i.database):
		return fmt.Errorf("-database %s: it is %s", i.database, orList(scaffold.Databases))
	case i.ci != "" && !slices.Contains(scaffold.Services, i.ci):
		return fmt.Errorf("-ci %s: it is %s", i.ci, orList(scaffold.Services))
	case i.models == "" || i.out == "":
		return errors.New("-models and -out name directories, as in -models internal/models -out internal/migrations")
	}
	return nil
}

// runInit writes what a module without models begins with, all of it or nothing.
func runInit(ctx context.Context, e env, args []string) error {
	var i initFlags
	if err := i.parse(e, args); err != nil {
		return err
	}
	m, err := scaffold.Open(filepath.Join(e.dir, "."))
	if err != nil {
		return fmt.Errorf("%w; nothing was written", err)
	}
	found, err := m.Found()
	if err != nil {
		return err
	}
	if len(found) > 0 {
		e.hasModels(found)
		return errNo
	}
	cfg := scaffold.Config{Models: i.models, Out: i.out, Main: i.main, CI: i.ci}
	if err := i.settle(ctx, e, m, &cfg); errors.Is(err, errUnanswered) {
		e.say("modelgen: nothing was written")
		return errNo
	} else if err != nil {
		return err
	}
	plan, err := m.Plan(cfg)
	if problems, ok := errors.AsType[finding.Problems](err); ok {
		return append(problems, "nothing was written")
	} else if err != nil {
		return err
	}
	r := &gen.Result{}
	for _, f := range plan.Files {
		r.Add(f.Path, f.Content, nil)
	}
	if i.show {
		return showDiff(e, r)
	}
	if err := r.Commit(); err != nil {
		return err
	}
	for _, f := range r.Files {
		fmt.Fprintln(e.stdout, f.Shown())
	}
	e.begun(m, cfg, plan)
	return nil
}

// hasModels says what a module has already, and what to run for it.
func (e env) hasModels(found []scaffold.Found) {
	const most = 12
	e.say("modelgen: init is for a module without models and migrations; nothing was written. This one has:")
	for _, f := range found[:min(len(found), most)] {
		e.say("  " + f.Place + ": " + f.What)
	}
	if len(found) > most {
		e.say(fmt.Sprintf("  and %d more", len(found)-most))
	}
	var runs []string
	for _, f := range found {
		if len(runs) < 3 && !slices.Contains(runs, f.Run) && (len(runs) == 0 || runs[0] != "go generate ./...") {
			runs = append(runs, f.Run)
		}
	}
	what := "run"
	if len(runs) > 1 {
		what = "run one of"
	}
	fmt.Fprintf(e.stderr, "%s:\n", what)
	for _, r := range runs {
		fmt.Fprintf(e.stderr, "  %s\n", e.asCalled(r))
	}
	if slices.ContainsFunc(runs, func(r string) bool { return strings.HasPrefix(r, "modelgen adopt") }) {
		fmt.Fprintln(e.stderr, "where DATABASE is postgres://... or sqlite:FILE")
	}
}

// begun says what comes after the files were written. Nothing of it was run.
func (e env) begun(m *scaffold.Module, cfg scaffold.Config, plan *scaffold.Plan) {
	if plan.Call != "" {
		fmt.Fprintf(e.stderr, "\nIn the function main of %s, before it opens the database:\n\n%s\n", plan.Main, indent(plan.Call))
	}
	if plan.Include != "" {
		fmt.Fprintf(e.stderr, "\nIn .gitlab-ci.yml, which is there already:\n\n%s\n", indent(plan.Include))
	}
	commands := m.Gets(cfg.Drivers)
	if m.Vendor {
		commands = append(commands, "go mod vendor -e", "go generate ./...", "go mod vendor")
	} else {
		commands = append(commands, "go generate ./...")
	}
	commands = append(commands, "go test ./...")
	if cfg.Database == scaffold.Postgres {
		commands = append(commands, "export DATABASE_URL='postgres://user:password@localhost/"+m.Name()+"?sslmode=disable'")
	}
	commands = append(commands, "go run "+plan.Main+" migrate up")
	fmt.Fprintf(e.stderr, "\nNext%s:\n\n%s\n", e.inDir(), indent(strings.Join(commands, "\n")))
	if cfg.Database != scaffold.SQLite {
		fmt.Fprintf(e.stderr, "\nThe test on PostgreSQL is skipped unless TEST_DATABASE_URL is the address of an empty database.\n")
	}
}

// inDir says where the commands are to be run, when that is not here.
func (e env) inDir() string {
	if e.dir == "" {
		return ""
	}
	return ", in " + filepath.ToSlash(e.dir)
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("    " + line)
	}
	return b.String()
}

// orList returns words as a sentence has them.
func orList(words []string) string {
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// settle makes up what the flags do not say: from go.mod and the repository, from the person at the terminal, or with -y by the defaults.
func (i *initFlags) settle(ctx context.Context, e env, m *scaffold.Module, cfg *scaffold.Config) error {
	q := &interview{e: e, asks: !i.yes && attended(e), in: answers(ctx, e)}
	if err := i.settleDrivers(q, m, cfg); err != nil {
		return err
	}
	if err := i.settleMain(q, m, cfg); err != nil {
		return err
	}
	if cfg.CI == "" {
		cfg.CI = m.Host
	}
	if cfg.CI == "" {
		n, err := q.choose("Where does the code live, for a file that runs checks and tests?", []string{"GitHub (-ci github)", "GitLab (-ci gitlab)", "elsewhere: no file (-ci none)"})
		if err != nil {
			return err
		}
		cfg.CI = scaffold.Services[n]
	}
	return nil
}

// settleDrivers finds the databases, and a driver for each.
func (i *initFlags) settleDrivers(q *interview, m *scaffold.Module, cfg *scaffold.Config) error {
	chosen := map[string]scaffold.Driver{}
	for name := range strings.FieldsFuncSeq(i.driver, func(r rune) bool { return r == ',' || r == ' ' }) {
		d, err := scaffold.FindDriver(name)
		if err != nil {
			return fmt.Errorf("-driver: %w", err)
		}
		if other, twice := chosen[d.Database]; twice {
			return fmt.Errorf("-driver: %s and %s are both for %s", other.Name, d.Name, d.Database)
		}
		if i.database != "" && i.database != scaffold.Both && i.database != d.Database {
			return fmt.Errorf("-driver: %s is for %s, and -database is %s; %s", d.Name, d.Database, i.database, "there are "+strings.Join(scaffold.DriverNames(scaffold.DriversOf(i.database)), ", ")+" for it")
		}
		chosen[d.Database] = d
	}
	for _, database := range []string{scaffold.Postgres, scaffold.SQLite} {
		if d, ok := m.DriverOf(database); ok && chosen[database].Name == "" && (i.database != "" || i.driver == "") {
			if i.database == "" || i.database == database || i.database == scaffold.Both {
				chosen[database] = d
			}
		}
	}
	switch {
	case i.database != "":
		cfg.Database = i.database
	case len(chosen) == 2:
		cfg.Database = scaffold.Both
	case len(chosen) == 1:
		for database := range chosen {
			cfg.Database = database
		}
	case !q.asks && !i.yes:
		return i.unsaid(q.e)
	default:
		n, err := q.choose("Which database?", []string{
			"SQLite: a file, no server (-database sqlite)", "PostgreSQL (-database postgres)", "both, such as PostgreSQL in production and SQLite beside it (-database both)",
		})
		if err != nil {
			return err
		}
		cfg.Database = scaffold.Databases[n]
	}
	for _, database := range []string{scaffold.Postgres, scaffold.SQLite} {
		if cfg.Database != scaffold.Both && cfg.Database != database {
			continue
		}
		d, ok := chosen[database]
		if !ok {
			var choice []string
			all := scaffold.DriversOf(database)
			for _, d := range all {
				choice = append(choice, fmt.Sprintf("%s: %s (-driver %s)", d.Modules[0], d.Remark, d.Name))
			}
			n, err := q.choose("Which driver for "+map[string]string{scaffold.Postgres: "PostgreSQL", scaffold.SQLite: "SQLite"}[database]+"?", choice)
			if err != nil {
				return err
			}
			d = all[n]
		}
		cfg.Drivers = append(cfg.Drivers, d)
	}
	return nil
}

// settleMain finds the program where there are several.
func (i *initFlags) settleMain(q *interview, m *scaffold.Module, cfg *scaffold.Config) error {
	if cfg.Main != "" {
		return nil
	}
	mains, err := m.Mains()
	if err != nil || len(mains) == 0 {
		return err
	}
	if len(mains) == 1 {
		cfg.Main = mains[0]
		return nil
	}
	var choice []string
	for _, dir := range mains {
		choice = append(choice, fmt.Sprintf("%s (-main %[1]s)", m.Shown(dir)))
	}
	if !q.asks { // also with -y: which of them has the database is nothing that a default can know
		q.e.say("modelgen: the module has several programs; nothing was written. Say which one is to apply the migrations:")
		for _, dir := range mains {
			fmt.Fprintf(q.e.stderr, "    -main %s\n", diff.Quote(m.Shown(dir)))
		}
		return errNo
	}
	n, err := q.choose("Which program is to apply the migrations?", choice)
	if err == nil {
		cfg.Main = mains[n]
	}
	return err
}

// unsaid asks for the database where nobody sits at a terminal.
func (i *initFlags) unsaid(e env) error {
	e.say("modelgen: which database is the program for? Nothing was written; run it again with one of:")
	for _, d := range scaffold.Databases {
		fmt.Fprintf(e.stderr, "    %s -database %s\n", e.asCalled("modelgen init"), d)
	}
	return errNo
}

// interview asks the person at the terminal. Without one the first choice is taken.
type interview struct {
	e    env
	asks bool
	in   *bufio.Reader
}

func (q *interview) choose(question string, choice []string) (int, error) {
	if !q.asks {
		return 0, nil
	}
	q.e.say(question)
	for i, c := range choice {
		fmt.Fprintf(q.e.stderr, "  %d  %s\n", i+1, c)
	}
	return choose(q.e, q.in, len(choice))
}
