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
			name: "a value gone, with no other new",
			old:  of(enum("mood", "sad", "glad"), table("people", id(), mood)),
			new:  of(enum("mood", "sad"), table("people", id(), mood)),
			want: `
				? mood: value "glad" of enum mood is gone: rows that hold it make the migration fail
				?   no row holds it: -drop mood.glad
				?   rows that do get another value: answer the same, and write migrate.Fill{Table: "people", Column: "mood", Expr: "'sad'", Where: "mood = 'glad'"}, or what fits, as the first op into the migration
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
				?   rows that do get another value: answer the same, and write migrate.Fill{Table: "people", Column: "mood", Expr: "'sad'", Where: "mood = 'glad'"}, or what fits, as the first op into the migration
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
				Recreate enum mood without fine
				used -drop mood.fine
				used -rename mood.sad=gloomy
				`,
		},
		{
			name: "a value renamed by a hint",
			old:  of(enum("mood", "sad", "glad")),
			new:  of(valuesWere(map[string]string{"gloomy": "sad"}, enum("mood", "gloomy", "glad"))),
			want: `
				Rename value "sad" of enum mood to "gloomy"
				`,
		},
		{
			name: "a value takes the name of another, which takes a new one",
			old:  of(enum("mood", "sad", "glad"), table("people", id(), mood)),
			new:  of(valuesWere(map[string]string{"gloomy": "sad", "sad": "glad"}, enum("mood", "gloomy", "sad")), table("people", id(), mood)),
			want: `
				Rename value "sad" of enum mood to "gloomy"
				Rename value "glad" of enum mood to "sad"
				Alter column people.mood: default "gloomy" to "sad"
				`,
		},
		{
			name: "two values swap names",
			old:  of(enum("mood", "sad", "glad")),
			new:  of(valuesWere(map[string]string{"glad": "sad", "sad": "glad"}, enum("mood", "glad", "sad"))),
			want: `
				Rename value "glad" of enum mood to "glad_modelgen_swap"
				Rename value "sad" of enum mood to "glad"
				Rename value "glad_modelgen_swap" of enum mood to "sad"
				`,
		},
		{
			name:    "two values swap names by answers",
			old:     of(enum("mood", "sad", "glad")),
			new:     of(enum("mood", "glad", "sad")),
			answers: diff.Answers{Renames: []string{"mood.sad=glad", "mood.glad=sad"}},
			want: `
				Rename value "glad" of enum mood to "glad_modelgen_swap"
				Rename value "sad" of enum mood to "glad"
				Rename value "glad_modelgen_swap" of enum mood to "sad"
				used -rename mood.glad=sad
				used -rename mood.sad=glad
				`,
		},
		{
			name: "a hint that was used up",
			old:  of(&schema.Enum{Name: "mood", Values: []string{"gloomy", "sad"}, ValueWas: map[string]string{"gloomy": "sad", "sad": "glad"}}),
			new:  of(valuesWere(map[string]string{"gloomy": "sad", "sad": "glad"}, enum("mood", "gloomy", "sad"))),
			want: `
				stale mood.gloomy
				stale mood.sad
				`,
		},
		{
			name: "a hint that names no value",
			old:  of(enum("mood", "sad", "glad")),
			new:  of(valuesWere(map[string]string{"gloomy": "saad"}, enum("mood", "gloomy", "glad"))),
			want: `
				error mood.gloomy: was:saad: the snapshot has no value saad; did you mean sad?
				`,
		},
		{
			name:    "a value takes the name of one that goes",
			old:     of(enum("mood", "sad", "glad"), table("people", id(), schema.EnumOf("mood", "mood"))),
			new:     of(valuesWere(map[string]string{"glad": "sad"}, enum("mood", "glad")), table("people", id(), schema.EnumOf("mood", "mood"))),
			answers: diff.Answers{Drops: []string{"mood.glad"}},
			want: `
				Rename value "glad" of enum mood to "glad_modelgen_swap"
				Rename value "sad" of enum mood to "glad"
				Recreate enum mood without glad_modelgen_swap
				used -drop mood.glad
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

func TestConstants(t *testing.T) {
	list := func(values string, was ...string) *schema.Table {
		c := schema.Text("mood").Def()
		for i := 0; i < len(was); i += 2 {
			if c.ValueWas == nil {
				c.ValueWas = map[string]string{}
			}
			c.ValueWas[was[i]] = was[i+1]
		}
		return table("people", id(), c, schema.Check{Expr: "mood IN (" + values + ")"})
	}
	const drop, add = "Drop check people_mood_check of people", "Add check people_mood_check to people"
	run(t, []step{
		{
			name: "renamed by a hint",
			old:  of(list("'sad', 'glad'")),
			new:  of(list("'gloomy', 'glad'", "gloomy", "sad")),
			want: `
				` + drop + `
				Fill people.mood with 'gloomy'
				` + add + `
				`,
		},
		{
			name: "in a chain",
			old:  of(list("'sad', 'glad'")),
			new:  of(list("'gloomy', 'sad'", "gloomy", "sad", "sad", "glad")),
			want: `
				` + drop + `
				Fill people.mood with CASE mood WHEN 'sad' THEN 'gloomy' WHEN 'glad' THEN 'sad' END
				` + add + `
				`,
		},
		{
			name: "hints that were used up",
			old:  of(list("'gloomy', 'sad'", "gloomy", "sad", "sad", "glad")),
			new:  of(list("'gloomy', 'sad', 'new'", "gloomy", "sad", "sad", "glad")),
			want: `
				` + drop + `
				` + add + `
				stale people.mood=gloomy
				stale people.mood=sad
				`,
		},
		{
			name:    "one takes the name of one that goes",
			old:     of(list("'sad', 'glad'")),
			new:     of(list("'glad'", "glad", "sad")),
			answers: diff.Answers{Drops: []string{"people.mood=glad"}},
			want: `
				error people.mood: people.mood may no longer be 'glad', and 'sad' takes that name: rows that hold either could not be told apart; make it two migrations
				`,
		},
		{
			name: "a hint that names nothing",
			old:  of(list("'sad', 'glad'")),
			new:  of(list("'gloomy', 'glad'", "gloomy", "saad")),
			want: `
				error people.mood=gloomy: was:saad: the snapshot has no value saad; did you mean sad?
				`,
		},
	})
}

// valuesWere gives values of an enum the hints that they had other names.
func valuesWere(was map[string]string, e *schema.Enum) *schema.Enum {
	e.ValueWas = was
	return e
}
