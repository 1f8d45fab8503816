package migrate

import (
	"context"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// tally counts a table of the copy.
type tally struct {
	rows   int64
	values map[string]int64  // those that are not NULL, by column
	sums   map[string]string // checksums of them; none where the dialect has none
}

// tally counts all tables of the set, by the history. What cannot be counted, as it is not there, is left out.
func (m *Migrator) tally(ctx context.Context) (map[string]tally, error) {
	s, _, now, done, err := m.appliedSchema(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	all := map[string]tally{}
	for _, t := range now.For(m.dialect.Name()).Tables {
		var columns []string
		for _, c := range t.Columns {
			columns = append(columns, c.Name)
		}
		if found, err := count(ctx, s, t.Name, columns); err == nil {
			all[t.Name] = found
		} else if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return all, nil
}

// count counts rows of a table, and the values of some of its columns.
func count(ctx context.Context, s Session, table string, columns []string) (tally, error) {
	t := tally{values: map[string]int64{}, sums: map[string]string{}}
	var query strings.Builder
	query.WriteString("SELECT count(*)")
	into := []any{&t.rows}
	values, sums := make([]int64, len(columns)), make([]*string, len(columns))
	for i, c := range columns {
		query.WriteString(", count(" + sqllex.QuoteName(c) + ")")
		into = append(into, &values[i])
		if sum := s.(Rehearser).Checksum(sqllex.QuoteName(c)); sum != "" {
			query.WriteString(", " + sum)
			into = append(into, &sums[i])
		}
	}
	schemaName, base := schema.SplitName(table)
	name := sqllex.QuoteName(base)
	if schemaName != "" {
		name = sqllex.QuoteName(schemaName) + "." + name
	}
	err := s.(Looker).Look(ctx, func(ctx context.Context, tx Tx) error {
		return tx.QueryRowContext(ctx, query.String()+" FROM "+name).Scan(into...)
	})
	for i, c := range columns {
		t.values[c] = values[i]
		if sums[i] != nil {
			t.sums[c] = *sums[i]
		}
	}
	return t, err
}

// missing compares a table as it was with what it is after the way up and down.
func missing(before, after map[string]tally) (all []RehearsedLoss) {
	for name, was := range before {
		is, there := after[name]
		switch {
		case !there:
			all = append(all, RehearsedLoss{Table: name, Count: was.rows})
			continue
		case is.rows < was.rows:
			all = append(all, RehearsedLoss{Table: name, Count: was.rows - is.rows})
		}
		for column, n := range was.values {
			left, there := is.values[column]
			switch {
			case !there || left < n && is.rows >= was.rows:
				all = append(all, RehearsedLoss{Table: name, Column: column, Count: n - left})
			case is.rows == was.rows && left == n && was.sums[column] != is.sums[column]:
				all = append(all, RehearsedLoss{Table: name, Column: column, Count: n, Changed: true})
			}
		}
	}
	all = slices.DeleteFunc(all, func(l RehearsedLoss) bool { return l.Count == 0 })
	slices.SortFunc(all, func(a, b RehearsedLoss) int { return strings.Compare(a.Table+"\n"+a.Column, b.Table+"\n"+b.Column) })
	return all
}

// losses counts what the first step of a way back takes away.
func (m *Migrator) losses(ctx context.Context, step PlannedMigration) (all []RehearsedLoss, err error) {
	s, done, err := m.session(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	add := func(table, column string) {
		var columns []string
		if column != "" {
			columns = []string{column}
		}
		l := RehearsedLoss{Migration: step.Migration, Table: table, Column: column, Count: -1}
		if t, err := count(ctx, s, table, columns); err == nil { // else it has another name before this migration
			if l.Count = t.rows; column != "" {
				l.Count = t.values[column]
			}
		}
		if l.Count != 0 {
			all = append(all, l)
		}
	}
	for _, op := range step.ops {
		switch o := op.(type) {
		case DropTable:
			add(o.Table, "")
		case DropColumn:
			if o.Column.Def().Generated == "" {
				add(o.Table, o.Column.Def().Name)
			}
		}
	}
	return all, ctx.Err()
}
