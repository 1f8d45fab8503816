package diff

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// objects is constraints and indexes of a table, primary keys aside.
type objects struct {
	uniques []schema.Unique
	checks  []schema.Check
	keys    []schema.ForeignKey
	indexes []schema.Index
}

// objectsOf returns copies of those that use one of the columns.
func objectsOf(t *schema.Table, columns ...string) *objects {
	return takeObjects(t.Clone(), columns...)
}

// takeObjects takes those out of a table that use one of the columns.
func takeObjects(t *schema.Table, columns ...string) *objects {
	var o objects
	uses := func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(columns, n) })
	}
	in := func(expr string) bool { return expr != "" && len(schema.ExprColumns(expr, columns)) > 0 }
	t.Uniques = part(t.Uniques, &o.uniques, func(u schema.Unique) bool { return uses(u.Columns) })
	t.Checks = part(t.Checks, &o.checks, func(c schema.Check) bool { return in(c.Expr) })
	t.ForeignKeys = part(t.ForeignKeys, &o.keys, func(f schema.ForeignKey) bool { return uses(f.Columns) })
	t.Indexes = part(t.Indexes, &o.indexes, func(x schema.Index) bool {
		return uses(x.Columns()) || uses(x.Include) || in(x.Where) || slices.ContainsFunc(x.Parts, func(p schema.IndexPart) bool { return in(p.Expr) })
	})
	return &o
}

// part puts those of a list that are meant into another one, and returns the rest.
func part[T any](list []T, into *[]T, meant func(T) bool) []T {
	var rest []T
	for _, x := range list {
		if meant(x) {
			*into = append(*into, x)
		} else {
			rest = append(rest, x)
		}
	}
	return rest
}

// renamed returns all of them with a column under another name.
func (o *objects) renamed(from, to string) *objects {
	t := &schema.Table{Name: "t", Columns: []schema.Column{{Name: from}}, Uniques: o.uniques, Checks: o.checks, ForeignKeys: o.keys, Indexes: o.indexes}
	t = t.Clone()
	if from != to {
		(&schema.Schema{Tables: []*schema.Table{t}}).RenameColumn(t, from, to)
	}
	return &objects{t.Uniques, t.Checks, t.ForeignKeys, t.Indexes}
}

func (o *objects) putInto(t *schema.Table) {
	t.Uniques = append(t.Uniques, o.uniques...)
	t.Checks = append(t.Checks, o.checks...)
	t.ForeignKeys = append(t.ForeignKeys, o.keys...)
	t.Indexes = append(t.Indexes, o.indexes...)
	t.Sort()
}

// rename gives each the name that f has for its own.
func (o *objects) rename(f func(string) string) {
	o.each(func(_ string, _ int, name *string) { *name = f(*name) })
}

func (o *objects) names() []string {
	var all []string
	o.rename(func(n string) string {
		all = append(all, n)
		return n
	})
	return all
}

// say reports whether two are the same but for their names.
func (o *objects) say(other *objects) bool {
	text := func(o *objects) []string {
		var all []string
		o.each(func(kind string, i int, _ *string) { all = append(all, o.text(kind, i)) })
		slices.Sort(all)
		return all
	}
	return slices.Equal(text(o), text(other))
}

// text returns what one of them says, without its name.
func (o *objects) text(kind string, i int) string {
	switch kind {
	case "unique":
		x := o.uniques[i]
		x.Name = ""
		return said(kind, x)
	case "check":
		x := o.checks[i]
		x.Name = ""
		return said(kind, x)
	case "key":
		x := o.keys[i]
		x.Name = ""
		return said(kind, x)
	}
	x := o.indexes[i]
	x.Name = ""
	return said(kind, x)
}

func said(kind string, x any) string {
	b, err := json.Marshal(x)
	if err != nil {
		return kind + err.Error()
	}
	return kind + string(b)
}

// derived takes the names away from those that have none in the models: they are derived again.
func (o *objects) derived(models *objects) {
	bare := map[string]bool{}
	models.each(func(kind string, i int, name *string) {
		if *name == "" {
			bare[models.text(kind, i)] = true
		}
	})
	o.each(func(kind string, i int, name *string) {
		if bare[o.text(kind, i)] {
			*name = ""
		}
	})
}

// each calls f with the name of each of them.
func (o *objects) each(f func(kind string, i int, name *string)) {
	for i := range o.uniques {
		f("unique", i, &o.uniques[i].Name)
	}
	for i := range o.checks {
		f("check", i, &o.checks[i].Name)
	}
	for i := range o.keys {
		f("key", i, &o.keys[i].Name)
	}
	for i := range o.indexes {
		f("index", i, &o.indexes[i].Name)
	}
}

// finalNames returns those of a table that have none, and that are dual-written under the name of a shadow column, the name that they are to have.
func finalNames(t *schema.Table, column string, dualWritten *objects) {
	final := map[string]string{}
	dualWritten.each(func(kind string, i int, name *string) {
		if isShadow(*name) {
			final[dualWritten.text(kind, i)] = strings.TrimSuffix(*name, shadowSuffix)
		}
	})
	mine := takeObjects(t, column)
	mine.each(func(kind string, i int, name *string) {
		if *name == "" {
			*name = final[mine.text(kind, i)]
		}
	})
	mine.putInto(t)
}
