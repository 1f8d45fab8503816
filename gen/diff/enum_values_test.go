package diff_test

import (
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/runtime/schema"
)

// inParts says where the values of another file begin.
func inParts(e *schema.Enum, at ...int) *schema.Enum {
	e.Parts = at
	return e
}

func TestEnumOrder(t *testing.T) {
	people := table("people", id(), schema.EnumOf("mood", "mood"))
	postgres, sqlite := []string{"postgres", "sqlite"}, []string{"sqlite"}
	const moves = "? mood: the values of enum mood change places, from sad, fine, glad to glad, sad, fine: rows keep theirs, but PostgreSQL has to recreate the type and to rewrite people, while nobody else reads or writes there\n"
	run(t, []step{
		{
			name: "another order is asked about",
			old:  of(enum("mood", "sad", "fine", "glad"), people), new: of(enum("mood", "glad", "sad", "fine"), people),
			want: moves + `?   that is meant: -convert mood
				?   it is not: put the constants back into their old order
				`,
		},
		{
			name: "another order that is meant", answers: diff.Answers{Converts: []string{"mood"}}, dialects: postgres,
			old: of(enum("mood", "sad", "fine", "glad"), people), new: of(enum("mood", "glad", "sad", "fine"), people),
			want: `
				Recreate enum mood in another order
				used -convert mood
				`,
		},
		{
			name: "another order under a view that grows", answers: diff.Answers{Converts: []string{"mood"}}, dialects: postgres,
			old: of(enum("mood", "sad", "fine", "glad"), people, schema.SQLObject{Kind: schema.ViewKind, Name: "moods", SQL: "SELECT mood FROM people", Only: "postgres"}),
			new: of(enum("mood", "glad", "sad", "fine"), people, schema.SQLObject{Kind: schema.ViewKind, Name: "moods", SQL: "SELECT mood, id FROM people", Only: "postgres"}),
			want: `
				Drop view moods
				Recreate enum mood in another order
				Create view moods
				used -convert mood
				`,
		},
		{
			name: "an answer to no question", answers: diff.Answers{Converts: []string{"mood"}},
			old: of(enum("mood", "sad"), people), new: of(enum("mood", "sad", "glad"), people),
			want: `
				error mood: -convert mood: the values of enum mood do not change places
				`,
		},
		{
			name: "another order costs nothing on SQLite", dialects: sqlite,
			old: of(enum("mood", "sad", "fine", "glad"), people), new: of(enum("mood", "glad", "sad", "fine"), people),
			want: `
				Recreate enum mood in another order
				`,
		},
		{
			name: "nor where no column has the type",
			old:  of(enum("mood", "sad", "fine", "glad"), table("people", id())), new: of(enum("mood", "glad", "sad", "fine"), people),
			want: `
				Recreate enum mood in another order
				Add column people.mood
				Fill people.mood with 'sad'
				Alter column people.mood: NOT NULL
				used -fill 'people.mood='\''sad'\'''
				`,
			answers: diff.Answers{Fills: []string{"people.mood='sad'"}},
		},
		{
			name: "files in another order are none", old: of(enum("mood", "sad", "fine", "glad"), people),
			new:  of(inParts(enum("mood", "glad", "sad", "fine"), 1), people),
			want: "",
		},
		{
			name: "new values stand beside those of their file", old: of(enum("mood", "sad", "fine", "glad"), people),
			new: of(inParts(enum("mood", "first", "glad", "more", "low", "sad", "fine", "so so", "apart", "too"), 3, 7), people),
			want: `
				Add to enum mood: low, so so, first, more, apart, too
				`,
		},
		{
			name: "an order within a file counts", old: of(enum("mood", "sad", "fine", "glad"), people),
			new: of(inParts(enum("mood", "glad", "sad", "fine"), 2), people),
			want: moves + `?   that is meant: -convert mood
				?   it is not: put the constants back into their old order
				`,
		},
		{
			name: "renamed, and the name given to another", dialects: postgres,
			old: of(enum("phase", "new", "done"), table("jobs", id(), schema.EnumOf("phase", "phase"))),
			new: of(enum("phase", "fresh", "done", "new"), table("jobs", id(), schema.EnumOf("phase", "phase"))),
			want: `
				? phase: the values of enum phase change places, from new, done to fresh, done, new: rows keep theirs, but PostgreSQL has to recreate the type and to rewrite jobs, while nobody else reads or writes there
				?   renamed, and new is another value now: -rename phase.new=fresh
				?   that is meant: -convert phase
				?   it is not: put the constants back into their old order
				`,
		},
		{
			name: "renamed, and the name given to another: yes", answers: diff.Answers{Renames: []string{"phase.new=fresh"}},
			old: of(enum("phase", "new", "done"), table("jobs", id(), schema.EnumOf("phase", "phase").Default("new"))),
			new: of(enum("phase", "fresh", "done", "new"), table("jobs", id(), schema.EnumOf("phase", "phase").Default("fresh"))),
			want: `
				Rename value "new" of enum phase to "fresh"
				Add to enum phase: new
				used -rename phase.new=fresh
				`,
		},
		{
			name: "the same on SQLite", dialects: sqlite,
			old: of(enum("phase", "new", "done"), table("jobs", id(), schema.EnumOf("phase", "phase"))),
			new: of(enum("phase", "fresh", "done", "new"), table("jobs", id(), schema.EnumOf("phase", "phase"))),
			want: `
				? phase: the values of enum phase change places, from new, done to fresh, done, new: has one of them got another name, and its old one been given away?
				?   renamed, and new is another value now: -rename phase.new=fresh
				?   the same, in another place: -rename phase.new=new
				`,
		},
	})
}

func TestOddValues(t *testing.T) {
	look := table("fields", id(), schema.EnumOf("look", "look"))
	long := strings.Repeat("very ", 12)
	run(t, []step{
		{
			name: "an empty value stays", want: "",
			old: of(enum("look", "", "radio"), look), new: of(enum("look", "", "radio"), look),
		},
		{
			name: "and others come",
			old:  of(enum("look", "", "radio"), look), new: of(enum("look", "", "radio", "list"), look),
			want: `
				Add to enum look: list
				`,
		},
		{
			name: "an empty value comes",
			old:  of(enum("look", "radio"), look), new: of(enum("look", "", "radio"), look),
			want: `
				Add to enum look: ""
				`,
		},
		{
			name: "an empty value goes",
			old:  of(enum("look", "", "radio"), look), new: of(enum("look", "none", "radio"), look),
			want: `
				? look: value "" of enum look is gone: rows that hold it make the migration fail
				?   renamed: -rename 'look.""=none'
				?   no row holds it: -drop 'look.""'
				?   rows that do get another value: answer the same, and write migrate.Fill{Table: "fields", Column: "look", Expr: "'radio'", Where: "look = ''"}, or what fits, as the first op into the migration
				`,
		},
		{
			name: "an empty value is renamed, as it was offered once", answers: diff.Answers{Renames: []string{"look.=none"}},
			old: of(enum("look", "", "radio"), look), new: of(enum("look", "none", "radio"), look),
			want: `
				Rename value "" of enum look to "none"
				used -rename look.=none
				`,
		},
		{
			name: "a value becomes empty by a hint",
			old:  of(enum("look", "none", "radio"), look), new: of(valuesWere(map[string]string{"": "none"}, enum("look", "", "radio")), look),
			want: `
				Rename value "none" of enum look to ""
				`,
		},
		{
			name: "an empty value is renamed by a hint",
			old:  of(enum("look", "", "radio"), look), new: of(valuesWere(map[string]string{"none": ""}, enum("look", "none", "radio")), look),
			want: `
				Rename value "" of enum look to "none"
				`,
		},
		{
			name: "an empty value gives its name away",
			old:  of(enum("look", "", "radio"), look), new: of(valuesWere(map[string]string{"": "radio"}, enum("look", "")), look),
			answers: diff.Answers{Drops: []string{`look.""`}},
			want: `
				Rename value "" of enum look to "_modelgen_swap"
				Rename value "radio" of enum look to ""
				Recreate enum look without _modelgen_swap
				used -drop 'look.""'
				`,
		},
		{
			name: "odd texts are quoted",
			old:  of(enum("look", "a=b", "v1.2", `"x"`, "it's", " ", "a\nb", "a, b", long), look), new: of(enum("look", "c"), look),
			want: `
				? look: value "a=b" of enum look is gone: rows that hold it make the migration fail
				?   renamed: -rename 'look."a=b"=c'
				?   no row holds it: -drop 'look."a=b"'
				? look: value "v1.2" of enum look is gone: rows that hold it make the migration fail
				?   renamed: -rename 'look."v1.2"=c'
				?   no row holds it: -drop 'look."v1.2"'
				? look: value "\"x\"" of enum look is gone: rows that hold it make the migration fail
				?   renamed: -rename 'look."\"x\""=c'
				?   no row holds it: -drop 'look."\"x\""'
				? look: value "it's" of enum look is gone: rows that hold it make the migration fail
				?   renamed: -rename 'look.it'\''s=c'
				?   no row holds it: -drop 'look.it'\''s'
				? look: value " " of enum look is gone: rows that hold it make the migration fail
				?   renamed: -rename 'look." "=c'
				?   no row holds it: -drop 'look." "'
				? look: value "a\nb" of enum look is gone: rows that hold it make the migration fail
				?   renamed: -rename 'look."a\nb"=c'
				?   no row holds it: -drop 'look."a\nb"'
				? look: value "a, b" of enum look is gone: rows that hold it make the migration fail
				?   renamed: -rename 'look.a, b=c'
				?   no row holds it: -drop 'look.a, b'
				? look: value "` + long + `" of enum look is gone: rows that hold it make the migration fail
				?   renamed: -rename 'look."` + long + `"=c'
				?   no row holds it: -drop 'look."` + long + `"'
				`,
		},
		{
			name: "texts that could be read in two ways",
			old:  of(enum("look", "a", "a=b"), look), new: of(enum("look", "b=c", "c"), look),
			answers: diff.Answers{Renames: []string{"look.a=b=c"}},
			want: `
				error look: -rename look.a=b=c can be read in several ways; write the values in quotes: -rename 'look.a="b=c"', or -rename 'look."a=b"=c'
				`,
		},
		{
			name: "an answer as it was given before there were quotes",
			old:  of(enum("look", "v1.2"), look), new: of(enum("look", "v1.3=x"), look),
			answers: diff.Answers{Renames: []string{"look.v1.2=v1.3=x"}},
			want: `
				Rename value "v1.2" of enum look to "v1.3=x"
				used -rename look.v1.2=v1.3=x
				`,
		},
	})
}

func TestOddConstants(t *testing.T) {
	list := func(values string) *schema.Table {
		return table("fields", id(), schema.Text("look").Def(), schema.Check{Expr: "look IN (" + values + ")"})
	}
	run(t, []step{
		{
			name: "an empty constant stays",
			old:  of(list("'', 'radio'")), new: of(list("'', 'radio', 'list'")),
			want: `
				Drop check fields_look_check of fields
				Add check fields_look_check to fields
				`,
		},
		{
			name: "odd constants go",
			old:  of(list("'', 'a=b', 'a.b', 'it''s'")), new: of(list("'c'")),
			want: `
				? fields.look: fields.look may no longer be '': rows that hold it make the migration fail
				?   renamed: -rename 'fields.look.""=c'
				?   no row holds it: -drop 'fields.look=""'
				? fields.look: fields.look may no longer be 'a=b': rows that hold it make the migration fail
				?   renamed: -rename 'fields.look."a=b"=c'
				?   no row holds it: -drop 'fields.look="a=b"'
				? fields.look: fields.look may no longer be 'a.b': rows that hold it make the migration fail
				?   renamed: -rename 'fields.look."a.b"=c'
				?   no row holds it: -drop 'fields.look="a.b"'
				? fields.look: fields.look may no longer be 'it''s': rows that hold it make the migration fail
				?   renamed: -rename 'fields.look.it'\''s=c'
				?   no row holds it: -drop 'fields.look=it'\''s'
				`,
		},
		{
			name: "an empty one is renamed",
			old:  of(list("'', 'b'")), new: of(list("'none', 'b'")), answers: diff.Answers{Renames: []string{`fields.look.""=none`}},
			want: `
				Drop check fields_look_check of fields
				Fill fields.look with 'none'
				Add check fields_look_check to fields
				used -rename 'fields.look.""=none'
				`,
		},
		{
			name: "renamed, and the name given to another",
			old:  of(list("'new', 'done'")), new: of(list("'fresh', 'done', 'new'")),
			want: `
				? fields.look: fields.look may be 'fresh' now where it was 'new', which has another place: is that the same value under another name?
				?   renamed, and 'new' is another value now: -rename fields.look.new=fresh
				?   no: 'new' is what it was: -rename fields.look.new=new
				`,
		},
	})
}

func TestEnumSchemas(t *testing.T) {
	owned := func(name string) *schema.Enum {
		return &schema.Enum{Name: name, Values: []string{"sad"}, Owner: "m.Mood"}
	}
	rows := func(name, mood string) *schema.Table {
		if mood == "" {
			return table(name, id())
		}
		return table(name, id(), schema.EnumOf("mood", mood).Null())
	}
	run(t, []step{
		{
			name: "a table of an earlier schema uses it, too",
			old:  of(owned("b.mood"), rows("a.rows", ""), rows("b.rows", "b.mood")),
			new:  of(owned("a.mood"), rows("a.rows", "a.mood"), rows("b.rows", "a.mood")),
			want: `
				Add column a.rows.mood
				`,
		},
		{
			name: "a new table does",
			old:  of(owned("b.mood"), rows("b.rows", "b.mood")),
			new:  of(owned("a.mood"), rows("a.rows", "a.mood"), rows("b.rows", "a.mood")),
			want: `
				Create schema a
				Create table a.rows
				`,
		},
		{
			name: "the first that used it does no more",
			old:  of(owned("a.mood"), rows("a.rows", "a.mood"), rows("b.rows", "a.mood")),
			new:  of(owned("b.mood"), rows("a.rows", ""), rows("b.rows", "b.mood")),
			want: `
				Drop column a.rows.mood
				`,
		},
		{
			name: "a snapshot without the Go type",
			old:  of(enum("b.mood", "sad"), rows("a.rows", ""), rows("b.rows", "b.mood")),
			new:  of(owned("a.mood"), rows("a.rows", "a.mood"), rows("b.rows", "a.mood")),
			want: `
				Add column a.rows.mood
				`,
		},
		{
			name: "it goes with its only table",
			old:  of(owned("a.mood"), rows("a.rows", "a.mood")),
			new:  of(owned("b.mood"), was("a.rows", rows("b.rows", "b.mood"))),
			want: `
				Create schema b
				Rename enum a.mood to b.mood
				Rename table a.rows to b.rows
				Drop schema a if nothing is left in it
				`,
		},
		{
			name: "another type of that name is another",
			old:  of(owned("b.mood"), rows("a.rows", ""), rows("b.rows", "b.mood")),
			new:  of(&schema.Enum{Name: "a.mood", Values: []string{"x"}, Owner: "other.Mood"}, owned("b.mood"), rows("a.rows", "a.mood"), rows("b.rows", "b.mood")),
			want: `
				Create enum a.mood
				Add column a.rows.mood
				`,
		},
	})
}
