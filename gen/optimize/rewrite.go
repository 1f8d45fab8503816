package optimize

import (
	"reflect"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// rewriter rewrites ops with other names. What is nil leaves its names as they are.
type rewriter struct {
	table  func(name string) string
	name   func(table, column string) string
	expr   func(table, text string) string
	column func(schema.Column) schema.Column
}

func (w *rewriter) t(name string) string {
	if w.table == nil {
		return name
	}
	return w.table(name)
}

func (w *rewriter) c(table, column string) string {
	if w.name == nil {
		return column
	}
	return w.name(table, column)
}

func (w *rewriter) e(table, text string) string {
	if w.expr == nil || text == "" {
		return text
	}
	return w.expr(table, text)
}

func (w *rewriter) cs(table string, columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = w.c(table, c)
	}
	return out
}

func (w *rewriter) def(table string, d schema.ColumnDef) schema.ColumnDef {
	c := d.Def()
	c.Name, c.Generated = w.c(table, c.Name), w.e(table, c.Generated)
	if w.column != nil {
		c = w.column(c)
	}
	return c
}

func (w *rewriter) primaryKey(table string, pk schema.PrimaryKey) schema.PrimaryKey {
	pk.Columns = w.cs(table, pk.Columns)
	return pk
}

func (w *rewriter) unique(table string, u schema.Unique) schema.Unique {
	u.Columns = w.cs(table, u.Columns)
	return u
}

func (w *rewriter) check(table string, c schema.Check) schema.Check {
	c.Expr = w.e(table, c.Expr)
	return c
}

func (w *rewriter) foreignKey(table string, f schema.ForeignKey) schema.ForeignKey {
	f.Columns, f.RefColumns, f.RefTable = w.cs(table, f.Columns), w.cs(f.RefTable, f.RefColumns), w.t(f.RefTable)
	return f
}

func (w *rewriter) index(table string, x schema.Index) schema.Index {
	parts := make([]schema.IndexPart, len(x.Parts))
	for i, p := range x.Parts {
		if p.Column != "" {
			p.Column = w.c(table, p.Column)
		}
		p.Expr = w.e(table, p.Expr)
		parts[i] = p
	}
	x.Parts, x.Where = parts, w.e(table, x.Where)
	if len(x.Include) > 0 {
		x.Include = w.cs(table, x.Include)
	}
	return x
}

// op writes an op again: what every op calls the same, or has of the definition of a table, and the names and the SQL of those that have more.
// Whether all of an op is written again is not for this to say, see through.
func (w *rewriter) op(op migrate.Op) migrate.Op {
	v := reflect.New(reflect.TypeOf(op)).Elem()
	v.Set(reflect.ValueOf(op))
	if v.Kind() != reflect.Struct {
		return op
	}
	t := v.FieldByName("Table")
	if !t.IsValid() || t.Kind() != reflect.String {
		return w.rename(op)
	}
	table := t.String()
	for _, field := range v.Fields() {
		w.field(table, field)
	}
	out := w.columns(table, v.Interface().(migrate.Op))
	v.Set(reflect.ValueOf(out))
	v.FieldByName("Table").SetString(w.t(table))
	return v.Interface().(migrate.Op)
}

// rename is op for those that are about no one table.
func (w *rewriter) rename(op migrate.Op) migrate.Op {
	if o, is := op.(migrate.RenameTable); is {
		o.From, o.To = w.t(o.From), w.t(o.To)
		return o
	}
	return op
}

// columns writes names of columns of a table again, and SQL over them, which an op has beside definitions.
func (w *rewriter) columns(table string, op migrate.Op) migrate.Op {
	if o, is := op.(migrate.RenameColumn); is {
		o.From, o.To = w.c(table, o.From), w.c(table, o.To)
		return o
	}
	switch o := op.(type) {
	case migrate.AlterColumn:
		o.Using, o.UsingBack = w.e(table, o.Using), w.e(table, o.UsingBack)
		return o
	case migrate.DropColumn:
		o.FillBack = w.e(table, o.FillBack)
		return o
	}
	return op
}

// field writes a definition again, and each of a list.
func (w *rewriter) field(table string, v reflect.Value) {
	if v.Kind() == reflect.Slice {
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		if v.IsNil() {
			return
		}
		reflect.Copy(list, v)
		for i := range list.Len() {
			w.field(table, list.Index(i))
		}
		v.Set(list)
		return
	}
	switch d := v.Interface().(type) {
	case schema.ColumnDef:
		v.Set(reflect.ValueOf(w.def(table, d)))
	case schema.PrimaryKey:
		if len(d.Columns) > 0 {
			v.Set(reflect.ValueOf(w.primaryKey(table, d)))
		}
	case schema.Unique:
		v.Set(reflect.ValueOf(w.unique(table, d)))
	case schema.Check:
		v.Set(reflect.ValueOf(w.check(table, d)))
	case schema.ForeignKey:
		v.Set(reflect.ValueOf(w.foreignKey(table, d)))
	case schema.Index:
		v.Set(reflect.ValueOf(w.index(table, d)))
	}
}
