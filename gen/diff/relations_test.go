package diff_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestRelations is about the one space of names that tables, indexes, keys and sequences share: what is new must not have a name that something has
// in the database, also one that was derived.
func TestRelations(t *testing.T) {
	notes := func(parts ...any) *schema.Table {
		return table("notes", append([]any{schema.BigInt("id").Identity(), schema.BigInt("at"), pk("id"), index("at"), unique("at")}, parts...)...)
	}
	other := func(name string, parts ...any) *schema.Table { return table(name, append([]any{id()}, parts...)...) }
	const hint = "tables, indexes, keys and sequences of a schema share one space of names; give one of them another (name:... in the tag of an index or a key)"
	run(t, []step{
		{
			name: "tables with the names of what is there",
			old:  of(notes()),
			new:  of(notes(), other("notes_at_idx"), other("notes_pkey"), other("notes_at_key"), other("notes_id_seq"), other("NOTES")),
			want: `
				error NOTES: table NOTES cannot have that name, it is taken by table notes: ` + hint + `
				error notes_at_idx: table notes_at_idx cannot have that name, it is taken by index notes_at_idx of notes: ` + hint + `
				error notes_at_key: table notes_at_key cannot have that name, it is taken by unique constraint notes_at_key of notes: ` + hint + `
				error notes_id_seq: table notes_id_seq cannot have that name, it is taken by the sequence notes_id_seq of notes: ` + hint + `
				error notes_pkey: table notes_pkey cannot have that name, it is taken by the primary key notes_pkey of notes: ` + hint + `
				`,
		},
		{
			name: "objects with the names of tables",
			old:  of(notes(), other("a"), other("b")),
			new:  of(notes(), other("a", named("b", index("id"))), other("b", named("notes", unique("id")))),
			want: `
				error a: index b of a cannot have that name, it is taken by table b: ` + hint + `
				error b: unique constraint notes of b cannot have that name, it is taken by table notes: ` + hint + `
				`,
		},
		{
			name:     "SQLite knows no names of keys",
			dialects: []string{"sqlite"},
			old:      of(notes()), new: of(notes(), other("notes_pkey"), other("notes_at_key"), other("notes_id_seq")),
			want: `
				Create table notes_at_key
				Create table notes_id_seq
				Create table notes_pkey
				`,
		},
		{
			name: "what is derived with them goes round them",
			old:  of(other("x")),
			new:  of(other("x"), notes(), other("notes_at_idx"), other("notes_pkey")),
			want: `
				Create table notes
				Create table notes_at_idx
				Create table notes_pkey
				`,
		},
		{
			name: "the sequence of a table that was renamed",
			old:  of(notes()),
			new:  of(was("notes", renamedTo("marks", notes())), other("notes_id_seq")),
			want: `
				error notes_id_seq: table notes_id_seq cannot have that name, it is taken by the sequence notes_id_seq of notes: ` + hint + `
				`,
		},
		{
			name: "a table takes the name of an index that gets another",
			old:  of(other("a", named("x", index("id"))), other("b")),
			new:  of(other("a", named("y", index("id"))), was("b", other("x"))),
			want: `
				Rename index x of a to x_modelgen_swap
				Rename table b to x
				Rename index x_modelgen_swap of a to y
				`,
		},
		{
			name: "a table takes the name of an index that goes",
			old:  of(other("a", named("x", index("id"))), other("b")),
			new:  of(other("a"), was("b", other("x"))),
			want: `
				Drop index x of a
				Rename table b to x
				`,
		},
	})
}

func renamedTo(name string, t *schema.Table) *schema.Table {
	t.Name = name
	return t
}

// TestSerials shows that a serial is an integer, with a default of its own.
func TestSerials(t *testing.T) {
	lines := func(c ...any) *schema.Schema { return of(table("lines", append([]any{id()}, c...)...)) }
	run(t, []step{
		{
			name: "added", dialects: []string{"postgres"},
			old: lines(), new: lines(schema.Other("a", "bigserial"), schema.BigInt("b").TypeFor("postgres", "bigserial")),
			want: `
				Add column lines.a
				Add column lines.b
				`,
		},
		{
			name: "added, where SQLite has none", dialects: []string{"postgres", "sqlite"},
			old: lines(), new: lines(schema.BigInt("b").TypeFor("postgres", "bigserial")),
			want: `
				? lines.b: column lines.b is new and NOT NULL: what do existing rows get?
				?   computed: -fill lines.b=SQL
				?   written by hand, in Go: -fill 'lines.b=?'
				?   a default, for new rows too: write default: into the tag
				?   nothing: make it nullable
				`,
		},
		{
			name: "widens, and becomes an identity", dialects: []string{"postgres"},
			old: lines(schema.Other("a", "serial"), schema.Other("b", "serial")), new: lines(schema.Other("a", "bigserial"), schema.BigInt("b").Identity()),
			want: `
				Alter column lines.a: type serial to bigserial
				Alter column lines.b: type serial to bigint, identity
				`,
		},
		{
			name: "narrows", dialects: []string{"postgres"},
			old: lines(schema.Other("a", "bigserial")), new: lines(schema.Other("a", "serial")),
			answers: diff.Answers{Converts: []string{"lines.a"}},
			want: `
				Alter column lines.a: type bigserial to serial
				used -convert lines.a
				`,
		},
	})
}
