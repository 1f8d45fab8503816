package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/rowkeys"
	"github.com/modelgen/modelgen/runtime/schema"
)

// rows lets a Go function change the rows of a range. They are read without locking them, and written in one statement for each set of
// columns that was changed, if nobody has changed them meanwhile: every version of a row has the number of the transaction that made it (xmin).
// With lock they are locked first, for rows that are changed all the time: then only a trigger can keep the statement from them.
func (r renderer) rows(ctx context.Context, tx migrate.Tx, b *migrate.Batch, g guard, after, to []string, lock bool) error {
	groups, err := r.change(ctx, tx, b, after, to, lock)
	if err != nil {
		return err
	}
	return r.writeRows(ctx, tx, b, g, groups, after, to, lock)
}

// writeRows writes what the function has changed. With lock the rows are locked.
func (r renderer) writeRows(ctx context.Context, tx migrate.Tx, b *migrate.Batch, g guard, groups []*group, after, to []string, lock bool) error {
	for _, gr := range groups {
		var n, kept int64
		var err error
		if g.any() {
			n, kept, err = r.guardedRows(ctx, tx, b, g, gr)
		} else {
			var res sql.Result
			if res, err = write(ctx, tx, gr.sql(r, b)+" AND "+r.within(b, "modelgen_old.", after, to)); err == nil {
				n, err = res.RowsAffected()
			}
		}
		switch {
		case err != nil && !again(err):
			shown := r.update(b, gr.columns) // not the values
			return &migrate.StatementError{Cause: b.Rows.Op.Describe(), Statement: shown, Code: migrate.ErrorCode(err), Hint: hints.Text(migrate.ErrorCode(err)), Err: err}
		case err != nil:
			return err
		case n != int64(gr.rows) && (!lock || r.isSpread(b.Table)):
			return errChanged{} // or a trigger is in the way, which is known when the rows are locked
		}
		if err := r.left(b, g, int64(gr.rows)-n+kept, int64(gr.rows)); err != nil {
			return err
		}
	}
	return nil
}

// guardedRows writes rows of a table with triggers. It returns how many it wrote, and how many of these are as before all the same.
func (r renderer) guardedRows(ctx context.Context, tx migrate.Tx, b *migrate.Batch, g guard, gr *group) (n, kept int64, err error) {
	var same, other []string
	for i, f := range gr.columns {
		c := b.Fields[f]
		name, value := "modelgen_old."+ident(c.Name), "modelgen_new.v"+strconv.Itoa(len(b.Key)+1+i)+"::"+r.castType(c)
		same = append(same, "NOT ("+distinct(c, name, "modelgen_was."+ident(c.Name))+")")
		other = append(other, distinct(c, name, value))
	}
	var was strings.Builder
	for _, c := range b.Key {
		was.WriteString(" AND modelgen_was." + ident(c.Name) + " = modelgen_old." + ident(c.Name))
	}
	differs := "(" + strings.Join(other, " OR ") + ")"
	var still int64
	err = tx.QueryRowContext(ctx, "WITH modelgen_done AS ("+r.update(b, gr.columns)+gr.from(r, b)+", "+r.name(b.Table)+" AS modelgen_was WHERE modelgen_old.xmin = modelgen_new.x"+gr.keys(r, b)+was.String()+
		" RETURNING "+strings.Join(same, " AND ")+" AND "+differs+" AS kept, "+differs+" AS still)"+
		" SELECT count(*), count(*) FILTER (WHERE kept), count(*) FILTER (WHERE still) FROM modelgen_done").Scan(&n, &kept, &still)
	if err == nil && len(g.after) > 0 {
		var now int64
		err = tx.QueryRowContext(ctx, "SELECT count(*) FROM "+r.name(b.Table)+" AS modelgen_old, "+strings.TrimPrefix(gr.from(r, b), " FROM ")+
			" WHERE modelgen_old.xmin = pg_catalog.pg_current_xact_id()::xid"+gr.keys(r, b)+" AND "+differs).Scan(&now)
		kept += max(0, now-still)
	}
	return n, kept, err
}

// allRows does the same in the transaction of a migration: piece by piece all the same, for the sake of the memory.
func (r renderer) allRows(ctx context.Context, tx migrate.Tx, b *migrate.Batch) error {
	const size = 5000
	c, g, err := r.bound(ctx, tx, b)
	for err == nil && c != nil && !slices.Equal(c.At, c.To) {
		var next *migrate.Cursor
		if next, err = r.pageWithin(ctx, tx, b, c, size); err == nil {
			err = r.rows(ctx, tx, b, g, c.At, next.At, true)
		}
		c = next
	}
	return err
}

// group is rows of which the same columns are to be written. Its arrays are literals on their way.
type group struct {
	columns []int // of the fields
	rows    int
	arrays  []strings.Builder // xmin, the key, the columns
}

// change reads the rows and calls the function.
func (r renderer) change(ctx context.Context, tx migrate.Tx, b *migrate.Batch, after, to []string, lock bool) ([]*group, error) {
	st := b.Rows
	columns := []string{"xmin::text", keyTexts(b)}
	for i, f := range st.Fields {
		sql := ident(f.Column)
		if c := b.Fields[i]; f.Text && c.Type.Kind != schema.KindText && c.Type.Kind != schema.KindVarchar {
			sql += "::text"
		}
		columns = append(columns, sql)
	}
	query := "SELECT " + strings.Join(columns, ", ") + " FROM " + r.name(b.Table) + " WHERE " + r.within(b, "", after, to)
	if st.Where != "" {
		query += " AND " + apart("("+st.Where+")")
	}
	query += " ORDER BY " + keyNames(b, r.name(b.Table)+".", "")
	if lock && !r.isSpread(b.Table) {
		query += " FOR NO KEY UPDATE"
	}
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]*group{}
	var groups []*group
	key := make([]string, 1+len(b.Key))
	into := make([]any, len(key), len(key)+len(st.Fields))
	for i := range key {
		into[i] = &key[i]
	}
	row := st.New()
	into = append(into, row.Dest...)
	var g *group
	for rows.Next() {
		row.Clear()
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("%s: %w", rowkeys.Row(ctx, rowName(b, key[1:])), err)
		}
		changed, values, err := row.Change()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", rowkeys.Row(ctx, rowName(b, key[1:])), err)
		}
		if len(changed) == 0 {
			continue
		}
		if i := slices.IndexFunc(changed, func(i int) bool { return isKey(b, st.Fields[i].Column) }); i >= 0 {
			return nil, fmt.Errorf("%s: Row changed %s, which is of the primary key", rowkeys.Row(ctx, rowName(b, key[1:])), st.Fields[changed[i]].Column)
		}
		if g == nil || !slices.Equal(g.columns, changed) { // mostly they are the same as in the row before
			name := fmt.Sprint(changed)
			if g = found[name]; g == nil {
				g = &group{columns: slices.Clone(changed), arrays: make([]strings.Builder, len(key)+len(changed))}
				found[name], groups = g, append(groups, g)
			}
		}
		g.rows++
		for i, k := range key {
			addElement(&g.arrays[i], k, true)
		}
		for i, v := range values {
			c := b.Fields[changed[i]]
			text, valid := encode(v, c)
			if strings.ContainsRune(text, 0) { // it would end the statement
				return nil, fmt.Errorf("%s: Row gave %s a text with a zero byte, which PostgreSQL does not have", rowkeys.Row(ctx, rowName(b, key[1:])), c.Name)
			}
			addElement(&g.arrays[len(key)+i], text, valid)
		}
	}
	return groups, rows.Err()
}

// sql writes the statement.
func (g *group) sql(r renderer, b *migrate.Batch) string {
	return r.update(b, g.columns) + g.from(r, b) + " WHERE modelgen_old.xmin = modelgen_new.x" + g.keys(r, b)
}

// from has the values. Arrays are one literal each, which costs the server far less than a list of VALUES.
func (g *group) from(r renderer, b *migrate.Batch) string {
	var sql strings.Builder
	sql.WriteString(" FROM unnest(")
	names := []string{"x"}
	for i := range g.arrays {
		if i > 0 {
			sql.WriteString(", ")
			names = append(names, "v"+strconv.Itoa(i))
		}
		array := "xid"
		switch k := i - 1 - len(b.Key); {
		case k >= 0:
			array, _ = r.element(b.Fields[g.columns[k]])
		case i > 0:
			array, _ = r.element(b.Key[i-1])
		}
		sql.WriteString("'{" + strings.ReplaceAll(g.arrays[i].String(), "'", "''") + "}'::" + array + "[]")
	}
	sql.WriteString(") AS modelgen_new (" + strings.Join(names, ", ") + ")")
	return sql.String()
}

// keys compares the keys.
func (g *group) keys(r renderer, b *migrate.Batch) string {
	var sql strings.Builder
	for i, c := range b.Key {
		_, cast := r.element(c)
		sql.WriteString(" AND modelgen_old." + ident(c.Name) + " = modelgen_new.v" + strconv.Itoa(i+1) + cast)
	}
	return sql.String()
}

// update is the beginning of the statement, without any value.
func (r renderer) update(b *migrate.Batch, columns []int) string {
	var set []string
	for i, f := range columns {
		c := b.Fields[f]
		_, cast := r.element(c)
		set = append(set, ident(c.Name)+" = modelgen_new.v"+strconv.Itoa(len(b.Key)+1+i)+cast)
	}
	return "UPDATE " + r.name(b.Table) + " AS modelgen_old SET " + strings.Join(set, ", ")
}

// element returns the type of the elements of an array of values of the column, and what makes one of the column of them. There are no arrays of
// arrays, and the array of a type that this package does not know may have another delimiter than a comma.
func (r renderer) element(c schema.Column) (typ, cast string) {
	if t := typeOf(c); t.Array || t.Kind == schema.KindOther {
		return "text", "::" + r.castType(c)
	}
	return r.castType(c), ""
}

func isKey(b *migrate.Batch, column string) bool {
	return slices.ContainsFunc(b.Key, func(c schema.Column) bool { return c.Name == column })
}

// rowName names a row by its key: the one thing of it that errors tell.
func rowName(b *migrate.Batch, key []string) string {
	all := make([]string, len(key))
	for i, k := range key {
		all[i] = b.Key[i].Name + " = " + k
	}
	return strings.Join(all, ", ")
}

// addElement adds an element to an array literal (manual, 8.15.2).
func addElement(b *strings.Builder, v string, valid bool) {
	if b.Len() > 0 {
		b.WriteByte(',')
	}
	if !valid {
		b.WriteString("NULL")
		return
	}
	b.WriteByte('"')
	b.WriteString(strings.ReplaceAll(strings.ReplaceAll(v, `\`, `\\`), `"`, `\"`))
	b.WriteByte('"')
}

// encode writes a value as the text that its column reads; NULL is not valid.
func encode(v driver.Value, c schema.Column) (text string, valid bool) {
	switch v := v.(type) {
	case nil:
		return "", false
	case string:
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	case []byte:
		if typeOf(c).Kind == schema.KindBytes {
			return `\x` + hex.EncodeToString(v), true
		}
		return string(v), true
	case time.Time:
		return v.Format("2006-01-02 15:04:05.999999999Z07:00"), true
	}
	return fmt.Sprint(v), true
}
