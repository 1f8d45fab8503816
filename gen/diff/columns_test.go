package diff_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/runtime/schema"
)

func TestColumns(t *testing.T) {
	run(t, []step{
		{
			name: "nothing changed",
			old:  of(table("items", id(), schema.Text("name").Default("x"), pk("id"), unique("name"), check("name <> ''"), index("name"))),
			new:  of(table("items", id(), schema.Text("name").Default("x"), pk("id"), unique("name"), check("name <> ''"), index("name"))),
		},
		{
			name: "fields in another order",
			old:  of(table("items", id(), schema.Text("name"), schema.Text("label"))),
			new:  of(table("items", schema.Text("label"), schema.Text("name"), id())),
		},
		{
			name: "added: nullable, with a default, with one on every dialect, generated after what it is computed from",
			old:  of(table("items", id())),
			new: of(table("items", schema.Text("twice").Null().Generated("name || name"), id(), schema.Text("name").Null(), schema.Integer("stock").Default(0),
				schema.Text("by").DefaultFor("sqlite", "'me'").DefaultFor("postgres", "CURRENT_USER"))),
			dialects: []string{"postgres", "sqlite"},
			want: `
				Add column items.name
				Add column items.stock
				Add column items.by
				Add column items.twice
				`,
		},
		{
			name:     "added with a default on one dialect only",
			old:      of(table("items", id())),
			new:      of(table("items", id(), schema.Text("by").DefaultFor("sqlite", "'me'"))),
			dialects: []string{"postgres", "sqlite"},
			want: `
				? items.by: column items.by is new and NOT NULL: what do existing rows get?
				?   computed: -fill items.by=SQL
				?   written by hand, in Go: -fill 'items.by=?'
				?   a default, for new rows too: write default: into the tag
				?   nothing: make it nullable
				`,
		},
		{
			name: "added without a default",
			old:  of(table("items", id(), schema.Text("name"))),
			new:  of(table("items", id(), schema.Text("name"), schema.Text("slug"), schema.Boolean("on"))),
			want: `
				? items.on: column items.on is new and NOT NULL: what do existing rows get?
				?   computed: -fill items.on=SQL
				?   written by hand, in Go: -fill 'items.on=?'
				?   a default, for new rows too: write default: into the tag
				?   nothing: make it nullable
				? items.slug: column items.slug is new and NOT NULL: what do existing rows get?
				?   computed: -fill items.slug=SQL
				?   written by hand, in Go: -fill 'items.slug=?'
				?   a default, for new rows too: write default: into the tag
				?   nothing: make it nullable
				`,
		},
		{
			name:    "added and filled",
			old:     of(table("items", id(), schema.Text("name"))),
			new:     of(table("items", id(), schema.Text("name"), schema.Text("slug"))),
			answers: diff.Answers{Fills: []string{"items.slug=Lower( name )"}},
			want: `
				Add column items.slug
				Fill items.slug with lower(name)
				Alter column items.slug: NOT NULL
				used -fill 'items.slug=Lower( name )'
				`,
		},
		{
			name:    "added and filled from a column that goes",
			old:     of(table("items", id(), schema.Text("name"))),
			new:     of(table("items", id(), schema.Integer("length"))),
			answers: diff.Answers{Fills: []string{"items.length=length(name)"}},
			want: `
				Add column items.length
				Fill items.length with length(name)
				Alter column items.length: NOT NULL
				Drop column items.name
				used -fill 'items.length=length(name)'
				`,
		},
		{
			name: "added, unique, with one default for all",
			old:  of(table("items", id())),
			new:  of(table("items", id(), schema.Text("code").Default("x"), schema.UUID("ref").DefaultExpr("gen_random_uuid()"), unique("code"), unique("ref"))),
			want: `
				? items.code: column items.code is new and unique, and its default is the same for all: what do existing rows get?
				?   computed: -fill items.code=SQL
				?   written by hand, in Go: -fill 'items.code=?'
				?   nothing: make it nullable, without a default
				`,
		},
		{
			name: "dropped",
			old:  of(table("items", id(), schema.Text("name"), schema.Text("twice").Null().Generated("name || name"))),
			new:  of(table("items", id())),
			want: `
				Drop column items.twice
				Drop column items.name
				`,
		},
		{
			name: "gone while others came",
			old:  of(table("items", id(), schema.Text("caption"), schema.Integer("stock"))),
			new:  of(table("items", id(), schema.Varchar("label", 10), schema.Text("title"), schema.Boolean("on"))),
			want: `
				? items.label: column items.caption is gone and label and title are new: is it the same column under another name?
				?   renamed: -rename items.caption=label
				?   renamed: -rename items.caption=title
				?   another column, and caption goes with its values: -drop items.caption
				? items.on: column items.on is new and NOT NULL: what do existing rows get?
				?   computed: -fill items.on=SQL
				?   written by hand, in Go: -fill 'items.on=?'
				?   a default, for new rows too: write default: into the tag
				?   nothing: make it nullable
				`,
		},
		{
			name:    "gone and answered",
			old:     of(table("items", id(), schema.Text("caption"), schema.Text("note"))),
			new:     of(table("items", id(), schema.Text("label"), schema.Text("title").Null())),
			answers: diff.Answers{Renames: []string{"items.caption=items.label"}, Drops: []string{"items.note"}},
			want: `
				Drop column items.note
				Rename column items.caption to label
				Add column items.title
				used -drop items.note
				used -rename items.caption=items.label
				`,
		},
		{
			name: "becomes NOT NULL",
			old:  of(table("items", id(), schema.Text("name").Null(), schema.Integer("stock").Null(), schema.Boolean("on").Null())),
			new:  of(table("items", id(), schema.Text("name"), schema.Integer("stock").Default(7), schema.Boolean("on").Default(true))),
			want: `
				? items.name: column items.name becomes NOT NULL: what do rows get that hold NULL?
				?   computed: -fill items.name=SQL
				?   written by hand, in Go: -fill 'items.name=?'
				?   nothing: keep it nullable
				`,
		},
		{
			name:    "becomes NOT NULL with answer, type and default",
			old:     of(table("items", id(), schema.Varchar("name", 10).Null(), schema.Text("note").Null())),
			new:     of(table("items", id(), schema.Text("name").Default("x"), schema.Text("note").Default("it's"))),
			answers: diff.Answers{Fills: []string{"items.name='y'"}},
			want: `
				Alter column items.name: type varchar(10) to text, default none to "x"
				Fill items.name with 'y'
				Fill items.note with 'it''s'
				Alter column items.name: NOT NULL
				Alter column items.note: NOT NULL, default none to "it's"
				used -fill 'items.name='\''y'\'''
				`,
		},
		{
			name: "becomes nullable, loses its default, gets a comment and a collation",
			old:  of(table("items", id(), schema.Text("name").Default("x"))),
			new:  of(table("items", id(), schema.Text("name").Null().Comment("what it is").Collate("de"))),
			want: `
				Alter column items.name: NULL allowed, default "x" to none, collation "" to "de", comment
				`,
		},
		{
			name: "line ends of a comment are no change",
			old:  of(table("items", "a\nb", id(), schema.Text("name").Comment("a\nb"))),
			new:  of(table("items", "a\r\nb", id(), schema.Text("name").Comment("a\rb"))),
		},
		{
			name: "JSON that says the same is no change",
			old:  of(table("items", id(), schema.JSONB("a").Default(`{"x": 1, "y": [2]}`), schema.JSONB("b").Default("1"), schema.JSON("c").Default("{}"))),
			new:  of(table("items", id(), schema.JSONB("a").Default(`{"y":[2],"x":1}`), schema.JSONB("b").Default("1.0"), schema.JSON("c").Default("{ }"))),
			want: `
				Alter column items.b: default "1" to "1.0"
				Alter column items.c: default "{}" to "{ }"
				`,
		},
		{
			name: "generated: another expression, another base, and no more",
			old: of(table("items", id(), schema.Integer("a"), schema.Integer("b"), schema.Integer("c").Null().Generated("a + 1"),
				schema.Integer("d").Null().Generated("b + 1"),
				schema.Integer("e").Null().Generated("a * 2"))),
			new: of(table("items", id(), schema.Integer("a"), schema.BigInt("b"), schema.Integer("c").Null().Generated("a + 2"),
				schema.Integer("d").Null().Generated("b + 1"),
				schema.Integer("e"))),
			want: `
				Drop column items.c
				Drop column items.d
				Drop column items.e
				Add column items.e
				Fill items.e with a * 2
				Alter column items.b: type integer to bigint
				Add column items.c
				Add column items.d
				Alter column items.e: NOT NULL
				`,
		},
		{
			name: "plain becomes generated",
			old:  of(table("items", id(), schema.Integer("a"), schema.Integer("b"))),
			new:  of(table("items", id(), schema.Integer("a"), schema.Integer("b").Null().Generated("a + 1"))),
			want: `
				? items.b: items.b becomes a generated column: its values are computed again and the old ones are lost
				?   lose them: -drop items.b
				`,
		},
		{
			name:    "plain becomes generated, answered",
			old:     of(table("items", id(), schema.Integer("a"), schema.Integer("b"), index("b"))),
			new:     of(table("items", id(), schema.Integer("a"), schema.Integer("b").Null().Generated("a + 1"), index("b"))),
			answers: diff.Answers{Drops: []string{"items.b"}},
			want: `
				Drop index items_b_idx of items
				Drop column items.b
				Add column items.b
				Create index items_b_idx on items
				used -drop items.b
				`,
		},
	})
}

// TestZones: a type with a time zone that comes or goes is asked about as that on PostgreSQL.
func TestZones(t *testing.T) {
	at := func(c schema.ColumnDef) *schema.Schema { return of(table("events", id(), c)) }
	run(t, []step{
		{
			name: "a time zone comes", old: at(schema.Timestamp("at")), new: at(schema.TimestampTZ("at")), dialects: []string{"postgres"},
			want: `
				? events.at: column events.at changes its type from timestamp to timestamptz: PostgreSQL reads the old values in the time zone of the session, which is UTC in a migration
				?   UTC is meant: -convert events.at
				?   another time zone, as SQL: at AT TIME ZONE '...': -convert events.at=SQL
				`,
		},
		{
			name: "a time zone goes", old: at(schema.TimestampTZ("at")), new: at(schema.Date("at")), dialects: []string{"postgres", "sqlite"},
			want: `
				? events.at: column events.at changes its type from timestamptz to date: PostgreSQL writes the old values in the time zone of the session, which is UTC in a migration
				?   UTC is meant: -convert events.at
				?   another time zone, as SQL: at AT TIME ZONE '...': -convert events.at=SQL
				`,
		},
		{
			name: "SQLite has none", old: at(schema.Timestamp("at")), new: at(schema.TimestampTZ("at")), dialects: []string{"sqlite"},
			want: `
				? events.at: column events.at changes its type from timestamp to timestamptz: values that do not fit make the migration fail
				?   convert as the database casts: -convert events.at
				?   convert by SQL: -convert events.at=SQL
				`,
		},
	})
}

// TestSerial: a serial numbers the rows that are there, where it is the type on every database of the project.
func TestSerial(t *testing.T) {
	seq := schema.BigInt("seq").TypeFor("postgres", "bigserial")
	lines := table("lines", id())
	run(t, []step{
		{name: "on PostgreSQL", old: of(lines), new: of(table("lines", id(), seq)), dialects: []string{"postgres"}, want: `
			Add column lines.seq
			`},
		{name: "as the type itself", old: of(lines), new: of(table("lines", id(), schema.Other("seq", "SERIAL"))), dialects: []string{"postgres"}, want: `
			Add column lines.seq
			`},
		{name: "not on SQLite", old: of(lines), new: of(table("lines", id(), seq)), dialects: []string{"postgres", "sqlite"}, want: `
			? lines.seq: column lines.seq is new and NOT NULL: what do existing rows get?
			?   computed: -fill lines.seq=SQL
			?   written by hand, in Go: -fill 'lines.seq=?'
			?   a default, for new rows too: write default: into the tag
			?   nothing: make it nullable
			`},
	})
}

// TestAnotherUnderTheName: where no database casts, the column may be another one under the name.
func TestAnotherUnderTheName(t *testing.T) {
	old, new := of(table("lines", schema.UUID("id"), schema.Text("text"))), of(table("lines", schema.BigInt("id").Identity(), schema.Text("text")))
	run(t, []step{
		{name: "asked", old: old, new: new, want: `
			? lines.id: column lines.id changes its type from uuid to bigint: no database casts that
			?   convert by SQL: -convert lines.id=SQL
			?   another column, and the old id goes with its values: -drop lines.id
			`},
		{name: "another", old: old, new: new, answers: diff.Answers{Drops: []string{"lines.id"}}, want: `
			Drop column lines.id
			Add column lines.id
			used -drop lines.id
			`},
	})
}

// TestTypes tells which changes of a type keep every value, which can lose some, and which nobody can guess.
func TestTypes(t *testing.T) {
	const keeps, loses, needsSQL = "keeps", "loses", "needs SQL"
	for _, c := range []struct{ from, to, want string }{
		{"integer", "bigint", keeps}, {"bigint", "integer", loses}, {"smallint", "numeric(5,0)", keeps}, {"integer", "numeric(8,2)", loses},
		{"integer", "numeric", keeps},
		{"varchar(10)", "varchar(20)", keeps}, {"varchar(20)", "varchar(10)", loses}, {"varchar(10)", "text", keeps}, {"text", "varchar(10)", loses},
		{"char(5)", "varchar(5)", keeps}, {"char(5)", "varchar(4)", loses}, {"char(5)", "text", keeps}, {"char(5)", "char(8)", keeps}, {"text", "char(8)", loses}, {"text", "varchar", keeps}, {"text", "char", loses},
		{"integer", "varchar(11)", keeps}, {"integer", "varchar(10)", loses}, {"uuid", "varchar(36)", keeps}, {"integer", "double precision", keeps}, {"bigint", "double precision", loses},
		{"numeric(6,1)", "numeric(6,0)", loses}, {"boolean[]", "bigint[]", needsSQL}, {"boolean[]", "integer[]", loses}, {"timestamp", "timestamp(6)", keeps}, {"varchar", "varchar(10)", loses},
		{"varchar(10)", "varchar", keeps},
		{"numeric(8,2)", "numeric(9,2)", keeps}, {"numeric(8,2)", "numeric(8,3)", loses}, {"numeric(8,2)", "numeric(8,1)", loses},
		{"numeric", "numeric(8,2)", loses},
		{"numeric(8,2)", "numeric", keeps}, {"real", "double precision", keeps}, {"double precision", "real", loses}, {"double precision", "numeric", loses},
		{"integer", "text", keeps}, {"text", "integer", loses}, {"bytea", "text", loses}, {"text", "bytea", loses}, {"boolean", "integer", loses},
		{"date", "timestamp", keeps}, {"date", "timestamptz", keeps}, {"timestamp", "timestamptz", loses}, {"timestamptz", "date", loses},
		{"timestamptz", "time", loses},
		{"timestamptz(3)", "timestamptz", keeps}, {"timestamptz", "timestamptz(3)", loses}, {"timestamptz(6)", "timestamptz(3)", loses},
		{"date", "time", needsSQL},
		{"time", "interval", loses}, {"json", "jsonb", loses}, {"jsonb", "json", keeps}, {"jsonb", "text", keeps}, {"uuid", "text", keeps},
		{"text", "uuid", loses},
		{"bigint", "uuid", needsSQL}, {"integer", "timestamptz", needsSQL}, {"inet", "cidr", loses}, {"cidr", "inet", keeps}, {"citext", "text", loses},
		{"text", "citext", loses},
		{"text", "text[]", loses}, {"integer", "integer[]", needsSQL}, {"text[]", "text", loses}, {"varchar(5)[]", "text[]", keeps},
		{"integer[]", "bigint[]", keeps}, {"bigint[]", "integer[]", loses},
	} {
		typed := func(text string) *schema.Schema {
			typ, err := schema.ParseType(text)
			if err != nil {
				t.Fatal(err)
			}
			return of(table("items", id(), schema.Column{Name: "c", Type: typ}))
		}
		old := settled(t, typed(c.from))
		got := func(converts ...string) (*diff.Result, error) {
			return diff.Diff(diff.Input{Old: old, New: typed(c.to), Answers: diff.Answers{Converts: converts}})
		}
		res, err := got()
		switch {
		case err != nil:
			t.Fatal(err)
		case len(res.Questions) == 0 && c.want != keeps:
			t.Errorf("%s to %s is done without a question", c.from, c.to)
		case len(res.Questions) > 0:
			cast := res.Questions[0].Choice[0].Flag == "-convert items.c"
			if is := map[bool]string{false: needsSQL, true: loses}[cast]; is != c.want {
				t.Errorf("%s to %s %s, not %s: %s", c.from, c.to, is, c.want, text(res, nil))
			}
		}
		if c.want == keeps {
			leads(t, diff.Input{Old: old, New: typed(c.to)}, res)
			continue
		}
		if _, err := got("items.c"); (err != nil) != (c.want == needsSQL) {
			t.Errorf("%s to %s by a cast: %v", c.from, c.to, err)
		}
		if res, err := got("items.c=c"); err != nil || len(res.Ops) != 1 {
			t.Errorf("%s to %s by SQL: %s", c.from, c.to, text(res, err))
		}
	}
}
