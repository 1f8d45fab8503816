package migrate

import (
	"context"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// initial turns first migrations whose tables and columns are all there into records. It looks at what is there and does not go by names
// alone: a table that is there in another form is an error, and the database is left as it is.
func (w *executor) initial(ctx context.Context, moves []move) error {
	set := w.m.set
	w.res.Differences = nil
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
		madeObjects(set.all[mv.at].Ops, want, made)
		if len(made.Tables) == 0 && !slices.ContainsFunc(made.SQLObjects, ownObject) {
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
	for _, o := range made.SQLObjects {
		if !ownObject(o) {
			continue
		}
		if slices.ContainsFunc(got, func(f string) bool { x, _ := about(f, made); return x == thingOf(o) }) {
			there = append(there, o.String())
		} else {
			missing = append(missing, o.String())
		}
	}
	if len(there) == 0 {
		return false, nil
	}
	expected, err := added(ctx, w.s, base, want)
	if err != nil {
		return false, redacted{err}
	}
	diff := w.initialDifferences(label, got, expected, missing, want)
	refused := len(missing) > 0
	for _, d := range diff {
		kind, _, _ := strings.Cut(d.Fact, " ")
		x, _ := about(d.Fact, want)
		o := x.sqlObject(want)
		refused = refused || kind == "table" || kind == "column" || kind == "enum" || o != nil && ownObject(*o)
	}
	if refused {
		e := &InitialError{Set: w.m.set.name, Migration: label, Differences: diff, Next: "change the database or the migration until they agree; sql " + label +
			" prints what is wanted\nor record it whatever the database is with fake " + label}
		if len(missing) > 0 {
			e.There, e.Missing = there, missing
			e.Next = "make what is missing by hand, exactly as sql " + label + " prints it, then run the same command again"
		}
		return false, e
	}
	rows, err := w.m.rows(ctx, w.s, made, want, diff, func(string) string { return "" })
	if err != nil {
		return false, redacted{err}
	}
	diff = append(diff, rows...)
	w.res.Differences = append(w.res.Differences, diff...)
	for _, d := range diff {
		w.m.notify(Event{Kind: EventNote, Migration: label, Message: label + " counts as applied, but the database differs: " + d.line() + "; " + d.Fix})
	}
	return true, nil
}

// ownObject reports whether an object stands for itself, as a table does: what hangs on others may be missing, as an index may, and what is of no schema may be there in a
// database that is new.
func ownObject(o schema.SQLObject) bool {
	switch o.Kind {
	case schema.ExtensionKind, schema.EventTriggerKind, schema.PublicationKind, schema.CommentKind, schema.GrantKind, schema.RowSecurityKind, schema.StatisticsKind, schema.ViewIndexKind, schema.ExclusionKind:
		return false
	}
	return true
}

// initialDifferences returns in what the tables are not as the migration makes them, with what to do about each. Of a table that is not there no more is said.
func (w *executor) initialDifferences(label string, got, expected, missing []string, want *schema.Schema) []Difference {
	diff := differ(got, expected)
	diff = slices.DeleteFunc(diff, func(d Difference) bool {
		x, _ := about(d.Fact, want)
		return !d.Missing && w.m.set.wanted(d.Fact, want) || d.Missing && x.kind != "table" && x.kind != "enum" && slices.Contains(missing, x.table) && x.sqlObject(want) == nil
	})
	remedies(diff, want, w.s.Planner, outOfUnrecorded(label), func(things []thing) map[thing]string {
		by := map[thing]string{}
		for _, x := range things {
			by[x] = label
		}
		return by
	})
	for i := range diff {
		if x, _ := about(diff[i].Fact, want); diff[i].Missing && x.kind == "table" && slices.Contains(missing, x.table) {
			diff[i].Fix = "make it by hand, as sql " + label + " prints it"
		}
	}
	return diff
}

// added returns the facts that want has and base has not.
func added(ctx context.Context, s Session, base, want *schema.Schema) ([]string, error) {
	all, err := s.Expected(ctx, want)
	if err != nil || len(base.Tables) == 0 && len(base.Enums) == 0 && len(base.SQLObjects) == 0 {
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
