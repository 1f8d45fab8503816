package postgres

import (
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func (p *planner) AddPrimaryKey(o migrate.AddPrimaryKey) error {
	if err := p.checkOrdered(p.before.Table(o.Table), o.PrimaryKey.Name, o.PrimaryKey.Columns); err != nil {
		return err
	}
	if p.online(o.Table, o.Plain) {
		name := o.PrimaryKey.Name
		if name == "" {
			name = schema.DeriveName(o.Table, nil, "pkey", nil)
		}
		return p.onlineKey(o, o.Table, name, "PRIMARY KEY", o.PrimaryKey.Columns, false, schema.NotDeferrable)
	}
	f := p.scanned(p.locks(accessExclusive, o.Table), o.Table, true, false)
	p.add(o, f, p.addConstraint(o.Table, primaryKey(o.PrimaryKey)))
	return nil
}

func (p *planner) DropPrimaryKey(o migrate.DropPrimaryKey) error {
	name := o.PrimaryKey.Name
	if name == "" {
		name = schema.DeriveName(o.Table, nil, "pkey", nil) // as PostgreSQL names one that was given no name
	}
	p.add(o, p.locks(accessExclusive, o.Table), p.dropConstraint(o.Table, name))
	return nil
}

func (p *planner) AddUnique(o migrate.AddUnique) error {
	if err := p.checkOrdered(p.before.Table(o.Table), o.Unique.Name, o.Unique.Columns); err != nil {
		return err
	}
	sql, err := p.unique(o.Table, o.Unique)
	if err != nil {
		return err
	}
	if p.online(o.Table, o.Plain) && o.Unique.Name != "" {
		return p.onlineKey(o, o.Table, o.Unique.Name, "UNIQUE", o.Unique.Columns, o.Unique.NullsNotDistinct, o.Unique.Deferrable)
	}
	f := p.scanned(p.locks(accessExclusive, o.Table), o.Table, true, false)
	p.add(o, f, p.addConstraint(o.Table, sql))
	return nil
}

func (p *planner) DropUnique(o migrate.DropUnique) error {
	p.add(o, p.locks(accessExclusive, o.Table), p.dropConstraint(o.Table, o.Unique.Name))
	return nil
}

func (p *planner) AddCheck(o migrate.AddCheck) error {
	if p.online(o.Table, o.Plain) && o.Check.Name != "" {
		return p.onlineCheck(o, accessExclusive, []string{o.Table}, o.Check.Name, check(o.Check),
			"NOT ("+o.Check.Expr+")", "break the check "+o.Check.Expr+"; correct them", o, nil)
	}
	f := p.scanned(p.locks(accessExclusive, o.Table), o.Table, true, false)
	p.add(o, f, p.addConstraint(o.Table, check(o.Check)))
	return nil
}

func (p *planner) DropCheck(o migrate.DropCheck) error {
	p.add(o, p.locks(accessExclusive, o.Table), p.dropConstraint(o.Table, o.Check.Name))
	return nil
}

func (p *planner) AddForeignKey(o migrate.AddForeignKey) error {
	if p.online(o.Table, o.Plain) && o.ForeignKey.Name != "" {
		fk := o.ForeignKey
		n := len(p.stages)
		if p.isPartitioned(o.Table) && p.version < 18 {
			return p.partitionedKey(o)
		}
		err := p.onlineCheck(o, shareRowExclusive, []string{o.Table, fk.RefTable}, fk.Name, p.foreignKey(fk),
			p.orphans(fk), "refer to rows of "+fk.RefTable+" that are not there; correct them", o, nil)
		switch {
		case err != nil:
		case !p.fresh[fk.RefTable]:
			p.stages[n].Check = p.checkRows([]string{o.Table, fk.RefTable}, p.orphansBefore(fk), "refer to rows of "+fk.RefTable+" that are not there; correct them")
		default: // it is made here, and empty
			p.stages[n].Check = p.checkRows([]string{o.Table}, referring(fk), "refer to rows of "+fk.RefTable+", which comes back without any; take the values out of them")
		}
		if err == nil {
			p.stages[n].Check = both(p.stages[n].Check, p.filledOrphans(o))
		}
		return err
	}
	f := p.scanned(p.locks(shareRowExclusive, o.Table, o.ForeignKey.RefTable), o.Table, true, false)
	p.add(o, f, p.addConstraint(o.Table, p.foreignKey(o.ForeignKey)))
	return nil
}

func (p *planner) DropForeignKey(o migrate.DropForeignKey) error {
	p.add(o, p.locks(accessExclusive, o.Table, o.ForeignKey.RefTable), p.dropConstraint(o.Table, o.ForeignKey.Name))
	if fk := o.ForeignKey; p.online(o.Table, o.Plain) && fk.RefTable != o.Table && !p.fresh[fk.RefTable] {
		p.stages[len(p.stages)-1].Commit = true // the other table is free again at once
	}
	return nil
}

func (p *planner) RenameConstraint(o migrate.RenameConstraint) error {
	p.add(o, p.locks(accessExclusive, o.Table),
		statement("ALTER TABLE "+p.name(o.Table)+" RENAME CONSTRAINT "+ident(o.From)+" TO "+ident(o.To)))
	return nil
}

func (p *planner) addConstraint(table, definition string) migrate.Statement {
	return statement("ALTER TABLE " + p.name(table) + " ADD " + definition)
}

func (p *planner) dropConstraint(table, name string) migrate.Statement {
	return statement("ALTER TABLE " + p.name(table) + " DROP CONSTRAINT " + ident(name))
}

func named(name string) string {
	if name == "" {
		return ""
	}
	return "CONSTRAINT " + ident(name) + " "
}

func primaryKey(pk schema.PrimaryKey) string {
	return named(pk.Name) + "PRIMARY KEY (" + idents(pk.Columns) + ")"
}

func (r renderer) unique(table string, u schema.Unique) (string, error) {
	nulls := ""
	if u.NullsNotDistinct {
		if err := r.needs(15, table, u.Name, "NULLS NOT DISTINCT"); err != nil {
			return "", err
		}
		nulls = "NULLS NOT DISTINCT "
	}
	return named(u.Name) + "UNIQUE " + nulls + "(" + idents(u.Columns) + ")" + deferrable(u.Deferrable), nil
}

func check(c schema.Check) string { return named(c.Name) + "CHECK (" + c.Expr + ")" }

func (r renderer) foreignKey(fk schema.ForeignKey) string {
	sql := named(fk.Name) + "FOREIGN KEY (" + idents(fk.Columns) + ") REFERENCES " + r.name(fk.RefTable) + " (" + idents(fk.RefColumns) + ")"
	if fk.OnDelete != schema.NoAction {
		sql += " ON DELETE " + string(fk.OnDelete)
	}
	if fk.OnUpdate != schema.NoAction {
		sql += " ON UPDATE " + string(fk.OnUpdate)
	}
	return sql + deferrable(fk.Deferrable)
}

// orphans is the condition of rows whose foreign key leads nowhere.
func (r renderer) orphans(fk schema.ForeignKey) string { return orphansIn(r.name(fk.RefTable), fk) }

func orphansIn(parent string, fk schema.ForeignKey) string {
	var same []string
	for i, c := range fk.Columns {
		same = append(same, "o."+ident(fk.RefColumns[i])+" = r."+ident(c))
	}
	return referring(fk) + " AND NOT EXISTS (SELECT 1 FROM " + parent + " AS o WHERE " + strings.Join(same, " AND ") + ")"
}

// referring is the condition of rows that refer to one.
func referring(fk schema.ForeignKey) string {
	set := make([]string, len(fk.Columns))
	for i, c := range fk.Columns {
		set[i] = "r." + ident(c) + " IS NOT NULL"
	}
	return strings.Join(set, " AND ")
}

func deferrable(d schema.Deferrable) string {
	if d == schema.NotDeferrable {
		return ""
	}
	return " DEFERRABLE INITIALLY " + string(d)
}

// needs refuses what a server of the planner's version does not know.
func (r renderer) needs(version int, table, object, what string) error {
	if r.version >= version {
		return nil
	}
	return &migrate.UnsupportedError{Dialect: dialect, Table: table, Object: object,
		Reason: what + " before version " + strconv.Itoa(version), Hint: "it is planned for version " + strconv.Itoa(r.version)}
}
