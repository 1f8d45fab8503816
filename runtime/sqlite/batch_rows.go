package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/rowkeys"
	"github.com/modelgen/modelgen/runtime/schema"
)

// allRows lets a Go function change all rows in the transaction of a migration, piece by piece for the sake of the memory.
func allRows(ctx context.Context, tx migrate.Tx, b *migrate.Batch) error {
	const size = 5000
	c, err := bound(ctx, tx, b)
	for err == nil && c != nil && !slices.Equal(c.At, c.To) {
		var n *migrate.Cursor
		if n, err = next(ctx, tx, b, c, size); err == nil {
			err = rows(ctx, tx, b, c.At, n.At)
		}
		c = n
	}
	return err
}

// write is one row to be written, and the columns of it.
type write struct {
	columns []int // of the fields
	args    []any // the new values, then the key
}

// rows lets a Go function change the rows of a range. The transaction keeps everybody else from writing. They are all read before the first
// is written: a query that goes on over rows that change may see one of them twice.
func rows(ctx context.Context, tx migrate.Tx, b *migrate.Batch, after, to []string) (err error) {
	writes, err := change(ctx, tx, b, after, to)
	if err != nil {
		return err
	}
	names, err := triggers(ctx, tx, b)
	if err != nil {
		return err
	}
	if len(names) > 0 && len(writes) > 0 {
		if err := copyRows(ctx, tx, b, after, to); err != nil {
			return err
		}
	}
	prepared := map[string]*sql.Stmt{}
	defer func() {
		for _, st := range prepared {
			_ = st.Close()
		}
	}()
	var st *sql.Stmt
	var last []int
	var kept int64 // rows that a trigger kept from being written
	for _, w := range writes {
		if st == nil || !slices.Equal(last, w.columns) {
			last = w.columns
			q := update(b, w.columns)
			if st = prepared[q]; st == nil {
				if st, err = tx.PrepareContext(ctx, q); err != nil {
					return statementError(q, err)
				}
				prepared[q] = st
			}
		}
		res, err := st.ExecContext(ctx, w.args...)
		var n int64
		if err == nil {
			n, err = res.RowsAffected()
		}
		if err != nil {
			return statementError(update(b, w.columns), fmt.Errorf("%s: %w", rowkeys.Row(ctx, rowName(b, w.args[len(w.columns):])), err))
		}
		kept += 1 - n
	}
	if len(names) > 0 && len(writes) > 0 {
		if kept, err = unchanged(ctx, tx, b, writes); err != nil {
			return err
		}
		if err := exec(ctx, tx, "DROP TABLE "+copied); err != nil {
			return err
		}
	}
	return left(b, names, kept, int64(len(writes)))
}

// copyRows keeps what the rows of a range are before they are written.
func copyRows(ctx context.Context, tx migrate.Tx, b *migrate.Batch, after, to []string) error {
	columns, _ := keyCopy(b)
	for i, f := range b.Rows.Fields {
		columns += fmt.Sprintf(", %s AS modelgen_was%d", quote(f.Column), i)
	}
	return exec(ctx, tx, "CREATE TEMP TABLE modelgen_before AS SELECT "+columns+" FROM "+quote(b.Table)+" WHERE "+within(b, after, to))
}

// unchanged counts the rows that are as they were although they were written.
func unchanged(ctx context.Context, tx migrate.Tx, b *migrate.Batch, writes []write) (n int64, err error) {
	_, join := keyCopy(b)
	for _, w := range writes {
		var same, other, key []string
		for _, i := range w.columns {
			c := quote(b.Table) + "." + quote(b.Rows.Fields[i].Column)
			same, other = append(same, fmt.Sprintf("%s IS modelgen_was%d", c, i)), append(other, c+" IS NOT ?")
		}
		for _, c := range b.Key {
			key = append(key, quote(b.Table)+"."+quote(c.Name)+" = ?")
		}
		var one int64
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(b.Table)+" JOIN "+copied+" AS modelgen_before ON "+join+" WHERE ("+strings.Join(other, " OR ")+") AND "+
			strings.Join(key, " AND ")+" AND "+strings.Join(same, " AND "), w.args...).Scan(&one); err != nil {
			return 0, err
		}
		n += one
	}
	return n, nil
}

func update(b *migrate.Batch, columns []int) string {
	var set, where []string
	for _, i := range columns {
		set = append(set, quote(b.Rows.Fields[i].Column)+" = ?")
	}
	for _, c := range b.Key {
		where = append(where, quote(c.Name)+" = ?")
	}
	return "UPDATE " + quote(b.Table) + " SET " + strings.Join(set, ", ") + " WHERE " + strings.Join(where, " AND ")
}

// change reads the rows and calls the function.
func change(ctx context.Context, tx migrate.Tx, b *migrate.Batch, after, to []string) ([]write, error) {
	st := b.Rows
	var columns []string
	for _, c := range b.Key {
		columns = append(columns, "+"+quote(c.Name)) // an expression has no declared type, so drivers leave the value as it is
	}
	for i, f := range st.Fields {
		column := quote(f.Column)
		if k := b.Fields[i].Type.Kind; f.Text && k != schema.KindText && k != schema.KindVarchar {
			column = "CAST(" + column + " AS TEXT)"
		}
		columns = append(columns, column)
	}
	query := "SELECT " + strings.Join(columns, ", ") + " FROM " + quote(b.Table) + " WHERE " + within(b, after, to)
	if st.Where != "" {
		query += " AND (" + st.Where + ")"
	}
	found, err := tx.QueryContext(ctx, query+" ORDER BY "+keyNames(b, ""))
	if err != nil {
		return nil, statementError(query, err)
	}
	defer found.Close()
	key := make([]any, len(b.Key))
	into := make([]any, len(key), len(key)+len(st.Fields))
	for i := range key {
		into[i] = &key[i]
	}
	var writes []write
	row := st.New()
	for found.Next() {
		row.Clear()
		if err := found.Scan(append(into[:len(key):len(key)], row.Dest...)...); err != nil {
			return nil, fmt.Errorf("%s: %w", rowkeys.Row(ctx, rowName(b, key)), err)
		}
		changed, values, err := row.Change()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", rowkeys.Row(ctx, rowName(b, key)), err)
		}
		if len(changed) == 0 {
			continue
		}
		if n := len(writes); n > 0 && slices.Equal(writes[n-1].columns, changed) {
			changed = writes[n-1].columns // mostly they are the same as in the row before
		} else {
			changed = slices.Clone(changed)
		}
		w := write{changed, make([]any, 0, len(values)+len(key))}
		for i, v := range values {
			c := b.Fields[changed[i]]
			if slices.ContainsFunc(b.Key, func(k schema.Column) bool { return k.Name == c.Name }) {
				return nil, fmt.Errorf("%s: Row changed %s, which is of the primary key", rowkeys.Row(ctx, rowName(b, key)), c.Name)
			}
			w.args = append(w.args, encode(v, c))
		}
		w.args = append(w.args, key...)
		writes = append(writes, w)
	}
	return writes, found.Err()
}

// rowName names a row by its key: the one thing of it that errors tell.
func rowName(b *migrate.Batch, key []any) string {
	all := make([]string, len(key))
	for i, k := range key {
		if text, ok := k.([]byte); ok {
			k = fmt.Sprintf("x'%x'", text)
		}
		all[i] = fmt.Sprintf("%s = %v", b.Key[i].Name, k)
	}
	return strings.Join(all, ", ")
}

// encode gives a value the form in which the column keeps it. Drivers write a time in forms of their own, and bytes as a blob.
func encode(v driver.Value, c schema.Column) any {
	switch v := v.(type) {
	case time.Time:
		if c.Type.Kind == schema.KindDate {
			return v.Format(time.DateOnly)
		}
		return v.Format("2006-01-02 15:04:05.999999999-07:00")
	case []byte:
		if c.Type.Kind != schema.KindBytes {
			return string(v)
		}
	}
	return v
}
