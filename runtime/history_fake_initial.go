package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// initial turns first migrations whose tables and columns are all there into records. It looks at what is there and does not go by names
// alone: a table that is there in another form is an error, and the database is left as it is.
func (w *executor) initial(ctx context.Context, moves []move) error {
	set := w.m.set
	for i, mv := range moves {
		if mv.back || mv.fake || w.h.row[mv.at] != nil || !set.first(mv.at) {
			continue
		}
		base, err := set.schemaOf(func(k int) bool { return w.h.counts(k) || k < mv.at && moving(moves[:i], k) })
		if err != nil {
			return err
		}
		want, made := base.Clone(), &schema.Schema{}
		for _, op := range set.all[mv.at].Ops {
			if err := op.Apply(want); err != nil {
				return err
			}
		}
		base, want = base.For(w.m.dialect.Name()), want.For(w.m.dialect.Name())
		for _, op := range set.all[mv.at].Ops {
			switch op := op.(type) {
			case CreateTable:
				if t := want.Table(op.Table); t != nil {
					made.PutTable(t.Clone())
				}
			case CreateEnum:
				made.Enums = append(made.Enums, want.Enum(op.Name).Clone())
			}
		}
		if len(made.Tables) == 0 {
			continue
		}
		there, err := w.compareInitial(ctx, set.label(mv.at), base, want, made)
		if err != nil {
			return err
		}
		moves[i].fake = there
	}
	return nil
}

func moving(moves []move, at int) bool {
	return slices.ContainsFunc(moves, func(mv move) bool { return mv.at == at && !mv.back && !mv.adopt })
}

// first reports whether a migration is a beginning of its set.
func (s *Set) first(i int) bool {
	for _, p := range s.all[i].Parents {
		if s.all[s.at[p]].set == s.all[i].set {
			return false
		}
	}
	return true
}

// compareInitial reports whether tables are there as they are wanted. None being there is no error; anything between is.
func (w *executor) compareInitial(ctx context.Context, label string, base, want, made *schema.Schema) (bool, error) {
	got, err := w.s.Catalog(ctx, made)
	if err != nil {
		return false, redacted{err}
	}
	var there, missing []string
	for _, t := range made.Tables {
		if slices.ContainsFunc(got, func(f string) bool { return f == "table "+t.Name || strings.HasPrefix(f, "table "+t.Name+" ") }) {
			there = append(there, t.Name)
		} else {
			missing = append(missing, t.Name)
		}
	}
	if len(there) == 0 {
		return false, nil
	}
	if len(missing) > 0 {
		return false, &HistoryError{w.m.set.name,
			[]string{fmt.Sprintf("%s makes tables of which some are there (%s) and some are not (%s)", label, some(there), some(missing))},
			"make what is missing by hand, exactly as sql " + label + " prints it, then run the same command again"}
	}
	expected, err := added(ctx, w.s, base, want)
	if err != nil {
		return false, redacted{err}
	}
	diff := slices.DeleteFunc(differ(got, expected), func(d Difference) bool { return !d.Missing && w.m.set.wanted(d.Fact, want) })
	var lines, notes []string
	refused := false
	for _, d := range diff {
		word := map[bool]string{true: "missing: ", false: "unexpected: "}[d.Missing]
		lines = append(lines, word+d.Fact)
		note := word + d.Fact
		if hint := indexForConstraint(d, diff); hint != "" {
			note += "; " + hint
		}
		notes = append(notes, note)
		kind, _, _ := strings.Cut(d.Fact, " ")
		refused = refused || kind == "table" || kind == "column" || kind == "enum"
	}
	if refused {
		return false, &HistoryError{w.m.set.name, append([]string{label + " cannot count as applied, its tables are there but differ"}, lines...),
			"change the database or the migration until they agree; sql " + label + " prints what is wanted\nor record it whatever the database is with fake " + label}
	}
	for _, n := range notes {
		w.m.notify(Event{Kind: EventNote, Migration: label, Message: label + " counts as applied, but the database differs: " + n})
	}
	return true, nil
}

// added returns the facts that want has and base has not.
func added(ctx context.Context, s Session, base, want *schema.Schema) ([]string, error) {
	all, err := s.Expected(ctx, want)
	if err != nil || len(base.Tables) == 0 && len(base.Enums) == 0 {
		return all, err
	}
	before, err := s.Expected(ctx, base)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range differ(all, before) {
		if !d.Missing {
			out = append(out, d.Fact)
		}
	}
	return out, nil
}
