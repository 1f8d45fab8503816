package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/revise"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// The verbs that change migrations after they are written.

// merge joins the newest migrations of two branches.
func merge(ctx context.Context, e env, args []string) error {
	cfg, f := historyFlags(e, "merge", "[directory]")
	f.StringVar(&cfg.Name, "name", "", "`words` of the name of the migration, without its number")
	anyway := f.Bool("anyway", false, "steps written by hand touch nothing that the other side touches")
	operands, err := parse(f, args)
	if err != nil {
		return err
	}
	if err := oneDirectory(e, &cfg, operands, 0); err != nil {
		return err
	}
	r, err := revise.Merge(cfg, *anyway)
	return finishGuarded(ctx, e, f, cfg, r, err)
}

// rebase puts one branch on top of the other.
func rebase(ctx context.Context, e env, args []string) error {
	cfg, f := historyFlags(e, "rebase", "[NAME] [directory]")
	applied := f.String("applied", "", appliedUsage)
	answerFlags(f, &cfg)
	f.StringVar(&cfg.BuildTags, "tags", "", "build `tags`")
	operands, err := parse(f, args)
	if err != nil {
		return err
	}
	mine := ""
	if len(operands) > 0 {
		if info, err := os.Stat(filepath.Join(e.dir, operands[0])); err != nil || !info.IsDir() {
			mine, operands = operands[0], operands[1:]
		}
	}
	if err := oneDirectory(e, &cfg, operands, 1); err != nil {
		return err
	}
	has, err := appliedTo(e, *applied)
	if err != nil {
		return err
	}
	r, err := revise.Rebase(ctx, cfg, mine, has)
	return finishGuarded(ctx, e, f, cfg, r, err)
}

// remove takes the newest migration back.
func remove(ctx context.Context, e env, args []string) error {
	cfg, f := historyFlags(e, "remove", "[directory]")
	applied := f.String("applied", "", appliedUsage)
	operands, err := parse(f, args)
	if err != nil {
		return err
	}
	if err := oneDirectory(e, &cfg, operands, 0); err != nil {
		return err
	}
	has, err := appliedTo(e, *applied)
	if err != nil {
		return err
	}
	r, err := revise.Remove(cfg, has)
	return finishGuarded(ctx, e, f, cfg, r, err)
}

// hash records migrations as they are now.
func hash(_ context.Context, e env, args []string) error {
	cfg, f := historyFlags(e, "hash", "[NAMES] [directory]")
	applied := f.String("applied", "", appliedUsage)
	operands, err := parse(f, args)
	if err != nil {
		return err
	}
	var words, dirs []string
	for _, o := range operands {
		if info, err := os.Stat(filepath.Join(e.dir, o)); err == nil && info.IsDir() {
			dirs = append(dirs, o)
		} else {
			words = append(words, o)
		}
	}
	if err := oneDirectory(e, &cfg, dirs, 1); err != nil {
		return err
	}
	has, err := appliedTo(e, *applied)
	if err != nil {
		return err
	}
	r, err := revise.Hash(cfg, words, has)
	return finish(e, f, cfg, r, err)
}

const appliedUsage = "what a database has: `names` with commas between them, or a file with what app migrate status -json printed"

func historyFlags(e env, verb, operands string) (gen.Config, *flag.FlagSet) {
	f := flags(e, verb, operands)
	f.Bool("diff", false, "print what would be written, write nothing")
	return gen.Config{Dir: e.dir, Targets: targets}, f
}

func answerFlags(f *flag.FlagSet, cfg *gen.Config) {
	f.Var((*words)(&cfg.Answers.Renames), "rename", "`OLD=NEW`: products.caption=label, items=products, mood.sad=gloomy; a name for itself is the same thing")
	f.Var((*words)(&cfg.Answers.Drops), "drop", "`name` of a table or column that goes with its data; rows:TABLE for rows that are no longer declared")
	f.Var((*words)(&cfg.Answers.Keeps), "keep", "`rows:TABLE`: rows that are no longer declared stay in the table, as those of the application; partition:NAME: such a partition stays as a table of its own")
	f.Var((*words)(&cfg.Answers.Fills), "fill", "`COLUMN=SQL`: what existing rows get; COLUMN=? leaves it to be written in the migration")
	f.Var((*words)(&cfg.Answers.Converts), "convert", "`COLUMN[=SQL]`: let values be cast to the new type; an enum, whose values change places, be made again")
	f.Var((*words)(&cfg.Answers.ConvertBacks), "convert-back", "`COLUMN=SQL`: how values get back that -convert computes, when the migration is undone")
}

// noDirectory is the error of a directory that is not there, with the one that may be meant: a verb was called in a folder of the module.
func noDirectory(e env, named, what string) error {
	dir, err := filepath.Abs(e.dir)
	if err != nil || filepath.IsAbs(named) {
		return fmt.Errorf("there is no directory %s; %s", named, what)
	}
	root := moduleOf(dir)
	for up := "."; ; up = filepath.Join("..", up) {
		for _, found := range []string{up, filepath.Join(up, "migrations")} {
			if _, err := os.Stat(filepath.Join(dir, found, snapshot.Name)); err == nil {
				return fmt.Errorf("there is no directory %s; %s, which from here is %s", named, what, filepath.ToSlash(found))
			}
		}
		if at := filepath.Join(dir, up); at == root || at == filepath.Dir(at) || root == "" {
			return fmt.Errorf("there is no directory %s; %s; the first migration is written by go generate", named, what)
		}
	}
}

// usualOut is the directory of the migrations where nobody names it: migrations, or the one that the tool is called in when it holds a snapshot itself.
func (e env) usualOut() string {
	const usual = "migrations"
	if _, err := os.Stat(filepath.Join(e.dir, usual)); err != nil {
		if _, err := os.Stat(filepath.Join(e.dir, snapshot.Name)); err == nil {
			return "."
		}
	}
	return usual
}

// oneDirectory takes the directory of the migrations from the operands.
func oneDirectory(e env, cfg *gen.Config, operands []string, named int) error {
	if len(operands) > 1 {
		return fmt.Errorf("unexpected argument %q", operands[1])
	}
	cfg.Out = e.usualOut()
	if len(operands) == 1 {
		cfg.Out = filepath.Clean(operands[0])
	}
	if _, err := os.Stat(filepath.Join(e.dir, cfg.Out)); err != nil {
		what := "name the one with the migrations"
		if named > 0 {
			what = "name the migration, then the directory with the migrations"
		}
		return noDirectory(e, cfg.Out, what)
	}
	if moduleOf(e.dir) != moduleOf(filepath.Join(e.dir, cfg.Out)) {
		cfg.Dir, cfg.Out = filepath.Join(e.dir, cfg.Out), "." // the go command finds the models from there only
	}
	return nil
}

// appliedTo reads what a database has: names, or a file if there is one.
func appliedTo(e env, value string) (*migrations.Applied, error) {
	if value == "" {
		return nil, nil
	}
	path := value
	if !filepath.IsAbs(path) {
		path = filepath.Join(e.dir, path)
	}
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		return &migrations.Applied{Status: data, Source: value}, nil
	case errors.Is(err, fs.ErrNotExist) && !filepath.IsAbs(value) && filepath.Ext(value) != ".json":
		return &migrations.Applied{Names: strings.Split(value, ","), Source: value}, nil
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return nil, fmt.Errorf("-applied %s: %w; nothing was written", value, err)
}

// finishGuarded brings the guards along, and says what is left to do.
func finishGuarded(ctx context.Context, e env, f *flag.FlagSet, cfg gen.Config, r *gen.Result, err error) error {
	note := ""
	if err == nil && len(r.Questions) == 0 {
		note = r.Guard(ctx, cfg)
	}
	err = finish(e, f, cfg, r, err)
	if note != "" && (err == nil || errors.Is(err, errNo)) {
		e.say("modelgen: " + note)
	}
	return err
}

// finish writes the files of a result, or shows them.
func finish(e env, f *flag.FlagSet, cfg gen.Config, r *gen.Result, err error) error {
	if err != nil {
		return err
	}
	for _, n := range r.Notes {
		if n.Pos.IsValid() {
			n.Msg = n.Pos.String() + ": " + n.Msg
		}
		e.say("modelgen: " + n.Msg)
	}
	if len(r.Questions) > 0 {
		for _, q := range r.Questions {
			e.question(q)
		}
		e.say("modelgen: nothing was written; run the command again with the answers")
		return errNo
	}
	if d := f.Lookup("diff"); d != nil && d.Value.String() == "true" {
		return showDiff(e, r)
	}
	if err := r.Commit(); err != nil {
		return err
	}
	for _, file := range r.Files {
		sign := "+"
		if file.Content == nil {
			sign = "-"
		} else if file.Old != nil {
			sign = "~"
		}
		fmt.Fprintf(e.stdout, "%s %s\n", sign, file.Shown())
	}
	return nil
}
