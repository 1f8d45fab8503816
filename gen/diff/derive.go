package diff

import (
	"github.com/modelgen/modelgen/runtime/schema"
)

// deriveNames gives names to new objects that have none, so that no two objects of a schema share one.
func (d *differ) deriveNames() {
	relations := map[string]bool{} // per namespace: tables, indexes, unique and primary keys share one space of names
	key := func(table, name string) string {
		ns, _ := schema.SplitName(table)
		return ns + "." + name
	}
	for _, t := range d.new.Tables {
		_, base := schema.SplitName(t.Name)
		relations[key(t.Name, base)] = true
		if t.PrimaryKey != nil {
			relations[key(t.Name, t.PrimaryKey.Name)] = true
		}
		for _, u := range t.Uniques {
			relations[key(t.Name, u.Name)] = true
		}
		for _, x := range t.Indexes {
			relations[key(t.Name, x.Name)] = true
		}
	}
	for _, t := range d.new.Tables {
		constraints := map[string]bool{}
		note := func(name string) { constraints[name] = true }
		if t.PrimaryKey != nil {
			note(t.PrimaryKey.Name)
		}
		for _, u := range t.Uniques {
			note(u.Name)
		}
		for _, c := range t.Checks {
			note(c.Name)
		}
		for _, f := range t.ForeignKeys {
			note(f.Name)
		}
		name := func(dst *string, columns []string, suffix string, relation bool) {
			if *dst != "" {
				return
			}
			*dst = schema.DeriveName(t.Name, columns, suffix, func(n string) bool {
				return constraints[n] || relation && relations[key(t.Name, n)]
			})
			note(*dst)
			if relation {
				relations[key(t.Name, *dst)] = true
			}
		}
		if t.PrimaryKey != nil {
			name(&t.PrimaryKey.Name, nil, "pkey", true)
		}
		for i := range t.Uniques {
			name(&t.Uniques[i].Name, t.Uniques[i].Columns, "key", true)
		}
		for i := range t.Checks {
			name(&t.Checks[i].Name, checked(t, t.Checks[i].Expr), "check", false)
		}
		for i := range t.ForeignKeys {
			name(&t.ForeignKeys[i].Name, t.ForeignKeys[i].Columns, "fkey", false)
		}
		for i := range t.Indexes {
			suffix := "idx"
			if t.Indexes[i].Unique {
				suffix = "key"
			}
			name(&t.Indexes[i].Name, indexed(t, t.Indexes[i]), suffix, true)
		}
		t.Sort()
	}
}

// checked gives the column of a check over one column, as PostgreSQL names it after that; others are named after the table.
func checked(t *schema.Table, expr string) []string {
	if cols := schema.ExprColumns(expr, t.ColumnNames()); len(cols) == 1 {
		return cols
	}
	return nil
}

// indexed gives the words of an index's name: its columns, "expr" for an expression over none or many.
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
