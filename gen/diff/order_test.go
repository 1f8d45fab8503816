package diff_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What computes values stands behind what makes or computes those that it reads, and before what removes them.
func TestOrder(t *testing.T) {
	people := func(parts ...any) *schema.Table { return table("people", append([]any{id(), pk("id")}, parts...)...) }
	contacts := func(parts ...any) *schema.Table {
		return table("contacts", append([]any{id(), schema.BigInt("person_id"), pk("id")}, parts...)...)
	}
	phone, bio := schema.Text("phone"), schema.Text("bio")
	fills := func(f ...string) diff.Answers { return diff.Answers{Fills: f} }
	dropping := func(a diff.Answers, drops ...string) diff.Answers {
		a.Drops = drops
		return a
	}
	run(t, []step{
		{
			name:    "a column moves to another table",
			old:     of(people(phone), contacts()),
			new:     of(people(), contacts(phone)),
			answers: fills("contacts.phone=(SELECT p.phone FROM people p WHERE p.id = contacts.person_id)"),
			want: `
				Add column contacts.phone
				Fill contacts.phone with SELECT p.phone FROM people p WHERE p.id = contacts.person_id
				Alter column contacts.phone: NOT NULL
				Drop column people.phone
				used -fill 'contacts.phone=(SELECT p.phone FROM people p WHERE p.id = contacts.person_id)'
				`,
		},
		{
			name:    "a column that is there becomes NOT NULL from one that goes elsewhere",
			old:     of(people(phone), contacts(phone.Null())),
			new:     of(people(), contacts(phone)),
			answers: fills("contacts.phone=(SELECT p.phone FROM people p WHERE p.id = person_id)"),
			want: `
				Fill contacts.phone with SELECT p.phone FROM people p WHERE p.id = person_id
				Alter column contacts.phone: NOT NULL
				Drop column people.phone
				used -fill 'contacts.phone=(SELECT p.phone FROM people p WHERE p.id = person_id)'
				`,
		},
		{
			name:    "what nobody reads goes behind what can fail as well",
			old:     of(people(phone, bio), contacts()),
			new:     of(people(), contacts(phone)),
			answers: fills("contacts.phone=(SELECT p.phone FROM people p WHERE p.id = person_id)"),
			want: `
				Add column contacts.phone
				Fill contacts.phone with SELECT p.phone FROM people p WHERE p.id = person_id
				Alter column contacts.phone: NOT NULL
				Drop column people.phone
				Drop column people.bio
				used -fill 'contacts.phone=(SELECT p.phone FROM people p WHERE p.id = person_id)'
				`,
		},
		{
			name:    "a table is folded into a column",
			old:     of(people(), table("profiles", id(), schema.BigInt("person_id"), bio, pk("id"), fk("person_id", "people"))),
			new:     of(people(bio)),
			answers: fills("people.bio=coalesce((SELECT bio FROM profiles WHERE person_id = people.id), '')"),
			want: `
				Add column people.bio
				Fill people.bio with coalesce((SELECT bio FROM profiles WHERE person_id = people.id), '')
				Alter column people.bio: NOT NULL
				Drop table profiles
				used -fill 'people.bio=coalesce((SELECT bio FROM profiles WHERE person_id = people.id), '\'''\'')'
				`,
		},
		{
			name:    "to be written by hand: everything that goes is there",
			old:     of(people(phone), table("profiles", id(), bio)),
			new:     of(people(schema.BigInt("number"))),
			answers: dropping(fills("people.number=?"), "people.phone", "profiles"),
			want: `
				Add column people.number
				Give existing rows a value in people.number, not written yet
				Alter column people.number: NOT NULL
				Drop column people.phone
				Drop table profiles
				used -drop people.phone
				used -drop profiles
				used -fill 'people.number=?'
				`,
		},
		{
			name:    "a function that may read anything",
			old:     of(people(phone), contacts()),
			new:     of(people(), contacts(schema.Text("number"))),
			answers: fills("contacts.number=phone_of(person_id)"),
			want: `
				Add column contacts.number
				Fill contacts.number with phone_of(person_id)
				Alter column contacts.number: NOT NULL
				Drop column people.phone
				used -fill 'contacts.number=phone_of(person_id)'
				`,
		},
		{
			name:    "a fill reads what another one computes",
			old:     of(people(), contacts()),
			new:     of(people(schema.Text("code")), contacts(schema.Text("code"))),
			answers: fills("contacts.code=(SELECT p.code FROM people p WHERE p.id = person_id)", "people.code='p' || id"),
			want: `
				Add column contacts.code
				Add column people.code
				Fill people.code with 'p' || id
				Fill contacts.code with SELECT p.code FROM people p WHERE p.id = person_id
				Alter column contacts.code: NOT NULL
				Alter column people.code: NOT NULL
				used -fill 'contacts.code=(SELECT p.code FROM people p WHERE p.id = person_id)'
				used -fill 'people.code='\''p'\'' || id'
				`,
		},
		{
			name:    "a chain of three columns",
			old:     of(people(schema.Text("a"))),
			new:     of(people(schema.Text("a"), schema.Text("b"), schema.Text("c"), schema.Text("d"))),
			answers: fills("people.b=c", "people.c=d", "people.d=a"),
			want: `
				Add column people.b
				Add column people.c
				Add column people.d
				Fill people.d with a
				Fill people.c with d
				Fill people.b with c
				Alter column people.b: NOT NULL
				Alter column people.c: NOT NULL
				Alter column people.d: NOT NULL
				used -fill people.b=c
				used -fill people.c=d
				used -fill people.d=a
				`,
		},
		{
			name:    "a circle",
			old:     of(people()),
			new:     of(people(schema.Text("b"), schema.Text("c"))),
			answers: fills("people.b=c", "people.c=b"),
			want: `
				error people.c: each of these needs what another one computes or changes, so none can come first: Fill people.c with b; Fill people.b with c; do one of them in a migration of its own, before the others
				`,
		},
		{
			name:    "a fill reads a column that is retyped, one that is generated, and one that waits for a person",
			old:     of(people(schema.Text("price"))),
			new:     of(people(schema.BigInt("price"), schema.BigInt("a"), schema.BigInt("b"), schema.BigInt("c"), schema.BigInt("g").Null().Generated("price * 3"), schema.BigInt("h"))),
			answers: diff.Answers{Converts: []string{"people.price"}, Fills: []string{"people.a=price * 2", "people.b=g", "people.c=h", "people.h=?"}},
			want: `
				Add column people.a
				Add column people.b
				Add column people.c
				Add column people.h
				Alter column people.price: type text to bigint
				Fill people.a with price * 2
				Add column people.g
				Fill people.b with g
				Give existing rows a value in people.h, not written yet
				Fill people.c with h
				Alter column people.a: NOT NULL
				Alter column people.b: NOT NULL
				Alter column people.c: NOT NULL
				Alter column people.h: NOT NULL
				used -convert people.price
				used -fill 'people.a=price * 2'
				used -fill 'people.h=?'
				used -fill people.b=g
				used -fill people.c=h
				`,
		},
		{
			name:    "a generated column that goes is read before what it is computed from gets values",
			old:     of(people(schema.BigInt("base").Null(), schema.BigInt("total").Null().Generated("coalesce(base, 0)"))),
			new:     of(people(schema.BigInt("base"), schema.Text("note"))),
			answers: fills("people.base=500 + id", "people.note='was ' || total"),
			want: `
				Add column people.note
				Fill people.note with 'was ' || total
				Alter column people.note: NOT NULL
				Drop column people.total
				Fill people.base with 500 + id
				Alter column people.base: NOT NULL
				used -fill 'people.base=500 + id'
				used -fill 'people.note='\''was '\'' || total'
				`,
		},
		{
			name:    "converted by what goes, generated columns included",
			old:     of(people(schema.Double("amount"), schema.Integer("factor"), schema.Integer("twice").Null().Generated("factor * 2"))),
			new:     of(people(schema.BigInt("amount"))),
			answers: dropping(diff.Answers{Converts: []string{"people.amount=amount * twice"}}, "people.factor"),
			want: `
				Alter column people.amount: type double precision to bigint
				Drop column people.twice
				Drop column people.factor
				used -convert 'people.amount=amount * twice'
				used -drop people.factor
				`,
		},
		{
			name:    "the name of a column that goes is taken by one without values",
			old:     of(people(phone), contacts()),
			new:     of(people(schema.BigInt("phone").Null()), contacts(schema.Text("phone"))),
			answers: dropping(fills("contacts.phone=(SELECT p.phone FROM people p WHERE p.id = person_id)"), "people.phone"),
			want: `
				Rename column people.phone to phone_modelgen_old
				Add column contacts.phone
				Add column people.phone
				Fill contacts.phone with SELECT p.phone_modelgen_old FROM people p WHERE p.id = person_id
				Alter column contacts.phone: NOT NULL
				Drop column people.phone_modelgen_old
				used -drop people.phone
				used -fill 'contacts.phone=(SELECT p.phone FROM people p WHERE p.id = person_id)'
				`,
		},
		{
			name:    "a column is replaced by one that is computed from it",
			old:     of(people(phone)),
			new:     of(people(schema.BigInt("phone"))),
			answers: dropping(fills("people.phone=length(phone)"), "people.phone"),
			want: `
				Rename column people.phone to phone_modelgen_old
				Add column people.phone
				Fill people.phone with length(phone_modelgen_old)
				Alter column people.phone: NOT NULL
				Drop column people.phone_modelgen_old
				used -drop people.phone
				used -fill 'people.phone=length(phone)'
				`,
		},
		{
			name:    "which of two columns of one name is meant is not known",
			old:     of(people(phone), contacts()),
			new:     of(people(schema.BigInt("phone")), contacts(schema.Text("phone"))),
			answers: dropping(fills("contacts.phone=(SELECT p.phone FROM people p WHERE p.id = person_id)", "people.phone=1"), "people.phone"),
			want: `
				error contacts.phone: -fill contacts.phone=(SELECT p.phone FROM people p WHERE p.id = person_id): people.phone is the name of a column that goes and of another one that comes with values of its own: which of them is meant cannot be known; make it two migrations
				`,
		},
		{
			name:    "the name of a table that goes is taken",
			old:     of(people(), table("profiles", id(), schema.BigInt("person_id"), bio, pk("id"), unique("bio"), index("person_id"))),
			new:     of(people(bio), table("profiles", id(), schema.Boolean("wide"), pk("id"))),
			answers: dropping(fills("people.bio=(SELECT profiles.bio FROM profiles WHERE person_id = people.id)"), "profiles"),
			want: `
				Rename table profiles to profiles_modelgen_old
				Rename constraint profiles_pkey of profiles_modelgen_old to profiles_pkey_modelgen_old
				Create table profiles
				Add column people.bio
				Fill people.bio with SELECT profiles.bio FROM profiles_modelgen_old AS profiles WHERE person_id = people.id
				Alter column people.bio: NOT NULL
				Drop table profiles_modelgen_old
				used -drop profiles
				used -fill 'people.bio=(SELECT profiles.bio FROM profiles WHERE person_id = people.id)'
				`,
		},
		{
			name:    "the name of a table that goes is taken by one that is renamed: an answer means that one",
			old:     of(people(phone), table("b", id(), bio, pk("id")), table("c", id(), schema.Text("bio"), schema.Text("x"), pk("id"))),
			new:     of(people(phone, bio), table("b", id(), schema.Text("bio"), schema.Text("x"), pk("id"))),
			answers: diff.Answers{Fills: []string{"people.bio=(SELECT b.bio FROM b WHERE b.id = people.id)"}, Drops: []string{"b"}, Renames: []string{"c=b"}},
			want: `
				Drop table b
				Rename table c to b
				Add column people.bio
				Fill people.bio with SELECT b.bio FROM b WHERE b.id = people.id
				Alter column people.bio: NOT NULL
				used -drop b
				used -fill 'people.bio=(SELECT b.bio FROM b WHERE b.id = people.id)'
				used -rename c=b
				`,
		},
		{
			name:    "the name of a table that goes is taken by one that is renamed and lacks what an answer reads",
			old:     of(people(phone), table("b", id(), bio, pk("id")), table("c", id(), schema.Text("x"), pk("id"))),
			new:     of(people(phone, bio), table("b", id(), schema.Text("x"), pk("id"))),
			answers: diff.Answers{Fills: []string{"people.bio=(SELECT b.bio FROM b WHERE b.id = people.id)"}, Drops: []string{"b"}, Renames: []string{"c=b"}},
			want: `
				error people.bio: -fill people.bio=(SELECT b.bio FROM b WHERE b.id = people.id): b has no column bio; the table of that name that has it is dropped, and c takes its name: make it two migrations
				`,
		},
		{
			name:    "an index of a table that goes last has a name that another table takes",
			old:     of(people(phone), table("b", id(), bio, pk("id"), named("by_x", index("bio")))),
			new:     of(people(phone, bio, named("by_x", index("bio")))),
			answers: fills("people.bio=(SELECT b.bio FROM b WHERE b.id = people.id)"),
			want: `
				Rename index by_x of b to by_x_modelgen_old
				Add column people.bio
				Fill people.bio with SELECT b.bio FROM b WHERE b.id = people.id
				Create index by_x on people
				Alter column people.bio: NOT NULL
				Drop table b
				used -fill 'people.bio=(SELECT b.bio FROM b WHERE b.id = people.id)'
				`,
		},
		{
			name:    "the way back of a drop reads what is new",
			old:     of(people(phone), contacts()),
			new:     of(people(), contacts(schema.Text("phone"))),
			answers: fills("contacts.phone=id", "people.phone=(SELECT c.phone FROM contacts c WHERE c.person_id = people.id)"),
			want: `
				Add column contacts.phone
				Fill contacts.phone with id
				Alter column contacts.phone: NOT NULL
				Drop column people.phone
				used -fill 'people.phone=(SELECT c.phone FROM contacts c WHERE c.person_id = people.id)'
				used -fill contacts.phone=id
				`,
		},
		{
			name:    "a table goes before its enum loses a value, the constraints come before NOT NULL",
			old:     of(people(), enum("mood", "sad", "glad"), table("b", id(), schema.EnumOf("mood", "mood"), pk("id")), contacts(schema.EnumOf("mood", "mood"))),
			new:     of(people(schema.Text("mood"), unique("mood")), enum("mood", "glad"), contacts(schema.EnumOf("mood", "mood"))),
			answers: dropping(fills("people.mood=(SELECT CAST(mood AS text) FROM b WHERE b.id = people.id)"), "mood.sad"),
			want: `
				Add column people.mood
				Fill people.mood with SELECT CAST(mood AS text) FROM b WHERE b.id = people.id
				Add unique constraint people_mood_key (mood) to people
				Alter column people.mood: NOT NULL
				Drop table b
				Recreate enum mood without sad
				used -drop mood.sad
				used -fill 'people.mood=(SELECT CAST(mood AS text) FROM b WHERE b.id = people.id)'
				`,
		},
		{
			name:    "the default of a column that becomes NOT NULL goes before its enum loses the value",
			old:     of(people(schema.EnumOf("mood", "mood").Null().Default("sad")), enum("mood", "sad", "glad")),
			new:     of(people(schema.EnumOf("mood", "mood")), enum("mood", "glad")),
			answers: dropping(fills("people.mood='glad'"), "mood.sad"),
			want: `
				Fill people.mood with 'glad'
				Alter column people.mood: NOT NULL, default "sad" to none
				Recreate enum mood without sad
				used -drop mood.sad
				used -fill 'people.mood='\''glad'\'''
				`,
		},
		{
			name:    "tables go last, that which refers to another one first",
			old:     of(people(phone), table("a", id(), schema.BigInt("b_id"), bio, pk("id"), fk("b_id", "b")), table("b", id(), pk("id"))),
			new:     of(people(phone, bio)),
			answers: fills("people.bio=(SELECT bio FROM a WHERE a.id = people.id)"),
			want: `
				Add column people.bio
				Fill people.bio with SELECT bio FROM a WHERE a.id = people.id
				Alter column people.bio: NOT NULL
				Drop table a
				Drop table b
				used -fill 'people.bio=(SELECT bio FROM a WHERE a.id = people.id)'
				`,
		},
		{
			name:    "numbers of the database are there when they are read",
			old:     of(table("logs", bio)),
			new:     of(table("logs", bio, schema.BigInt("id").Identity(), schema.BigInt("number"), pk("id"))),
			answers: fills("logs.number=id + 1"),
			want: `
				Add column logs.id
				Add column logs.number
				Add primary key (id) to logs
				Fill logs.number with id + 1
				Alter column logs.number: NOT NULL
				used -fill 'logs.number=id + 1'
				`,
		},
		{
			name:    "a query asks for a column that its table does not have",
			old:     of(people(phone), contacts()),
			new:     of(people(phone), contacts(phone)),
			answers: fills("contacts.phone=(SELECT p.fone FROM people p WHERE p.id = person_id)"),
			want: `
				error contacts.phone: -fill contacts.phone=(SELECT p.fone FROM people p WHERE p.id = person_id): people has no column fone; did you mean phone?
				`,
		},
	})
}
