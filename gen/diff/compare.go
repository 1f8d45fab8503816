package diff

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// removedPrefix marks, in want, what has no counterpart in the new schema: no name can begin with white space.
const removedPrefix = " gone "

// buildWant makes want: the old schema in the names of the new one. What goes is called something that nothing refers to.
func (d *differ) buildWant() {
	d.want = d.old.Clone()
	for _, e := range d.old.Enums {
		if n := d.newEnum(e.Name); n != e.Name && n != "" {
			d.want.RenameEnum(e.Name, removedPrefix+n)
		}
	}
	for _, e := range d.new.Enums {
		if d.want.Enum(removedPrefix+e.Name) != nil {
			d.want.RenameEnum(removedPrefix+e.Name, e.Name)
		}
	}
	for _, old := range d.old.Tables {
		t := d.want.Table(old.Name)
		n := d.old2new[old.Name]
		if n == "" {
			continue
		}
		var back []string
		for _, c := range old.Columns {
			switch to := d.oldCol[n][c.Name]; to {
			case c.Name:
			case "":
				d.want.RenameColumn(t, c.Name, removedPrefix+c.Name)
			default:
				d.want.RenameColumn(t, c.Name, removedPrefix+"as "+to)
				back = append(back, to)
			}
		}
		for _, to := range back {
			d.want.RenameColumn(t, removedPrefix+"as "+to, to)
		}
	}
	final := map[string]string{}
	for _, old := range d.old.Tables {
		to := d.old2new[old.Name]
		if to == "" {
			to = removedPrefix + old.Name
		}
		final[old.Name] = to
	}
	tables := d.want.Tables
	d.want.Tables = nil
	for _, t := range tables {
		t.Name = final[t.Name]
		for i := range t.ForeignKeys {
			t.ForeignKeys[i].RefTable = final[t.ForeignKeys[i].RefTable]
		}
	}
	for _, t := range tables {
		d.want.PutTable(t)
	}
	d.replaceGenerated()
}

// replaceGenerated takes apart columns that can only be dropped and added: generated ones that change, or whose base does.
func (d *differ) replaceGenerated() {
	for _, t := range d.new.Tables {
		w := d.want.Table(t.Name)
		if w == nil || d.pair2old[t.Name] == "" {
			continue
		}
		for _, c := range t.Columns {
			o := w.Column(c.Name)
			if o == nil || o.Generated == "" && c.Generated == "" {
				continue
			}
			if o.Generated == c.Generated && o.Type == c.Type && o.Collate == c.Collate && !d.baseChanges(t, w, c.Generated) {
				continue
			}
			oldName := d.cols[t.Name][c.Name]
			if o.Generated == "" && !d.isDropAnswered(t.Name, d.pair2old[t.Name], oldName) {
				d.ask(t.Name+"."+c.Name, t.Name+"."+c.Name+" becomes a generated column: its values are computed again and the old ones are lost",
					Choice{"lose them", "-drop " + Quote(t.Name+"."+oldName)})
			} else if o.Generated == "" {
				d.use("-drop " + Quote(t.Name+"."+oldName))
			}
			was := computed{oldName, o.Generated, o.Nullable && slices.ContainsFunc(schema.ExprColumns(o.Generated, w.ColumnNames()),
				func(base string) bool { return w.Column(base).Nullable })}
			if c.Generated != "" || !schema.SameFamily(o.Type, c.Type) || len(schema.UnknownNames(was.expr, kept(w))) > 0 {
				was.expr = ""
			}
			d.wasGenerated[t.Name+"."+c.Name] = was
			delete(d.cols[t.Name], c.Name)
			delete(d.oldCol[t.Name], oldName)
			d.want.RenameColumn(w, c.Name, removedPrefix+c.Name)
		}
	}
}

// kept returns the columns that have not been found to go.
func kept(t *schema.Table) []string {
	return slices.DeleteFunc(t.ColumnNames(), func(c string) bool { return strings.HasPrefix(c, removedPrefix) })
}

func (d *differ) baseChanges(t, w *schema.Table, expr string) bool {
	for _, b := range schema.ExprColumns(expr, t.ColumnNames()) {
		if o := w.Column(b); o == nil || o.Type != t.Column(b).Type || o.Collate != t.Column(b).Collate {
			return true
		}
	}
	return false
}

// tableDrops is what goes of one table that stays, by the names of the constraints and indexes.
type tableDrops struct {
	primaryKey                    bool
	uniques, checks, fks, indexes map[string]bool // by id: a name, and the dialect that has it
	renames                       []migrate.RenameConstraint
	indexRenames                  []migrate.RenameIndex
}

// compareObjects finds, for every constraint and index of the new schema, the old one that says the same, and what goes.
func (d *differ) compareObjects() {
	d.drop = map[string]*tableDrops{}
	for _, t := range d.new.Tables {
		if w := d.want.Table(t.Name); w != nil && d.pair2old[t.Name] != "" {
			d.drop[t.Name] = d.compareTable(t, w)
		}
	}
	d.rebuildForeignKeys()
}

func (d *differ) compareTable(t, w *schema.Table) *tableDrops {
	td := &tableDrops{}
	renamed := func(from, to string) {
		td.renames = append(td.renames, migrate.RenameConstraint{Table: t.Name, From: from, To: to})
	}
	if w.PrimaryKey != nil {
		if t.PrimaryKey != nil && slices.Equal(w.PrimaryKey.Columns, t.PrimaryKey.Columns) {
			keepName(&t.PrimaryKey.Name, w.PrimaryKey.Name, renamed)
		} else {
			td.primaryKey = true
		}
	}
	td.uniques = match(w.Uniques, t.Uniques, func(u *schema.Unique) (*string, string) { return &u.Name, u.Only }, schema.Unique.Equal, renamed)
	keepLists(w, t)
	td.checks = match(w.Checks, t.Checks, func(c *schema.Check) (*string, string) { return &c.Name, c.Only }, func(a, b schema.Check) bool { return a == b }, renamed)
	td.fks = match(w.ForeignKeys, t.ForeignKeys, func(f *schema.ForeignKey) (*string, string) { return &f.Name, "" }, schema.ForeignKey.Equal, renamed)
	td.indexes = match(w.Indexes, t.Indexes, func(x *schema.Index) (*string, string) { return &x.Name, x.Only }, schema.Index.Equal, func(from, to string) {
		td.indexRenames = append(td.indexRenames, migrate.RenameIndex{Table: t.Name, From: from, To: to})
	})
	return td
}

// keepLists takes over the old spelling of checks over a list of values that has only been put in another order.
func keepLists(w, t *schema.Table) {
	for i := range t.Checks {
		column, values := inList(t.Checks[i].Expr)
		if column == "" || slices.ContainsFunc(w.Checks, func(o schema.Check) bool { return o.Expr == t.Checks[i].Expr }) {
			continue
		}
		for _, o := range w.Checks {
			if c, old := inList(o.Expr); c == column && slices.Equal(slices.Sorted(slices.Values(old)), slices.Sorted(slices.Values(values))) {
				t.Checks[i].Expr = o.Expr
			}
		}
	}
}

// keepDefaults takes over the old spelling of JSON that says the same: jsonb keeps neither spaces nor the order of keys.
func keepDefaults(w, t *schema.Table) {
	value := func(s string) (v any) {
		d := json.NewDecoder(strings.NewReader(s))
		d.UseNumber()
		if d.Decode(&v) != nil {
			return &s // equal to nothing
		}
		return v
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		if o := w.Column(c.Name); c.Type.Kind == schema.KindJSONB && !c.Type.Array && o != nil && o.Type == c.Type && o.Default != nil && c.Default != nil &&
			*o.Default != *c.Default && reflect.DeepEqual(value(*o.Default), value(*c.Default)) {
			c.Default = o.Default
		}
	}
}

func keepName(name *string, old string, renamed func(from, to string)) {
	if *name == "" {
		*name = old
	} else if *name != old {
		renamed(old, *name)
	}
}

// id tells a constraint or an index of a table from every other one of its kind: of one name there may be one for each dialect.
func id(name, only string) string { return name + "\x00" + only }

// match pairs objects that are equal but for the name, those with equal names first, gives new ones without a name that of their
// partner, and tells which old ones have no partner, by their ids. An op that renames does so for all of one name: where not all of them get
// the same one, those that would get another go and come again.
func match[T any](old, new []T, name func(*T) (*string, string), equal func(a, b T) bool, renamed func(from, to string)) map[string]bool {
	if len(old)+len(new) == 0 {
		return nil
	}
	gone := map[string]bool{}
	partner := make([]int, len(new))
	used := make([]bool, len(old))
	become := map[string][]string{} // old name -> new names of those that have a partner
	called := func(x *T) string { n, _ := name(x); return *n }
	for i := range partner {
		partner[i] = -1
	}
	for pass := range 3 { // same name; no name asked for; another name asked for
		for i := range new {
			n := called(&new[i])
			if partner[i] >= 0 || pass == 1 && n != "" {
				continue
			}
			for j := range old {
				o := called(&old[j])
				if used[j] || pass == 0 && n != o {
					continue
				}
				a, b := old[j], new[i]
				an, _ := name(&a)
				bn, _ := name(&b)
				*an, *bn = "", ""
				if !equal(a, b) {
					continue
				}
				partner[i], used[j] = j, true
				if nn, _ := name(&new[i]); *nn == "" {
					*nn = o
				}
				become[o] = append(become[o], called(&new[i]))
				break
			}
		}
	}
	done := map[string]bool{}
	for i := range new {
		if partner[i] < 0 {
			continue
		}
		from, to := called(&old[partner[i]]), called(&new[i])
		switch {
		case from == to || done[from]:
		case slices.ContainsFunc(become[from], func(n string) bool { return n != to }):
			used[partner[i]] = false
		default:
			renamed(from, to)
			done[from] = true
		}
	}
	for j := range old {
		if n, only := name(&old[j]); !used[j] {
			gone[id(*n, only)] = true
		}
	}
	return gone
}

// rebuildForeignKeys lets foreign keys go and come again when the key that they refer to does, or when types change
// that no database compares.
func (d *differ) rebuildForeignKeys() {
	lost := map[string][]string{} // table -> columns of keys that go, joined
	d.lost = lost
	for _, t := range d.new.Tables {
		td, w := d.drop[t.Name], d.want.Table(t.Name)
		if td == nil {
			continue
		}
		add := func(cols []string) { lost[t.Name] = append(lost[t.Name], keyOf(cols)) }
		if td.primaryKey {
			add(w.PrimaryKey.Columns)
		}
		for _, u := range w.Uniques {
			if td.uniques[id(u.Name, u.Only)] {
				add(u.Columns)
			}
		}
		for _, x := range w.Indexes {
			if x.Unique && td.indexes[id(x.Name, x.Only)] {
				add(x.Columns())
			}
		}
	}
	for _, t := range d.new.Tables {
		td, w := d.drop[t.Name], d.want.Table(t.Name)
		if td == nil {
			continue
		}
		for _, fk := range w.ForeignKeys {
			if slices.Contains(lost[fk.RefTable], keyOf(fk.RefColumns)) || d.retyped(t.Name, fk.Columns) || d.retyped(fk.RefTable, fk.RefColumns) {
				td.fks[id(fk.Name, "")] = true
				td.renames = slices.DeleteFunc(td.renames, func(r migrate.RenameConstraint) bool { return r.From == fk.Name })
			}
		}
	}
}

// retyped reports whether one of the columns gets a type that cannot be compared with its old one, so that no foreign key can hold while
// one side is changed and the other is not yet.
func (d *differ) retyped(table string, cols []string) bool {
	w, t := d.want.Table(table), d.new.Table(table)
	if w == nil || t == nil {
		return false
	}
	for _, name := range cols {
		o, n := w.Column(name), t.Column(name)
		if o != nil && n != nil && !schema.SameFamily(o.Type, n.Type) && !(integer(o.Type) && integer(n.Type)) {
			return true
		}
	}
	return false
}

func keyOf(cols []string) string {
	return strings.Join(slices.Sorted(slices.Values(cols)), "\x00")
}
