package sqlite

import (
	"context"
	"fmt"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// A trigger may keep an UPDATE from a row without a word: before it, with RAISE(IGNORE), and after it, with an UPDATE of its own. Where a table has
// triggers, fills and backfills compare each row with what it was, and stop when rows are left out.

// triggers names the triggers of a table on UPDATE. Those of dual writes leave out no row.
func triggers(ctx context.Context, tx migrate.Tx, b *migrate.Batch) (names []string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT name, sql FROM (SELECT type, name, tbl_name, sql FROM sqlite_master UNION ALL SELECT type, name, tbl_name, sql FROM sqlite_temp_master)
 WHERE type = 'trigger' AND tbl_name = `+text(b.Table)+` COLLATE NOCASE ORDER BY name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name, sql string
		if err := rows.Scan(&name, &sql); err != nil {
			return nil, err
		}
		if strings.Contains(strings.ToUpper(sql), "UPDATE") && !trusted(b, name) {
			names = append(names, name)
		}
	}
	return names, rows.Err()
}

func trusted(b *migrate.Batch, trigger string) bool {
	for _, name := range b.Trusted {
		if trigger == name+"_insert" || trigger == name+"_update" {
			return true
		}
	}
	return false
}

// left is the error of rows that kept their values. Nothing of their batch is done.
func left(b *migrate.Batch, names []string, left, of int64) error {
	if left == 0 {
		return nil
	}
	if len(names) == 0 {
		return problem("compare with verify", "%d of %d rows of %s were left as they are, although nobody else can have changed them", left, of, b.Table)
	}
	return problem("leave these rows out in Where, if they are to stay as they are; or drop the trigger in an SQL op before, and create it again after",
		"%d of %d rows of %s were left as they are by a trigger, as it cancelled the UPDATE or took it back: %s", left, of, b.Table, strings.Join(names, ", "))
}

const copied = "temp.modelgen_before" // what rows were, while triggers are at work

// fillRange is the UPDATE of a fill over a range of keys, or over all rows.
func fillRange(ctx context.Context, tx migrate.Tx, b *migrate.Batch, within string) error {
	update, where := b.SQL, "("+b.Where+")"
	if within != "" {
		update, where = update+" AND "+within, where+" AND "+within
	}
	names, err := triggers(ctx, tx, b)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return exec(ctx, tx, update)
	}
	table, column := quote(b.Table), quote(b.Column.Name)
	columns, join := keyCopy(b)
	if err := exec(ctx, tx, "CREATE TEMP TABLE modelgen_before AS SELECT "+columns+", "+column+" AS modelgen_was, ("+b.Expr+") AS modelgen_want FROM "+table+" WHERE "+where); err != nil {
		return err
	}
	if err := exec(ctx, tx, update); err != nil {
		return err // the rollback takes the copy away
	}
	var all, kept int64
	is := table + "." + column
	err = tx.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM "+copied+"), (SELECT count(*) FROM "+copied+" AS modelgen_before JOIN "+table+" ON "+join+
		" WHERE "+is+" IS modelgen_was AND "+is+" IS NOT modelgen_want)").Scan(&all, &kept)
	if err != nil {
		return err
	}
	if err := exec(ctx, tx, "DROP TABLE "+copied); err != nil {
		return err
	}
	return left(b, names, kept, all)
}

// keyCopy selects the key under names of its own, and joins the table by it. A table without a primary key has a rowid.
func keyCopy(b *migrate.Batch) (columns, join string) {
	if len(b.Key) == 0 {
		return "rowid AS modelgen_key0", quote(b.Table) + ".rowid = modelgen_key0"
	}
	var all, on []string
	for i, c := range b.Key {
		all = append(all, fmt.Sprintf("%s AS modelgen_key%d", quote(c.Name), i))
		on = append(on, fmt.Sprintf("%s.%s IS modelgen_key%d", quote(b.Table), quote(c.Name), i))
	}
	return strings.Join(all, ", "), strings.Join(on, " AND ")
}
