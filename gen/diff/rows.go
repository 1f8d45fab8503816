package diff

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// The places for the rows: once columns are as they will be, before the foreign keys come that refer to them, and at the end.
const (
	rowsEarly = iota
	rowsBeforeKeys
	rowsLast
)

// rows emits what makes the rows of the tables those of the models, as soon as the tables are such that it can be done. Before foreign keys come it is done as far as it can
// be: they may refer to these rows. At the last place whatever stands in the way is told.
func (d *differ) rows(place int) {
	if d.rowsDone || d.bug != nil || len(d.errs) > 0 {
		return
	}
	for _, t := range d.new.Tables {
		d.forgetComputed(t.Name)
	}
	ops := d.rowOps()
	d.rowsDone = true
	if len(ops) == 0 {
		return
	}
	after := d.cur.Clone()
	for i, op := range ops {
		err := op.Apply(after)
		if err == nil {
			continue
		}
		d.rowsDone = false
		switch place {
		case rowsLast:
			d.fail(rowsAnswer+op.(migrate.Rows).Table, "%s; make it two migrations", err)
			return
		case rowsEarly:
			return
		}
		ops = ops[:i]
		break
	}
	for _, op := range ops {
		d.emit(op)
	}
}

// rowChange is what happens to one row.
type rowChange struct {
	table    string
	kind     int
	old, new schema.Row // in full; nil of a row that was not there, or is not any more
	update   migrate.RowUpdate
	values   migrate.Values
	after    []*rowChange
	done     bool
}

// The kinds of changes, in the order in which an op does them.
const (
	deleteRow = iota
	updateRow
	insertRow
	releaseRow
)

// rowOps returns the ops for the rows: parents before those that refer to them, and the other way round for what goes. Where the constraints that are yet to come
// would have them need each other, those that there are decide.
func (d *differ) rowOps() []migrate.Op {
	ops, stuck := d.orderRows(false)
	if len(stuck) > 0 {
		ops, stuck = d.orderRows(true)
	}
	if len(stuck) > 0 {
		d.fail(rowsAnswer+stuck[0], "rows of %s need each other: none can be written before another one, as a foreign key or something unique stands in between; do one of them in a migration of its own", strings.Join(stuck, ", "))
	}
	return ops
}

// orderRows is rowOps for one view of what stands in between, see linkRows. It returns the tables whose rows are stuck.
func (d *differ) orderRows(now bool) (ops []migrate.Op, stuck []string) {
	all := map[string][]*rowChange{}
	var tables []string
	left := 0
	for _, t := range d.new.Tables {
		if c := d.rowChanges(t); len(c) > 0 {
			all[t.Name] = c
			tables = append(tables, t.Name)
			left += len(c)
		}
	}
	d.linkRows(tables, all, now)
	for left > 0 {
		before := left
		for _, name := range tables {
			batch := readyRows(all[name])
			left -= len(batch)
			ops = append(ops, d.rowsOp(name, batch)...)
		}
		if left == before {
			for _, name := range tables {
				if slices.ContainsFunc(all[name], func(c *rowChange) bool { return !c.done }) {
					stuck = append(stuck, name)
				}
			}
			return nil, stuck
		}
	}
	return ops, nil
}

// rowsOp returns the op that does the changes, in several where they are many.
func (d *differ) rowsOp(table string, batch []*rowChange) (ops []migrate.Op) {
	key := d.new.Table(table).Rows.Key
	if len(key) == 0 {
		key = d.cur.Table(table).Rows.Key
	}
	for chunk := range slices.Chunk(batch, migrate.MaxRows) {
		op := migrate.Rows{Table: table, Key: slices.Clone(key), Declared: true}
		for _, c := range chunk {
			switch c.kind {
			case deleteRow:
				op.Delete = append(op.Delete, c.values)
			case updateRow:
				op.Update = append(op.Update, c.update)
			case insertRow:
				op.Insert = append(op.Insert, c.values)
			default:
				op.Release = append(op.Release, c.values)
			}
		}
		ops = append(ops, op)
	}
	return ops
}

// rowChanges returns what is different in the rows of a table from those that there are so far.
func (d *differ) rowChanges(t *schema.Table) (all []*rowChange) {
	cur := d.cur.Table(t.Name)
	if cur == nil {
		return nil
	}
	stays := d.rowsAnswered(d.in.Answers.Keeps, t.Name) != ""
	for _, r := range cur.Rows.Rows {
		if t.Rows.Find(r) != nil {
			continue
		}
		c := &rowChange{table: t.Name, kind: deleteRow, old: r, values: migrate.RowValues(cur, r)}
		for column := range d.newColumns(t.Name) {
			delete(c.values, column) // which may have been filled
		}
		if stays {
			c.kind = releaseRow
		}
		all = append(all, c)
	}
	for _, r := range t.Rows.Rows {
		old := cur.Rows.Find(r)
		if old == nil {
			all = append(all, &rowChange{table: t.Name, kind: insertRow, new: r, values: migrate.RowValues(cur, r)})
			continue
		}
		from, to := migrate.RowValues(cur, old), migrate.RowValues(cur, r)
		for column := range d.newColumns(t.Name) {
			if from[column] != to[column] || to[column] == nil { // what had no value is filled
				delete(from, column)
			}
		}
		u := migrate.RowUpdate{Key: keyValues(to, t.Rows.Key), From: migrate.Values{}, To: migrate.Values{}}
		for _, c := range t.Columns {
			was, had := from[c.Name]
			is, has := to[c.Name]
			switch {
			case slices.Contains(t.Rows.Key, c.Name), had == has && was == is:
				continue
			case had:
				u.From[c.Name] = was
			}
			if has {
				u.To[c.Name] = is
			}
		}
		if len(u.From) == 0 {
			u.From = nil // as it is read again, for the hash
		}
		if len(u.To) == 0 {
			u.To = nil
		}
		if len(u.From)+len(u.To) > 0 {
			all = append(all, &rowChange{table: t.Name, kind: updateRow, old: old, new: r, update: u})
		}
	}
	return all
}
