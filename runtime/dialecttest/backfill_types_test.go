package dialecttest_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestBackfillFields: what does not fit the schema is said of the set, before there is a database.
func TestBackfillFields(t *testing.T) {
	table := migrate.CreateTable{
		Table: "things",
		Columns: []schema.ColumnDef{schema.BigInt("id"), schema.Integer("small"), schema.Numeric("price", 8, 2), schema.Text("note").Null(),
			schema.Bytes("raw"), schema.TimestampTZ("at"), schema.Array(schema.Text("tags")), schema.JSONB("doc"), schema.Boolean("on")},
		PrimaryKey: schema.PrimaryKey{Name: "things_pkey", Columns: []string{"id"}},
	}
	type good struct {
		ID    int64          `db:"id,pk"`
		Small int            `db:"small"`
		Price string         `db:"price"`
		Note  sql.NullString `db:"note"`
		Raw   []byte         `db:"raw"`
		At    time.Time      `db:"at"`
		Tags  string         `db:"tags"`
		Doc   []byte         `db:"doc"`
		On    bool           `db:"on"`
		Other func()         `db:"-"`
	}
	type unknown struct {
		Note *string `db:"notes"`
	}
	type narrow struct {
		Small int16 `db:"small"`
	}
	type float struct {
		Price float64 `db:"price"`
	}
	type never struct {
		Note string `db:"note"`
	}
	type untagged struct {
		Note *string
	}
	type hidden struct {
		note *string `db:"note"` //lint:ignore U1000 it is what the test is about
	}
	type twice struct {
		A *string `db:"note"`
		B *string `db:"note"`
	}
	type wrong struct {
		At string    `db:"at"`
		On time.Time `db:"on"`
	}
	for _, c := range []struct {
		op   migrate.Op
		want []string
	}{
		{migrate.Backfill[good]{Table: "things", Row: func(*good) error { return nil }}, nil},
		{migrate.Backfill[good]{Table: "things"}, []string{"backfill things: it has no function Row"}},
		{migrate.Backfill[good]{Table: "thing", Row: func(*good) error { return nil }}, []string{"backfill thing: there is no such table"}},
		{migrate.Backfill[good]{Table: "things", Where: "a = 'b", Row: func(*good) error { return nil }}, []string{"where a = 'b"}},
		{migrate.Backfill[int]{Table: "things", Row: func(*int) error { return nil }}, []string{"int is no struct"}},
		{migrate.Backfill[struct{}]{Table: "things", Row: func(*struct{}) error { return nil }}, []string{"no field with a db tag"}},
		{migrate.Backfill[unknown]{Table: "things", Row: func(*unknown) error { return nil }}, []string{"0002_step", "field Note of unknown: the table has no column notes; did you mean note?"}},
		{migrate.Backfill[narrow]{Table: "things", Row: func(*narrow) error { return nil }}, []string{"field Small of narrow: int16 cannot hold column small, which is integer; use int32"}},
		{migrate.Backfill[float]{Table: "things", Row: func(*float) error { return nil }}, []string{"float64 cannot hold column price, which is numeric(8,2); use string"}},
		{migrate.Backfill[never]{Table: "things", Row: func(*never) error { return nil }}, []string{"column note can be NULL, which string cannot hold; use *string"}},
		{migrate.Backfill[untagged]{Table: "things", Row: func(*untagged) error { return nil }}, []string{"field Note of untagged names no column"}},
		{migrate.Backfill[hidden]{Table: "things", Row: func(*hidden) error { return nil }}, []string{"field note of hidden is column note, so it must begin with a capital letter"}},
		{migrate.Backfill[twice]{Table: "things", Row: func(*twice) error { return nil }}, []string{"two fields of twice are column note"}},
		{migrate.Backfill[wrong]{Table: "things", Row: func(*wrong) error { return nil }}, []string{"time.Time cannot hold column on, which is boolean; use bool"}},
	} {
		err := migrate.NewSet("fields", faultChain([]migrate.Op{table}, []migrate.Op{c.op})...).Err()
		if len(c.want) == 0 && err != nil {
			t.Error(err)
		}
		for _, w := range c.want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%T: %v, want %q", c.op, err, w)
			}
		}
	}
	keyless := migrate.CreateTable{Table: "things", Columns: []schema.ColumnDef{schema.Text("note").Null()}}
	err := migrate.NewSet("fields", faultChain([]migrate.Op{keyless}, []migrate.Op{migrate.Backfill[struct {
		Note *string `db:"note"`
	}]{Table: "things", Row: func(*struct {
		Note *string `db:"note"`
	}) error {
		return nil
	}}})...).Err()
	if err == nil || !strings.Contains(err.Error(), "no primary key") {
		t.Error(err)
	}
}

// TestBackfillHash: the hash says what a backfill is, and neither how its struct is called nor what its function does.
func TestBackfillHash(t *testing.T) {
	type renamed struct {
		Slug *string `db:"slug"`
	}
	hash := func(op migrate.Op) string { return migrate.HashOps([]migrate.Op{op}) }
	is := hash(slugs(nil))
	if is != hash(migrate.Backfill[renamed]{Table: "items", Where: "slug IS NULL", Row: func(*renamed) error { return nil }}) {
		t.Error("the name of the struct counts")
	}
	for _, other := range []migrate.Op{
		migrate.Backfill[itemAt0002]{Table: "items", Row: slugs(nil).Row}, migrate.Backfill[itemAt0002]{Table: "items", Where: "slug IS NULL"},
		migrate.Backfill[itemAt0002]{Table: "others", Where: "slug IS NULL", Row: slugs(nil).Row}, migrate.Unwritten("items.slug"),
	} {
		if hash(other) == is {
			t.Errorf("%+v has the same hash", other)
		}
	}
}

// kindsAt has a field of every sort.
type kindsAt struct {
	Flag  *bool           `db:"flag"`
	Small *int16          `db:"small"`
	Whole *int32          `db:"whole"`
	Big   sql.Null[int64] `db:"big"`
	Real  *float32        `db:"real"`
	Float *float64        `db:"float"`
	Price *string         `db:"price"`
	Text  *string         `db:"text"`
	Code  *string         `db:"code"`
	Raw   []byte          `db:"raw"`
	Day   *time.Time      `db:"day"`
	At    *time.Time      `db:"at"`
	Zoned *time.Time      `db:"zoned"`
	UUID  *string         `db:"uuid"`
	Doc   *string         `db:"doc"`
	Tags  *string         `db:"tags"`
	Mood  *string         `db:"mood"`
}

var kindsOld = kindsAt{
	Flag: new(true), Small: new(int16(-3)), Whole: new(int32(7)), Big: sql.Null[int64]{V: 1 << 40, Valid: true}, Real: new(float32(1.5)), Float: new(0.1), Price: new("12.5"),
	Text: new("a'\"b\\c{},NULL\né"), Code: new("xy"), Raw: []byte{0, 1, 0xff, '\''}, Day: new(time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)),
	At: new(time.Date(2024, 2, 29, 13, 14, 15, 123456000, time.UTC)), Zoned: new(time.Date(2024, 2, 29, 13, 14, 15, 0, time.UTC)),
	UUID: new("0188c1f2-0000-4000-8000-00000000abcd"), Doc: new(`{"a": "\"x\\"}`), Tags: new("{}"), Mood: new("sad"),
}

// TestBackfillKinds writes every type of column, reads it back, and sees no change where there is none.
func TestBackfillKinds(t *testing.T) {
	runners(t, func(r *runner) {
		first := []migrate.Op{
			migrate.CreateEnum{Name: "mood", Values: []string{"sad", "happy"}},
			migrate.CreateTable{
				Table: "kinds",
				Columns: []schema.ColumnDef{schema.BigInt("id"), schema.Boolean("flag").Null(), schema.SmallInt("small").Null(), schema.Integer("whole").Null(), schema.BigInt("big").Null(),
					schema.Real("real").Null(), schema.Double("float").Null(), schema.Numeric("price", 8, 2).Null(), schema.Text("text").Null(), schema.Char("code", 2).Null(), schema.Bytes("raw").Null(),
					schema.Date("day").Null(), schema.Timestamp("at").Null(), schema.TimestampTZ("zoned").Null(), schema.UUID("uuid").Null(), schema.JSONB("doc").Null(),
					schema.Array(schema.Text("tags")).Null(), schema.EnumOf("mood", "mood").Null()},
				PrimaryKey: schema.PrimaryKey{Name: "kinds_pkey", Columns: []string{"id"}},
			},
		}
		write := migrate.Backfill[kindsAt]{Table: "kinds", Where: "id = 1", Row: func(k *kindsAt) error {
			if fmt.Sprint(*k) != fmt.Sprint(kindsAt{}) {
				return fmt.Errorf("it is not empty: %+v", *k)
			}
			*k = kindsOld
			return nil
		}}
		var read kindsAt
		same := migrate.Backfill[kindsAt]{Table: "kinds", Row: func(k *kindsAt) error {
			if k.Text != nil {
				read = *k
				k.Text, k.Raw = new(*k.Text), bytes.Clone(k.Raw) // equal, elsewhere
			}
			return nil
		}}
		clear := migrate.Backfill[kindsAt]{Table: "kinds", Row: func(k *kindsAt) error { *k = kindsAt{}; return nil }}
		all := faultChain(first, []migrate.Op{write}, []migrate.Op{same}, []migrate.Op{clear})
		r.up(migrate.NewSet("kinds", all[:1]...), "0001_step")
		r.exec("INSERT INTO kinds (id) VALUES (1), (2)")
		r.up(migrate.NewSet("kinds", all[:2]...), "0002_step")
		for _, q := range fillRows(r, 0)[1:] {
			r.exec(strings.ReplaceAll(q, "items", "kinds"))
		}
		r.up(migrate.NewSet("kinds", all[:3]...), "0003_step")
		r.wants(0, "SELECT count(*) FROM log")
		show := func(k kindsAt) string {
			return fmt.Sprint(*k.Flag, *k.Small, *k.Whole, k.Big, *k.Real, *k.Float, *k.Text, *k.Code, k.Raw, k.Day.Format(time.DateOnly), k.At.UTC(), k.Zoned.UTC(), *k.UUID, *k.Doc, *k.Tags, *k.Mood)
		}
		if got, want := show(read), show(kindsOld); got != want {
			t.Errorf("read back\n%s\nwant\n%s", got, want)
		}
		if *read.Price != "12.5" && *read.Price != "12.50" {
			t.Errorf("price %s", *read.Price)
		}
		r.up(migrate.NewSet("kinds", all...), "0004_step")
		r.wants(1, "SELECT count(*) FROM log") // the other row was empty already
		r.wants(2, "SELECT count(*) FROM kinds WHERE text IS NULL AND raw IS NULL AND mood IS NULL AND big IS NULL AND zoned IS NULL AND tags IS NULL")
	})
}

// TestFillKeys goes by keys of several columns and of other types than numbers.
func TestFillKeys(t *testing.T) {
	t.Parallel()
	type row struct {
		Note *string `db:"note"`
	}
	const n = 2600
	for _, c := range []struct {
		name    string
		key     []schema.ColumnDef
		pg      string // the key of row i
		lite    string
		columns []string
	}{
		{"several", []schema.ColumnDef{schema.Integer("b"), schema.Varchar("a", 10)}, "i % 7, 'x' || i", "i % 7, 'x' || i", []string{"a", "b"}},
		{"text", []schema.ColumnDef{schema.Text("k")}, "'it''s \\ ' || i", "'it''s \\ ' || i", []string{"k"}},
		{"uuid", []schema.ColumnDef{schema.UUID("k")}, "md5(i::text)::uuid", "lower(hex(randomblob(16)))", []string{"k"}},
		{"time", []schema.ColumnDef{schema.TimestampTZ("k")}, "'2024-01-01 12:00+00'::timestamptz + i * interval '1 hour 1.5 s'", "datetime('2024-01-01', '+' || i || ' minutes')", []string{"k"}},
		{"day", []schema.ColumnDef{schema.Date("k"), schema.Char("c", 3)}, "'2024-01-01'::date + i, 'a'", "date('2024-01-01', '+' || i || ' days'), 'a'", []string{"k", "c"}},
		{"number", []schema.ColumnDef{schema.Numeric("k", 20, 4)}, "-i * 1.25", "-i * 1.25", []string{"k"}},
		{"bytes", []schema.ColumnDef{schema.Bytes("k")}, "decode(md5(i::text), 'hex')", "randomblob(9)", []string{"k"}},
		{"float", []schema.ColumnDef{schema.Double("k")}, "i / 3.0", "i / 3.0", []string{"k"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			runners(t, func(r *runner) {
				all := faultChain([]migrate.Op{migrate.CreateTable{
					Table: "keyed", Columns: append(c.key, schema.Text("note").Null(), schema.Text("more").Null()),
					PrimaryKey: schema.PrimaryKey{Name: "keyed_pkey", Columns: c.columns},
				}}, []migrate.Op{
					migrate.Fill{Table: "keyed", Column: "more", Expr: "'m'"},
					migrate.Backfill[row]{Table: "keyed", Row: func(r *row) error { r.Note = new("n"); return nil }},
				})
				r.up(migrate.NewSet("keyed", all[:1]...), "0001_step")
				var names []string
				for _, k := range c.key {
					names = append(names, k.Def().Name)
				}
				insert := "INSERT INTO keyed (" + strings.Join(names, ", ") + ") SELECT "
				if r.dialect.Name() == "sqlite" {
					r.exec(fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) %s%s FROM n", n, insert, c.lite))
				} else {
					r.exec(fmt.Sprintf("%s%s FROM generate_series(1, %d) i", insert, c.pg, n))
				}
				batches := 0
				r.opt.Progress = func(e migrate.Event) {
					if e.Kind == migrate.EventProgress {
						batches++
					}
				}
				set := migrate.NewSet("keyed", all...)
				r.up(set, "0002_step")
				r.wants(n, "SELECT count(*) FROM keyed WHERE note = 'n' AND more = 'm'")
				if batches < 4 { // more when they take long
					t.Errorf("%d batches", batches)
				}
				r.settled(set)
			})
		})
	}
}
