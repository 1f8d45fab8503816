package page

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// The kinds of what a history is about, in the order in which they are shown. Kinds of SQL objects follow, as they are found.
const (
	kindTable      = "table"
	kindColumn     = "column"
	kindPrimaryKey = "primary key"
	kindUnique     = "unique constraint"
	kindForeignKey = "foreign key"
	kindCheck      = "check"
	kindIndex      = "index"
	kindDualWrite  = "dual write"
	kindRow        = "declared row"
	kindEnum       = "enum"
	kindSchema     = "schema"
)

var kinds = []string{kindTable, kindColumn, kindPrimaryKey, kindUnique, kindForeignKey, kindCheck, kindIndex, kindDualWrite, kindRow, kindEnum, kindSchema}

// kindOrder returns where a kind is shown.
func kindOrder(kind string) int {
	if i := slices.Index(kinds, kind); i >= 0 {
		return i
	}
	return len(kinds)
}

// object is one thing that a schema says, in words.
type object struct {
	kind, name string
	only       string // the dialect that has it
	def        string
}

// objectsOf returns what a table is, itself first.
func objectsOf(t *schema.Table) []object {
	all := []object{{kindTable, t.Name, "", tableWords(t)}}
	for _, c := range t.Columns {
		def := c.Describe()
		if c.Comment != "" {
			def += " comment " + c.Comment
		}
		all = append(all, object{kindColumn, c.Name, "", def})
	}
	if k := t.PrimaryKey; k != nil {
		all = append(all, object{kindPrimaryKey, k.Name, "", list(k.Columns)})
	}
	for _, u := range t.Uniques {
		all = append(all, object{kindUnique, u.Name, u.Only, uniqueWords(u)})
	}
	for _, f := range t.ForeignKeys {
		all = append(all, object{kindForeignKey, f.Name, "", foreignKeyWords(f)})
	}
	for _, c := range t.Checks {
		all = append(all, object{kindCheck, c.Name, c.Only, c.Expr})
	}
	for _, x := range t.Indexes {
		all = append(all, object{kindIndex, x.Name, x.Only, indexWords(x)})
	}
	for _, d := range t.DualWrites {
		all = append(all, object{kindDualWrite, d.Name, "", d.From + " and " + d.To + ": " + d.Up + "; back: " + d.Down})
	}
	for _, row := range t.Rows.Rows {
		all = append(all, object{kindRow, t.Rows.Name(row), "", rowWords(t, row)})
	}
	return all
}

// globals returns what a schema says beside its tables.
func globals(s *schema.Schema) []object {
	var all []object
	for _, n := range s.Namespaces {
		all = append(all, object{kindSchema, n, "", ""})
	}
	for _, e := range s.Enums {
		all = append(all, object{kindEnum, e.Name, "", strings.Join(e.Values, ", ")})
	}
	for _, o := range s.SQLObjects {
		name := strings.TrimPrefix(o.String(), string(o.Kind)+" ")
		all = append(all, object{string(o.Kind), name, o.Only, strings.TrimSpace(o.Head + "\n" + string(o.SQL))})
	}
	for _, o := range s.Objects {
		all = append(all, object{"made by hand", o.String(), o.Only, ""})
	}
	return all
}

func list(names []string) string { return "(" + strings.Join(names, ", ") + ")" }

func tableWords(t *schema.Table) string {
	var all []string
	add := func(set bool, words string) {
		if set {
			all = append(all, words)
		}
	}
	add(t.Options.Unlogged, "unlogged")
	add(t.Options.Partition != "", "partitioned by "+t.Options.Partition)
	add(t.Options.With != "", "with ("+t.Options.With+")")
	add(t.Options.Strict, "strict")
	add(t.Options.WithoutRowid, "without rowid")
	add(t.Options.Distribute != "", "distributed by "+t.Options.Distribute)
	add(t.Options.Colocate != "", "colocated with "+t.Options.Colocate)
	add(t.Options.Reference, "a reference table")
	add(t.Comment != "", "comment "+t.Comment)
	return strings.Join(all, ", ")
}

// rowWords returns the values of a declared row that are not its key, in the order of the columns.
func rowWords(t *schema.Table, row schema.Row) string {
	var all []string
	for _, c := range t.Columns {
		v, ok := row[c.Name]
		switch {
		case !ok || slices.Contains(t.Rows.Key, c.Name):
		case v == nil:
			all = append(all, c.Name+" NULL")
		default:
			all = append(all, c.Name+" "+*v)
		}
	}
	return strings.Join(all, ", ")
}

func deferWords(d schema.Deferrable) string {
	if d == schema.NotDeferrable {
		return ""
	}
	return " deferrable initially " + strings.ToLower(string(d))
}

func uniqueWords(u schema.Unique) string {
	text := list(u.Columns)
	if u.NullsNotDistinct {
		text += " nulls not distinct"
	}
	return text + deferWords(u.Deferrable)
}

func foreignKeyWords(f schema.ForeignKey) string {
	text := list(f.Columns) + " refers to " + f.RefTable + " " + list(f.RefColumns)
	if f.OnDelete != "" {
		text += " on delete " + strings.ToLower(string(f.OnDelete))
	}
	if f.OnUpdate != "" {
		text += " on update " + strings.ToLower(string(f.OnUpdate))
	}
	return text + deferWords(f.Deferrable)
}

func indexWords(x schema.Index) string {
	var parts []string
	for _, p := range x.Parts {
		part := p.Column
		if p.Expr != "" {
			part = "(" + p.Expr + ")"
		}
		if p.Collate != "" {
			part += " collate " + p.Collate
		}
		if p.OpClass != "" {
			part += " " + p.OpClass
		}
		if p.Desc {
			part += " desc"
		}
		if p.Nulls != "" {
			part += " nulls " + strings.ToLower(string(p.Nulls))
		}
		parts = append(parts, part)
	}
	text := list(parts)
	if x.Unique {
		text = "unique " + text
	}
	if x.Using != "" {
		text += " using " + x.Using
	}
	if len(x.Include) > 0 {
		text += " include " + list(x.Include)
	}
	if x.NullsNotDistinct {
		text += " nulls not distinct"
	}
	if x.Where != "" {
		text += " where " + x.Where
	}
	return text
}
