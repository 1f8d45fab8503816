package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// violation is what rows that break a foreign key have in common.
type violation struct {
	table, parent string
	columns       string // joined by ", "
	mismatch      string // the foreign key itself is wrong, and why
}

// tableColumns holds the columns of tables, to follow violations through renames.
type tableColumns map[string][]string

// violations counts the rows that break foreign keys. The check goes table by table: for all at once, one foreign key without a key to
// refer to would hide the rest.
func (s *session) violations(ctx context.Context) (map[violation]int64, tableColumns, error) {
	all, err := objects(ctx, s.conn, "main", "")
	if err != nil {
		return nil, nil, err
	}
	found, cols := map[violation]int64{}, tableColumns{}
	for _, o := range all {
		if o.kind != "table" {
			continue
		}
		cols[o.name] = nil
		var keys []constraintText
		for _, c := range parseTable(o.sql).constraints {
			if c.kind == "foreign key" {
				keys = append(keys, c)
			}
		}
		if len(keys) == 0 || strings.HasPrefix(strings.ToUpper(o.sql), "CREATE VIRTUAL") {
			continue
		}
		if err := s.check(ctx, o.name, keys, found); err != nil {
			if ctx.Err() != nil {
				return nil, nil, err
			}
			found[violation{table: o.name, mismatch: err.Error()}]++
		}
		own, err := columns(ctx, s.conn, "main", o.name)
		if err != nil {
			return nil, nil, err
		}
		for _, c := range own {
			cols[o.name] = append(cols[o.name], c.name)
		}
	}
	return found, cols, nil
}

func (s *session) check(ctx context.Context, table string, keys []constraintText, found map[violation]int64) error {
	rows, err := s.conn.QueryContext(ctx, "PRAGMA main.foreign_key_check("+quote(table)+")")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, parent string
		var row *int64
		var id int
		if err := rows.Scan(&name, &row, &parent, &id); err != nil {
			return err
		}
		v := violation{table: table, parent: parent}
		if i := len(keys) - 1 - id; i >= 0 && i < len(keys) { // SQLite counts them from the last to the first
			v.columns = strings.Join(keys[i].columns, ", ")
		}
		found[v]++
	}
	return rows.Err()
}

// worse returns an error, as one of the given stage, for violations that were not there before. What has got another name meanwhile
// counts as being the same.
func worse(before, after map[violation]int64, had, has tableColumns, stage int) error {
	blur := func(v violation) violation {
		known := func(table string) bool {
			_, a := had[table]
			_, b := has[table]
			return a && b
		}
		if v.mismatch != "" {
			v.mismatch = "*" // its text tells names too
		}
		cols := strings.Split(v.columns, ", ")
		for i, c := range cols {
			if !known(v.table) || !slices.Contains(had[v.table], c) || !slices.Contains(has[v.table], c) {
				cols[i] = "*"
			}
		}
		v.columns = strings.Join(cols, ", ")
		if !known(v.table) {
			v.table = "*"
		}
		if !known(v.parent) {
			v.parent = "*"
		}
		return v
	}
	left := map[violation]int64{}
	for v, n := range before {
		left[blur(v)] += n
	}
	var lines []string
	for v, n := range after {
		k := blur(v)
		old := min(n, left[k])
		left[k] -= old
		switch {
		case n == old:
		case v.mismatch != "":
			lines = append(lines, fmt.Sprintf("%s: %s", v.table, v.mismatch))
		default:
			lines = append(lines, fmt.Sprintf("%s (%s): %s without the row of %s that they refer to", v.table, v.columns, rowCount(n-old), v.parent))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	slices.Sort(lines)
	return &migrate.StatementError{Stage: stage, Cause: "Check foreign keys", Code: "787", Hint: "find them with PRAGMA foreign_key_check, and change or delete them first",
		Err: fmt.Errorf("foreign keys are broken: %s", strings.Join(lines, "; "))}
}
