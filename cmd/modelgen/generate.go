package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/modelgen/modelgen/cmd/modelgen/cache"
	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/revise"
	"github.com/modelgen/modelgen/gen/snapshot"
	"github.com/modelgen/modelgen/gen/sqlscript"
)

// generate writes the next migration.
func generate(ctx context.Context, e env, args []string) error {
	var same *cache.Run
	if e.records {
		if same = cache.Begin(e.dir, args); same.Known() {
			return nil
		}
	}
	cfg := gen.Config{Dir: e.dir, Targets: targets, GoList: e.goList}
	args = joinSQL(e.dir, args)
	given := args
	f := flags(e, "generate", "[packages]")
	f.StringVar(&cfg.Out, "out", "migrations", "`directory` of the migrations")
	f.StringVar(&cfg.Name, "name", "", "`words` of the name of the migration, without its number")
	f.StringVar(&cfg.Set, "set", "", "`name` of the set in the database's history")
	f.StringVar(&cfg.Tag, "tag", "", "`key` of the column tag (default db); gorm and bun read those libraries' structs")
	f.StringVar(&cfg.Guard, "guard", "", "`mode`: build, test or off")
	f.StringVar(&cfg.BuildTags, "tags", "", "build `tags`")
	f.BoolVar(&cfg.Only, "only", false, "take the packages named alone, and forget all others")
	answerFlags(f, &cfg)
	f.BoolVar(&cfg.Answers.Online, "online", false, "renames and changes of type in two steps, so that old programs go on running: this is the first")
	f.BoolVar(&cfg.Answers.Contract, "contract", false, "the second step, when no program is running that is older than the first")
	update := f.Bool("update", false, "fold what has changed into the newest migration")
	applied := f.String("applied", "", "for -update: "+appliedUsage)
	empty := f.Bool("empty", false, "write a migration without ops, for steps by hand; needs -name")
	rows := f.String("rows", "", "for -empty: `tables` that get a struct for their rows")
	dialects := f.String("dialects", "", "`list` such as postgres@14,sqlite")
	show := f.Bool("diff", false, "print what would be written, write nothing")
	sql := &sqlFlag{}
	f.Var(sql, "sql", "alone: print the SQL of the new migration, for each dialect; with a `directory`: views, functions, triggers and the like are declared in its SQL files, which the snapshot records (none forgets it)")
	f.BoolFunc("comments", "doc comments become comments in the database", func(s string) error {
		on := s != "false"
		cfg.Comments = &on
		return nil
	})
	var err error
	if cfg.Patterns, err = parse(f, args); err != nil {
		return err
	}
	cfg.SQL = sql.dir
	searched, err := findOut(e, f, &cfg)
	if err != nil {
		return err
	}
	if cfg.Answers.Online && cfg.Answers.Contract {
		return errors.New("-online and -contract are two steps: the first one now, the second when the programs of the previous release are gone")
	}
	if *applied != "" && !*update {
		return errors.New("-applied is for -update; a new migration suits each database")
	}
	if *dialects != "" {
		cfg.Dialects = strings.Split(*dialects, ",")
	}
	work := gen.Generate
	if *update {
		has, err := appliedTo(e, *applied)
		if err != nil {
			return err
		}
		work = func(ctx context.Context, cfg gen.Config) (*gen.Result, error) { return revise.Update(ctx, cfg, has) }
	}
	if *empty {
		work = func(_ context.Context, cfg gen.Config) (*gen.Result, error) {
			return revise.Empty(cfg, strings.FieldsFunc(*rows, func(r rune) bool { return r == ',' }))
		}
	}
	r, err := work(ctx, cfg)
	if err != nil {
		return err
	}
	var told []string // at the terminal
	for in := answers(ctx, e); len(r.Questions) > 0 && attended(e); {
		flags, err := ask(e, in, r.Questions, &cfg.Answers)
		told = append(told, flags...)
		if errors.Is(err, errUnanswered) {
			r.Questions = r.Questions[len(flags):]
			for i, q := range r.Questions {
				r.Questions[i].Choice = open(q.Choice, told)
			}
			break
		} else if err != nil {
			return err
		}
		if r, err = work(ctx, cfg); err != nil {
			return err
		}
	}
	for _, n := range append(r.Stale, r.Notes...) {
		e.say(n.Pos.String() + ": " + n.Msg)
	}
	if len(r.Questions) > 0 {
		for _, q := range r.Questions {
			e.question(q)
		}
		e.answered(given, told, r.Questions)
		return errNo
	}
	if *show {
		err = showDiff(e, r)
	} else {
		found, lintErr := r.Lint() // before anything is written, as its settings may be wrong
		if lintErr != nil {
			return lintErr
		}
		if err = r.Commit(); err == nil {
			for _, line := range r.Changed() {
				e.say(line)
			}
		}
		if err == nil && r.Migration != "" {
			fmt.Fprintln(e.stdout, filepath.ToSlash(filepath.Join(cfg.Out, r.Migration+".go")))
			warn(e, found)
		}
	}
	if in, nothing := r.Unchanged(cfg); nothing && err == nil && !*update && !*empty && !*show && !sql.print && !searched {
		same.Record(inputs(cfg, in))
	}
	if sql.print && (err == nil || errors.Is(err, errNo)) {
		if e := showSQL(e, r); e != nil {
			return e
		}
	}
	return err
}

// inputs are those of a run that found nothing to do.
func inputs(cfg gen.Config, in gen.Inputs) cache.Inputs {
	all := cache.Inputs{Out: cfg.OutDir(), SQL: in.SQL, Patterns: cfg.Patterns}
	for _, p := range in.Packages {
		all.Packages = append(all.Packages, cache.Package(p))
	}
	return all
}

// findOut finds the directory of the migrations where -out does not name it: that of the packages named, or of the one here when there are no migrations
// here. A second directory would hold all tables once more. It reports whether it had to search the module for it.
func findOut(e env, f *flag.FlagSet, cfg *gen.Config) (searched bool, err error) {
	given := false
	f.Visit(func(f *flag.Flag) { given = given || f.Name == "out" })
	if !given && len(cfg.Patterns) == 0 {
		cfg.Out = e.usualOut()
	}
	_, err = os.Stat(filepath.Join(e.dir, cfg.Out, snapshot.Name))
	here := err == nil
	if given || here && len(cfg.Patterns) == 0 {
		return false, nil
	}
	patterns := cfg.Patterns
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	found := ""
	for _, p := range patterns {
		if info, err := os.Stat(filepath.Join(e.dir, p)); err != nil || !info.IsDir() {
			continue
		}
		out, walked, err := gen.Out(e.dir, p)
		searched = searched || walked
		if err != nil && here {
			return searched, nil
		} else if err != nil {
			return searched, err
		}
		if out != "" && found != "" && out != found {
			return searched, fmt.Errorf("the models are in migrations of their own, %s and %s: run it for one of them at a time", filepath.ToSlash(found), filepath.ToSlash(out))
		}
		if out != "" {
			found = out
		}
	}
	if found != "" {
		cfg.Out = found
	}
	return searched, nil
}

// showSQL prints the SQL of the new migration for each dialect.
func showSQL(e env, r *gen.Result) error {
	plans, err := r.Plans()
	if err != nil {
		return err
	}
	for _, p := range plans {
		fmt.Fprintf(e.stdout, "-- %s\n", p.Dialect)
		sqlscript.WriteStages(e.stdout, p.Target, p.Stages)
	}
	return nil
}

// showDiff prints what would be written.
func showDiff(e env, r *gen.Result) error {
	var answer error
	colours := e.colours(e.stdout)
	for _, f := range r.Files {
		if r.CatchesUp(f) {
			continue
		}
		name := f.Shown()
		text := string(diff.Diff("a/"+name, f.Old, "b/"+name, f.Content))
		if colours {
			text = colouredDiff(text)
		}
		fmt.Fprint(e.stdout, text)
		answer = errNo
	}
	return answer
}
