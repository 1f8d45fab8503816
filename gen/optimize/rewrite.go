package optimize

import (
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

func (w *rewriter) create(o migrate.CreateTable) migrate.CreateTable {
	out := migrate.CreateTable{Table: w.t(o.Table), Comment: o.Comment}
	for _, c := range o.Columns {
		out.Columns = append(out.Columns, w.def(o.Table, c))
	}
	if len(o.PrimaryKey.Columns) > 0 {
		out.PrimaryKey = w.primaryKey(o.Table, o.PrimaryKey)
	}
	for _, u := range o.Uniques {
		out.Uniques = append(out.Uniques, w.unique(o.Table, u))
	}
	for _, c := range o.Checks {
		out.Checks = append(out.Checks, w.check(o.Table, c))
	}
	for _, f := range o.ForeignKeys {
		out.ForeignKeys = append(out.ForeignKeys, w.foreignKey(o.Table, f))
	}
	for _, x := range o.Indexes {
		out.Indexes = append(out.Indexes, w.index(o.Table, x))
	}
	return out
}

// op writes an op again. Those that do not speak of tables, columns and types of columns come back as they are.
func (w *rewriter) op(op migrate.Op) migrate.Op {
	switch o := op.(type) {
	case migrate.CreateTable:
		return w.create(o)
	case migrate.DropTable:
		return migrate.DropTable(w.create(migrate.CreateTable(o)))
	case migrate.RenameTable:
		o.From, o.To = w.t(o.From), w.t(o.To)
		return o
	case migrate.CommentTable:
		o.Table = w.t(o.Table)
		return o
	case migrate.AddColumn:
		o.Column, o.Table = w.def(o.Table, o.Column), w.t(o.Table)
		return o
	case migrate.DropColumn:
		o.Column, o.Table = w.def(o.Table, o.Column), w.t(o.Table)
		return o
	case migrate.RenameColumn:
		o.From, o.To, o.Table = w.c(o.Table, o.From), w.c(o.Table, o.To), w.t(o.Table)
		return o
	case migrate.AlterColumn:
		o.From, o.To, o.Using, o.UsingBack, o.Table = w.def(o.Table, o.From), w.def(o.Table, o.To), w.e(o.Table, o.Using), w.e(o.Table, o.UsingBack), w.t(o.Table)
		return o
	case migrate.AddPrimaryKey:
		o.PrimaryKey, o.Table = w.primaryKey(o.Table, o.PrimaryKey), w.t(o.Table)
		return o
	case migrate.DropPrimaryKey:
		o.PrimaryKey, o.Table = w.primaryKey(o.Table, o.PrimaryKey), w.t(o.Table)
		return o
	case migrate.AddUnique:
		o.Unique, o.Table = w.unique(o.Table, o.Unique), w.t(o.Table)
		return o
	case migrate.DropUnique:
		o.Unique, o.Table = w.unique(o.Table, o.Unique), w.t(o.Table)
		return o
	case migrate.AddCheck:
		o.Check, o.Table = w.check(o.Table, o.Check), w.t(o.Table)
		return o
	case migrate.DropCheck:
		o.Check, o.Table = w.check(o.Table, o.Check), w.t(o.Table)
		return o
	case migrate.AddForeignKey:
		o.ForeignKey, o.Table = w.foreignKey(o.Table, o.ForeignKey), w.t(o.Table)
		return o
	case migrate.DropForeignKey:
		o.ForeignKey, o.Table = w.foreignKey(o.Table, o.ForeignKey), w.t(o.Table)
		return o
	case migrate.RenameConstraint:
		o.Table = w.t(o.Table)
		return o
	case migrate.CreateIndex:
		o.Index, o.Table = w.index(o.Table, o.Index), w.t(o.Table)
		return o
	case migrate.DropIndex:
		o.Index, o.Table = w.index(o.Table, o.Index), w.t(o.Table)
		return o
	case migrate.RenameIndex:
		o.Table = w.t(o.Table)
		return o
	}
	return op
}
