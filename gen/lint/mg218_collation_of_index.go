package lint

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg218 = Check{
	Code: "MG218", Title: "a collation changes under an index or a constraint", Severity: Error,
	Breaks: "every index over the column is rebuilt, and every check and foreign key over it is checked again, while nobody reads or writes the table; rows come in another order for the previous release too",
	When:   "on PostgreSQL, on a table that others use; a warning when no index and no constraint is over the column, as then only the order changes",
	Safe: "keep the collation, give the table an index with the other one (index:\"name collate C\"), which is built concurrently, and ask for it in ORDER BY; " +
		"or drop the index before and create it again after, in ops of their own; on a small table say so: //modelgen:allow MG218 why",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if !ok || !p.can(rebuildsIndexes) || !p.used(o.Table) || o.From.Def().Collate == o.To.Def().Collate {
			return
		}
		name := o.To.Def().Name
		if p.added[o.Table+"."+name] {
			return
		}
		to := o.To.Def().Collate
		if to == "" {
			to = "that of the database"
		}
		if over := p.over(o.Table, name); len(over) > 0 {
			p.report("the collation of %s.%s becomes %s: what is over it is done again under ACCESS EXCLUSIVE on %s: %s", o.Table, name, to, o.Table, strings.Join(over, ", "))
			return
		}
		p.reportAs(Warning, "let the queries that need the other order ask for it, with COLLATE in ORDER BY", "the collation of %s.%s becomes %s: rows come in another order for the previous release too", o.Table, name, to)
	},
}

// over returns the names of what stands over a column: keys, indexes, checks and foreign keys, those of other tables that refer to it included.
func (p *pass) over(table, column string) []string {
	var names []string
	t := p.s.Table(table)
	if t == nil {
		return nil
	}
	mentions := func(expr string) bool { return len(schema.ExprColumns(expr, []string{column})) > 0 }
	if t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, column) {
		names = append(names, t.PrimaryKey.Name)
	}
	for _, u := range t.Uniques {
		if slices.Contains(u.Columns, column) {
			names = append(names, u.Name)
		}
	}
	for _, x := range t.Indexes {
		if slices.Contains(x.Columns(), column) || slices.Contains(x.Include, column) || mentions(x.Where) ||
			slices.ContainsFunc(x.Parts, func(part schema.IndexPart) bool { return mentions(part.Expr) }) {
			names = append(names, x.Name)
		}
	}
	for _, c := range t.Checks {
		if mentions(c.Expr) {
			names = append(names, c.Name)
		}
	}
	for _, f := range t.ForeignKeys {
		if slices.Contains(f.Columns, column) {
			names = append(names, f.Name)
		}
	}
	return append(names, p.referring(table, column)...)
}

// referring returns the names of the foreign keys of other tables that refer to the column.
func (p *pass) referring(table, column string) []string {
	var names []string
	for _, t := range p.s.Tables {
		for _, f := range t.ForeignKeys {
			if t.Name != table && f.RefTable == table && slices.Contains(f.RefColumns, column) {
				names = append(names, f.Name)
			}
		}
	}
	return names
}
