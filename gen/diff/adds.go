package diff

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Everything here runs after the renames, on new names.

// createTables creates tables that are referred to before those that refer to them. Keys that close a cycle come later.
func (d *differ) createTables() {
	left := slices.Clone(d.made)
	for len(left) > 0 {
		i := max(slices.IndexFunc(left, func(name string) bool {
			return !slices.ContainsFunc(d.new.Table(name).ForeignKeys, func(fk schema.ForeignKey) bool {
				return fk.RefTable != name && slices.Contains(left, fk.RefTable)
			}) && !slices.Contains(left, d.new.Table(name).Options.Colocate)
		}), 0)
		t := d.new.Table(left[i]).Clone()
		if d.distributedLater(t) {
			t.Options = t.Options.OneNode()
		}
		t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool {
			return fk.RefTable != t.Name && !d.canRefer(fk)
		})
		t.Sort()
		d.emit(migrate.NewCreateTable(t))
		left = slices.Delete(left, i, i+1)
	}
}

// canRefer reports whether the key that a foreign key needs is there already, in the form in which it stays.
func (d *differ) canRefer(fk schema.ForeignKey) bool {
	t, n := d.cur.Table(fk.RefTable), d.new.Table(fk.RefTable)
	if t == nil || t.Options.Spread() != n.Options.Spread() {
		return false
	}
	for _, c := range fk.RefColumns {
		if o := t.Column(c); o == nil || o.Type != n.Column(c).Type {
			return false
		}
	}
	key := keyOf(fk.RefColumns)
	if t.PrimaryKey != nil && keyOf(t.PrimaryKey.Columns) == key {
		return true
	}
	for _, u := range t.Uniques {
		if u.Only == "" && keyOf(u.Columns) == key {
			return true
		}
	}
	for _, x := range t.Indexes {
		if x.Unique && x.Only == "" && x.Where == "" && len(x.Columns()) == len(x.Parts) && keyOf(x.Columns()) == key {
			return true
		}
	}
	return false
}

// addColumns adds plain columns; generated ones wait until the columns they are computed from have their final type.
func (d *differ) addColumns() {
	for _, t := range d.new.Tables {
		if d.pair2old[t.Name] == "" {
			continue
		}
		for _, c := range t.Columns {
			if d.cur.Table(t.Name).Column(c.Name) == nil && c.Generated == "" {
				if _, given := d.fill(t.Name, c.Name); given || d.wasGenerated[t.Name+"."+c.Name].expr != "" {
					c.Default, c.DefaultExpr, c.DefaultFor, c.Identity, c.Nullable = nil, "", nil, false, true // rows that are there get something else
				} else if d.needsFill(nil, c) {
					c.Nullable = true
				}
				c.Was = ""
				d.emit(migrate.AddColumn{Table: t.Name, Column: c})
			}
		}
	}
	for _, t := range d.new.Tables {
		if d.pair2old[t.Name] == "" {
			continue
		}
		for _, c := range t.Columns {
			cur := d.cur.Table(t.Name).Column(c.Name)
			if cur == nil || d.cols[t.Name][c.Name] != "" {
				continue
			}
			_, given := d.fill(t.Name, c.Name)
			was := d.wasGenerated[t.Name+"."+c.Name]
			if was.expr != "" && (!given || was.nullable) {
				d.emit(migrate.Fill{Table: t.Name, Column: c.Name, Expr: was.expr})
			}
			if given || cur.Nullable && !c.Nullable && !c.Identity && (was.expr == "" || was.nullable) {
				d.emit(migrate.Fill{Table: t.Name, Column: c.Name, Expr: d.fillFor(t, c)})
			}
		}
	}
}

// fillFor returns the SQL with which rows without a value are filled.
func (d *differ) fillFor(t *schema.Table, c schema.Column) string {
	if sql, ok := d.fill(t.Name, c.Name); ok {
		return d.given("-fill", t, c.Name, sql)
	}
	switch {
	case len(c.DefaultFor) > 0, c.Default != nil && (c.Type.Array || c.Type.Literal() == schema.BytesLiteral):
		return migrate.FillDefault // each database writes it in its own way
	case c.DefaultExpr != "":
		return c.DefaultExpr
	case c.Default == nil:
		return "NULL"
	case c.Type.Literal() == schema.NumberLiteral:
		return *c.Default
	case c.Type.Literal() == schema.BoolLiteral:
		return strings.ToUpper(*c.Default)
	}
	return sqllex.QuoteString(*c.Default)
}

// ByHand is the answer that a person will write how existing rows get their values. No SQL begins so.
const ByHand = "?"

// filling returns the op that fills: what it is when a person is to write it, and how it is done without a primary key.
func (d *differ) filling(f migrate.Fill) migrate.Op {
	if f.Expr == ByHand {
		return migrate.Unwritten(f.Table + "." + f.Column)
	}
	if t := d.cur.Table(f.Table); t != nil && t.PrimaryKey == nil {
		f.Plain = "the table has no primary key, by which it could go in batches"
	}
	return f
}

// given checks the SQL of an answer and returns its normal form.
func (d *differ) given(flag string, t *schema.Table, column, sql string) string {
	object := t.Name + "." + column
	if flag == "-fill" && strings.TrimSpace(sql) == "" {
		return "NULL" // checkAnswers says so
	}
	if flag == "-fill" && sql == ByHand {
		return ByHand
	}
	known := append(t.ColumnNames(), d.late[t.Name]...)
	sql = d.resolve(flag, t, column, sql)
	expr, err := schema.NormalizeExpr(schema.BindColumns(sql, known))
	if err != nil {
		d.fail(object, "%s %s=%s: %v", flag, object, sql, err)
		return "NULL"
	}
	gets := t.Column(column)
	if old := d.old.Table(d.pair2old[t.Name]); flag == "-convert-back" && old != nil && old.Column(d.cols[t.Name][column]) != nil {
		gets = old.Column(d.cols[t.Name][column]) // what it was, and is again
	}
	if why := d.unfit(t, *gets, expr); why != "" {
		d.fail(object, "%s %s=%s: %s", flag, object, sql, why)
	}
	if strings.Contains(strings.ToUpper(expr), "SELECT") {
		return expr // with names of its own
	}
	if why := schema.Incomplete(expr, known...); why != "" {
		d.fail(object, "%s %s=%s: %s", flag, object, sql, why)
	}
	for _, name := range schema.UnknownNames(expr, known) {
		hint := near(name, known)
		if n := d.oldCol[t.Name][name]; n != "" {
			hint = "; it is called " + n + " now"
		}
		d.fail(object, "%s %s=%s: there is no column %s%s", flag, object, sql, name, hint)
	}
	return expr
}

// alterColumns changes columns that stay, then adds the generated ones.
func (d *differ) alterColumns() {
	for _, t := range d.new.Tables {
		if d.pair2old[t.Name] == "" {
			continue
		}
		for _, f := range d.fills[t.Name] {
			d.emit(f)
		}
		for _, c := range t.Columns {
			cur := d.cur.Table(t.Name).Column(c.Name)
			if cur == nil || cur.Equal(c) {
				continue
			}
			c.Was = ""
			alter := migrate.AlterColumn{Table: t.Name, From: *cur, To: c}
			if cur.Type != c.Type {
				if sql, ok := d.convert(t.Name, c.Name); ok && sql != "" {
					alter.Using = d.given("-convert", t, c.Name, sql)
				}
				if sql, ok := d.convertBack(t.Name, c.Name); ok && sql != "" {
					alter.UsingBack = d.given("-convert-back", t, c.Name, sql)
				}
			}
			if d.cols[t.Name][c.Name] != "" && !d.filled[t.Name+"."+c.Name] && d.needsFill(cur, c) {
				d.makeNotNull(t, alter)
				continue
			}
			d.emit(alter)
		}
	}
	for _, t := range d.new.Tables {
		if d.pair2old[t.Name] == "" {
			continue
		}
		for _, c := range t.Columns {
			if c.Generated != "" && d.cur.Table(t.Name).Column(c.Name) == nil {
				c.Was = ""
				d.emit(migrate.AddColumn{Table: t.Name, Column: c})
			}
		}
	}
}

// makeNotNull changes all but the nullability, fills, then sets NOT NULL.
func (d *differ) makeNotNull(t *schema.Table, alter migrate.AlterColumn) {
	from, to := alter.From.Def(), alter.To.Def()
	between := to
	between.Nullable = true
	expr := d.fillFor(t, to)
	if to.Serial() { // which is NOT NULL from the beginning
		d.emit(migrate.Fill{Table: t.Name, Column: to.Name, Expr: expr})
		filled := from
		filled.Nullable = false
		d.emit(migrate.AlterColumn{Table: t.Name, From: from, To: filled})
		alter.From = filled
		d.emit(alter)
		return
	}
	if from.Type != to.Type || alter.Using != "" || expr == migrate.FillDefault && !from.Equal(between) {
		alter.To = between
		d.emit(alter)
		from = between
	}
	d.emit(migrate.Fill{Table: t.Name, Column: to.Name, Expr: expr})
	d.emit(migrate.AlterColumn{Table: t.Name, From: from, To: to})
}

// notNullLast moves what only makes columns NOT NULL behind the constraints and indexes: the previous release cannot insert any more once they
// are, so nothing that may fail comes after it. Columns of a new primary key are NOT NULL before it.
func (d *differ) notNullLast(from int) {
	keyed := map[string]bool{}
	for _, op := range d.ops[from:] {
		if k, ok := op.(migrate.AddPrimaryKey); ok {
			for _, c := range k.PrimaryKey.Columns {
				keyed[k.Table+"."+c] = true
			}
		}
	}
	var rest, last []migrate.Op
	for _, op := range d.ops[from:] {
		if a, ok := op.(migrate.AlterColumn); ok && onlyNotNull(a) && !keyed[a.Table+"."+a.From.Def().Name] && !d.losesDefault(a) {
			last = append(last, op)
		} else {
			rest = append(rest, op)
		}
	}
	d.ops = append(append(d.ops[:from:from], rest...), last...)
}

// onlyNotNull reports whether the op makes a column NOT NULL and does nothing else to its values.
func onlyNotNull(a migrate.AlterColumn) bool {
	from, to := a.From.Def(), a.To.Def()
	return a.Using == "" && from.Nullable && !to.Nullable && from.Type == to.Type && !to.Identity
}

// losesDefault reports whether the default that the column has before the op is a value that its enum loses: it must go first, so that on the way
// back the value is there again before the default is.
func (d *differ) losesDefault(a migrate.AlterColumn) bool {
	from := a.From.Def()
	if from.Default == nil || from.Type.Kind != schema.KindEnum || from.Type.Array {
		return false
	}
	e := d.new.Enum(from.Type.Name)
	return e != nil && !slices.Contains(e.Values, *from.Default)
}

// addConstraints adds keys, uniques, checks and indexes to tables that stay.
func (d *differ) addConstraints() {
	for _, t := range d.new.Tables {
		if d.pair2old[t.Name] == "" {
			continue
		}
		if t.PrimaryKey != nil && d.cur.Table(t.Name).PrimaryKey == nil {
			d.emit(migrate.AddPrimaryKey{Table: t.Name, PrimaryKey: *t.PrimaryKey})
		}
	}
	for _, t := range d.new.Tables {
		if d.pair2old[t.Name] == "" {
			continue
		}
		cur := d.cur.Table(t.Name)
		for _, u := range t.Uniques {
			if !slices.ContainsFunc(cur.Uniques, u.Equal) {
				d.emit(migrate.AddUnique{Table: t.Name, Unique: u})
			}
		}
		for _, c := range t.Checks {
			if !slices.Contains(cur.Checks, c) {
				d.emit(migrate.AddCheck{Table: t.Name, Check: c})
			}
		}
		for _, x := range t.Indexes {
			if !slices.ContainsFunc(cur.Indexes, x.Equal) {
				d.emit(migrate.CreateIndex{Table: t.Name, Index: x})
			}
		}
	}
}

// addForeignKeys comes last: what they refer to is there by now.
func (d *differ) addForeignKeys() {
	for _, t := range d.new.Tables {
		for _, fk := range t.ForeignKeys {
			if cur := d.cur.Table(t.Name); cur != nil && !slices.ContainsFunc(cur.ForeignKeys, fk.Equal) {
				d.emit(migrate.AddForeignKey{Table: t.Name, ForeignKey: fk})
			}
		}
	}
}

func (d *differ) comments() {
	for _, t := range d.new.Tables {
		cur := d.cur.Table(t.Name)
		if cur != nil && cur.Comment != t.Comment {
			d.emit(migrate.CommentTable{Table: t.Name, From: cur.Comment, To: t.Comment})
		}
		if cur != nil && cur.Options != t.Options {
			if cur.Options.Partition != t.Options.Partition && !d.partition(cur, t) {
				continue
			}
			if cur = d.cur.Table(t.Name); cur.Options == t.Options {
				continue
			}
			d.emit(migrate.SetTableOptions{Table: t.Name, From: cur.Options, To: t.Options})
		}
	}
}
