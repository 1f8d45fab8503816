package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/modelgen/modelgen/gen/squash"
)

// runSquash puts one migration in the place of several; later it takes their files away, and in the end their names.
func runSquash(_ context.Context, e env, args []string) error {
	cfg, f := historyFlags(e, "squash", "FROM..TO|..TO|TO [directory]")
	f.StringVar(&cfg.Name, "name", "", "`words` of the name of the squash, behind its number and squashed_")
	all := f.Bool("no-optimize", false, "keep every operation as it is")
	finished := f.String("finish", "", "take away the files of what the squash `NAME` replaces")
	forgotten := f.String("forget", "", "take the names of what the squash `NAME` replaces out of it, when all databases have it")
	applied := f.String("applied", "", "for -finish and -forget: "+appliedUsage)
	operands, err := parse(f, args)
	if err != nil {
		return err
	}
	later := *finished != "" || *forgotten != ""
	switch {
	case *finished != "" && *forgotten != "":
		return errors.New("squash: -finish and -forget are two steps, with all databases brought up to date between them")
	case later && (*all || cfg.Name != ""):
		return errors.New("squash: -finish and -forget take neither -name nor -no-optimize")
	case !later && *applied != "":
		return errors.New("squash: -applied is for -finish and -forget; a squash itself suits each database")
	case !later && len(operands) == 0:
		return errors.New("squash: name the migrations: FROM..TO, ..TO or TO")
	}
	ranges := ""
	if !later {
		ranges, operands = operands[0], operands[1:]
	}
	if err := oneDirectory(e, &cfg, operands, 1); err != nil {
		return err
	}
	has, err := appliedTo(e, *applied)
	if err != nil {
		return err
	}
	switch {
	case *finished != "":
		r, err := squash.Finish(cfg, *finished, has)
		return finish(e, f, cfg, r, err)
	case *forgotten != "":
		r, err := squash.Forget(cfg, *forgotten, has)
		if err := finish(e, f, cfg, r, err); err != nil {
			return err
		}
		e.say(fmt.Sprintf("modelgen: each database still has the rows of what %s replaced: app migrate prune takes them out of its history", r.Migration))
		return nil
	}
	r, err := squash.Squash(squash.Config{Config: cfg, Range: ranges, NoOptimize: *all})
	if err != nil {
		return err
	}
	if err := finish(e, f, cfg, r.Result, nil); err != nil {
		return err
	}
	e.say(fmt.Sprintf("modelgen: %d migrations with %d operations became %s with %d; when every database has it: modelgen squash -finish %s",
		len(r.Replaced), r.Before, filepath.Base(r.Migration), r.After, r.Migration))
	if r.Steps > 0 && r.After > r.Before/2 && !*all {
		e.say(fmt.Sprintf("modelgen: what stands on either side of a step over data (SQL, Go, Fill, Backfill) is not joined, and there are %d: //modelgen:elidable on one that a new database does not need leaves it out", r.Steps))
	}
	return nil
}
