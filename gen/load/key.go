package load

import "github.com/modelgen/modelgen/runtime/schema"

// keyParts is what is said about the primary key.
type keyParts struct {
	columns []*column // with the flag, in the order of the fields
	tag     *tableTag
	none    bool // pk:"-"
}

func (m *model) readKey(t tableTag) {
	if m.key.tag != nil {
		m.l.failf(t.pos, "a second pk tag; the first is at %s", m.l.shortPos(m.key.tag.pos))
		return
	}
	m.key.tag = &t
	m.key.none = len(t.list) == 1 && t.list[0].s == "-"
}

// primaryKey makes the primary key: of the pk tag, or the fields with the flag, or else the field called ID.
func (m *model) primaryKey() {
	key, cols := m.key, m.key.columns
	switch {
	case key.tag != nil && len(cols) > 0:
		m.l.failf(cols[0].opts.pos("pk", cols[0].pos), "the primary key is given twice, also at %s", m.l.shortPos(key.tag.pos))
		return
	case key.none:
		return
	case key.tag != nil:
		names, ok := m.columnList(key.tag.sc, key.tag.list)
		if !ok {
			return
		}
		for _, n := range names {
			cols = append(cols, m.byName[n])
		}
	case len(cols) == 0 && !m.noID:
		cols = m.fieldID()
	}
	if len(cols) == 0 {
		m.l.noKey = append(m.l.noKey, m.table.Name)
		return
	}
	pk := &schema.PrimaryKey{}
	m.l.places[place{kind: "pk", object: m.table.Name}] = cols[0].pos
	if key.tag != nil {
		pk.Name = key.tag.name
		m.l.places[place{kind: "pk", object: m.table.Name}] = key.tag.pos
	}
	for _, c := range cols {
		for _, word := range []string{"null", "generated"} {
			if o, ok := c.opts.get(word); ok && !c.opts.has("pk") {
				m.l.failf(o.at.pos, "column %s is in the primary key: %s does not go with that", c.Name, word)
			}
		}
		c.Nullable = false
		pk.Columns = append(pk.Columns, c.Name)
	}
	m.table.PrimaryKey = pk
}

// fieldID returns the column of the field called ID: the struct's own one, or that of a struct embedded without prefix.
func (m *model) fieldID() []*column {
	var found []*column
	for _, c := range m.columns {
		if c.field.Name() != "ID" || c.scope.prefix != "" || c.bad {
			continue
		}
		if c.scope.outer == nil {
			return []*column{c}
		}
		if found == nil {
			found = []*column{c}
		}
	}
	return found
}
