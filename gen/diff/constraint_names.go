package diff

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// taken is the names of a space, with the dialects that have them, "" for every one.
type taken map[string][]string

func (t taken) note(name, only string) { t[name] = append(t[name], only) }

// has reports whether the name is taken where something that only the dialect has would be.
func (t taken) has(name, only string) bool {
	return slices.ContainsFunc(t[name], func(o string) bool { return schema.Meet(o, only) })
}

// deriveNames gives names to new objects that have none, so that no two objects of a schema share one in any database.
func (d *differ) deriveNames() {
	DeriveNames(d.new)
	for _, t := range d.new.Tables {
		t.Sort()
	}
}

// DeriveNames fills in the names of constraints and indexes of s that have none, as new ones are named. It leaves the order as it is.
func DeriveNames(s *schema.Schema) {
	relations := taken{} // per namespace: tables, indexes, unique and primary keys share one space of names
	key := func(table, name string) string {
		ns, _ := schema.SplitName(table)
		return ns + "." + name
	}
	for _, t := range s.Tables {
		_, base := schema.SplitName(t.Name)
		relations.note(key(t.Name, base), "")
		if t.PrimaryKey != nil {
			relations.note(key(t.Name, t.PrimaryKey.Name), "")
		}
		for _, u := range t.Uniques {
			relations.note(key(t.Name, u.Name), u.Only)
		}
		for _, x := range t.Indexes {
			relations.note(key(t.Name, x.Name), x.Only)
		}
	}
	for _, t := range s.Tables {
		constraints := taken{}
		if t.PrimaryKey != nil {
			constraints.note(t.PrimaryKey.Name, "")
		}
		for _, u := range t.Uniques {
			constraints.note(u.Name, u.Only)
		}
		for _, c := range t.Checks {
			constraints.note(c.Name, c.Only)
		}
		for _, f := range t.ForeignKeys {
			constraints.note(f.Name, "")
		}
		name := func(dst *string, only string, columns []string, suffix string, relation bool) {
			if *dst != "" {
				return
			}
			*dst = schema.DeriveName(t.Name, columns, suffix, func(n string) bool {
				return constraints.has(n, only) || relation && relations.has(key(t.Name, n), only)
			})
			constraints.note(*dst, only)
			if relation {
				relations.note(key(t.Name, *dst), only)
			}
		}
		if t.PrimaryKey != nil {
			name(&t.PrimaryKey.Name, "", nil, "pkey", true)
		}
		for i := range t.Uniques {
			u := &t.Uniques[i]
			name(&u.Name, u.Only, u.Columns, "key", true)
		}
		for i := range t.Checks {
			c := &t.Checks[i]
			name(&c.Name, c.Only, checked(t, c.Expr), "check", false)
		}
		for i := range t.ForeignKeys {
			name(&t.ForeignKeys[i].Name, "", t.ForeignKeys[i].Columns, "fkey", false)
		}
		for i := range t.Indexes {
			x := &t.Indexes[i]
			suffix := "idx"
			if x.Unique {
				suffix = "key"
			}
			name(&x.Name, x.Only, indexed(t, *x), suffix, true)
		}
	}
}

// checked returns the column of a check over one column, as PostgreSQL names it after that; others are named after the table.
func checked(t *schema.Table, expr string) []string {
	if cols := schema.ExprColumns(expr, t.ColumnNames()); len(cols) == 1 {
		return cols
	}
	return nil
}

// indexed returns the words of an index's name: its columns, "expr" for an expression over none or many.
func indexed(t *schema.Table, x schema.Index) []string {
	var words []string
	for _, p := range x.Parts {
		if p.Column != "" {
			words = append(words, p.Column)
		} else if cols := schema.ExprColumns(p.Expr, t.ColumnNames()); len(cols) == 1 {
			words = append(words, cols[0])
		} else {
			words = append(words, "expr")
		}
	}
	return words
}
