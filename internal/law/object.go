package law

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// comparable reports whether keys and indexes can be over the type.
func comparable(t schema.Type) bool { return t.Kind != schema.KindJSON }

// addObject adds a constraint, an index or a generated column.
func (m *maker) addObject(s *schema.Schema, t *schema.Table) {
	c := pick(m, plainColumns(t))
	quoted := schema.QuoteColumn(c.Name)
	switch m.IntN(9) {
	case 0:
		m.addUnique(t, c)
	case 1:
		m.addCheck(t, c)
	case 2, 3:
		if comparable(c.Type) {
			t.Indexes = append(t.Indexes, m.index(t, c))
		}
	case 4:
		x := schema.Index{Name: m.name("e")}
		switch {
		case isText(c.Type):
			x.Unique = m.one(3)
			x.Parts = []schema.IndexPart{{Expr: "lower(" + quoted + ")", Desc: m.one(3)}}
		case isNumber(c.Type):
			x.Parts = []schema.IndexPart{{Expr: pick(m, []string{"abs(" + quoted + ")", "coalesce(" + quoted + ", 0)", quoted + " + 1"})}}
		default:
			return
		}
		if d := pick(m, plainColumns(t)); m.one(3) && comparable(d.Type) {
			x.Parts = append(x.Parts, schema.IndexPart{Column: d.Name})
		}
		t.Indexes = append(t.Indexes, x)
	case 5, 6:
		m.addForeignKey(s, t)
	case 7:
		m.addGenerated(t, c)
	case 8:
		if c.Type.Kind == schema.KindText && !c.Type.Array && c.Collate == "" && c.DefaultExpr == "" {
			values := m.values()
			if c.Default != nil && !slices.Contains(values, *c.Default) {
				values = append(values, *c.Default)
			}
			t.Checks = append(t.Checks, schema.Check{Name: m.name("k"), Expr: inList(c.Name, values)})
		}
	}
	dedup(t)
}

// inList writes a check over constants, as the loader does for a type with constants.
func inList(column string, values []string) string {
	var quoted []string
	for _, v := range values {
		quoted = append(quoted, sqllex.QuoteString(v))
	}
	return schema.QuoteColumn(column) + " IN (" + strings.Join(quoted, ", ") + ")"
}

func (m *maker) addUnique(t *schema.Table, c schema.Column) {
	if !comparable(c.Type) {
		return
	}
	u := schema.Unique{Name: m.name("u"), Columns: []string{c.Name}}
	for _, d := range plainColumns(t) {
		if m.one(4) && d.Name != c.Name && comparable(d.Type) {
			u.Columns = append(u.Columns, d.Name)
		}
	}
	u.NullsNotDistinct = m.pg && m.one(4)
	if m.pg && m.one(4) {
		u.Deferrable = pick(m, []schema.Deferrable{schema.InitiallyDeferred, schema.InitiallyImmediate})
	}
	t.Uniques = append(t.Uniques, u)
}

// addCheck adds one that holds for any row.
func (m *maker) addCheck(t *schema.Table, c schema.Column) {
	q := schema.QuoteColumn(c.Name)
	expr := q + " IS NULL OR " + q + " IS NOT NULL"
	switch d := pick(m, plainColumns(t)); {
	case isNumber(c.Type) && isNumber(d.Type) && m.one(2):
		expr = q + " + " + schema.QuoteColumn(d.Name) + " > -1000000"
	case isNumber(c.Type):
		expr = q + pick(m, []string{" >= -1000000", " <> -5", " IN (1, 2) OR TRUE", " BETWEEN -100000 AND 100000"})
	case isText(c.Type):
		expr = pick(m, []string{"length(" + q + ") < 1000", q + " <> 'it''s not; this'", q + " LIKE '%' OR " + q + " IS NULL"})
	case c.Type.Kind == schema.KindEnum && !c.Type.Array:
		expr = q + " <> 'first' OR " + q + " = 'first'"
	}
	t.Checks = append(t.Checks, schema.Check{Name: m.name("k"), Expr: expr})
}

func (m *maker) index(t *schema.Table, c schema.Column) schema.Index {
	q := schema.QuoteColumn(c.Name)
	x := schema.Index{Name: m.name("x"), Unique: m.one(6), Parts: []schema.IndexPart{{Column: c.Name, Desc: m.one(3)}}}
	for _, d := range plainColumns(t) {
		if m.one(4) && d.Name != c.Name && comparable(d.Type) {
			x.Parts = append(x.Parts, schema.IndexPart{Column: d.Name, Desc: m.one(4)})
		}
	}
	for i := range x.Parts {
		if p := &x.Parts[i]; m.one(5) { // in SQLite only what is its default
			p.Nulls = schema.NullsFirst
			if m.pg && m.one(2) || !m.pg && p.Desc {
				p.Nulls = schema.NullsLast
			}
		}
		if c := t.Column(x.Parts[i].Column); isText(c.Type) && m.one(6) {
			x.Parts[i].Collate = map[bool]string{true: "C", false: "NOCASE"}[m.pg]
		} else if m.pg && isText(c.Type) && c.Type.Kind != schema.KindChar && m.one(6) {
			x.Parts[i].OpClass = "text_pattern_ops"
		}
	}
	if m.one(3) {
		x.Where = q + " IS NOT NULL"
		switch {
		case isNumber(c.Type):
			x.Where = q + " > 3"
		case c.Type.Kind == schema.KindEnum && !c.Type.Array:
			x.Where = q + " = 'first'"
		case isText(c.Type):
			x.Where = q + " <> ''"
		case c.Type.Kind == schema.KindBoolean && !c.Type.Array:
			x.Where = "NOT " + q
		}
	}
	if !m.pg {
		return x
	}
	if d := pick(m, plainColumns(t)); m.one(5) && !slices.Contains(x.Columns(), d.Name) {
		x.Include = []string{d.Name}
	}
	x.NullsNotDistinct = x.Unique && m.one(3)
	switch {
	case !m.one(6):
	case c.Type.Kind == schema.KindJSONB && !c.Type.Array || c.Type.Array && isInt(schema.Type{Kind: c.Type.Kind}):
		x = schema.Index{Name: x.Name, Using: "gin", Parts: []schema.IndexPart{{Column: c.Name}}, Where: x.Where}
	case distinct(c.Type):
		x = schema.Index{Name: x.Name, Using: "hash", Parts: []schema.IndexPart{{Column: c.Name}}, Where: x.Where}
	}
	return x
}

// addForeignKey adds one to a table, perhaps its own: to its primary key, or columns that are unique.
func (m *maker) addForeignKey(s *schema.Schema, t *schema.Table) {
	targets := slices.Clone(s.Tables)
	if s.Table(t.Name) == nil {
		targets = append(targets, t)
	}
	ref := pick(m, targets)
	var keys [][]string
	if ref.PrimaryKey != nil {
		keys = append(keys, ref.PrimaryKey.Columns)
	}
	for _, u := range ref.Uniques {
		if u.Deferrable == "" {
			keys = append(keys, u.Columns)
		}
	}
	if len(keys) == 0 {
		return
	}
	fk := schema.ForeignKey{Name: m.name("f"), RefTable: ref.Name, RefColumns: slices.Clone(pick(m, keys)),
		OnDelete: pick(m, []schema.Action{schema.NoAction, schema.Cascade, schema.Restrict, schema.SetNull, schema.SetDefault}),
		OnUpdate: pick(m, []schema.Action{schema.NoAction, schema.Cascade})}
	if m.one(4) {
		fk.Deferrable = pick(m, []schema.Deferrable{schema.InitiallyDeferred, schema.InitiallyImmediate})
	}
	for _, to := range fk.RefColumns {
		var fits []string
		for _, c := range plainColumns(t) {
			if refers(c, *ref.Column(to)) && !slices.Contains(fk.Columns, c.Name) && (t != ref || c.Name != to) {
				fits = append(fits, c.Name)
			}
		}
		switch {
		case len(fits) > 0 && !m.one(3):
			fk.Columns = append(fk.Columns, pick(m, fits))
		case !slices.ContainsFunc([]schema.Kind{schema.KindBigInt, schema.KindInteger, schema.KindText, schema.KindUUID, schema.KindVarchar},
			func(k schema.Kind) bool { return k == ref.Column(to).Type.Kind }), ref.Column(to).Type.Array:
			return
		default:
			n := schema.Column{Name: m.name("r"), Type: ref.Column(to).Type, Nullable: !m.one(3)}
			t.Columns = append(t.Columns, n)
			fk.Columns = append(fk.Columns, n.Name)
		}
	}
	t.ForeignKeys = append(t.ForeignKeys, fk)
}

// refers reports whether a column can refer to another.
func refers(c, to schema.Column) bool {
	if c.Generated != "" || c.HasDefault("postgres") || c.Identity || c.Name == key || to.Name == key || c.Collate != to.Collate {
		return false
	}
	a, b := c.Type, to.Type
	return isInt(a) && isInt(b) || a == b && a.Kind == schema.KindUUID && !a.Array ||
		isText(a) && isText(b) && a.Kind != schema.KindChar && b.Kind != schema.KindChar
}

func (m *maker) addGenerated(t *schema.Table, c schema.Column) {
	g := schema.Column{Name: m.name("g"), Nullable: true}
	if g.Generated = m.generated(c, &g.Type); g.Generated == "" {
		return
	}
	if strings.HasPrefix(g.Generated, "coalesce(") {
		g.Nullable = false
	}
	t.Columns = append(t.Columns, g)
	if m.one(3) {
		t.Indexes = append(t.Indexes, schema.Index{Name: m.name("x"), Parts: []schema.IndexPart{{Column: g.Name}}})
	}
}

// generated returns an expression over a column, and its type.
func (m *maker) generated(c schema.Column, t *schema.Type) string {
	q := schema.QuoteColumn(c.Name)
	switch {
	case isInt(c.Type):
		*t = schema.Type{Kind: schema.KindBigInt}
		return pick(m, []string{q + " * 2", q + " + 1", "coalesce(" + q + ", 0)", "- " + q})
	case isText(c.Type) && c.Type.Kind != schema.KindChar:
		*t = schema.Type{Kind: schema.KindText}
		return pick(m, []string{"lower(" + q + ")", q + " || '!'", "coalesce(" + q + ", 'it''s none')"})
	case c.Type.Kind == schema.KindBoolean && !c.Type.Array:
		*t = schema.Type{Kind: schema.KindInteger}
		return "CASE WHEN " + q + " THEN 1 ELSE 0 END"
	}
	return ""
}

// plainColumns are those that are not computed.
func plainColumns(t *schema.Table) []schema.Column {
	return slices.DeleteFunc(slices.Clone(t.Columns), func(c schema.Column) bool { return c.Generated != "" })
}
