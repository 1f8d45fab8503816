package sqlite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// describe turns what was read into a schema, or returns what the texts and the pragmas disagree in, for all tables.
func (x *inspector) describe() error {
	var problems []error
	for _, t := range x.tables {
		t.t = &schema.Table{Name: t.name}
		if err := t.check(); err != nil {
			problems = append(problems, fmt.Errorf("table %s is not understood: %w; leave it out with -ignore %[1]s", t.name, err))
		}
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	for _, t := range x.tables {
		x.table(t)
		x.in.Schema.PutTable(t.t)
	}
	for _, t := range x.tables {
		x.constraints(t)
		x.indexes(t)
	}
	for _, t := range x.tables {
		x.foreignKeys(t)
	}
	for n := 0; x.align() && n < len(x.tables); n++ { // the type of a key goes through all that refer to each other
	}
	for _, t := range x.tables {
		for i, c := range t.columns {
			x.setDefault(t, c, &t.t.Columns[i])
		}
	}
	x.rest()
	slices.SortStableFunc(x.in.Unexpressed, func(a, b migrate.Unexpressed) int { return strings.Compare(a.Object, b.Object) })
	return nil
}

// lost notes something that models cannot say.
func (x *inspector) lost(object, sql, why string, args ...any) {
	x.in.Unexpressed = append(x.in.Unexpressed, migrate.Unexpressed{Object: object, Why: fmt.Sprintf(why, args...), SQL: sql})
}

// kept is lost for what verify would report, and is to allow.
func (x *inspector) kept(object, allow, sql, why string, args ...any) {
	x.lost(object, sql, why, args...)
	x.in.Unexpressed[len(x.in.Unexpressed)-1].Allow = allow
}

// allowed returns what lets verify pass over a constraint.
func (t *inspected) allowed(c constraintText) string {
	name := "unnamed"
	if c.name != "" {
		name = schema.QuoteName(c.name)
	}
	return "constraint " + name + " on " + schema.QuoteName(t.name)
}

// table describes columns and key.
func (x *inspector) table(t *inspected) {
	what := "table " + t.name
	t.t.Options.Strict, t.t.Options.WithoutRowid = t.text.strict, t.text.withoutRowid
	if t.text.keyConflict != "" {
		x.lost(what+": primary key"+strings.ToUpper(t.text.keyConflict), "", "models have no word for it; it stays, and a rebuild keeps it")
	}
	if t.text.keyList != "" {
		x.lost(what+": primary key ("+t.text.keyList+")", "", "models say the columns alone; it stays, and a rebuild keeps it")
	}
	pk := map[int]string{}
	for _, c := range t.columns {
		if c.pk > 0 {
			pk[c.pk] = c.name
		}
	}
	for _, c := range t.columns {
		t.t.Columns = append(t.t.Columns, schema.Column{Name: c.name}) // all names, for the expressions of each
	}
	for i, c := range t.columns {
		t.t.Columns[i] = x.column(t, c, len(pk) == 1)
	}
	if len(pk) == 0 {
		return
	}
	key := &schema.PrimaryKey{Name: t.text.keyName}
	for i := 1; i <= len(pk); i++ {
		key.Columns = append(key.Columns, pk[i])
	}
	t.t.PrimaryKey = key
	if t.text.keyDesc && len(pk) == 1 {
		x.lost(what+": primary key DESC", "", "models have no word for it; it stays until a rebuild, which makes %s the rowid", key.Columns[0])
	}
}

// column describes one column.
func (x *inspector) column(t *inspected, c column, alone bool) schema.Column {
	more := t.text.columns[strings.ToLower(c.name)]
	what := "column " + t.name + "." + c.name
	out := typed(c)
	out.Name, out.Nullable = c.name, !c.notNull && c.pk == 0
	switch {
	case strings.TrimSpace(c.declared) == "":
		x.lost(what+": no type", "", "the model has one; it takes values of any kind still, until a rebuild")
	case !says(out, c.declared):
		x.lost(what+": type "+c.declared, "", "no tag can hold that word; the model says %s, which SQLite treats the same", out.Type)
	}
	out.Identity = c.pk > 0 && alone && t.text.autoincrement
	if more.notNull != "" {
		x.lost(what+": NOT NULL"+strings.ToUpper(more.notNull), "", "models have no word for it; it stays, and a rebuild keeps it")
	}
	out.Collate = strings.ToUpper(more.collate)
	if more.collate != "" && (ddl{t: t.t}).collation(more.collate, c.name) != nil {
		out.Collate = ""
		x.lost(what+": COLLATE "+more.collate, "", "it is a collation that the program adds to SQLite; nothing is done about it, and a rebuild would lose it")
	}
	if more.generated != nil {
		expr, ok := x.expr(inGenerated, t.t, more.generated, c.name)
		if ok {
			out.Generated = expr
		} else {
			x.lost(what+": generated", written(more.generated), "the expression is in a form that models cannot say; the model has a plain column in its place")
		}
		if ok && more.virtual {
			x.lost(what+": VIRTUAL", "", "models say that the value is computed, not that it is not stored; it stays, and a rebuild keeps it")
		}
	}
	return out
}

// expr brings an expression into the form of models. ok is false when SQLite would not get the same back.
func (x *inspector) expr(where place, t *schema.Table, toks []token, object string) (expr string, ok bool) {
	expr, err := schema.NormalizeExpr(written(inner(toks)))
	if err != nil {
		return "", false
	}
	back, err := translate(where, expr, t, object)
	if err != nil || normal(scan(back)) != normal(toks) {
		return "", false
	}
	return expr, true
}

// spelled returns columns as the table spells them.
func (t *inspected) spelled(columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = spelled(c, t.t.ColumnNames())
	}
	return out
}

// constraints describes checks and unique constraints, in the order in which they are written.
func (x *inspector) constraints(t *inspected) {
	for _, c := range t.text.distinct() {
		what := "table " + t.name + ": " + c.kind
		if c.name != "" {
			what += " " + c.name
		} else if c.kind == "check" {
			what += " (" + normal(c.check) + ")"
		}
		switch c.kind {
		case "check":
			expr, ok := x.expr(inCheck, t.t, c.check, c.name)
			if !ok {
				x.kept(what, t.allowed(c), c.sql, "the expression is in a form that models cannot say; it stays, and a rebuild keeps it")
				continue
			}
			t.t.Checks = append(t.t.Checks, schema.Check{Name: nameOf(c.name), Expr: expr})
		case "unique":
			if c.conflict != "" {
				x.lost(what+" ("+strings.Join(c.columns, ", ")+")"+strings.ToUpper(c.conflict), "", "models have no word for it; it stays, and a rebuild keeps it")
			}
			if _, ok := plain(c.parts, t.text.columns); ok {
				t.t.Uniques = append(t.t.Uniques, schema.Unique{Name: nameOf(c.name), Columns: t.spelled(c.columns)})
			} else if parts, ok := x.parts(t, c.parts, c.name); ok {
				t.t.Indexes = append(t.t.Indexes, schema.Index{Name: nameOf(c.name), Unique: true, Parts: parts})
			} else {
				x.kept(what, t.allowed(c), c.sql, "it is in a form that models cannot say; it stays, and a rebuild keeps it")
			}
		}
	}
}

// indexes describes those that CREATE INDEX made. A unique one over nothing but columns is a unique constraint, as ours are made.
func (x *inspector) indexes(t *inspected) {
	var all []object
	for _, o := range x.objects {
		if o.kind == "index" && strings.EqualFold(o.table, t.name) {
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b object) int { return strings.Compare(a.name, b.name) })
	for _, o := range all {
		ix, known := parseIndex(o.sql, t.text.names)
		if columns, ok := plain(ix.parts, t.text.columns); known && ok && ix.unique && ix.where == nil {
			t.t.Uniques = append(t.t.Uniques, schema.Unique{Name: nameOf(o.name), Columns: t.spelled(columns)})
			continue
		}
		out := schema.Index{Name: nameOf(o.name), Unique: ix.unique}
		var ok bool
		out.Parts, ok = x.parts(t, ix.parts, o.name)
		if ok && ix.where != nil {
			out.Where, ok = x.expr(inIndex, t.t, ix.where, o.name)
		}
		if !ok || !known {
			x.kept("index "+o.name, "index "+schema.QuoteName(o.name)+" on "+schema.QuoteName(t.name), o.sql, "it is in a form that models cannot say; it stays, and a rebuild keeps it")
			continue
		}
		t.t.Indexes = append(t.t.Indexes, out)
	}
}

// parts describes what an index is over.
func (x *inspector) parts(t *inspected, parts []indexPart, index string) (out []schema.IndexPart, ok bool) {
	for _, p := range parts {
		s := schema.IndexPart{Collate: strings.ToUpper(p.collation(t.text.columns)), Desc: p.desc}
		if s.Collate != "" && (ddl{t: t.t}).collation(s.Collate, index) != nil {
			return nil, false
		}
		if p.column != "" {
			s.Column = spelled(p.column, t.t.ColumnNames())
			if t.t.Column(s.Column) == nil {
				return nil, false // the rowid
			}
		} else if s.Expr, ok = x.expr(inIndex, t.t, p.expr, index); !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}
