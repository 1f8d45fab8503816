package load

import (
	"go/token"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// checkNames refuses explicit names that are there twice where a database allows one only: of tables, enums, indexes and keys in
// a schema, and of constraints in a table.
func (l *loader) checkNames() {
	type owner struct {
		what string
		only string // the dialect that has it, "" for every one
		pos  token.Pos
	}
	relations, types := map[string][]owner{}, map[string][]owner{} // a table is also the type of its rows
	claim := func(taken map[string][]owner, name, key, what, only string, pos token.Pos) {
		if name == "" {
			return
		}
		for _, before := range taken[key] {
			if schema.Meet(before.only, only) {
				l.failf(pos, "the name %s of %s is taken by %s at %s", name, what, before.what, l.shortPos(before.pos))
				return
			}
		}
		taken[key] = append(taken[key], owner{what, only, pos})
	}
	for _, t := range l.schema.Tables {
		claim(relations, t.Name, strings.ToLower(t.Name), "table "+t.Name, "", l.places[place{object: t.Name}])
		claim(types, t.Name, strings.ToLower(t.Name), "table "+t.Name, "", l.places[place{object: t.Name}])
		l.reservedNames(t)
	}
	for _, e := range l.schema.Enums {
		claim(types, e.Name, strings.ToLower(e.Name), "the enum "+e.Name, "", l.places[place{kind: "enum", object: e.Name}])
	}
	for _, t := range l.schema.Tables {
		ns, _ := schema.SplitName(t.Name)
		constraints := map[string][]owner{}
		relation := func(name, what, only string, pos token.Pos) {
			claim(relations, name, strings.ToLower(schema.JoinName(ns, name)), what+" of "+t.Name, only, pos)
		}
		at := func(kind string, i int) token.Pos { return l.places[place{kind, t.Name, "", i}] }
		if t.PrimaryKey != nil {
			relation(t.PrimaryKey.Name, "the primary key", "", at("pk", 0))
			claim(constraints, t.PrimaryKey.Name, t.PrimaryKey.Name, "the primary key", "", at("pk", 0))
		}
		for i, u := range t.Uniques {
			relation(u.Name, "a unique constraint", u.Only, at("unique", i))
			claim(constraints, u.Name, u.Name, "a unique constraint", u.Only, at("unique", i))
		}
		for i, x := range t.Indexes {
			relation(x.Name, "an index", x.Only, at("index", i))
		}
		for i, c := range t.Checks {
			claim(constraints, c.Name, c.Name, "a check", c.Only, at("check", i))
		}
		for i, f := range t.ForeignKeys {
			claim(constraints, f.Name, f.Name, "a foreign key", "", at("fk", i))
		}
	}
}

// namespaces collects the schemas that tables and enums are in.
func (l *loader) namespaces() {
	add := func(name string) {
		if ns, _ := schema.SplitName(name); ns != "" && !slices.Contains(l.schema.Namespaces, ns) {
			l.schema.Namespaces = append(l.schema.Namespaces, ns)
		}
	}
	for _, t := range l.schema.Tables {
		add(t.Name)
	}
	for _, e := range l.schema.Enums {
		add(e.Name)
	}
	slices.Sort(l.schema.Namespaces)
	l.schema.SQLObjects = append(l.schema.SQLObjects, l.others...)
	l.schema.SortSQLObjects()
}

// reservedNames refuses names that a database keeps for itself.
func (l *loader) reservedNames(t *schema.Table) {
	ns, base := schema.SplitName(t.Name)
	at := l.places[place{object: t.Name}]
	for _, d := range l.cfg.Dialects {
		for _, own := range d.ReservedSchemas {
			if ns == own || strings.HasSuffix(own, "_") && strings.HasPrefix(ns, own) {
				l.failf(at, "table %s: %s keeps the schema %s for itself", t.Name, d.Product, ns)
			}
		}
		for _, c := range t.Columns {
			if slices.Contains(d.SystemColumns, c.Name) {
				l.failf(l.places[place{object: t.Name, name: c.Name}], "column %s: %s has a column of its own by that name in every table; call it otherwise", c.Name, d.Product)
			}
		}
		refuse := func(what, name string, pos token.Pos) {
			if d.ReservedPrefix != "" && strings.HasPrefix(strings.ToLower(name), d.ReservedPrefix) {
				l.failf(pos, "%s %s: %s keeps names that begin with %s for itself", what, name, d.Product, d.ReservedPrefix)
			}
		}
		refuse("table", base, at)
		for i, x := range t.Indexes {
			refuse("index", x.Name, l.places[place{"index", t.Name, "", i}])
		}
	}
}
