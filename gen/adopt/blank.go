package adopt

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// blankTags returns the tags of the blank fields of a table: what no column says.
func (w *writer) blankTags(t *schema.Table) []string {
	table := []string{t.Name}
	if t.Comment != "" && !(w.comments && docComment(t.Comment)) {
		table = append(table, "comment:"+quoted(t.Comment))
	}
	table = append(table, tableOptions(t.Options)...)
	tags := []string{structTag("table", table...)}
	switch {
	case t.PrimaryKey == nil:
		tags = append(tags, structTag("pk", "-"))
	case !w.keyOnColumns(t):
		tags = append(tags, structTag("pk", w.withName(slices.Clone(t.PrimaryKey.Columns), named{t.Name, "pk", t.PrimaryKey.Name})...))
	}
	for _, u := range t.Uniques {
		if len(u.Columns) == 1 && w.uniqueOnColumn(t, u, u.Columns[0]) {
			continue
		}
		parts := w.withName(slices.Clone(u.Columns), named{t.Name, "unique", u.Name})
		if u.NullsNotDistinct {
			parts = append(parts, "nullsnotdistinct")
		}
		if u.Deferrable != schema.NotDeferrable {
			parts = append(parts, deferrable(u.Deferrable))
		}
		tags = append(tags, structTag("unique"+w.only(u.Only), parts...))
	}
	for _, x := range t.Indexes {
		if len(x.Parts) == 1 && w.indexOnColumn(t, x, x.Parts[0].Column) {
			continue
		}
		tags = append(tags, w.indexTag(t, x))
	}
	for _, k := range t.Checks {
		if column, _ := valuesOf(k.Expr); column != "" && w.isDerivedList(t, k, column) {
			continue
		}
		tags = append(tags, structTag("check"+w.only(k.Only), w.withName([]string{inTag(k.Expr)}, named{t.Name, "check", k.Name})...))
	}
	for _, o := range w.s.SQLObjects {
		if o.Kind == schema.ExclusionKind && o.Table == t.Name {
			parts, _, options, _ := exclusion(o)
			tags = append(tags, structTag("exclude"+w.only(o.Only), append(w.withName(parts, named{t.Name, "exclude", o.Name}), options...)...))
		}
	}
	for _, f := range t.ForeignKeys {
		if len(f.Columns) == 1 && w.keyOnColumn(t, f, f.Columns[0]) {
			continue
		}
		spec := "(" + strings.Join(f.Columns, ",") + ") " + w.structs[f.RefTable] + "(" + strings.Join(f.RefColumns, ",") + ")"
		tags = append(tags, structTag("fk", append(w.withName([]string{spec}, named{t.Name, "fk", f.Name}), actions(f)...)...))
	}
	return tags
}

// tableOptions returns the words of a table tag that say how the database keeps the table.
func tableOptions(o schema.TableOptions) (words []string) {
	if o.Unlogged {
		words = append(words, "unlogged")
	}
	if o.With != "" {
		words = append(words, "with:("+o.With+")")
	}
	if o.Partition != "" {
		words = append(words, "partition:"+o.Partition)
	}
	if o.Strict {
		words = append(words, "strict")
	}
	if o.WithoutRowid {
		words = append(words, "withoutrowid")
	}
	if o.Distribute != "" {
		words = append(words, "distribute:"+o.Distribute)
	}
	if o.Colocate != "" {
		words = append(words, "colocate:"+o.Colocate)
	}
	if o.Reference {
		words = append(words, "reference")
	}
	return words
}

// inTag returns an expression as it can stand in a tag: a comma outside of brackets would end it.
func inTag(expr string) string {
	depth := 0
	for i := 0; i < len(expr); i++ {
		switch expr[i] {
		case '\'':
			for i++; i < len(expr) && expr[i] != '\''; i++ {
			}
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				return "(" + expr + ")"
			}
		}
	}
	return expr
}

func (w *writer) withName(parts []string, n named) []string {
	if w.omit[n] {
		return parts
	}
	name := n.name
	if strings.ContainsAny(name, " ,'();|:=") {
		name = quoted(name)
	}
	return append(parts, "name:"+name)
}

// indexTag returns the tag of an index, or of a unique index that is no constraint.
func (w *writer) indexTag(t *schema.Table, x schema.Index) string {
	key := "index"
	if x.Unique {
		key = "unique"
	}
	var parts []string
	classes := map[string]bool{}
	for _, p := range x.Parts {
		classes[p.OpClass] = true
	}
	plain := true
	for _, p := range x.Parts {
		part := p.Column
		if p.Expr != "" {
			part, plain = "("+p.Expr+")", false
		}
		if p.Collate != "" {
			part += " collate " + p.Collate
		}
		if p.OpClass != "" && len(classes) > 1 {
			part += " opclass:" + p.OpClass
		}
		if p.Desc {
			part += " desc"
		}
		if p.Nulls != schema.NullsDefault {
			part += " nulls " + strings.ToLower(string(p.Nulls))
		}
		plain = plain && p.Collate == "" && !p.Desc && p.Nulls == schema.NullsDefault
		parts = append(parts, part)
	}
	parts = w.withName(parts, named{t.Name, "index", x.Name})
	switch {
	case x.Using != "":
		parts = append(parts, "using:"+x.Using)
	case x.Unique && plain && x.Where == "" && len(x.Include) == 0 && len(classes) == 1 && classes[""]:
		parts = append(parts, "using:btree") // without it, it would be a constraint
	}
	if len(x.Include) > 0 {
		parts = append(parts, "include:("+strings.Join(x.Include, ",")+")")
	}
	if class := x.Parts[0].OpClass; class != "" && len(classes) == 1 {
		parts = append(parts, "opclass:"+class)
	}
	if x.NullsNotDistinct {
		parts = append(parts, "nullsnotdistinct")
	}
	if x.Where != "" {
		parts = append(parts, "where:"+inTag(x.Where))
	}
	return structTag(key+w.only(x.Only), parts...)
}
