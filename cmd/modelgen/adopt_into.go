package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/modelgen/modelgen/gen/adopt"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/load"
	migrate "github.com/modelgen/modelgen/runtime"
)

// into gives structs that are there their tags.
func (to *adoption) into(ctx context.Context, e env, a adoptFlags) error {
	declared, err := load.ReadDeclared(ctx, load.Config{Dir: to.cfg.Dir, Patterns: to.cfg.Patterns, Tag: a.tag, Known: []migrate.Capabilities{targets[to.in.Dialect].Capabilities()}})
	if problems, wrong := errors.AsType[load.Problems](err); wrong {
		var lines finding.Problems
		for _, p := range problems {
			lines = append(lines, p.String())
		}
		return lines
	}
	if err != nil {
		return err
	}
	cfg := adopt.IntoConfig{Config: to.models, Tag: a.tag, Add: a.add, Structs: a.tables, Directives: a.directives, Read: os.ReadFile, AddTo: map[string]bool{}, Leave: map[string]bool{}}
	r, err := adopt.Into(to.in, declared, cfg)
	if missing, ok := errors.AsType[adopt.MissingFields](err); ok {
		if err := withoutField(ctx, e, missing, cfg.AddTo, cfg.Leave); err != nil {
			return err
		}
		r, err = adopt.Into(to.in, declared, cfg)
	}
	if err != nil {
		return err
	}
	to.res, to.edited, to.notes = &r.Result, r.Edited, r.Notes
	return nil
}

// withoutField asks the person at the terminal about tables whose struct lacks fields: they get them, or the table is left. Without one, or without an answer, all of it is an error.
func withoutField(ctx context.Context, e env, all adopt.MissingFields, add, leave map[string]bool) error {
	if !attended(e) {
		return all.Problems()
	}
	in := answers(ctx, e)
	for _, m := range all {
		e.say(m.String())
		fmt.Fprintf(e.stderr, "  1  give the struct what is missing (-add)\n  2  leave the table out (-ignore %s)\n", m.Table)
		n, err := choose(e, in, 2)
		if errors.Is(err, errUnanswered) {
			return all.Problems()
		} else if err != nil {
			return err
		}
		if n == 0 {
			add[m.Table] = true
		} else {
			leave[m.Table] = true
		}
	}
	return nil
}
