package optimizetest

import (
	"fmt"
	"maps"
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// declared makes ops that insert, update and delete rows of one table, one right behind the other, known by its primary key. The schema has the rows.
func (m *maker) declared(t *schema.Table) {
	if t.PrimaryKey == nil || len(t.PrimaryKey.Columns) != 1 || len(t.ForeignKeys)+len(t.Uniques) > 0 || slices.ContainsFunc(t.Indexes, func(x schema.Index) bool { return x.Unique }) ||
		slices.ContainsFunc(m.s.Tables, func(x *schema.Table) bool {
			return slices.ContainsFunc(x.ForeignKeys, func(f schema.ForeignKey) bool { return f.RefTable == t.Name })
		}) {
		return
	}
	key := t.PrimaryKey.Columns[0]
	if c := t.Column(key); c.Identity || c.Generated != "" || c.Type != bigint {
		return
	}
	for range 2 + m.IntN(4) {
		t := m.s.Table(t.Name)
		op := migrate.Rows{Table: t.Name, Key: []string{key}, Declared: true}
		for n := range 4 {
			id := 1000 + n
			at := slices.IndexFunc(t.Rows.Rows, func(r schema.Row) bool { return r[key] != nil && *r[key] == fmt.Sprint(id) })
			switch {
			case at < 0 && m.one(2):
				op.Insert = append(op.Insert, m.row(t, key, id))
			case at < 0:
			case m.one(3):
				op.Delete = append(op.Delete, migrate.RowValues(t, t.Rows.Rows[at]))
				if m.one(2) {
					op.Insert = append(op.Insert, m.row(t, key, id))
				}
			case m.one(2):
				u := migrate.RowUpdate{Key: migrate.Values{key: id}, From: migrate.Values{}, To: migrate.Values{}}
				now := migrate.RowValues(t, t.Rows.Rows[at])
				to := m.row(t, key, id)
				for _, c := range slices.Sorted(maps.Keys(to)) {
					if _, known := now[c]; known && c != key && m.one(2) {
						u.From[c], u.To[c] = now[c], to[c]
					}
				}
				if len(u.To) > 0 {
					op.Update = append(op.Update, u)
				}
			}
		}
		if m.add(op) {
			m.filled[t.Name] = true
		}
	}
}

// row returns values for all columns that take one.
func (m *maker) row(t *schema.Table, key string, id int) migrate.Values {
	v := migrate.Values{key: id}
	for _, c := range t.Columns {
		if c.Name == key || c.Identity || c.Generated != "" {
			continue
		}
		m.next++
		switch c.Type.Kind {
		case schema.KindBoolean:
			v[c.Name] = m.one(2)
		case schema.KindEnum:
			v[c.Name] = *m.literal(c.Type)
		case schema.KindText, schema.KindVarchar:
			v[c.Name] = fmt.Sprint("v", m.next)
		default:
			v[c.Name] = 2000 + m.next
		}
		if c.Nullable && m.one(4) {
			v[c.Name] = nil
		}
	}
	return v
}

// forgets reports whether an op takes values of declared rows away, which it does not bring back when it is undone: generate writes a Rows before it.
func (m *maker) forgets(op migrate.Op) bool {
	table := ""
	switch o := op.(type) {
	case migrate.DropColumn:
		table = o.Table
	case migrate.AlterColumn:
		table = o.Table
	case migrate.DropTable:
		table = o.Table
	}
	t := m.s.Table(table)
	return t != nil && len(t.Rows.Rows) > 0
}
