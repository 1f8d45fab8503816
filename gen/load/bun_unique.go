package load

import (
	"cmp"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/load/internal/bunschema"
	"github.com/modelgen/modelgen/runtime/schema"
)

// bunUniques makes the unique constraints of a model as each database has them after bun's CREATE TABLE, which writes them in the order of their names.
func (m *model) bunUniques() {
	type dialect struct {
		name    string
		uniques []schema.Unique
	}
	all := slices.SortedStableFunc(slices.Values(m.bun.Uniques), func(a, b bunschema.Unique) int { return cmp.Compare(a.Name, b.Name) })
	fields := map[string]*bunschema.Field{} // where a constraint over such columns begins
	var each []dialect
	for _, d := range m.l.cfg.Dialects {
		on := dialect{name: d.Name}
		for _, u := range all {
			columns := m.uniqueColumns(u)
			if columns == nil {
				return
			}
			fields[strings.Join(columns, ",")] = u.Fields[0]
			out := schema.Unique{Name: u.Name, Columns: columns}
			if len(out.Name) > schema.MaxName { // bun shortens nothing, so the server cuts it; where none does, nobody asks for the name
				out.Name = strings.ToValidUTF8(out.Name[:schema.MaxName], "")
			}
			if !d.MergesKeys || !m.mergedKey(on.uniques, out) {
				on.uniques = append(on.uniques, out)
			}
		}
		each = append(each, on)
	}
	for i, d := range each {
		for _, u := range d.uniques {
			has := func(o dialect) bool { return slices.ContainsFunc(o.uniques, u.Equal) }
			switch everywhere := !slices.ContainsFunc(each, func(o dialect) bool { return !has(o) }); {
			case everywhere && i > 0:
				continue
			case !everywhere:
				u.Only = d.name
			}
			if key := m.table.PrimaryKey; key != nil && u.Name == key.Name {
				u.Name = "" // which the key has elsewhere; the database without that does not ask for it
			}
			pos := m.bunPos(fields[strings.Join(u.Columns, ",")], "unique")
			if u.Name == "" || m.gormNamed("unique", gormName{u.Name, u.Only}, pos) {
				m.addUnique(u, pos)
			}
		}
	}
}

// uniqueColumns returns the columns of a unique constraint, nil when one is none, which is said.
func (m *model) uniqueColumns(u bunschema.Unique) (columns []string) {
	for _, f := range u.Fields {
		if m.byName[f.Name] == nil {
			m.l.failf(m.bunPos(f, "unique"), "%s is no column of the database, so nothing about it is unique", f.GoName)
			return nil
		}
		columns = append(columns, f.Name)
	}
	return columns
}

// mergedKey reports whether the database takes a unique constraint for a key of the same columns that stands before it; a key without a name gets that
// of the constraint.
func (m *model) mergedKey(before []schema.Unique, u schema.Unique) bool {
	name := (*string)(nil)
	if key := m.table.PrimaryKey; key != nil && slices.Equal(key.Columns, u.Columns) {
		name = &key.Name
	} else if i := slices.IndexFunc(before, func(v schema.Unique) bool { return slices.Equal(v.Columns, u.Columns) }); i >= 0 {
		name = &before[i].Name
	}
	if name != nil && *name == "" {
		*name = u.Name
	}
	return name != nil
}
