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
	for _, r := range t.Rows.Rows {
		all = append(all, migrate.RowValues(t, r))
	}
	for chunk := range slices.Chunk(all, migrate.MaxRows) {
		d.emit(migrate.Rows{Table: table, Key: slices.Clone(t.Rows.Key), Declared: true, Release: chunk})
	}
}

// forgetColumn says that the values of rows in a column go with it: going back, they come back.
func (d *differ) forgetColumn(table, column string) {
	t := d.cur.Table(table)
	if t == nil || slices.Contains(t.Rows.Key, column) {
		return
	}
	var all []migrate.RowUpdate
	for _, r := range t.Rows.Rows {
		if v := migrate.RowValues(t, r); v[column] != nil {
			all = append(all, migrate.RowUpdate{Key: keyValues(v, t.Rows.Key), From: migrate.Values{column: v[column]}})
		}
	}
	for chunk := range slices.Chunk(all, migrate.MaxRows) {
		d.emit(migrate.Rows{Table: table, Key: slices.Clone(t.Rows.Key), Declared: true, Update: chunk})
	}
}

func keyValues(v migrate.Values, key []string) migrate.Values {
	k := migrate.Values{}
	for _, c := range key {
		k[c] = v[c]
	}
	return k
}

// forgetComputed says, before the ops that compute values of a column that has been there, what the declared rows have in it: going back, they have it again.
func (d *differ) forgetComputed(table string) {
	cur := d.cur.Table(table)
	if cur == nil || len(cur.Rows.Rows) == 0 || d.pair2old[table] == "" {
		return
	}
	computed, filled := d.computedColumns(table)
	for _, c := range cur.Columns {
		at, isComputed := computed[c.Name]
		if !isComputed {
			at, isComputed = filled[c.Name]
		}
		if !isComputed || d.cols[table][c.Name] == "" || slices.Contains(cur.Rows.Key, c.Name) {
			continue
		}
		before := cur.Clone()
		if o, ok := d.ops[at].(migrate.AlterColumn); ok {
			*before.Column(c.Name) = o.From.Def()
		}
		rows := cur.Rows.Clone()
		var all []migrate.RowUpdate
		for i, r := range rows.Rows {
			was, had := r[c.Name]
			is := d.new.Table(table).Rows.Find(r)[c.Name]
			if _, convert := computed[c.Name]; !had || !convert && was != nil && is != nil && *was == *is {
				continue
			}
			v := migrate.RowValues(before, r)
			all = append(all, migrate.RowUpdate{Key: keyValues(v, rows.Key), From: migrate.Values{c.Name: v[c.Name]}})
			delete(rows.Rows[i], c.Name)
		}
		for chunk := range slices.Chunk(all, migrate.MaxRows) {
			d.ops = slices.Insert(d.ops, at, migrate.Op(migrate.Rows{Table: table, Key: slices.Clone(rows.Key), Declared: true, Update: chunk}))
		}
		cur.Rows = rows
		computed, filled = d.computedColumns(table)
	}
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

// computedColumns returns the columns of a table all of whose values an op before has computed, and those of which it has computed some, where there was none or
// another constant; each with the place of the op.
func (d *differ) computedColumns(table string) (computed, filled map[string]int) {
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

// filledBy returns the columns of a table that are filled, with the place of the first op that does so.
func (d *differ) filledBy(table string) map[string]int {
	filled := map[string]int{}
	for i, op := range d.ops {
		if f, ok := op.(migrate.Fill); ok && f.Table == table {
			if _, there := filled[f.Column]; !there {
				filled[f.Column] = i
			}
		}
	}
	for _, a := range d.in.Answers.Fills {
		object, sql, _ := strings.Cut(a, "=")
		if column, ok := strings.CutPrefix(object, table+"."); ok && strings.TrimSpace(sql) == ByHand {
			filled[column] = len(d.ops) - 1
		}
	}
	return filled
}
