package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/rowkeys"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What stands in the way of a constraint is told by the number of rows and the primary keys of some, never by other values.

const someRows = 5 // how many are named

// offenders names rows that a condition picks. drop is a constraint that stands for new rows already, and is said to stay.
func (p *planner) offenders(table, condition, what, constraint string) failedFunc {
	name, key := p.name(table), p.keyOf(table)
	return func(ctx context.Context, tx migrate.Tx, failure error) string {
		switch migrate.ErrorCode(failure) {
		case checkViolation, notNullViolation, foreignKeyViolation:
		default:
			return ""
		}
		hint := list(ctx, tx, "FROM "+name+" AS r WHERE "+condition, key)
		if hint == "" {
			return ""
		}
		return hint + " " + what + ", and run the command again; new rows are checked already, by " + constraint
	}
}

// unknowable reports whether a look at the tables before anything is done says nothing of what an op will find: steps before it change values that the SQL
// mentions, or what the names stand for.
func (p *planner) unknowable(sql string, tables ...string) bool {
	return p.dirty || slices.ContainsFunc(tables, func(t string) bool {
		if sql == "" { // it may mention all, under the names that things will have
			return p.was.table(t) != t || len(p.was.columns[t])+len(p.filled[t]) > 0
		}
		return p.was.table(t) == "" || mentions(sql, p.unknown(t))
	})
}

// checkRows looks for rows that a condition picks before anything is done. The condition is over the first of the tables.
func (p *planner) checkRows(tables []string, condition, what string) func(context.Context, migrate.Tx) error {
	if p.unknowable(condition, tables...) {
		return nil
	}
	name, key := p.rowsBefore(tables[0]), p.keyBefore(tables[0])
	return func(ctx context.Context, tx migrate.Tx) error {
		if rows := list(ctx, tx, "FROM "+name+" AS r WHERE "+condition, key); rows != "" {
			return refused{errors.New(rows + " " + what)}
		}
		return nil
	}
}

// checkEmpty looks whether a table holds rows that would have no value in a new column.
func (p *planner) checkEmpty(table, column string) func(context.Context, migrate.Tx) error {
	if p.dirty || p.was.table(table) == "" {
		return nil
	}
	name, key := p.rowsBefore(table), p.keyBefore(table)
	return func(ctx context.Context, tx migrate.Tx) error {
		if rows := list(ctx, tx, "FROM "+name+" AS r", key); rows != "" {
			return refused{errors.New(rows + " " + migrate.NoValue(table, column))}
		}
		return nil
	}
}

// checkDuplicates looks for rows that share a key before anything is done.
func (p *planner) checkDuplicates(table string, x schema.Index) func(context.Context, migrate.Tx) error {
	var sql strings.Builder
	sql.WriteString(x.Where)
	for _, part := range x.Parts {
		sql.WriteString(" " + part.Expr)
		if part.Column != "" {
			sql.WriteString(" " + ident(part.Column))
		}
	}
	if p.unknowable(strings.TrimSpace(sql.String()), table) || !x.Unique {
		return nil
	}
	look := duplicates(p.rowsBefore(table), p.keyBefore(table), x)
	return func(ctx context.Context, tx migrate.Tx) error {
		if rows := look(ctx, tx, nil); rows != "" {
			return refused{errors.New(rows)}
		}
		return nil
	}
}

// duplicates names rows that share a key which is to be unique.
func (p *planner) duplicates(table string, x schema.Index) failedFunc {
	return duplicates(p.name(table), p.keyOf(table), x)
}

func duplicates(name string, key []string, x schema.Index) failedFunc {
	var parts []string
	for _, part := range x.Parts {
		if part.Column != "" {
			parts = append(parts, ident(part.Column))
		} else {
			parts = append(parts, "("+part.Expr+")")
		}
	}
	var conditions []string
	if x.Where != "" {
		conditions = append(conditions, "("+x.Where+")")
	}
	for _, part := range parts {
		if !x.NullsNotDistinct {
			conditions = append(conditions, part+" IS NOT NULL")
		}
	}
	where := ""
	if len(conditions) > 0 {
		where = " WHERE " + strings.Join(conditions, " AND ")
	}
	return func(ctx context.Context, tx migrate.Tx, _ error) string {
		all := strings.Join(parts, ", ")
		if some := 0; tx.QueryRowContext(ctx, "SELECT 1 FROM "+name+" AS r"+where+" GROUP BY "+all+" HAVING pg_catalog.count(*) > 1 LIMIT 1").Scan(&some) != nil {
			return "" // mostly there are none, and to find that out takes no row in order
		}
		columns := strings.Join(append([]string{"pg_catalog.count(*) OVER (PARTITION BY " + all + ") AS modelgen_n"}, key...), ", ")
		hint := list(ctx, tx, "FROM (SELECT "+columns+" FROM "+name+" AS r"+where+") AS r WHERE modelgen_n > 1", key)
		if hint == "" {
			return ""
		}
		return hint + " share their (" + strings.ReplaceAll(all, `"`, "") + ") with another one; correct them, and run the command again"
	}
}

// keyOf returns the columns of the primary key, quoted.
func (p *planner) keyOf(table string) []string {
	var key []string
	if t := p.before.Table(table); t != nil && t.PrimaryKey != nil {
		for _, c := range t.PrimaryKey.Columns {
			key = append(key, ident(c))
		}
	}
	return key
}

// list counts rows and names some by their key: "3 rows (id 7, 8, 9)". It is asked for beside the error: when it fails, nothing is said.
func list(ctx context.Context, tx migrate.Tx, from string, key []string) string {
	var n int64
	if tx.QueryRowContext(ctx, "SELECT pg_catalog.count(*) "+from).Scan(&n) != nil || n == 0 {
		return ""
	}
	text := fmt.Sprintf("%d rows", n)
	if n == 1 {
		text = "1 row"
	}
	if len(key) == 0 || rowkeys.Hidden(ctx) {
		return text
	}
	var some []string
	casts := make([]string, len(key))
	for i, k := range key {
		casts[i] = k + "::text"
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf("SELECT pg_catalog.concat_ws('/', %s) %s ORDER BY %s LIMIT %d", strings.Join(casts, ", "), from, strings.Join(key, ", "), someRows))
	if err != nil {
		return text
	}
	defer rows.Close()
	for rows.Next() {
		var v string
		if rows.Scan(&v) != nil {
			return text
		}
		some = append(some, v)
	}
	more := ""
	if n > int64(len(some)) {
		more = " and more"
	}
	return text + " (" + strings.ReplaceAll(strings.Join(key, "/"), `"`, "") + " " + strings.Join(some, ", ") + more + ")"
}

// rehearse builds an index on an empty copy of its table, which is gone again at once: only the server knows whether the functions in it are immutable, and
// what its method, its operator classes and its types allow. Where no copy can be made, or the migration makes or changes what the index is over, a type or a function say, nothing is said.
// An index over plain columns needs no trial.
func (p *planner) rehearse(table string, x schema.Index, sql string) func(context.Context, migrate.Tx) error {
	plain := x.Using == "" && x.Where == "" && !slices.ContainsFunc(x.Parts, func(i schema.IndexPart) bool { return i.Expr != "" || i.OpClass != "" || i.Collate != "" })
	if plain || p.dirty || p.types || p.fresh[table] || p.was.table(table) != table || mentions(sql, slices.Collect(maps.Keys(p.was.columns[table]))) {
		return nil
	}
	name := p.name(table)
	missing := []string{"", undefinedColumn, undefinedTable} // which an op before it makes
	if len(p.made) > 0 {
		missing = append(missing, undefinedObject, undefinedFunction) // as the operators of an extension
	}
	build := strings.Replace(strings.Replace(sql, "INDEX CONCURRENTLY ", "INDEX ", 1), " ON "+name, " ON pg_temp.modelgen_copy", 1)
	return func(ctx context.Context, tx migrate.Tx) error {
		var reads string
		if err := tx.QueryRowContext(ctx, "SELECT pg_catalog.current_setting('transaction_read_only')").Scan(&reads); err != nil || reads == "on" {
			return nil
		}
		if _, err := tx.ExecContext(ctx, "CREATE TEMPORARY TABLE modelgen_copy (LIKE "+name+") ON COMMIT DROP"); err != nil {
			return nil
		}
		_, err := tx.ExecContext(ctx, build)
		if slices.Contains(missing, migrate.ErrorCode(err)) {
			return nil
		}
		return refused{fmt.Errorf("%w; it was tried on an empty copy of the table", err)}
	}
}
