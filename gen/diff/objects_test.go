package diff_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/runtime/schema"
)

// named returns an index or a constraint a name.
func named[T schema.Unique | schema.Check | schema.ForeignKey | schema.Index | schema.PrimaryKey](name string, of T) T {
	switch p := any(&of).(type) {
	case *schema.Unique:
		p.Name = name
	case *schema.Check:
		p.Name = name
	case *schema.ForeignKey:
		p.Name = name
	case *schema.Index:
		p.Name = name
	case *schema.PrimaryKey:
		p.Name = name
	}
	return of
}

func TestObjects(t *testing.T) {
	a, b, c := schema.Text("a"), schema.Text("b"), schema.BigInt("c").Null()
	run(t, []step{
		{
			name: "added",
			old:  of(table("items", id(), a, b), table("others", id(), c, pk("id"))),
			new: of(table("items", id(), a, b, pk("id"), unique("a", "b"), check("a <> b"), index("b", "a")),
				table("others", id(), c, pk("id"), fk("c", "items"))),
			want: `
				Add primary key (id) to items
				Add unique constraint items_a_b_key (a, b) to items
				Add check items_check to items
				Create index items_b_a_idx on items
				Add foreign key others_c_fkey to others, which refers to items
				`,
		},
		{
			name: "dropped",
			old: of(table("items", id(), a, b, pk("id"), unique("a", "b"), check("a <> b"), index("b", "a")),
				table("others", id(), c, pk("id"), fk("c", "items"))),
			new: of(table("items", id(), a, b), table("others", id(), c, pk("id"))),
			want: `
				Drop foreign key others_c_fkey of others, which refers to items
				Drop index items_b_a_idx of items
				Drop check items_check of items
				Drop unique constraint items_a_b_key (a, b) of items
				Drop primary key (id) of items
				`,
		},
		{
			name: "changed",
			old: of(table("items", id(), a, b, pk("id"), unique("a"), check("a <> b"), index("b")),
				table("others", id(), c, pk("id"), named("f", fk("c", "items")))),
			new: of(table("items", id(), a, b, pk("id"), unique("b"), check("a > b"), schema.Index{Parts: []schema.IndexPart{{Column: "b", Desc: true}}}),
				table("others", id(), c, pk("id"), schema.ForeignKey{Name: "f", Columns: []string{"c"}, RefTable: "items", RefColumns: []string{"id"},
					OnDelete: schema.SetNull})),
			want: `
				Drop foreign key f of others, which refers to items
				Drop index items_b_idx of items
				Drop check items_check of items
				Drop unique constraint items_a_key (a) of items
				Add unique constraint items_b_key (b) to items
				Add check items_check to items
				Create index items_b_idx on items
				Add foreign key f to others, which refers to items
				`,
		},
		{
			name: "constraints renamed",
			old:  of(table("items", id(), a, b, pk("id"), unique("a"), check("a <> b"), fk("id", "items"))),
			new:  of(table("items", id(), a, b, named("p", pk("id")), named("u", unique("a")), named("k", check("a <> b")), named("f", fk("id", "items")))),
			want: `
				Rename constraint items_a_key of items to u
				Rename constraint items_check of items to k
				Rename constraint items_id_fkey of items to f
				Rename constraint items_pkey of items to p
				`,
		},
		{
			name: "index renamed",
			old:  of(table("items", id(), a, index("a"))),
			new:  of(table("items", id(), a, named("x", index("a")))),
			want: `
				Rename index items_a_idx of items to x
				`,
		},
		{
			name: "names that are given once are kept when the model names none",
			old: of(table("items", id(), a, b, named("p", pk("id")), named("u", unique("a")), named("k", check("a <> b")), named("x", index("b")),
				named("f", fk("id", "items")))),
			new: of(table("items", id(), a, b, pk("id"), unique("a"), check("a <> b"), index("b"), fk("id", "items"))),
		},
		{
			name: "names of a renamed table and column stay",
			old:  of(table("items", id(), a, b, pk("id"), unique("a"), check("a <> 'x'"), index("a"))),
			new:  of(was("items", table("goods", id(), was("a", schema.Text("z").Def()), b, pk("id"), unique("z"), check("z <> 'x'"), index("z")))),
			want: `
				Rename table items to goods
				Rename column goods.a to z
				`,
		},
		{
			name: "swap names",
			old: of(table("items", id(), a, b, named("x", index("a")), named("y", index("b")), named("u", unique("a")), named("v", unique("b")),
				named("k", check("a > 'a'")), named("l", check("b > 'b'")))),
			new: of(table("items", id(), a, b, named("y", index("a")), named("x", index("b")), named("v", unique("a")), named("u", unique("b")),
				named("l", check("a > 'a'")), named("k", check("b > 'b'")))),
			want: `
				Rename constraint k of items to k_modelgen_swap
				Rename constraint l of items to k
				Rename constraint k_modelgen_swap of items to l
				Rename constraint u of items to u_modelgen_swap
				Rename constraint v of items to u
				Rename constraint u_modelgen_swap of items to v
				Rename index x of items to x_modelgen_swap
				Rename index y of items to x
				Rename index x_modelgen_swap of items to y
				`,
		},
		{
			name: "indexes of two tables trade names",
			old:  of(table("items", id(), a, named("x", index("a"))), table("others", id(), b, named("y", index("b")))),
			new:  of(table("items", id(), a, named("y", index("a"))), table("others", id(), b, named("x", index("b")))),
			want: `
				Rename index x of items to x_modelgen_swap
				Rename index y of others to x
				Rename index x_modelgen_swap of items to y
				`,
		},
		{
			name:    "a name goes from one that is dropped to one that is new",
			old:     of(table("items", id(), a, b, named("x", index("a")), named("k", check("a > 'a'")))),
			new:     of(table("items", id(), a, b, named("x", index("b")), named("k", check("b > 'b'")))),
			ordered: true,
			want: `
				Drop index x of items
				Drop check k of items
				Add check k to items
				Create index x on items
				`,
		},
		{
			name:    "two of the same, and one of them goes",
			old:     of(table("items", id(), a, named("x", index("a")), named("y", index("a")))),
			new:     of(table("items", id(), a, named("y", index("a")))),
			ordered: true,
			want: `
				Drop index x of items
				`,
		},
		{
			name: "derived names are numbered when they are taken",
			old:  of(table("items", id(), a, b, check("a <> ''"), index("a"))),
			new: of(table("items", id(), a, b, check("a <> ''"), check("a <> 'x'"), check("a <> 'y'"), index("a"),
				schema.Index{Parts: []schema.IndexPart{{Column: "a", Desc: true}}})),
			ordered: true,
			want: `
				Add check items_a_check1 to items
				Add check items_a_check2 to items
				Create index items_a_idx1 on items
				`,
		},
		{
			name: "a derived name that another table has",
			old:  of(table("items", id(), schema.Text("a_b"), index("a_b"))),
			new:  of(table("items", id(), schema.Text("a_b"), index("a_b")), table("items_a", id(), b, index("b"))),
			want: `
				Create table items_a
				`,
		},
		{
			name: "unique constraint becomes unique index",
			old:  of(table("items", id(), a, unique("a"))),
			new:  of(table("items", id(), a, schema.Index{Unique: true, Parts: []schema.IndexPart{{Column: "a"}}, Where: "a <> ''"})),
			want: `
				Drop unique constraint items_a_key (a) of items
				Create unique index items_a_key on items
				`,
		},
		{
			name: "values of a list in another order are no change",
			old:  of(table("items", id(), a, check("a IN ('x', 'y')"))),
			new:  of(table("items", id(), a, check("a IN ('y', 'x')"))),
		},
		{
			name: "a value of a list more",
			old:  of(table("items", id(), a, check("a IN ('x', 'y')"))),
			new:  of(table("items", id(), a, check("a IN ('x', 'y', 'z')"))),
			want: `
				Drop check items_a_check of items
				Add check items_a_check to items
				`,
		},
		{
			name: "a value of a list less, and one more",
			old:  of(table("items", id(), a, schema.Integer("n"), check("a IN ('x', 'it''s')"), check("n IN (1, -2)"))),
			new:  of(table("items", id(), a, schema.Integer("n"), check("a IN ('x', 'z')"), check("n IN (1, 3)"))),
			want: `
				? items.a: items.a may no longer be 'it''s': rows that hold it make the migration fail
				?   renamed: -rename 'items.a.it'\''s=z'
				?   no row holds it: -drop 'items.a=it'\''s'
				?   rows that do get another value: answer the same, and write migrate.Fill{Table: "items", Column: "a", Expr: "'x'", Where: "a = 'it''s'"}, or what fits, as the first op into the migration
				? items.n: items.n may no longer be -2: rows that hold it make the migration fail
				?   renamed: -rename items.n.-2=3
				?   no row holds it: -drop items.n=-2
				?   rows that do get another value: answer the same, and write migrate.Fill{Table: "items", Column: "n", Expr: "1", Where: "n = -2"}, or what fits, as the first op into the migration
				`,
		},
		{
			name:    "a value of a list renamed, another gone",
			old:     of(table("items", id(), a, schema.Integer("n"), check("a IN ('x', 'it''s')"), check("n IN (1, -2)"))),
			new:     of(table("items", id(), a, schema.Integer("n"), check("a IN ('x', 'z')"), check("n IN (1)"))),
			answers: diff.Answers{Renames: []string{"items.a.it's=z"}, Drops: []string{"items.n=-2"}},
			want: `
				Drop check items_a_check of items
				Drop check items_n_check of items
				Fill items.a with 'z'
				Add check items_a_check to items
				Add check items_n_check to items
				used -drop items.n=-2
				used -rename 'items.a.it'\''s=z'
				`,
		},
		{
			name: "a key with more columns, under a reference to the old one",
			old:  of(table("items", id(), a, pk("id")), table("others", id(), c, pk("id"), fk("c", "items"))),
			new:  of(table("items", id(), a, pk("id", "a"), unique("id")), table("others", id(), c, pk("id"), fk("c", "items"))),
			want: `
				Drop foreign key others_c_fkey of others, which refers to items
				Drop primary key (id) of items
				Add primary key (id, a) to items
				Add unique constraint items_id_key (id) to items
				Add foreign key others_c_fkey to others, which refers to items
				`,
		},
		{
			name: "the type of a key with references",
			old:  of(table("items", schema.Integer("id"), pk("id")), table("others", schema.Integer("item"), fk("item", "items"))),
			new:  of(table("items", schema.BigInt("id"), pk("id")), table("others", schema.BigInt("item"), fk("item", "items"))),
			want: `
				Alter column items.id: type integer to bigint
				Alter column others.item: type integer to bigint
				`,
		},
		{
			name: "the type of a key with references, which cannot be compared meanwhile",
			old:  of(table("items", schema.Integer("id"), pk("id")), table("others", schema.Integer("item"), fk("item", "items"))),
			new:  of(table("items", schema.Text("id"), pk("id")), table("others", schema.Text("item"), fk("item", "items"))),
			want: `
				Drop foreign key others_item_fkey of others, which refers to items
				Alter column items.id: type integer to text
				Alter column others.item: type integer to text
				Add foreign key others_item_fkey to others, which refers to items
				`,
		},
		{
			name: "a key moves under its reference",
			old:  of(table("items", id(), schema.BigInt("nr"), pk("id")), table("others", c, fk("c", "items"))),
			new: of(table("items", id(), schema.BigInt("nr"), pk("nr")),
				table("others", c, schema.ForeignKey{Columns: []string{"c"}, RefTable: "items", RefColumns: []string{"nr"}})),
			want: `
				? others.c: others.c refers to the primary key of items, which moves from id to nr: are its values those of nr?
				?   they are: -convert others.c
				?   they are to be: add a column that refers to the new key, and fill it
				?   they stay those of id: name that in the fk: tag, and let it be unique
				`,
		},
		{
			name: "a circle is closed",
			old:  of(table("x", id(), c, pk("id")), table("y", id(), c, pk("id"), fk("c", "x"))),
			new:  of(table("x", id(), c, pk("id"), fk("c", "y")), table("y", id(), c, pk("id"), fk("c", "x"))),
			want: `
				Add foreign key x_c_fkey to x, which refers to y
				`,
		},
		{
			name: "a circle of old and new tables",
			old:  of(table("x", id(), c, pk("id"))),
			new:  of(table("x", id(), c, pk("id"), fk("c", "y")), table("y", id(), c, pk("id"), fk("c", "x"))),
			want: `
				Create table y
				Add foreign key x_c_fkey to x, which refers to y
				`,
		},
		{
			name: "a circle changes its direction",
			old:  of(table("x", id(), c, pk("id"), fk("c", "y")), table("y", id(), c, pk("id"), fk("c", "z")), table("z", id(), c, pk("id"), fk("c", "x"))),
			new:  of(table("x", id(), c, pk("id"), fk("c", "z")), table("y", id(), c, pk("id"), fk("c", "x")), table("z", id(), c, pk("id"), fk("c", "y"))),
			want: `
				Drop foreign key x_c_fkey of x, which refers to y
				Drop foreign key y_c_fkey of y, which refers to z
				Drop foreign key z_c_fkey of z, which refers to x
				Add foreign key x_c_fkey to x, which refers to z
				Add foreign key y_c_fkey to y, which refers to x
				Add foreign key z_c_fkey to z, which refers to y
				`,
		},
		{
			name: "a column that is referred to goes, with all that uses it",
			old: of(table("items", id(), a, pk("id"), unique("a"), index("a", "id"), check("a <> ''")),
				table("others", id(), b, schema.ForeignKey{Columns: []string{"b"}, RefTable: "items", RefColumns: []string{"a"}})),
			new: of(table("items", id(), pk("id")), table("others", id(), b)),
			want: `
				Drop foreign key others_b_fkey of others, which refers to items
				Drop index items_a_id_idx of items
				Drop check items_a_check of items
				Drop unique constraint items_a_key (a) of items
				Drop column items.a
				`,
		},
	})
}
