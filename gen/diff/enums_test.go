package diff_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/runtime/schema"
)

func TestEnums(t *testing.T) {
	mood := schema.EnumOf("mood", "mood").Default("sad")
	run(t, []step{
		{
			name: "new, before the table that uses it",
			old:  of(),
			new:  of(enum("mood", "sad", "glad"), table("people", id(), mood)),
			want: `
				Create enum mood
				Create table people
				`,
		},
		{
			name: "dropped, after the table that used it",
			old:  of(enum("mood", "sad", "glad"), table("people", id(), mood)),
			new:  of(),
			want: `
				Drop table people
				Drop enum mood
				`,
		},
		{
			name: "values added at every place, and used by a default",
			old:  of(enum("mood", "sad", "glad"), table("people", id(), mood)),
			new:  of(enum("mood", "low", "sad", "so so", "glad", "high"), table("people", id(), schema.EnumOf("mood", "mood").Default("high"))),
			want: `
				Add to enum mood: low, so so, high
				Alter column people.mood: default "sad" to "high"
				`,
		},
		{
			name: "values in another order",
			old:  of(enum("mood", "sad", "fine", "glad"), table("people", id(), mood)),
			new:  of(enum("mood", "glad", "sad", "fine"), table("people", id(), mood)),
			want: `
				Make enum mood anew in another order
				`,
		},
		{
			name: "a value gone, with no other new",
			old:  of(enum("mood", "sad", "glad"), table("people", id(), mood)),
			new:  of(enum("mood", "sad"), table("people", id(), mood)),
			want: `
				? mood: value "glad" of enum mood is gone: rows that hold it make the migration fail
				?   no row holds it: -drop mood.glad
				`,
		},
		{
			name: "a value gone and others new",
			old:  of(enum("mood", "sad", "glad"), table("people", id(), mood)),
			new:  of(enum("mood", "sad", "happy", "cheery"), table("people", id(), mood)),
			want: `
				? mood: value "glad" of enum mood is gone: rows that hold it make the migration fail
				?   renamed: -rename mood.glad=happy
				?   renamed: -rename mood.glad=cheery
				?   no row holds it: -drop mood.glad
				`,
		},
		{
			name:    "a value renamed by an answer, another gone, another new",
			old:     of(enum("mood", "sad", "glad", "fine"), table("people", id(), mood)),
			new:     of(enum("mood", "gloomy", "glad", "angry"), table("people", id(), schema.EnumOf("mood", "mood").Default("gloomy"))),
			answers: diff.Answers{Renames: []string{"mood.sad=gloomy"}, Drops: []string{"mood.fine"}},
			want: `
				Rename value "sad" of enum mood to "gloomy"
				Add to enum mood: angry
				Make enum mood anew without fine
				used -drop mood.fine
				used -rename mood.sad=gloomy
				`,
		},
		{
			name:  "a value renamed by a hint",
			old:   of(enum("mood", "sad", "glad")),
			new:   of(enum("mood", "gloomy", "glad")),
			hints: []diff.Hint{{Kind: "value", Table: "mood", Name: "gloomy", Was: "sad"}},
			want: `
				Rename value "sad" of enum mood to "gloomy"
				`,
		},
		{
			name:    "renamed by an answer, and a value of it",
			old:     of(enum("mood", "sad", "glad"), table("people", id(), mood)),
			new:     of(enum("temper", "gloomy", "glad"), table("people", id(), schema.EnumOf("mood", "temper").Default("gloomy"))),
			answers: diff.Answers{Renames: []string{"mood=temper", "mood.sad=gloomy"}},
			want: `
				Rename enum mood to temper
				Rename value "sad" of enum temper to "gloomy"
				used -rename mood.sad=gloomy
				used -rename mood=temper
				`,
		},
		{
			name:  "two swap names",
			old:   of(enum("a", "x"), enum("b", "y"), table("people", id(), schema.EnumOf("p", "a"), schema.EnumOf("q", "b"))),
			new:   of(was("b", enum("a", "y")), was("a", enum("b", "x")), table("people", id(), schema.EnumOf("p", "b"), schema.EnumOf("q", "a"))),
			hints: []diff.Hint{{Kind: "enum", Name: "a", Was: "b"}, {Kind: "enum", Name: "b", Was: "a"}},
			want: `
				Rename enum a to a_modelgen_swap
				Rename enum b to a
				Rename enum a_modelgen_swap to b
				`,
		},
		{
			name:  "moved to another schema",
			old:   of(enum("old.mood", "sad"), table("people", id(), schema.EnumOf("mood", "old.mood"))),
			new:   of(was("old.mood", enum("fresh.mood", "sad")), table("people", id(), schema.EnumOf("mood", "fresh.mood"))),
			hints: []diff.Hint{{Kind: "enum", Name: "fresh.mood", Was: "old.mood"}},
			want: `
				Create schema fresh
				Rename enum old.mood to fresh.mood
				Drop schema old if nothing is left in it
				`,
		},
		{
			name: "a column becomes text and the type goes",
			old:  of(enum("mood", "sad"), table("people", id(), mood)),
			new:  of(table("people", id(), schema.Text("mood").Default("sad"))),
			want: `
				Alter column people.mood: type enum(mood) to text
				Drop enum mood
				`,
		},
		{
			name:    "a column gets a new type",
			old:     of(table("people", id(), schema.Text("mood").Default("sad"))),
			new:     of(enum("mood", "sad", "glad"), table("people", id(), mood)),
			answers: diff.Answers{Converts: []string{"people.mood"}},
			want: `
				Create enum mood
				Alter column people.mood: type text to enum(mood)
				used -convert people.mood
				`,
		},
	})
}
