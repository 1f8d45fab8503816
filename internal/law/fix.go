package law

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// fix takes out what the server does not know, and what the change has made impossible.
func (m *maker) fix(s *schema.Schema) {
	fix(s, m.pg)
	if !m.old {
		return
	}
	for _, t := range s.Tables {
		for i := range t.Uniques {
			t.Uniques[i].NullsNotDistinct = false
		}
		for i := range t.Indexes {
			t.Indexes[i].NullsNotDistinct = false
		}
	}
}

// fix takes out of a schema what a random change has made impossible, as a person would who makes the change: what names a column that
// has gone, keys over columns that can be NULL, references to what is no key any more.
func fix(s *schema.Schema, pg bool) {
	for _, t := range s.Tables {
		fixKeys(t)
		for i := range t.Columns {
			fixColumn(s, t, &t.Columns[i], pg)
		}
		t.Columns = slices.DeleteFunc(t.Columns, func(c schema.Column) bool { return c.Generated != "" && !over(t, c.Generated, true) })
		fixKeys(t)
		if !pg { // an identity column of SQLite is the primary key, alone
			for i := range t.Columns {
				c := &t.Columns[i]
				c.Identity = c.Identity && t.PrimaryKey != nil && slices.Equal(t.PrimaryKey.Columns, []string{c.Name})
			}
		}
		dedup(t)
	}
	for _, t := range s.Tables {
		t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool { return !holds(s, t, fk) })
		t.Sort()
	}
}

func fixColumn(s *schema.Schema, t *schema.Table, c *schema.Column, pg bool) {
	if c.Type.Kind == schema.KindEnum && s.Enum(c.Type.Name) == nil {
		c.Type = schema.Type{Kind: schema.KindText, Array: c.Type.Array}
	}
	if c.Type.Kind == schema.KindEnum && c.Default != nil && !c.Type.Array && !slices.Contains(s.Enum(c.Type.Name).Values, *c.Default) {
		c.Default = nil
	}
	if t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, c.Name) {
		c.Nullable = false
	}
	if c.Identity {
		c.Nullable, c.Default, c.DefaultExpr, c.DefaultFor = false, nil, "", nil
		c.Identity = isInt(c.Type)
	}
	if c.Collate != "" && (!isText(c.Type) || c.Type.Kind == schema.KindChar) {
		c.Collate = ""
	}
	c.TypeFor = nil
	if c.Type.Kind == schema.KindOther && !pg {
		c.TypeFor = map[string]string{"sqlite": "TEXT"}
	}
}

// over reports whether an expression is over columns that are there; a generated one is over plain columns.
func over(t *schema.Table, expr string, plain bool) bool {
	cols := t.ColumnNames()
	if plain {
		cols = nil
		for _, c := range plainColumns(t) {
			cols = append(cols, c.Name)
		}
	}
	return len(schema.UnknownNames(expr, cols)) == 0 && len(schema.ExprColumns(expr, cols)) > 0
}

func fixKeys(t *schema.Table) {
	have := func(cols []string) bool {
		return !slices.ContainsFunc(cols, func(c string) bool { return t.Column(c) == nil || !comparable(t.Column(c).Type) })
	}
	if t.PrimaryKey != nil && (!have(t.PrimaryKey.Columns) || slices.ContainsFunc(t.PrimaryKey.Columns, func(c string) bool { return t.Column(c).Generated != "" })) {
		t.PrimaryKey = nil
	}
	t.Uniques = slices.DeleteFunc(t.Uniques, func(u schema.Unique) bool { return !have(u.Columns) })
	t.Checks = slices.DeleteFunc(t.Checks, func(k schema.Check) bool { return !over(t, k.Expr, false) })
	t.Indexes = slices.DeleteFunc(t.Indexes, func(x schema.Index) bool {
		return !have(x.Columns()) || !have(x.Include) || x.Where != "" && !over(t, x.Where, false) ||
			slices.ContainsFunc(x.Parts, func(p schema.IndexPart) bool { return p.Expr != "" && !over(t, p.Expr, false) })
	})
}

// holds reports whether a foreign key refers to a key, column by column to one of a fitting type.
func holds(s *schema.Schema, t *schema.Table, fk schema.ForeignKey) bool {
	ref := s.Table(fk.RefTable)
	if ref == nil {
		return false
	}
	for i, c := range fk.Columns {
		if t.Column(c) == nil || ref.Column(fk.RefColumns[i]) == nil || !refers(*t.Column(c), *ref.Column(fk.RefColumns[i])) {
			return false
		}
	}
	return ref.PrimaryKey != nil && slices.Equal(ref.PrimaryKey.Columns, fk.RefColumns) || slices.ContainsFunc(ref.Uniques, func(u schema.Unique) bool {
		return slices.Equal(u.Columns, fk.RefColumns) && u.Deferrable == ""
	})
}

// dropExpressions takes away what compares or computes with a column that becomes another type: people rewrite that.
func dropExpressions(t *schema.Table, column string) {
	uses := func(e string) bool { return e != "" && len(schema.ExprColumns(e, []string{column})) > 0 }
	t.Checks = slices.DeleteFunc(t.Checks, func(k schema.Check) bool { return uses(k.Expr) })
	t.Columns = slices.DeleteFunc(t.Columns, func(c schema.Column) bool { return uses(c.Generated) })
	t.Indexes = slices.DeleteFunc(t.Indexes, func(x schema.Index) bool {
		return uses(x.Where) || slices.ContainsFunc(x.Parts, func(p schema.IndexPart) bool {
			return uses(p.Expr) || p.Column == column && (p.Collate != "" || p.OpClass != "" || x.Using != "")
		})
	})
}

// dedup takes away objects that say the same as another: the models could not say both.
func dedup(t *schema.Table) {
	t.Indexes = firsts(t.Indexes, func(a, b schema.Index) bool {
		a.Name, b.Name = "", ""
		return a.Equal(b)
	})
	t.Uniques = firsts(t.Uniques, func(a, b schema.Unique) bool { return slices.Equal(a.Columns, b.Columns) })
	t.Checks = firsts(t.Checks, func(a, b schema.Check) bool {
		la, _ := schema.InList(a.Expr)
		lb, _ := schema.InList(b.Expr)
		return a.Expr == b.Expr || la != "" && la == lb
	})
	t.ForeignKeys = firsts(t.ForeignKeys, func(a, b schema.ForeignKey) bool {
		return strings.Join(a.Columns, "\x00") == strings.Join(b.Columns, "\x00")
	})
}

func firsts[T any](list []T, same func(a, b T) bool) []T {
	var out []T
	for _, x := range list {
		if !slices.ContainsFunc(out, func(y T) bool { return same(x, y) }) {
			out = append(out, x)
		}
	}
	return out
}
