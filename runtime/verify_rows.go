package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// RowSession is a [Session] that can count rows.
type RowSession interface {
	// CountRows returns what each of the queries, which count rows, returns. It changes nothing.
	CountRows(ctx context.Context, queries []string) ([]int64, error)
}

// rows returns in what the rows that the models declare are not in the database as declared: those that are not there, and those with other values, whose
// columns are named and never what they hold. Tables that are not there as the migrations say are left out, as diff has them.
func (m *Migrator) rows(ctx context.Context, s Session, own, want *schema.Schema, diff []Difference, madeBy func(table string) string) (found []Difference, err error) {
	counter, ok := s.(RowSession)
	if !ok {
		return nil, nil
	}
	for _, t := range own.Tables {
		if len(t.Rows.Rows) == 0 || slices.ContainsFunc(diff, func(d Difference) bool {
			x, _ := about(d.Fact, want)
			return d.Missing && x.table == t.Name && (x.kind == "table" || x.kind == "column")
		}) {
			continue
		}
		var all []Values
		for _, r := range t.Rows.Rows {
			all = append(all, RowValues(t, r))
		}
		looks, err := rowStatements(s, want, Rows{Table: t.Name, Key: t.Rows.Key, Declared: true, Delete: all})
		if err != nil {
			return nil, err
		}
		counts, err := counter.CountRows(ctx, theirs(looks, func(st RowStatement) string { return st.There }))
		if err != nil {
			return nil, err
		}
		for i, n := range counts {
			if n > 0 {
				continue
			}
			d, err := m.rowDifference(ctx, s, counter, want, t, t.Rows.Rows[i], looks[i], madeBy(t.Name))
			if err != nil {
				return nil, err
			}
			found = append(found, d)
		}
	}
	return found, nil
}

// rowDifference says what is wrong with a declared row, and what to do about it.
func (m *Migrator) rowDifference(ctx context.Context, s Session, counter RowSession, want *schema.Schema, t *schema.Table, r schema.Row, look RowStatement, by string) (d Difference, err error) {
	values := RowValues(t, r)
	d = Difference{Missing: true, Fact: fmt.Sprintf("row %s of %s", t.Rows.Name(r), t.Name)}
	counts, err := counter.CountRows(ctx, []string{look.Known})
	if err != nil {
		return d, err
	}
	const other = "; or take it out of the models or declare what it is now, generate, and record that migration with fake"
	if by != "" {
		by = " (" + by + " has it)"
	}
	if counts[0] == 0 {
		op := Rows{Table: t.Name, Key: t.Rows.Key, Declared: true, Insert: []Values{values}}
		if made, err := rowStatements(s, want, op); err == nil && len(made) == 1 {
			d.Fix = "insert it again by hand: " + made[0].SQL + by + other
			return d, nil
		}
		d.Fix = "insert it again by hand" + by + other
		return d, nil
	}
	var columns []string
	var queries []string
	for _, c := range t.Columns {
		if v, ok := values[c.Name]; ok && !slices.Contains(t.Rows.Key, c.Name) {
			one := keyOf(values, t.Rows.Key)
			one[c.Name] = v
			looks, err := rowStatements(s, want, Rows{Table: t.Name, Key: t.Rows.Key, Declared: true, Delete: []Values{one}})
			if err != nil {
				return d, err
			}
			columns, queries = append(columns, c.Name), append(queries, looks[0].There)
		}
	}
	if counts, err = counter.CountRows(ctx, queries); err != nil {
		return d, err
	}
	to := Values{}
	var changed []string
	for i, n := range counts {
		if n == 0 {
			changed = append(changed, columns[i])
			to[columns[i]] = values[columns[i]]
		}
	}
	d.Fact += ": " + strings.Join(changed, ", ")
	d.Fix = "somebody has changed it: change it back by hand"
	if made, err := rowStatements(s, want, Rows{Table: t.Name, Key: t.Rows.Key, Declared: true, Update: []RowUpdate{{Key: keyOf(values, t.Rows.Key), To: to}}}); err == nil && len(made) == 1 {
		d.Fix += ": " + made[0].SQL
	}
	d.Fix += by + other
	return d, nil
}

func keyOf(v Values, key []string) Values {
	k := Values{}
	for _, c := range key {
		k[c] = v[c]
	}
	return k
}

func theirs(all []RowStatement, query func(RowStatement) string) (queries []string) {
	for _, st := range all {
		queries = append(queries, query(st))
	}
	return queries
}

// rowStatements returns what a dialect makes of an op on the schema.
func rowStatements(s Session, on *schema.Schema, op Rows) (all []RowStatement, err error) {
	if len(op.Delete) > MaxRows {
		for chunk := range slices.Chunk(op.Delete, MaxRows) {
			op.Delete = chunk
			some, err := rowStatements(s, on, op)
			if err != nil {
				return nil, err
			}
			all = append(all, some...)
		}
		return all, nil
	}
	scratch := &schema.Schema{Namespaces: on.Namespaces, Enums: on.Enums, Tables: slices.Clone(on.Tables)}
	t := on.Table(op.Table).Clone()
	if len(op.Insert) > 0 {
		t.Rows = schema.TableRows{} // of which the row to be made again is one
	}
	scratch.PutTable(t)
	stages, err := PlanOps(s.Planner(), scratch, []Op{op})
	if err != nil {
		return nil, err
	}
	for _, st := range stages {
		all = append(all, st.Rows...)
	}
	return all, nil
}
