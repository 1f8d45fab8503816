package lint

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg216 = Check{
	Code: "MG216", Title: "no index serves a foreign key", Severity: Note,
	Breaks: "each delete, and each change of the key, in the table that is referred to reads the whole referring table",
	When:   "the referring table is large, and rows that it refers to are deleted; no index begins with the columns of the key",
	Safe:   "give the columns an index: the option index in the tag",
	run: func(p *pass) {
		var keys []schema.ForeignKey
		name := ""
		var t *schema.Table
		switch o := p.op.(type) {
		case migrate.AddForeignKey:
			keys, name = []schema.ForeignKey{o.ForeignKey}, o.Table
			t = p.s.Table(o.Table)
		case migrate.CreateTable:
			keys, name = o.ForeignKeys, o.Table
			if len(keys) > 0 {
				t = o.Definition()
			}
		}
		for _, fk := range keys {
			if t == nil || serves(t, fk.Columns) || slices.ContainsFunc(p.laidLater(name), func(d migrate.Definition) bool { return indexes(d, fk.Columns) }) {
				continue
			}
			p.report("no index of %s begins with %s, the columns of foreign key %s", name, strings.Join(fk.Columns, ", "), fk.Name)
		}
	},
}

// serves reports whether an index, of whatever kind, begins with the columns.
func serves(t *schema.Table, columns []string) bool {
	begins := func(list []string) bool {
		n := min(len(columns), len(list))
		a, b := slices.Clone(list[:n]), slices.Clone(columns)
		slices.Sort(a)
		slices.Sort(b)
		return slices.Equal(a, b)
	}
	return t.PrimaryKey != nil && begins(t.PrimaryKey.Columns) ||
		slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return begins(u.Columns) }) ||
		slices.ContainsFunc(t.Indexes, func(x schema.Index) bool { return x.Where == "" && begins(x.Columns()) })
}

// indexes reports whether a definition is an index, of whatever kind, that begins with the columns.
func indexes(d migrate.Definition, columns []string) bool {
	t := &schema.Table{PrimaryKey: d.PrimaryKey}
	if d.Unique != nil {
		t.Uniques = []schema.Unique{*d.Unique}
	}
	if d.Index != nil {
		t.Indexes = []schema.Index{*d.Index}
	}
	return serves(t, columns)
}
