package migrate

import (
	"context"
	"errors"
	"maps"
	"slices"
)

// Looker is a [Session] that can look at a database before anything is done. Both methods change nothing, and take no lock that others wait for.
type Looker interface {
	// Look runs f in a transaction that only reads, and is rolled back.
	Look(ctx context.Context, f func(ctx context.Context, tx Tx) error) error

	// Survey describes those of the tables that are there.
	Survey(ctx context.Context, tables []string) ([]TableSurvey, error)
}

// TableSurvey is a table as it is before a migration.
type TableSurvey struct {
	Table    string
	Rows     int64     // an estimate of the catalog unless Exact; below 0 is not known
	Exact    bool      // the rows were counted, as they are few
	Bytes    int64     // on disk, indexes included; 0 is not known
	Triggers []Trigger // that UPDATE fires, those that migrations made included
}

// Trigger is a trigger that UPDATE of a table fires.
type Trigger struct {
	Name    string
	Columns []string // of UPDATE OF; none is any column
	Each    bool     // once for each row, not for each statement
	Does    string   // when it runs and what it calls: "BEFORE UPDATE: set_updated_at"; may be empty
}

// Fires is a trigger that the rows of a step fire, as the step gives them values.
type Fires struct {
	Table   string
	Trigger Trigger
}

// foresee looks at the database for what a plan will meet. What cannot be looked at is left out: a plan is asked for when something is wrong,
// too.
func (w *executor) foresee(ctx context.Context, p *Plan) error {
	look, ok := w.s.(Looker)
	if !ok {
		return nil
	}
	names := map[string]bool{}
	for _, s := range p.Steps {
		maps.Copy(names, s.touches())
	}
	if len(names) == 0 {
		return nil
	}
	found, err := look.Survey(ctx, slices.Sorted(maps.Keys(names)))
	if err != nil {
		return ctx.Err()
	}
	clean := true // the rows are as the step will find them
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Faked {
			continue
		}
		touches := s.touches()
		for _, t := range found {
			if touches[t.Table] {
				s.Tables = append(s.Tables, t)
				s.Fires = append(s.Fires, s.fires(t)...)
			}
		}
		switch {
		case clean && s.Done == 0:
			s.Stops, s.unasked = stops(ctx, look, s.Stages)
		case slices.ContainsFunc(s.Stages, func(st Stage) bool { return st.Check != nil }):
			s.unasked = []string{"whether rows of the database are in its way: what comes before it changes them"}
		}
		clean = clean && s.Done == 0 && !slices.ContainsFunc(s.ops, moves)
	}
	return ctx.Err()
}

// stops asks what the run asks before it begins with a migration: what is in the rows that is bound to make it fail. unasked are questions that could
// not be answered.
func stops(ctx context.Context, look Looker, stages []Stage) (all, unasked []string) {
	for _, st := range stages {
		if st.Check == nil {
			continue
		}
		var found error
		err := look.Look(ctx, func(ctx context.Context, tx Tx) error {
			if found = st.Check(ctx, tx); found != nil {
				return found
			}
			one := 0 // a check says nothing when it cannot ask
			return tx.QueryRowContext(ctx, "SELECT 1").Scan(&one)
		})
		if found == nil && err != nil {
			unasked = append(unasked, st.Cause+": whether rows of the database are in its way could not be asked, for want of time or of rights")
		}
		if found == nil || err == nil {
			continue
		}
		list := []error{found}
		if several, ok := found.(interface{ Unwrap() []error }); ok {
			list = several.Unwrap()
		}
		for _, e := range list {
			cause := st.Cause
			if one := new(StatementError); errors.As(e, &one) && one.Cause != "" { // of one op of several
				cause = one.Cause
			}
			all = append(all, cause+": "+ErrorText(e))
		}
	}
	return all, unasked
}

// moves reports whether what is found in tables before an op says nothing of what is found after it.
func moves(op Op) bool {
	e := op.Effects()
	return e.Rows || e.Unknown || len(e.Renames) > 0
}

// touches returns the tables that the step reads, writes or locks.
func (s *PlannedMigration) touches() map[string]bool {
	all := map[string]bool{}
	if s.Faked {
		return all
	}
	add := func(objects ...Object) {
		for _, o := range objects {
			switch {
			case o.Table != "":
				all[o.Table] = true
			case o.Kind == TableObject:
				all[o.Name] = true
			}
		}
	}
	for _, op := range s.ops {
		e := op.Effects()
		add(e.Reads...)
		add(e.Writes...)
		add(e.Makes...)
		add(e.Removes...)
		for _, r := range e.Renames {
			add(r.From)
		}
	}
	for _, st := range s.Stages {
		for _, t := range st.Tables {
			all[t] = true
		}
	}
	return all
}

// fires returns the triggers of a table that the step fires by giving its rows values.
func (s *PlannedMigration) fires(t TableSurvey) (all []Fires) {
	var columns []string
	filled := false
	for _, op := range s.ops {
		switch o := op.(type) {
		case Fill:
			if o.Table == t.Table {
				filled, columns = true, append(columns, o.Column)
			}
		case AddDualWrite:
			if o.Table == t.Table {
				filled, columns = true, append(columns, o.To)
			}
		case interface{ step() RowStep }:
			if r := o.step(); r.Table == t.Table {
				filled = true
				for _, f := range r.Fields {
					columns = append(columns, f.Column)
				}
			}
		case AlterColumn: // its values are written by no UPDATE
		default:
			e := op.Effects()
			for _, w := range e.Writes {
				if e.Rows && !e.Unknown && w.Table == t.Table {
					filled, columns = true, append(columns, w.Name)
				}
			}
		}
	}
	if !filled {
		return nil
	}
	for _, g := range t.Triggers {
		if len(g.Columns) == 0 || slices.ContainsFunc(g.Columns, func(c string) bool { return slices.Contains(columns, c) }) {
			all = append(all, Fires{t.Table, g})
		}
	}
	return all
}
