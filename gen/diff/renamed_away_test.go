package diff_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/runtime/schema"
)

func TestColumnRenamedAway(t *testing.T) {
	unique := func(column string) schema.Unique { return schema.Unique{Columns: []string{column}} }
	refers := func(column string) schema.ForeignKey {
		return schema.ForeignKey{Columns: []string{column}, RefTable: "users", RefColumns: []string{"id"}}
	}
	kind := table("items", id(), schema.Varchar("kind", 32).Null())
	format := schema.Varchar("format", 32).Null()
	changed := schema.Varchar("kind", 32).Default("")
	const asks = `
		? items.kind: column items.kind has another definition, and format is new with the one that it had: was it renamed, and its name given to another column?
		?   renamed, and kind is another column now: -rename items.kind=format
		?   kind is the same column, and keeps its values: -rename items.kind=kind
		`
	run(t, []step{
		{name: "NOT NULL now, and another takes NULL", old: of(kind), new: of(table("items", id(), format, changed)), want: asks},
		{name: "another type now", old: of(kind), new: of(table("items", id(), format, schema.Boolean("kind").Default(false))), want: asks},
		{name: "with a longer text", old: of(kind), new: of(table("items", id(), schema.Text("format").Null(), schema.Boolean("kind").Default(false))), want: asks},
		{
			name: "a number that becomes text without a loss", old: of(table("items", id(), schema.Integer("kind"))),
			new: of(table("items", id(), schema.Integer("format").Default(0), schema.Text("kind"))), want: asks,
		},
		{
			name: "its key goes to another", old: of(table("users", id()), table("items", id(), schema.BigInt("kind").Null(), refers("kind"))),
			new:  of(table("users", id()), table("items", id(), schema.BigInt("kind").Null(), schema.BigInt("format").Null(), refers("format"))),
			want: asks,
		},
		{
			name: "its rule goes to another", old: of(table("items", id(), schema.Text("kind").Null(), unique("kind"))),
			new:  of(table("items", id(), schema.Text("kind").Null(), schema.Text("format").Null(), unique("format"))),
			want: asks,
		},
		{
			name: "a wider number only grows, whatever is new beside it", old: of(table("items", id(), schema.Integer("kind").Null())),
			new: of(table("items", id(), schema.BigInt("kind").Null(), schema.Integer("format").Null())),
			want: `
				Add column items.format
				Alter column items.kind: type integer to bigint
				`,
		},
		{
			name: "renamed", old: of(kind), new: of(table("items", id(), format, changed)),
			answers: diff.Answers{Renames: []string{"items.kind=format"}},
			want: `
				Rename column items.kind to format
				Add column items.kind
				used -rename items.kind=format
				`,
		},
		{
			name: "the same", old: of(kind), new: of(table("items", id(), format, changed)),
			answers: diff.Answers{Renames: []string{"items.kind=kind"}},
			want: `
				Add column items.format
				Fill items.kind with ''
				Alter column items.kind: NOT NULL, default none to ""
				used -rename items.kind=kind
				`,
		},
		{
			name: "renamed by a hint", old: of(kind), new: of(table("items", id(), was("kind", format.Def()), changed)),
			want: `
				Rename column items.kind to format
				Add column items.kind
				`,
		},
		{
			name: "an answer says what becomes of the values", old: of(kind), new: of(table("items", id(), format, schema.Varchar("kind", 32))),
			answers: diff.Answers{Fills: []string{"items.kind='x'"}},
			want: `
				Add column items.format
				Fill items.kind with 'x'
				Alter column items.kind: NOT NULL
				used -fill 'items.kind='\''x'\'''
				`,
		},
		{
			name: "it takes more than it did", old: of(table("items", id(), schema.Varchar("kind", 32))),
			new: of(table("items", id(), schema.Varchar("kind", 64).Default("x").Null(), schema.Varchar("format", 32).Default(""))),
			want: `
				Add column items.format
				Alter column items.kind: type varchar(32) to varchar(64), NULL allowed, default none to "x"
				`,
		},
		{
			name: "the new one is no nearer", old: of(kind), new: of(table("items", id(), schema.Varchar("format", 32).Default(""), changed)),
			want: `
				Add column items.format
				Fill items.kind with ''
				Alter column items.kind: NOT NULL, default none to ""
				`,
		},
	})
}

func TestTableRenamedAway(t *testing.T) {
	items := table("items", id(), schema.Text("name").Null(), schema.Integer("price").Null())
	articles := table("articles", id(), schema.Text("name").Null(), schema.Integer("price").Null())
	other := table("items", id(), schema.Integer("position").Null())
	run(t, []step{
		{
			name: "another has its columns", old: of(items), new: of(articles, other),
			want: `
				? items: articles is new, with the columns that table items had, and items has lost some: was it renamed, and its name given to another table?
				?   renamed, and items is another table now: -rename items=articles
				?   items is the same table: -rename items=items
				`,
		},
		{
			name: "renamed", old: of(items), new: of(articles, other), answers: diff.Answers{Renames: []string{"items=articles"}},
			want: `
				Rename table items to articles
				Create table items
				used -rename items=articles
				`,
		},
		{
			name: "the same", old: of(items), new: of(articles, other), answers: diff.Answers{Renames: []string{"items=items"}, Drops: []string{"items.price"}},
			want: `
				Drop column items.name
				Drop column items.price
				Create table articles
				Add column items.position
				used -drop items.price
				used -rename items=items
				`,
		},
		{
			name: "what happened to a third waits for the answer",
			old:  of(items, table("boxes", id(), schema.Integer("width"), schema.Integer("height"))),
			new:  of(articles, table("items", id(), schema.Integer("width"), schema.Integer("height")), table("boxes", id(), schema.Integer("depth"))),
			want: `
				? items: articles is new, with the columns that table items had, and items has lost some: was it renamed, and its name given to another table?
				?   renamed, and items is another table now: -rename items=articles
				?   items is the same table: -rename items=items
				`,
		},
		{
			name: "a copy beside it", old: of(items), new: of(articles, table("items", id(), schema.Text("name").Null(), schema.Integer("price").Null(), schema.Text("more").Null())),
			want: `
				Create table articles
				Add column items.more
				`,
		},
	})
}
