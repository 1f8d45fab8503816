package law

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// retype gives a column another type, and with it all columns that it refers to and that refer to it.
func retype(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	c := m.some(t)
	if c == nil || c.Generated != "" {
		return
	}
	to, ok := m.otherType(s, c.Type)
	if !ok {
		return
	}
	linked := links(s, t.Name, c.Name)
	if len(linked) > 1 && (to.Array || !isInt(to) && !isText(to) || to.Kind == schema.KindChar) {
		return
	}
	integers := isInt(c.Type) && isInt(to)
	for i, l := range linked {
		t := s.Table(l.table)
		c := t.Column(l.column)
		if integers && i > 0 && m.one(3) {
			continue // integers of two sizes can refer to each other
		}
		same := integers || isText(c.Type) && isText(to) && to.Kind != schema.KindChar && c.Type.Kind != schema.KindChar
		if !same {
			dropExpressions(t, l.column)
		}
		if c = t.Column(l.column); c.Generated != "" {
			continue
		}
		c.Type = to
		switch {
		case c.Identity:
			c.Identity = isInt(to)
		case !same || m.one(3):
			m.setDefault(s, c)
		}
		if len(linked) > 1 {
			c.Default, c.DefaultExpr, c.DefaultFor = nil, "", nil
		}
	}
}

func (m *maker) otherType(s *schema.Schema, t schema.Type) (schema.Type, bool) {
	var to []schema.Type
	add := func(k ...schema.Kind) {
		for _, k := range k {
			to = append(to, schema.Type{Kind: k})
		}
	}
	text := func() {
		add(schema.KindText)
		to = append(to, schema.Type{Kind: schema.KindVarchar, Size: 60})
	}
	switch t.Kind {
	case schema.KindSmallInt, schema.KindInteger, schema.KindBigInt:
		add(schema.KindSmallInt, schema.KindInteger, schema.KindBigInt, schema.KindDouble, schema.KindBoolean)
		to = append(to, schema.Type{Kind: schema.KindNumeric, Precision: 20, Scale: 2})
		text()
	case schema.KindReal, schema.KindDouble, schema.KindNumeric:
		add(schema.KindReal, schema.KindDouble, schema.KindNumeric, schema.KindInteger)
		to = append(to, schema.Type{Kind: schema.KindNumeric, Precision: 24, Scale: 4}, schema.Type{Kind: schema.KindNumeric, Precision: 8, Scale: 1})
		text()
	case schema.KindText, schema.KindVarchar, schema.KindChar:
		to = append(to, schema.Type{Kind: schema.KindVarchar, Size: pick(m, []int{50, 100})}, schema.Type{Kind: schema.KindChar, Size: 70})
		add(schema.KindText, schema.KindInteger, schema.KindBoolean, schema.KindDate, schema.KindUUID, schema.KindTimestampTZ, schema.KindNumeric)
		for _, e := range s.Enums {
			to = append(to, schema.Type{Kind: schema.KindEnum, Name: e.Name})
		}
	case schema.KindEnum:
		text()
		for _, e := range s.Enums {
			to = append(to, schema.Type{Kind: schema.KindEnum, Name: e.Name})
		}
	case schema.KindBoolean:
		add(schema.KindInteger)
		text()
	case schema.KindDate, schema.KindTimestamp, schema.KindTimestampTZ:
		add(schema.KindDate, schema.KindTimestamp, schema.KindTimestampTZ)
		to = append(to, schema.Type{Kind: schema.KindTimestamp, Size: 3})
	case schema.KindJSON, schema.KindJSONB:
		add(schema.KindJSON, schema.KindJSONB)
		text()
	case schema.KindInet, schema.KindCIDR:
		add(schema.KindInet, schema.KindCIDR)
		text()
	case schema.KindTime, schema.KindInterval:
		add(schema.KindTime, schema.KindInterval)
		text()
	case schema.KindUUID, schema.KindOther:
		text()
	default:
		return t, false
	}
	n := pick(m, to)
	if t.Array {
		if isInt(schema.Type{Kind: t.Kind}) && isInt(n) {
			n.Array = true
			return n, n != t
		}
		return t, false
	}
	return n, n != t
}

type place struct{ table, column string }

// links returns all columns that are tied to one by foreign keys, itself first.
func links(s *schema.Schema, table, column string) []place {
	all := []place{{table, column}}
	for i := 0; i < len(all); i++ {
		for _, t := range s.Tables {
			for _, fk := range t.ForeignKeys {
				for j := range fk.Columns {
					from, to := place{t.Name, fk.Columns[j]}, place{fk.RefTable, fk.RefColumns[j]}
					if from == all[i] && !slices.Contains(all, to) {
						all = append(all, to)
					}
					if to == all[i] && !slices.Contains(all, from) {
						all = append(all, from)
					}
				}
			}
		}
	}
	return all
}

// again marks values that a change has renamed.
const again = " again"

// changeValues adds one, takes one away, gives one another spelling, or brings them into another order.
func (m *maker) changeValues(v []string) []string {
	v = slices.Clone(v)
	last := len(v) - 1
	switch m.IntN(4) {
	case 0:
		return slices.Insert(v, m.IntN(len(v)+1), m.value(v))
	case 1:
		if len(v) > 2 && v[last] != "first" && v[last] != "sec'ond" {
			return v[:last]
		}
	case 2:
		if v[last] != "first" && v[last] != "sec'ond" && !strings.HasSuffix(v[last], again) {
			v[last] += again
		}
	case 3:
		slices.Reverse(v)
	}
	return v
}

func changeEnum(m *maker, s *schema.Schema) {
	if len(s.Enums) == 0 {
		return
	}
	e := pick(m, s.Enums)
	old := e.Values
	e.Values = m.changeValues(old)
	for _, t := range s.Tables {
		for i := range t.Columns {
			c := &t.Columns[i]
			if c.Type.Kind == schema.KindEnum && c.Type.Name == e.Name && c.Default != nil && slices.Contains(e.Values, *c.Default+again) {
				v := *c.Default + again
				c.Default = &v
			}
		}
	}
}

func addEnum(m *maker, s *schema.Schema) {
	s.PutEnum(&schema.Enum{Name: m.name("kind"), Values: m.values()})
}

func renameEnum(m *maker, s *schema.Schema) {
	switch n := len(s.Enums); {
	case n > 1 && m.one(3):
		a, b := s.Enums[0], s.Enums[1]
		an, bn := a.Name, b.Name
		s.RenameEnum(a.Name, "swap for a while")
		s.RenameEnum(b.Name, an)
		s.RenameEnum(a.Name, bn)
	case n > 0:
		s.RenameEnum(pick(m, s.Enums).Name, m.name("kind"))
	}
}

func dropEnum(m *maker, s *schema.Schema) {
	if len(s.Enums) == 0 {
		return
	}
	gone := pick(m, s.Enums).Name
	for _, t := range s.Tables {
		for _, c := range slices.Clone(t.Columns) {
			if c.Type.Kind == schema.KindEnum && c.Type.Name == gone {
				dropExpressions(t, c.Name)
			}
		}
	}
	s.RemoveEnum(gone)
}

// changeList changes the values of a check over constants.
func changeList(m *maker, s *schema.Schema) {
	for _, t := range s.Tables {
		for i, k := range t.Checks {
			column, values := listOf(k.Expr)
			if column == "" || !m.one(2) {
				continue
			}
			v := m.changeValues(values)
			c := t.Column(column)
			if c.Default != nil && slices.Contains(v, *c.Default+again) {
				d := *c.Default + again
				c.Default = &d
			} else if c.Default != nil && !slices.Contains(v, *c.Default) {
				c.Default = nil
			}
			t.Checks[i].Expr = inList(column, v)
		}
	}
}

// listOf takes a check over constants apart.
func listOf(expr string) (column string, values []string) {
	column, quoted := schema.InList(expr)
	for _, q := range quoted {
		if !strings.HasPrefix(q, "'") {
			return "", nil
		}
		values = append(values, unquote(q))
	}
	return column, values
}
