package diff

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// releaseRows says that the rows of a table go with it: going back, they come back.
func (d *differ) releaseRows(table string) {
	t := d.cur.Table(table)
	if t == nil || len(t.Rows.Rows) == 0 {
		return
	}
	var all []migrate.Values
	for _, r := range inNeed(t) {
		all = append(all, migrate.RowValues(t, r))
	}
	for _, chunk := range slices.Backward(slices.Collect(slices.Chunk(all, migrate.MaxRows))) { // as they are undone from the last one
		d.emit(migrate.Rows{Table: table, Key: slices.Clone(t.Rows.Key), Declared: true, Release: chunk})
	}
}

// inNeed returns the rows of a table with each behind those that it refers to, where the table refers to itself.
func inNeed(t *schema.Table) []schema.Row {
	left, all := slices.Clone(t.Rows.Rows), []schema.Row{}
	waits := func(r schema.Row) bool {
		return slices.ContainsFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool {
			return fk.RefTable == t.Name && slices.ContainsFunc(left, func(other schema.Row) bool { return !other.Equal(r) && refersTo(fk, r, other) })
		})
	}
	for len(left) > 0 {
		i := max(0, slices.IndexFunc(left, func(r schema.Row) bool { return !waits(r) })) // the first of a circle, which no step can write
		all = append(all, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return all
}

// refersTo reports whether a foreign key leads from a row to another one.
func refersTo(fk schema.ForeignKey, from, to schema.Row) bool {
	if len(fk.RefColumns) != len(fk.Columns) {
		return false
	}
	for i, c := range fk.Columns {
		if from[c] == nil || to[fk.RefColumns[i]] == nil || *from[c] != *to[fk.RefColumns[i]] {
			return false
		}
	}
	return true
}

// forgetColumn says that the values of rows in a column go with it: going back, they come back.
func (d *differ) forgetColumn(table, column string) {
	t := d.cur.Table(table)
	if t == nil || slices.Contains(t.Rows.Key, column) {
		return
	}
	var all []migrate.RowUpdate
	c := t.Column(column)
	filled := c.Default != nil || c.DefaultExpr != "" || len(c.DefaultFor) > 0 // going back, each row gets the default
	for _, r := range t.Rows.Rows {
		if v := migrate.RowValues(t, r); v[column] != nil || has(v, column) && filled {
			all = append(all, migrate.RowUpdate{Key: keyValues(v, t.Rows.Key), From: migrate.Values{column: v[column]}})
		}
	}
	for chunk := range slices.Chunk(all, migrate.MaxRows) {
		d.emit(migrate.Rows{Table: table, Key: slices.Clone(t.Rows.Key), Declared: true, Update: chunk})
	}
}

func has(v migrate.Values, column string) bool {
	_, ok := v[column]
	return ok
}

func keyValues(v migrate.Values, key []string) migrate.Values {
	k := migrate.Values{}
	for _, c := range key {
		k[c] = v[c]
	}
	return k
}

// forgetComputed says, before the ops that compute values of a column that has been there, what the declared rows have in it: going back, they have it again. Where only what
// has no value is filled, a declared row gets its own first, unless that has to wait for other rows.
func (d *differ) forgetComputed(table string) {
	cur := d.cur.Table(table)
	if cur == nil || len(cur.Rows.Rows) == 0 || d.pair2old[table] == "" {
		return
	}
	d.deleteBefore(table)
	computed, filled := d.computedColumns(table)
	for _, c := range cur.Columns {
		at, converts := computed[c.Name]
		f, fills := filled[c.Name]
		if !converts {
			at = f.at
		}
		if !converts && !fills || d.cols[table][c.Name] == "" || slices.Contains(cur.Rows.Key, c.Name) {
			continue
		}
		before := cur.Clone()
		if o, ok := d.ops[at].(migrate.AlterColumn); ok {
			*before.Column(c.Name) = o.From.Def()
		}
		early := !converts && f.empty && d.sameType(table, c.Name)
		rows := cur.Rows.Clone()
		var all []migrate.RowUpdate
		for i, r := range rows.Rows {
			was, had := r[c.Name]
			next := d.new.Table(table).Rows.Find(r)
			is := next[c.Name]
			if !had || !converts && was != nil && (f.empty || is != nil && *was == *is) {
				continue
			}
			v := migrate.RowValues(before, r)
			u := migrate.RowUpdate{Key: keyValues(v, rows.Key), From: migrate.Values{c.Name: v[c.Name]}}
			if early && is != nil && d.freeValue(table, c.Name, *is) {
				u.To = migrate.Values{c.Name: migrate.RowValues(before, next)[c.Name]}
				rows.Rows[i][c.Name] = is
			} else {
				if o, ok := d.ops[at].(migrate.AlterColumn); ok && o.Using == "" {
					d.forgotten[[3]string{table, rows.Name(r), c.Name}] = was
				}
				delete(rows.Rows[i], c.Name)
			}
			all = append(all, u)
		}
		for chunk := range slices.Chunk(all, migrate.MaxRows) {
			d.ops = slices.Insert(d.ops, at, migrate.Op(migrate.Rows{Table: table, Key: slices.Clone(rows.Key), Declared: true, Update: chunk}))
		}
		cur.Rows = rows
		computed, filled = d.computedColumns(table)
	}
}

// sameType reports whether a column that was there has the type that it will have. Of an enum it is not known which values it has yet.
func (d *differ) sameType(table, column string) bool {
	c := d.new.Table(table).Column(column)
	was := d.old.Table(d.pair2old[table]).Column(d.cols[table][column])
	return was != nil && was.Type == c.Type && was.Type.Kind != schema.KindEnum
}

// freeValue reports whether a row can get a value in a column before other rows change: no other row has it where it has to be unique, and what it refers to is there.
func (d *differ) freeValue(table, column, value string) bool {
	cur := d.cur.Table(table)
	for _, columns := range uniqueColumns(d.new.Table(table), cur) {
		if slices.Contains(columns, column) && (len(columns) > 1 || slices.ContainsFunc(cur.Rows.Rows, func(r schema.Row) bool { return r[column] != nil && *r[column] == value })) {
			return false
		}
	}
	for _, fk := range d.foreignKeysOf(table, false) {
		if !slices.Contains(fk.Columns, column) {
			continue
		}
		ref := d.cur.Table(fk.RefTable)
		if len(fk.Columns) > 1 || ref == nil || !slices.ContainsFunc(ref.Rows.Rows, func(r schema.Row) bool { return r[fk.RefColumns[0]] != nil && *r[fk.RefColumns[0]] == value }) {
			return false
		}
	}
	return true
}

// deleteBefore deletes the rows that go before values of the table are computed, as they were, where no other declared row refers to them.
func (d *differ) deleteBefore(table string) {
	cur := d.cur.Table(table)
	computed, filled := d.computedColumns(table)
	at := -1
	before := cur.Clone()
	for _, c := range cur.Columns {
		i, converts := computed[c.Name]
		f, fills := filled[c.Name]
		if !converts {
			i = f.at
		}
		if !converts && !fills || d.cols[table][c.Name] == "" {
			continue
		}
		if at < 0 || i < at {
			at = i
		}
		if o, ok := d.ops[i].(migrate.AlterColumn); ok {
			*before.Column(c.Name) = o.From.Def()
		}
	}
	if at < 0 || d.rowsAnswered(d.in.Answers.Keeps, table) != "" {
		return
	}
	var all []migrate.Values
	rows := cur.Rows.Clone()
	for _, r := range cur.Rows.Rows {
		if d.new.Table(table).Rows.Find(r) != nil || d.referred(table, r) {
			continue
		}
		v := migrate.RowValues(before, r)
		for column := range d.newColumns(table) {
			delete(v, column) // which is filled
		}
		all = append(all, v)
		rows.Rows = slices.DeleteFunc(rows.Rows, func(o schema.Row) bool { return o.Equal(r) })
	}
	for chunk := range slices.Chunk(all, migrate.MaxRows) {
		d.ops = slices.Insert(d.ops, at, migrate.Op(migrate.Rows{Table: table, Key: slices.Clone(rows.Key), Declared: true, Delete: chunk}))
	}
	if len(rows.Rows) == 0 {
		rows.Key = nil
	}
	cur.Rows = rows
}

// referred reports whether a declared row refers to the row.
func (d *differ) referred(table string, r schema.Row) bool {
	for _, t := range d.cur.Tables {
		for _, fk := range t.ForeignKeys {
			if fk.RefTable == table && slices.ContainsFunc(t.Rows.Rows, func(o schema.Row) bool { return refersTo(fk, o, r) }) {
				return true
			}
		}
	}
	return false
}

// newColumns returns the columns that are new in a table and that an answer fills.
func (d *differ) newColumns(table string) map[string]bool {
	found := map[string]bool{}
	for _, c := range d.new.Table(table).Columns {
		_, given := d.about(d.in.Answers.Fills, table, c.Name)
		if _, filled := d.filledBy(table)[c.Name]; d.cols[table][c.Name] == "" && (given || filled) {
			found[c.Name] = true
		}
	}
	return found
}

// filling is a fill of a column: the place of its first op, and whether only rows without a value get one.
type filling struct {
	at    int
	empty bool
}

// computedColumns returns the columns of a table all of whose values an op before has computed, and those of which it has computed some, where there was none or
// another constant; each with the place of the op.
func (d *differ) computedColumns(table string) (computed map[string]int, filled map[string]filling) {
	computed = map[string]int{}
	for i, op := range d.ops {
		if o, ok := op.(migrate.AlterColumn); ok && o.Using == "" && schema.SameFamily(o.From.Def().Type, o.To.Def().Type) {
			continue
		}
		_, fills := op.(migrate.Fill)
		if _, rows := op.(migrate.Rows); fills || rows {
			continue
		}
		e := op.Effects()
		for _, w := range e.Writes {
			if _, there := computed[w.Name]; e.Rows && !there && w.Kind == migrate.ColumnObject && w.Table == table {
				computed[w.Name] = i
			}
		}
	}
	return computed, d.filledBy(table)
}

// filledBy returns the columns of a table that are filled.
func (d *differ) filledBy(table string) map[string]filling {
	filled := map[string]filling{}
	for i, op := range d.ops {
		if f, ok := op.(migrate.Fill); ok && f.Table == table {
			first, there := filled[f.Column]
			if !there {
				first = filling{i, true}
			}
			first.empty = first.empty && f.Where == ""
			filled[f.Column] = first
		}
	}
	for _, a := range d.in.Answers.Fills {
		object, sql, _ := strings.Cut(a, "=")
		if column, ok := strings.CutPrefix(object, table+"."); ok && strings.TrimSpace(sql) == ByHand {
			filled[column] = filling{len(d.ops) - 1, false}
		}
	}
	return filled
}
