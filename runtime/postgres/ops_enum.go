package postgres

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func (p *planner) CreateEnum(o migrate.CreateEnum) error {
	p.types = true
	p.add(o, migrate.Facts{}, p.createEnum(o.Name, o.Values))
	return nil
}

func (p *planner) createEnum(name string, values []string) migrate.Statement {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = text(v)
	}
	return statement("CREATE TYPE " + p.name(name) + " AS ENUM (" + strings.Join(quoted, ", ") + ")")
}

func (p *planner) DropEnum(o migrate.DropEnum) error {
	p.add(o, migrate.Facts{}, statement("DROP TYPE "+p.name(o.Name)))
	return nil
}

func (p *planner) RenameEnum(o migrate.RenameEnum) error {
	p.types = true
	taken := func(name string) bool { return p.before.Enum(name) != nil || p.before.Table(name) != nil }
	p.add(o, migrate.Facts{}, p.move("TYPE", o.From, o.To, taken)...)
	for i := range p.values {
		if p.values[i].enum == o.From {
			p.values[i].enum = o.To
			p.values[i].names = append(p.values[i].names, baseName(o.To))
		}
	}
	return nil
}

func (p *planner) RenameEnumValue(o migrate.RenameEnumValue) error {
	p.types = true
	p.dirty = true
	p.add(o, migrate.Facts{}, statement("ALTER TYPE "+p.name(o.Enum)+" RENAME VALUE "+text(o.From)+" TO "+text(o.To)))
	p.respells[len(p.stages)-1] = true
	for i := range p.values {
		if v := &p.values[i]; v.enum == o.Enum && slices.Contains(v.values, o.From) {
			v.values = append(slices.Clip(v.values), o.To)
		}
	}
	return nil
}

func (p *planner) AlterEnum(o migrate.AlterEnum) error {
	p.types = true
	if slices.Equal(o.From, o.To) {
		return nil
	}
	if o.Added() == nil {
		return p.remakeEnum(o)
	}
	var out []migrate.Statement
	for i, v := range o.To {
		if slices.Contains(o.From, v) {
			continue
		}
		place := " BEFORE " + text(o.From[0])
		if i > 0 {
			place = " AFTER " + text(o.To[i-1])
		}
		out = append(out, statement("ALTER TYPE "+p.name(o.Name)+" ADD VALUE "+text(v)+place))
	}
	p.add(o, migrate.Facts{}, out...)
	p.stages[len(p.stages)-1].Parts = []migrate.Op{o}
	p.values = append(p.values, addedValues{enum: o.Name, names: []string{baseName(o.Name)}, values: o.Added(), stage: len(p.stages) - 1})
	return nil
}

// remakeEnum recreates the type under its name and takes every column over. Indexes and constraints over plain columns follow by
// themselves; what compares the column with a value of the old type is recreated.
func (p *planner) remakeEnum(o migrate.AlterEnum) error {
	columns, err := p.enumColumns(o.Name)
	if err != nil {
		return err
	}
	drop, again, err := p.apart(columns)
	if err != nil {
		return err
	}
	for _, t := range p.before.Tables {
		for _, fk := range t.ForeignKeys {
			if overlap(fk.Columns, columns[t.Name]) || overlap(fk.RefColumns, columns[fk.RefTable]) {
				drop = append(drop, p.dropConstraint(t.Name, fk.Name))
				again = append(again, p.addConstraint(t.Name, p.foreignKey(fk)))
			}
		}
	}
	ns, base := schema.SplitName(o.Name)
	old := schema.JoinName(ns, schema.DeriveName(base, nil, "old", func(n string) bool {
		n = schema.JoinName(ns, n)
		return p.before.Enum(n) != nil || p.before.Table(n) != nil
	}))
	_, oldBase := schema.SplitName(old)
	reads := p.readsEnum(o.Name, columns)
	away, back := p.around(reads)
	out := append(append(away, drop...), statement("ALTER TYPE "+p.name(o.Name)+" RENAME TO "+ident(oldBase)), p.createEnum(o.Name, o.To))
	var tables []string
	for _, t := range p.before.Tables {
		if names := columns[t.Name]; len(names) > 0 {
			tables = append(tables, t.Name)
			out = append(out, p.retype(t, names, o)...)
			for _, c := range names {
				p.leaves(t.Name, c)
			}
		}
	}
	out = append(out, statement("DROP TYPE "+p.name(old)))
	for _, r := range reads { // queries through a view wait too
		for _, name := range p.objectLocks(r, true).Tables {
			if !slices.Contains(tables, name) {
				tables = append(tables, name)
			}
		}
	}
	f := p.locks(accessExclusive, tables...)
	f.Scans, f.Rewrites = len(f.Tables) > 0, len(f.Tables) > 0
	p.add(o, f, append(append(out, again...), back...)...)
	p.madeAgain(o.Name)
	return nil
}

// enumColumns returns the columns of that type, by table.
func (p *planner) enumColumns(enum string) (map[string][]string, error) {
	columns := map[string][]string{}
	for _, t := range p.before.Tables {
		for _, c := range t.Columns {
			if c.Type.Kind == schema.KindEnum && c.Type.Name == enum && c.TypeFor[dialect] == "" {
				columns[t.Name] = append(columns[t.Name], c.Name)
			}
		}
		for _, c := range t.Columns {
			if c.Generated != "" && (slices.Contains(columns[t.Name], c.Name) || mentions(c.Generated, columns[t.Name])) {
				return nil, &migrate.UnsupportedError{Dialect: dialect, Table: t.Name, Object: c.Name,
					Reason: "a generated column over enum " + enum + " while values of it go or change places",
					Hint:   "drop the generated column before, and add it again after"}
			}
		}
	}
	return columns, nil
}

// retype takes columns to the new type of the same name; the table is written once.
func (p *planner) retype(t *schema.Table, names []string, o migrate.AlterEnum) []migrate.Statement {
	var retype, defaults []string
	for _, n := range names {
		c := t.Column(n)
		if def := defaultOf(*c); def != "" {
			retype = append(retype, "ALTER COLUMN "+ident(n)+" DROP DEFAULT")
			if c.Default == nil || c.Type.Array || slices.Contains(o.To, *c.Default) { // else an op that follows gives it another
				defaults = append(defaults, "ALTER COLUMN "+ident(n)+" SET DEFAULT "+def)
			}
		}
		suffix := ""
		if c.Type.Array {
			suffix = "[]"
		}
		retype = append(retype, "ALTER COLUMN "+ident(n)+" TYPE "+p.columnType(*c)+" USING "+ident(n)+"::text"+suffix+"::"+p.columnType(*c))
	}
	out := []migrate.Statement{statement(p.alter(t.Name) + strings.Join(retype, ", "))}
	if removed := o.Removed(); len(removed) > 0 {
		out[0].Comment = "fails, with nothing changed, when a row still holds a value that goes"
	}
	if len(defaults) > 0 {
		out = append(out, statement(p.alter(t.Name)+strings.Join(defaults, ", ")))
	}
	return out
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}
