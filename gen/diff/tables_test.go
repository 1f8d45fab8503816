package diff_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/runtime/schema"
)

func TestTables(t *testing.T) {
	run(t, []step{
		{
			name: "nothing at all",
			old:  of(),
			new:  of(),
		},
		{
			name: "new ones, what is referred to first",
			old:  of(),
			new: of(table("a", id(), schema.BigInt("b_id"), fk("b_id", "b"), pk("id")),
				table("b", id(), schema.BigInt("c_id"), fk("c_id", "c"), pk("id")), table("c", id(), pk("id"))),
			want: `
				Create table c
				Create table b
				Create table a
				`,
		},
		{
			name: "new ones that refer to each other and to themselves",
			old:  of(),
			new: of(table("a", id(), schema.BigInt("b_id"), fk("b_id", "b"), pk("id")), table("b", id(), schema.BigInt("a_id"), fk("a_id", "a"), pk("id")),
				table("c", id(), schema.BigInt("c_id"), schema.BigInt("a_id"), fk("c_id", "c"), fk("a_id", "a"), pk("id"))),
			want: `
				Create table a
				Create table b
				Create table c
				Add foreign key a_b_id_fkey to a, which refers to b
				`,
		},
		{
			name: "new one refers to a key that comes later",
			old:  of(table("a", id(), schema.Text("code"))),
			new: of(table("a", id(), schema.Text("code"), unique("code")), table("b", id(), schema.Text("a_code"), schema.BigInt("a_id"),
				schema.ForeignKey{Columns: []string{"a_code"}, RefTable: "a", RefColumns: []string{"code"}})),
			want: `
				Create table b
				Add unique constraint a_code_key (code) to a
				Add foreign key b_a_code_fkey to b, which refers to a
				`,
		},
		{
			name: "dropped, what refers to others first",
			old: of(table("a", id(), pk("id")), table("b", id(), schema.BigInt("a_id"), fk("a_id", "a"), pk("id")),
				table("c", id(), schema.BigInt("b_id"), fk("b_id", "b")), table("d", id())),
			new: of(table("d", id())),
			want: `
				Drop table c
				Drop table b
				Drop table a
				`,
		},
		{
			name: "dropped, in circles",
			old: of(table("a", id(), schema.BigInt("b_id"), schema.BigInt("a_id"), fk("b_id", "b"), fk("a_id", "a"), pk("id")),
				table("b", id(), schema.BigInt("c_id"), fk("c_id", "c"), pk("id")),
				table("c", id(), schema.BigInt("a_id"), fk("a_id", "a"), pk("id"))),
			new: of(),
			want: `
				Drop foreign key c_a_id_fkey of c, which refers to a
				Drop table a
				Drop table b
				Drop table c
				`,
		},
		{
			name: "dropped, while one that stays refers to it",
			old:  of(table("a", id(), pk("id")), table("b", id(), schema.BigInt("a_id"), fk("a_id", "a"))),
			new:  of(table("b", id(), schema.BigInt("a_id"))),
			want: `
				Drop foreign key b_a_id_fkey of b, which refers to a
				Drop table a
				`,
		},
		{
			name: "gone while one like it came",
			old:  of(table("items", id(), schema.Text("name"), schema.Integer("stock"))),
			new:  of(table("products", id(), schema.Varchar("name", 10), schema.Boolean("on"))),
			want: `
				? products: table items is gone and products is new: is it the same table under another name?
				?   renamed: -rename items=products
				?   another table, and items goes with its rows: -drop items
				`,
		},
		{
			name: "gone while one unlike it came",
			old:  of(table("items", id(), schema.Text("name"), schema.Integer("stock"))),
			new:  of(table("users", id(), schema.Varchar("email", 10), schema.Boolean("on"))),
			want: `
				Drop table items
				Create table users
				`,
		},
		{
			name: "renamed by an answer, with what is in it",
			old: of(table("items", id(), schema.Text("name"), pk("id"), index("name"), check("name <> ''")),
				table("b", id(), schema.BigInt("i"), fk("i", "items"))),
			new: of(table("products", id(), schema.Text("title"), pk("id"), index("title"), check("title <> ''")),
				table("b", id(), schema.BigInt("i"), fk("i", "products"))),
			answers: diff.Answers{Renames: []string{"items=products", "items.name=title"}},
			want: `
				Rename table items to products
				Rename column products.name to title
				used -rename items.name=title
				used -rename items=products
				`,
		},
		{
			name: "renamed by a hint, and the old name taken by a new one",
			old:  of(table("items", id(), schema.Text("name"), pk("id"))),
			new:  of(was("items", table("products", id(), schema.Text("name"), pk("id"))), table("items", id(), schema.Text("other"), pk("id"))),
			want: `
				Rename table items to products
				Create table items
				`,
		},
		{
			name:    "dropped, and its name taken by a new one",
			old:     of(table("items", id(), schema.Text("name"), pk("id"), index("name"))),
			new:     of(table("items", id(), schema.Text("name"), pk("id"), index("name"))),
			answers: diff.Answers{Drops: []string{"items"}},
			want: `
				Drop table items
				Create table items
				used -drop items
				`,
		},
		{
			name: "renamed over one that goes",
			old:  of(table("a", id(), schema.Text("x")), table("b", id(), schema.Text("y"))),
			new:  of(was("a", table("b", id(), schema.Text("x")))),
			want: `
				Drop table b
				Rename table a to b
				`,
		},
		{
			name: "swapped, with references between them",
			old:  of(table("a", id(), schema.Text("x"), pk("id")), table("b", id(), schema.BigInt("a_id"), pk("id"), fk("a_id", "a"))),
			new:  of(was("b", table("a", id(), schema.BigInt("a_id"), pk("id"), fk("a_id", "b"))), was("a", table("b", id(), schema.Text("x"), pk("id")))),
			want: `
				Rename table a to a_modelgen_swap
				Rename table b to a
				Rename table a_modelgen_swap to b
				`,
		},
		{
			name: "a chain of three, and a new one at its beginning",
			old:  of(table("a", id(), schema.Text("x")), table("b", id(), schema.Text("y")), table("c", id(), schema.Text("z"))),
			new: of(was("a", table("b", id(), schema.Text("x"))), was("b", table("c", id(), schema.Text("y"))), was("c", table("d", id(), schema.Text("z"))),
				table("a", id(), schema.Integer("new"))),
			want: `
				Rename table c to d
				Rename table b to c
				Rename table a to b
				Create table a
				`,
		},
		{
			name: "moved to another schema, which the hint need not name",
			old:  of(table("billing.items", id(), schema.Text("name")), table("old.items", id(), schema.Text("label"))),
			new:  of(was("items", table("billing.products", id(), schema.Text("name"))), was("old.items", table("fresh.items", id(), schema.Text("label")))),
			want: `
				Create schema fresh
				Rename table billing.items to billing.products
				Rename table old.items to fresh.items
				Drop schema old if nothing is left in it
				`,
		},
		{
			name: "no column in common",
			old:  of(table("items", id(), schema.Text("name"))),
			new:  of(table("items", schema.BigInt("nr").Identity(), schema.Text("label"))),
			want: `
				? items: table items has no column in common with the model any more: is it another table?
				?   another table, and the old one goes with its rows: -drop items
				?   the same: say which column was which: -rename items.id=nr
				`,
		},
		{
			name: "comment",
			old:  of(table("items", "what we sell", id())),
			new:  of(table("items", "what we have", id())),
			want: `
				Change the comment of table items
				`,
		},
		{
			name: "hint used up",
			old:  of(was("items", table("products", id(), was("caption", schema.Text("label").Def())))),
			new:  of(was("items", table("products", id(), was("caption", schema.Text("label").Def())))),
			want: `
				stale products
				stale products.label
				`,
		},
	})
}

func TestColumnNames(t *testing.T) {
	run(t, []step{
		{
			name: "renamed by a hint, with all that names it",
			old: of(table("items", id(), schema.Text("name"), schema.Text("twice").Null().Generated("name || name"), unique("name"), check("name <> ''"),
				schema.Index{Parts: []schema.IndexPart{{Expr: "lower(name)"}}, Where: "name <> 'x'", Include: []string{"name"}}),
				table("b", id(), schema.Text("item"), schema.ForeignKey{Columns: []string{"item"}, RefTable: "items", RefColumns: []string{"name"}})),
			new: of(table("items", id(), was("name", schema.Text("label").Def()), schema.Text("twice").Null().Generated("label || label"), unique("label"),
				check("label <> ''"),
				schema.Index{Parts: []schema.IndexPart{{Expr: "lower(label)"}}, Where: "label <> 'x'", Include: []string{"label"}}),
				table("b", id(), schema.Text("item"), schema.ForeignKey{Columns: []string{"item"}, RefTable: "items", RefColumns: []string{"label"}})),
			want: `
				Rename column items.name to label
				`,
		},
		{
			name: "renamed and altered",
			old:  of(table("items", id(), schema.Varchar("name", 10))),
			new:  of(table("items", id(), was("name", schema.Text("label").Default("x").Null().Def()))),
			want: `
				Rename column items.name to label
				Alter column items.label: type varchar(10) to text, NULL allowed, default none to "x"
				`,
		},
		{
			name: "swapped",
			old:  of(table("items", id(), schema.Text("a"), schema.Integer("b"), index("a"), check("b > 0"))),
			new:  of(table("items", id(), was("b", schema.Integer("a").Def()), was("a", schema.Text("b").Def()), index("b"), check("a > 0"))),
			want: `
				Rename column items.a to a_modelgen_swap
				Rename column items.b to a
				Rename column items.a_modelgen_swap to b
				`,
		},
		{
			name: "a ring of three",
			old:  of(table("items", schema.Text("a"), schema.Integer("b"), schema.Boolean("c"), id())),
			new:  of(table("items", was("c", schema.Boolean("a").Def()), was("a", schema.Text("b").Def()), was("b", schema.Integer("c").Def()), id())),
			want: `
				Rename column items.a to a_modelgen_swap
				Rename column items.c to a
				Rename column items.b to c
				Rename column items.a_modelgen_swap to b
				`,
		},
		{
			name: "a chain, and a new one at its beginning",
			old:  of(table("items", id(), schema.Text("a"), schema.Text("b"))),
			new:  of(table("items", id(), was("a", schema.Text("b").Def()), was("b", schema.Text("c").Def()), schema.Text("a").Default("new"))),
			want: `
				Rename column items.b to c
				Rename column items.a to b
				Add column items.a
				`,
		},
		{
			name: "renamed over a column that goes",
			old:  of(table("items", id(), schema.Text("a"), schema.Text("b"), index("b"))),
			new:  of(table("items", id(), was("a", schema.Text("b").Def()), index("b"))),
			want: `
				Drop index items_b_idx of items
				Drop column items.b
				Rename column items.a to b
				Create index items_b_idx on items
				`,
		},
		{
			name:    "another column under the same name",
			old:     of(table("items", id(), schema.Text("a"), index("a"))),
			new:     of(table("items", id(), schema.Text("a").Default("x"), index("a"))),
			answers: diff.Answers{Drops: []string{"items.a"}},
			want: `
				Drop index items_a_idx of items
				Drop column items.a
				Add column items.a
				Create index items_a_idx on items
				used -drop items.a
				`,
		},
		{
			name: "a name that is used again with the type of one that goes",
			old:  of(table("items", id(), schema.Text("a"), schema.Integer("b"))),
			new:  of(table("items", id(), schema.Text("b"))),
			want: `
				? items.b: column items.a is gone and b has its type now: is it the same column under another name?
				?   renamed, and the old b goes with its values: -rename items.a=b
				?   another column, and a goes with its values: -drop items.a
				`,
		},
		{
			name: "was: of a column, in a table that it is asked about",
			old:  of(table("items", id(), schema.Text("a")), table("goods", id())),
			new:  of(table("items", id()), was("items", table("goods", id(), was("a", schema.Text("b").Def())))),
			want: `
				? goods: goods has was:items, but the snapshot knows both goods and items: did items become goods?
				?   renamed, and the old goods goes: -rename items=goods
				?   no: take was:items out of the tag
				`,
		},
		{
			name: "was: an old name that stays as another column",
			old:  of(table("items", id(), schema.Text("a"), schema.Text("b"))),
			new:  of(table("items", id(), schema.Text("a"), was("a", schema.Text("b").Def()))),
			want: `
				? items.b: items.b has was:a, but the snapshot knows both b and a: did a become b?
				?   renamed, and the old b goes: -rename items.a=b
				?   no: take was:a out of the tag
				`,
		},
		{
			name: "a hint used up does not act when its name comes back",
			old:  of(table("items", id(), was("a", schema.Text("b").Def()))),
			new:  of(table("items", id(), was("a", schema.Text("b").Def()), schema.Text("a").Null())),
			want: `
				Add column items.a
				stale items.b
				`,
		},
		{
			name:    "renamed in a table that is renamed, by the new name of the table",
			old:     of(table("items", id(), schema.Text("a"))),
			new:     of(was("items", table("products", id(), schema.Text("b")))),
			answers: diff.Answers{Renames: []string{"products.a=b"}},
			want: `
				Rename table items to products
				Rename column products.a to b
				used -rename products.a=b
				`,
		},
	})
}

// TestTableWithoutColumns: a table whose last column a step by hand has dropped gets the columns of its model, and nothing is asked.
func TestTableWithoutColumns(t *testing.T) {
	out, err := diff.Diff(diff.Input{Old: of(table("items")), New: of(table("items", schema.Text("name").Null(), schema.Integer("size").Null()))})
	if err != nil || len(out.Questions) > 0 || len(out.Ops) != 2 {
		t.Errorf("%v %v %v", out, err, out.Questions)
	}
}
