package migrate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/modelgen/modelgen/runtime/schema"
)

// declare changes the rows that the schema has of the table. The op fits the columns of the table.
func (o Rows) declare(t *schema.Table) error {
	fail := func(part string, i int, why string) error {
		return fmt.Errorf("rows of %s: %s %s", o.Table, rowName(part, i), why)
	}
	rows := t.Rows.Clone()
	if len(rows.Rows) == 0 {
		rows.Key = slices.Clone(o.Key)
	} else if !slices.Equal(rows.Key, o.Key) {
		return fmt.Errorf("rows of %s: its Key is %s, and the rows that the schema has are known by %s", o.Table, list(o.Key), list(rows.Key))
	}
	at := map[string]int{}
	for i, r := range rows.Rows {
		at[rows.Name(r)] = i
	}
	gone := map[int]bool{}
	for _, part := range []struct {
		name string
		rows []Values
	}{{"Delete", o.Delete}, {"Release", o.Release}} {
		for n, v := range part.rows {
			r := v.row()
			i, ok := at[rows.Name(r)]
			switch {
			case !ok || gone[i]:
				return fail(part.name, n, "is none of those that the schema has")
			case !agrees(r, rows.Rows[i]):
				return fail(part.name, n, "has other values than the schema has")
			}
			gone[i] = true
		}
	}
	for n, u := range o.Update {
		i, ok := at[rows.Name(u.Key.row())]
		switch {
		case !ok || gone[i]:
			return fail("Update", n, "is none of those that the schema has")
		case !agrees(u.From.row(), rows.Rows[i]):
			return fail("Update", n, "has other old values than the schema has")
		}
		for c := range u.From {
			delete(rows.Rows[i], c)
		}
		maps.Copy(rows.Rows[i], u.To.row())
	}
	for n, v := range o.Insert {
		r := v.row()
		if i, ok := at[rows.Name(r)]; ok && !gone[i] {
			return fail("Insert", n, "is one that the schema has already")
		}
		for _, c := range t.Columns {
			if _, ok := r[c.Name]; !ok && known(c) {
				r[c.Name] = c.Default
			}
		}
		rows.Rows = append(rows.Rows, r)
	}
	left := schema.TableRows{Key: rows.Key}
	for i, r := range rows.Rows {
		if !gone[i] {
			left.Rows = append(left.Rows, r)
		}
	}
	if len(left.Rows) == 0 {
		left.Key = nil
	}
	left.Sort()
	t.Rows = left
	return nil
}

// known reports whether it is known what a row has in a column that is left out: the default, or NULL.
func known(c schema.Column) bool {
	return !c.Identity && c.Generated == "" && c.DefaultExpr == "" && len(c.DefaultFor) == 0 && (c.Default != nil || c.Nullable)
}

// agrees reports whether the row of an op has no other value than that of the schema, in the columns that both have.
func agrees(op, known schema.Row) bool {
	for c, v := range op {
		w, ok := known[c]
		if ok && ((v == nil) != (w == nil) || v != nil && *v != *w) {
			return false
		}
	}
	return true
}

// row returns the values as the schema has them.
func (v Values) row() schema.Row {
	r := schema.Row{}
	for c, x := range v {
		r[c] = nil
		if text, ok := ValueText(x); ok {
			r[c] = &text
		}
	}
	return r
}

// RowValues returns the values of a row that the schema has as those of a [Rows]: whole numbers and truth values as such, everything else as text.
func RowValues(t *schema.Table, r schema.Row) Values {
	v := Values{}
	for name, text := range r {
		v[name] = nil
		if text == nil {
			continue
		}
		v[name] = *text
		c := t.Column(name)
		if c == nil {
			continue
		}
		switch c.Type.Literal() {
		case schema.BoolLiteral:
			if b, err := strconv.ParseBool(*text); err == nil && strconv.FormatBool(b) == *text {
				v[name] = b
			}
		case schema.NumberLiteral:
			if n, err := strconv.Atoi(*text); err == nil && strconv.Itoa(n) == *text {
				v[name] = n
			}
		}
	}
	return v
}
