package diff_test

import (
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestOnlineCasts: the casts of a dual write fail where a value does not fit, and what they would round is asked about first.
func TestOnlineCasts(t *testing.T) {
	both, only := []string{"postgres", "sqlite"}, []string{"postgres"}
	column := func(name, text string) schema.Column {
		typ, err := schema.ParseType(text)
		if err != nil {
			t.Fatal(err)
		}
		c := schema.Text(name).Def()
		c.Type = typ
		return c
	}
	for _, c := range []struct {
		from, to string
		dialects []string
		convert  bool   // Up needs it already
		up, down string // down "" is refused without an answer
		why      string
	}{
		{"varchar(20)", "text", both, false, "a", "b", ""},
		{"varchar(20)", "varchar(30)", both, false, "a", "b", ""},
		{"text", "varchar(20)", both, true, "a", "b", ""},
		{"integer", "bigint", both, false, "CAST(a AS bigint)", "CAST(b AS integer)", ""},
		{"bigint", "integer", both, true, "CAST(a AS integer)", "CAST(b AS bigint)", ""},
		{"integer", "text", only, false, "CAST(a AS text)", "CAST(b AS integer)", ""},
		{"integer", "varchar(3)", only, true, "CAST(a AS text)", "CAST(b AS integer)", ""},
		{"integer", "text", both, false, "", "", "SQLite reads 0 from a text that is no number"},
		{"integer", "numeric(12,2)", both, false, "", "", "the fraction is rounded off"},
		{"numeric(8,2)", "numeric(10,4)", both, false, "", "", "digits of the fraction are rounded off"},
		{"numeric(8,2)", "numeric(12,2)", both, false, "CAST(a AS numeric(12,2))", "CAST(b AS numeric(8,2))", ""},
		{"real", "double precision", both, false, "", "", "large or long numbers lose their last digits"},
		{"double precision", "text", both, false, "", "", "large or long numbers lose their last digits"},
		{"date", "timestamp", only, false, "", "", "the time of day goes"},
		{"text", "uuid", only, true, "CAST(a AS uuid)", "CAST(b AS text)", ""},
		{"char(40)", "uuid", only, true, "CAST(CAST(a AS text) AS uuid)", "CAST(b AS char(40))", ""},
		{"uuid", "text", only, false, "CAST(a AS text)", "CAST(b AS uuid)", ""},
	} {
		t.Run(c.from+" "+c.to, func(t *testing.T) {
			old := settled(t, of(table("items", id(), column("a", c.from), pk("id"))))
			in := diff.Input{Old: old, New: of(table("items", id(), was("a", column("b", c.to)), pk("id"))), Dialects: on(c.dialects), Answers: diff.Answers{Online: true}}
			if c.convert {
				in.Answers.Converts = []string{"items.b"}
			}
			if c.down == "" {
				got := text(diff.Diff(in))
				if !strings.Contains(got, "programs of the previous release see items.b as "+c.from+", and "+c.why) || !strings.Contains(got, "answer -convert items.b;") {
					t.Fatalf("without an answer: %s", got)
				}
				in.Answers.Converts = []string{"items.b"}
			}
			res, err := diff.Diff(in)
			if err != nil || len(res.Questions) > 0 {
				t.Fatal(text(res, err))
			}
			for _, op := range res.Ops {
				if o, ok := op.(migrate.AddDualWrite); ok {
					if c.down != "" && (o.Up != c.up || o.Down != c.down) {
						t.Errorf("up %s, down %s", o.Up, o.Down)
					}
					return
				}
			}
			t.Errorf("no dual write: %s", text(res, nil))
		})
	}
}

// TestOnlineBetween: what is between the two migrations of -online raises no question of its own, and columns that share an index go one after the other.
func TestOnlineBetween(t *testing.T) {
	people := table("people", id(), pk("id"))
	for _, c := range []struct {
		name     string
		old, new *schema.Table
		answers  diff.Answers
		want     string // in what comes of it
	}{
		{
			name: "a column with a foreign key is renamed", want: "Keep items.owner_id and items.person_id in sync",
			old: table("items", id(), schema.BigInt("owner_id").Null(), pk("id"), fk("owner_id", "people")),
			new: table("items", id(), was("owner_id", schema.BigInt("person_id").Null().Def()), pk("id"), fk("person_id", "people")),
		},
		{
			name: "an index over two of them goes", want: "both are to be on their way at once",
			old: table("items", id(), schema.Text("a").Null(), schema.Integer("b").Null(), pk("id"), named("items_ab", index("a", "b"))),
			new: table("items", id(), was("a", schema.Text("c").Null().Def()), schema.BigInt("b").Null(), pk("id")),
		},
		{
			name: "a fill reads it", want: "-fill items.n=a * 2 reads it: do that in a migration of its own, before or after",
			old:     table("items", id(), schema.Integer("a").Null(), pk("id")),
			new:     table("items", id(), schema.BigInt("a").Null(), schema.BigInt("n"), pk("id")),
			answers: diff.Answers{Fills: []string{"items.n=a * 2"}},
		},
		{
			name: "a generated column beside it becomes plain, and keeps its values", want: "Fill items.twice with id * 2",
			old: table("items", id(), schema.Integer("a").Null(), schema.BigInt("twice").Generated("id * 2"), pk("id")),
			new: table("items", id(), was("a", schema.Integer("b").Null().Def()), schema.BigInt("twice"), pk("id")),
		},
		{
			name: "a generated column beside it becomes plain under another name", want: "Fill items.double with id * 2",
			old: table("items", id(), schema.Integer("a").Null(), schema.BigInt("twice").Generated("id * 2"), pk("id")),
			new: table("items", id(), was("a", schema.Integer("b").Null().Def()), was("twice", schema.BigInt("double").Def()), pk("id")),
		},
		{
			name: "computed by SQL, without a way back", want: "say how programs of the previous release get back what they know, as in -convert-back items.weight=SQL",
			old:     table("items", id(), schema.Double("weight").Null(), pk("id")),
			new:     table("items", id(), schema.BigInt("weight").Null(), pk("id")),
			answers: diff.Answers{Converts: []string{"items.weight=weight * 1000"}},
		},
		{
			name: "computed by SQL, with a way back", want: "Keep items.weight and items.weight_modelgen_new in sync",
			old:     table("items", id(), schema.Double("weight").Null(), pk("id")),
			new:     table("items", id(), schema.BigInt("weight").Null(), pk("id")),
			answers: diff.Answers{Converts: []string{"items.weight=weight * 1000"}, ConvertBacks: []string{"items.weight=weight / 1000.0"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.answers.Online = true
			old := settled(t, of(people, c.old))
			got := text(diff.Diff(diff.Input{Old: old, New: of(people, c.new), Dialects: on([]string{"postgres"}), Answers: c.answers}))
			if !strings.Contains(got, c.want) || strings.Contains(got, "? ") {
				t.Errorf("it does not say %q:\n%s", c.want, got)
			}
		})
	}
}

// TestOnlineEnumLoses: a type is not made again while a trigger keeps a column of it in sync.
func TestOnlineEnumLoses(t *testing.T) {
	people := func(c schema.Column, values ...string) *schema.Schema {
		s := of(table("people", id(), c, pk("id")))
		s.PutEnum(&schema.Enum{Name: "mood", Values: values})
		return s
	}
	in := diff.Input{Old: settled(t, people(schema.EnumOf("mood", "mood").Def(), "sad", "ok", "glad")), Dialects: on([]string{"postgres"}),
		Answers: diff.Answers{Online: true, Drops: []string{"mood.ok"}}}
	in.New = people(was("mood", schema.EnumOf("feeling", "mood").Def()), "sad", "glad")
	const want = "people.mood and feeling are kept in sync, so that its type cannot change"
	if got := text(diff.Diff(in)); !strings.Contains(got, want) {
		t.Errorf("%s\nwant %s", got, want)
	}
	in.Answers.Online = false
	if got := text(diff.Diff(in)); strings.Contains(got, want) {
		t.Error(got)
	}
}
