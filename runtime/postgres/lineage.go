package postgres

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// lineage keeps what tables and columns were called before the migration, so that rows can be looked at before its first stage. A table or column
// that it does not know has the name that it had; "" stands for one that was not there, or not with these values.
type lineage struct {
	tables  map[string]string
	columns map[string]map[string]string // by the name that the table has now
}

func (l *lineage) table(now string) string {
	if was, ok := l.tables[now]; ok {
		return was
	}
	return now
}

func (l *lineage) column(table, now string) string {
	if was, ok := l.columns[table][now]; ok {
		return was
	}
	return now
}

// newTable notes that what a table is called so holds nothing from before.
func (l *lineage) newTable(name string) {
	l.tables[name] = ""
	delete(l.columns, name)
}

func (l *lineage) renameTable(from, to string) {
	l.tables[to], l.columns[to] = l.table(from), l.columns[from]
	l.newTable(from)
}

func (l *lineage) setColumn(table, now, was string) {
	if l.columns[table] == nil {
		l.columns[table] = map[string]string{}
	}
	l.columns[table][now] = was
}

func (l *lineage) renameColumn(table, from, to string) {
	l.setColumn(table, to, l.column(table, from))
	l.setColumn(table, from, "")
}

// unknown returns the columns of a table whose values were not there before the migration, those that are computed from them included.
func (p *planner) unknown(table string) []string {
	list := slices.Clone(p.filled[table])
	for now, was := range p.was.columns[table] {
		if was == "" {
			list = append(list, now)
		}
	}
	if t := p.before.Table(table); t != nil && len(list) > 0 {
		for _, c := range t.Columns {
			if mentions(c.Generated, list) {
				list = append(list, c.Name)
			}
		}
	}
	return list
}

// rowsBefore returns what selects the rows of a table before the migration, with the columns as they are called now: the table, or a query in
// parentheses.
func (p *planner) rowsBefore(table string) string {
	name := p.name(p.was.table(table))
	t := p.before.Table(table)
	if len(p.was.columns[table]) == 0 || t == nil {
		return name
	}
	var list []string
	for _, c := range t.Columns {
		if was := p.was.column(table, c.Name); was != "" {
			list = append(list, ident(was)+" AS "+ident(c.Name))
		}
	}
	return "(SELECT " + strings.Join(list, ", ") + " FROM " + name + ")"
}

// keyBefore returns the columns of the primary key, quoted, as far as they were there before the migration.
func (p *planner) keyBefore(table string) []string {
	if t := p.before.Table(table); t != nil && t.PrimaryKey != nil &&
		slices.ContainsFunc(t.PrimaryKey.Columns, func(c string) bool { return p.was.column(table, c) == "" }) {
		return nil
	}
	return p.keyOf(table)
}

// renamed moves what is known of a table to its new name.
func (p *planner) renamed(o migrate.RenameTable) {
	p.was.renameTable(o.From, o.To)
	p.gets.Forget(o.From)
	p.gets.Forget(o.To)
	p.filled[o.To] = p.filled[o.From]
	delete(p.filled, o.From)
}

// renamedColumn moves what is known of a column to its new name.
func (p *planner) renamedColumn(o migrate.RenameColumn) {
	p.was.renameColumn(o.Table, o.From, o.To)
	p.gets.Forget(o.Table)
	for i, c := range p.filled[o.Table] {
		if c == o.From {
			p.filled[o.Table][i] = o.To
		}
	}
}

// orphansBefore is the condition of rows whose foreign key leads nowhere before the migration.
func (p *planner) orphansBefore(fk schema.ForeignKey) string {
	return orphansIn(p.rowsBefore(fk.RefTable), fk)
}
