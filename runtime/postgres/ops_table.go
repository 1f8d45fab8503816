package postgres

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func (p *planner) CreateSchema(o migrate.CreateSchema) error {
	p.add(o, migrate.Facts{}, statement("CREATE SCHEMA IF NOT EXISTS "+ident(o.Name)))
	return nil
}

func (p *planner) DropSchema(o migrate.DropSchema) error {
	p.add(o, migrate.Facts{}, migrate.Statement{
		SQL:     doBlock("BEGIN DROP SCHEMA IF EXISTS " + ident(o.Name) + "; EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END"),
		Comment: "a schema that still holds something stays",
	})
	return nil
}

func (p *planner) CreateTable(o migrate.CreateTable) error {
	t := o.Definition()
	statements, err := p.table(t)
	if err != nil {
		return err
	}
	statements = append(statements, p.spreadNew(t, &statements[0])...)
	p.fresh[o.Table] = true
	p.was.newTable(o.Table)
	p.add(o, p.locks(shareRowExclusive, parents(o.ForeignKeys)...), statements...)
	if p.engine == Citus && t.Options.Spread() {
		p.still()
	}
	return nil
}

// table writes the statements that make a table with all that belongs to it.
func (p *planner) table(t *schema.Table) ([]migrate.Statement, error) {
	var items, later []string
	if err := p.checkTable(t); err != nil {
		return nil, err
	}
	for _, c := range t.Columns {
		sql, err := p.column(t.Name, c)
		if err != nil {
			return nil, err
		}
		items = append(items, sql)
	}
	if t.PrimaryKey != nil {
		items = append(items, primaryKey(*t.PrimaryKey))
	}
	for i, u := range t.Uniques {
		sql, err := p.unique(t.Name, u)
		if err != nil {
			return nil, err
		}
		if merged(t, i) {
			later = append(later, sql)
		} else {
			items = append(items, sql)
		}
	}
	for _, c := range t.Checks {
		items = append(items, check(c))
	}
	for _, fk := range t.ForeignKeys {
		items = append(items, p.foreignKey(fk))
	}
	head, tail, err := p.tableOptions(t)
	if err != nil {
		return nil, err
	}
	statements := []migrate.Statement{statement("CREATE " + head + "TABLE " + p.name(t.Name) + " (\n  " + strings.Join(items, ",\n  ") + "\n)" + tail)}
	for _, sql := range later {
		statements = append(statements, p.addConstraint(t.Name, sql))
	}
	for _, x := range t.Indexes {
		sql, err := p.createIndex(t.Name, x, false)
		if err != nil {
			return nil, err
		}
		statements = append(statements, statement(sql))
	}
	if t.Comment != "" {
		statements = append(statements, statement(p.commentTable(t.Name, t.Comment)))
	}
	for _, c := range t.Columns {
		if c.Comment != "" {
			statements = append(statements, statement(p.commentColumn(t.Name, c)))
		}
	}
	return statements, nil
}

// merged reports whether PostgreSQL would silently leave out unique constraint i inside CREATE TABLE, because the primary key or one before it
// has the same columns (transformIndexConstraints in parse_utilcmd.c).
func merged(t *schema.Table, i int) bool {
	columns := t.Uniques[i].Columns
	return t.PrimaryKey != nil && slices.Equal(t.PrimaryKey.Columns, columns) ||
		slices.ContainsFunc(t.Uniques[:i], func(u schema.Unique) bool { return slices.Equal(u.Columns, columns) })
}

func (p *planner) DropTable(o migrate.DropTable) error {
	p.leaves(o.Table, "")
	p.was.newTable(o.Table)
	p.forget(o.Table)
	held := parents(o.ForeignKeys)
	if p.online(o.Table, "") { // a key locks its parent as well, so each goes by itself
		for _, fk := range o.ForeignKeys {
			if fk.RefTable != o.Table && !p.fresh[fk.RefTable] && fk.Name != "" {
				p.stage(o, migrate.Stage{Commit: true, Facts: p.locks(accessExclusive, o.Table, fk.RefTable), Statements: []migrate.Statement{p.dropConstraint(o.Table, fk.Name)},
					Parts: []migrate.Op{migrate.DropForeignKey{Table: o.Table, ForeignKey: fk}}})
				p.stages[len(p.stages)-1].Destroys = nil
				held = slices.DeleteFunc(held, func(t string) bool { return t == fk.RefTable })
			}
		}
	}
	p.add(o, p.locks(accessExclusive, append([]string{o.Table}, held...)...), statement("DROP TABLE "+p.name(o.Table)))
	return nil
}

func (p *planner) RenameTable(o migrate.RenameTable) error {
	taken := func(name string) bool { return p.before.Table(name) != nil }
	p.renames[len(p.stages)] = true
	p.renamed(o)
	clear(p.fills)
	p.add(o, p.locks(accessExclusive, o.From), p.move("TABLE", o.From, o.To, taken)...)
	if k, spread := p.spreadOf(o.From); spread {
		p.spreads(o.To, k)
	}
	p.fresh[o.To] = p.fresh[o.From]
	delete(p.fresh, o.From)
	return nil
}

// move renames a table or type and takes it to another schema. Which comes first depends on what name is free in between.
func (p *planner) move(kind, from, to string, taken func(string) bool) []migrate.Statement {
	fromNS, fromBase := schema.SplitName(from)
	toNS, toBase := schema.SplitName(to)
	alter := func(name, what string) migrate.Statement {
		return statement("ALTER " + kind + " " + p.name(name) + " " + what)
	}
	rename := "RENAME TO " + ident(toBase)
	if p.namespace(from) == p.namespace(to) {
		if fromBase == toBase {
			return nil
		}
		return []migrate.Statement{alter(from, rename)}
	}
	setSchema := "SET SCHEMA " + ident(p.namespace(to))
	switch {
	case fromBase == toBase:
		return []migrate.Statement{alter(from, setSchema)}
	case taken(schema.JoinName(toNS, fromBase)):
		return []migrate.Statement{alter(from, rename), alter(schema.JoinName(fromNS, toBase), setSchema)}
	}
	return []migrate.Statement{alter(from, setSchema), alter(schema.JoinName(toNS, fromBase), rename)}
}

func (p *planner) CommentTable(o migrate.CommentTable) error {
	p.add(o, p.locks(shareUpdateExclusive, o.Table), statement(p.commentTable(o.Table, o.To)))
	return nil
}

func (p *planner) commentTable(table, comment string) string {
	return "COMMENT ON TABLE " + p.name(table) + " IS " + textOrNull(comment)
}

// doBlock wraps PL/pgSQL code into a statement, with a dollar quote that the code does not hold.
func doBlock(code string) string {
	tag := "$modelgen$"
	for strings.Contains(code, tag) {
		tag = tag[:len(tag)-1] + "_$"
	}
	return "DO " + tag + " " + code + " " + tag
}
