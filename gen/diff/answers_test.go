package diff_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestErrors is about answers and hints that cannot be followed: all of them are said at once, and none is taken for another.
func TestErrors(t *testing.T) {
	items := func(parts ...any) *schema.Schema { return of(table("items", append([]any{id()}, parts...)...)) }
	caption, label := schema.Text("caption"), schema.Text("label")
	run(t, []step{
		{
			name: "answers that are none",
			old:  items(caption), new: items(caption),
			answers: diff.Answers{Renames: []string{"items", "=x", "items.caption="}},
			want: `
				error =x: -rename takes OLD=NEW: products.caption=label
				error items.caption=: -rename takes OLD=NEW: products.caption=label
				error items: -rename takes OLD=NEW: products.caption=label
				`,
		},
		{
			name: "answers that are not needed",
			old:  items(caption), new: items(caption),
			answers: diff.Answers{Drops: []string{"items.label", "caption"}, Fills: []string{"items.caption=x", "items.captoin='x'", "items.caption"},
				Converts: []string{"items.caption=x", "items.cation"}},
			want: `
				error caption: -drop caption: the snapshot has no table, column or value of that name
				error items.caption: -convert items.caption: no column of that name changes its type
				error items.caption: -fill items.caption: no column of that name becomes NOT NULL or is dropped
				error items.caption: -fill takes COLUMN=SQL: products.slug="lower(name)"; items.caption has no SQL: quote all of it for the shell, "items.caption=''" for the empty text
				error items.captoin: -fill items.captoin: no column of that name becomes NOT NULL or is dropped; did you mean items.caption?
				error items.cation: -convert items.cation: no column of that name changes its type; did you mean items.caption?
				error items.label: -drop items.label: the snapshot has no table, column or value of that name
				`,
		},
		{
			name: "literals that are no values of the column",
			old:  func() *schema.Schema { s := items(); s.PutEnum(enum("mood", "sad", "happy")); return s }(),
			new: func() *schema.Schema {
				s := items(schema.UUID("a"), schema.Array(schema.Text("b")), schema.EnumOf("c", "mood"), schema.Integer("d"), schema.Date("e"), schema.JSONB("f"),
					schema.Boolean("g"), schema.Text("h"), schema.Text("i"), check("i IN ('x', 'y')"), schema.UUID("j"), schema.Text("k"), schema.SmallInt("l"),
					schema.Array(schema.Text("m")), schema.Text("n"))
				s.PutEnum(enum("mood", "sad", "happy"))
				return s
			}(),
			answers: diff.Answers{Fills: []string{"items.a=''", "items.b=''", "items.c=''", "items.d='x'", "items.e='now'", "items.f=''", "items.g=1", "items.h=NULL",
				"items.i='z'", "items.j=0", "items.k=0", "items.l=70000", "items.m='{}'", "items.n=''"}},
			want: `
				error items.a: -fill items.a='': '' is no UUID: write (gen_random_uuid()) for an expression
				error items.b: -fill items.b='': '' is no array: write it as PostgreSQL does, '{}' or '{a,b}'
				error items.c: -fill items.c='': '' is none of the values of mood: there is sad, happy
				error items.d: -fill items.d='x': x is not a whole number
				error items.e: -fill items.e='now': now is read once, when the migration runs, and stays that time for ever: write (CURRENT_DATE)
				error items.f: -fill items.f='': '' is not JSON: text in JSON has double quotes
				error items.g: -fill items.g=1: 1 is a number, and no boolean
				error items.h: -fill items.h=NULL: the column is NOT NULL
				error items.i: -fill items.i='z': 'z' is none of 'x', 'y'
				error items.j: -fill items.j=0: 0 is a number, and no uuid
				error items.l: -fill items.l=70000: 70000 does not fit smallint (-32768 to 32767)
				`,
		},
		{
			name: "names that are nearly there",
			old:  items(caption), new: items(label),
			answers: diff.Answers{Renames: []string{"itms=products", "item=products"}},
			want: `
				error item: -rename item=products: the snapshot has no table item; did you mean items?
				error itms: -rename itms=products: the snapshot has no table itms; did you mean items?
				`,
		},
		{
			name: "a column of a table that is nearly there",
			old:  items(caption), new: items(label),
			answers: diff.Answers{Renames: []string{"item.caption=label"}},
			want: `
				error item: -rename item.caption=label: there is no table item; did you mean items?
				`,
		},
		{
			name: "a column that is nearly there",
			old:  items(caption), new: items(label),
			answers: diff.Answers{Renames: []string{"items.captoin=label"}},
			want: `
				error items.captoin: -rename items.captoin=label: items.captoin is not in the snapshot; did you mean caption?
				`,
		},
		{
			name: "a column of another table",
			old:  items(caption), new: items(label),
			answers: diff.Answers{Renames: []string{"items.caption=others.label"}},
			want: `
				error items.caption: -rename items.caption=others.label: others.label is not in the same table
				`,
		},
		{
			name: "two columns were one",
			old:  items(caption), new: items(was("caption", label.Def()), was("caption", schema.Text("title").Def())),
			want: `
				error items.title: both label and title claim to have been column caption
				`,
		},
		{
			name: "one column was two",
			old:  items(caption, schema.Text("title")), new: items(was("caption", label.Def())),
			answers: diff.Answers{Renames: []string{"items.title=label"}},
			want: `
				error items.label: was:caption says that it was caption, but title is given as well
				`,
		},
		{
			name: "hints that name nothing",
			old:  items(caption), new: of(was("goods", table("products", id(), caption)), table("items", id(), was("captoin", label.Def()))),
			want: `
				error items.label: was:captoin: the snapshot has no column captoin; did you mean caption?
				error products: was:goods: the snapshot has no table goods
				`,
		},
		{
			name: "SQL that names what is not there, or is none",
			old:  items(caption, schema.Text("note")), new: of(table("items", id(), was("caption", label.Def()), schema.Text("note"), schema.Text("slug"),
				schema.Integer("n"), schema.Integer("m"))),
			answers: diff.Answers{Fills: []string{"items.slug=lower(caption)", "items.n=length(lable)", "items.m=(1"}},
			want: `
				error items.m: -fill items.m=(1: "(" is not closed
				error items.n: -fill items.n=length(lable): there is no column lable; did you mean label?
				error items.slug: -fill items.slug=lower(caption): there is no column caption; it is called label now
				`,
		},
		{
			name: "a cast that no database knows",
			old:  items(schema.Integer("at")), new: items(schema.TimestampTZ("at")),
			answers: diff.Answers{Converts: []string{"items.at"}},
			want: `
				error items.at: -convert items.at: no database casts integer to timestamptz: say how, as in -convert items.at=SQL
				`,
		},
		{
			name: "the table of the history",
			old:  of(), new: of(table("Modelgen_History", id())),
			want: `
				error Modelgen_History: table Modelgen_History is where migrations are recorded: give the model another one
				`,
		},
	})
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"products.caption=label": "products.caption=label", "": "''", "a b": "'a b'", "it's": `'it'\''s'`,
		"a=lower(b)": "'a=lower(b)'", "größe": "'größe'", "$(x)`y`": "'$(x)`y`'",
	} {
		if got := diff.Quote(in); got != want {
			t.Errorf("Quote(%q) is %s, not %s", in, got, want)
		}
	}
}
