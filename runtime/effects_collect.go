package migrate

import (
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// What the definitions in a schema refer to, for the Effects of the ops that hold them.

// reads adds what must be there.
func (e *Effects) reads(objects ...Object) { e.Reads = append(e.Reads, objects...) }

func (e *Effects) readsColumns(table string, columns ...string) {
	for _, c := range columns {
		e.reads(columnObject(table, c))
	}
}

// carries adds SQL over the columns of a table.
func (e *Effects) carries(table string, sql ...string) {
	for _, x := range sql {
		if x != "" && x != FillDefault {
			e.SQL = append(e.SQL, CarriedSQL{table, x})
		}
	}
}

// namespace adds the schema that a qualified name is in.
func (e *Effects) namespace(name string) {
	if ns, _ := schema.SplitName(name); ns != "" {
		e.reads(Object{Kind: SchemaObject, Name: ns})
	}
}

// column adds what the definition of a column refers to, without the column.
func (e *Effects) column(table string, c schema.Column) {
	if c.Type.Kind == schema.KindEnum {
		e.reads(enumObject(c.Type.Name))
	}
	e.carries(table, c.Generated)
	e.carries("", c.DefaultExpr)
	for _, dialect := range slices.Sorted(maps.Keys(c.DefaultFor)) {
		e.carries("", c.DefaultFor[dialect])
	}
}

func (e *Effects) foreignKey(table string, fk schema.ForeignKey) {
	e.readsColumns(table, fk.Columns...)
	e.reads(tableObject(fk.RefTable))
	e.readsColumns(fk.RefTable, fk.RefColumns...)
}

func (e *Effects) index(table string, x schema.Index) {
	e.readsColumns(table, x.Columns()...)
	e.readsColumns(table, x.Include...)
	for _, p := range x.Parts {
		e.carries(table, p.Expr)
	}
	e.carries(table, x.Where)
}

// options adds what the options of a table refer to: the columns of the partition key.
func (e *Effects) options(table string, o schema.TableOptions) {
	if _, key, ok := strings.Cut(o.Partition, "("); ok {
		e.carries(table, strings.TrimSuffix(key, ")"))
	} else {
		e.carries(table, o.Partition)
	}
	e.spread(table, o.Distribute, o.Colocate)
}

// spread adds what the distribution of a table refers to.
func (e *Effects) spread(table, column, with string) {
	if column != "" {
		e.readsColumns(table, column)
	}
	if with != "" {
		e.Reads = append(e.Reads, tableObject(with))
	}
}

// definition adds what a whole table refers to, its own columns included, and returns all that belongs to it, the table first.
func (e *Effects) definition(t *schema.Table) []Object {
	parts := append(make([]Object, 0, 1+partsOf(t)), tableObject(t.Name))
	e.namespace(t.Name)
	e.options(t.Name, t.Options)
	for _, c := range t.Columns {
		parts = append(parts, columnObject(t.Name, c.Name))
		e.column(t.Name, c)
	}
	if t.PrimaryKey != nil {
		parts = append(parts, constraintObject(t.Name, t.PrimaryKey.Name))
		e.readsColumns(t.Name, t.PrimaryKey.Columns...)
	}
	for _, u := range t.Uniques {
		parts = append(parts, constraintObject(t.Name, u.Name))
		e.readsColumns(t.Name, u.Columns...)
	}
	for _, c := range t.Checks {
		parts = append(parts, constraintObject(t.Name, c.Name))
		e.carries(t.Name, c.Expr)
	}
	for _, fk := range t.ForeignKeys {
		parts = append(parts, constraintObject(t.Name, fk.Name))
		e.foreignKey(t.Name, fk)
	}
	for _, x := range t.Indexes {
		parts = append(parts, indexObject(t.Name, x.Name))
		e.index(t.Name, x)
	}
	for _, w := range t.DualWrites {
		parts = append(parts, constraintObject(t.Name, w.Name))
	}
	return parts
}

// partsOf returns of how many parts a table may consist.
func partsOf(t *schema.Table) int {
	return len(t.Columns) + 1 + len(t.Uniques) + len(t.Checks) + len(t.ForeignKeys) + len(t.Indexes) + len(t.DualWrites)
}

// definitions returns all that a table consists of.
func definitions(t *schema.Table) []Definition {
	all := make([]Definition, 0, partsOf(t))
	for i := range t.Columns {
		all = append(all, Definition{Table: t.Name, Column: &t.Columns[i]})
	}
	if t.PrimaryKey != nil {
		all = append(all, Definition{Table: t.Name, PrimaryKey: t.PrimaryKey})
	}
	for i := range t.Uniques {
		all = append(all, Definition{Table: t.Name, Unique: &t.Uniques[i]})
	}
	for i := range t.Checks {
		all = append(all, Definition{Table: t.Name, Check: &t.Checks[i]})
	}
	for i := range t.ForeignKeys {
		all = append(all, Definition{Table: t.Name, ForeignKey: &t.ForeignKeys[i]})
	}
	for i := range t.Indexes {
		all = append(all, Definition{Table: t.Name, Index: &t.Indexes[i]})
	}
	for i := range t.DualWrites {
		all = append(all, Definition{Table: t.Name, DualWrite: &t.DualWrites[i]})
	}
	return all
}

// made and removed are the effects of a constraint or an index that comes or goes, of which e has what it refers to.
func (e Effects) made(o Object, d Definition) Effects {
	e.reads(tableObject(o.Table))
	d.Table = o.Table
	e.New = append(e.New, d)
	e.Makes = append(e.Makes, o)
	return e
}

func (e Effects) removed(o Object, d Definition) Effects {
	e.reads(tableObject(o.Table))
	d.Table = o.Table
	e.Old = append(e.Old, d)
	e.Removes = append(e.Removes, o)
	return e
}
