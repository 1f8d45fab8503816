package dialecttest_test

import (
	"fmt"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/migratetest"
	"github.com/modelgen/modelgen/runtime/schema"
)

// declares has steps that make what no op can, on both databases, and changes of the table under it: a rebuild, two renames.
func declares() *migrate.Set {
	pg := migrate.SQL{
		Only: "postgres",
		Up: []string{
			"CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed := now(); RETURN NEW; END $$",
			"CREATE TRIGGER set_changed BEFORE UPDATE ON issues FOR EACH ROW EXECUTE FUNCTION touch()",
			"CREATE INDEX issues_title_hash ON issues USING hash (title)",
			"ALTER TABLE issues ADD CONSTRAINT no_twins EXCLUDE (title WITH =)",
			"CREATE MATERIALIZED VIEW titles AS SELECT title FROM issues",
			"CREATE SEQUENCE tickets",
			"CREATE EXTENSION IF NOT EXISTS pg_trgm",
		},
		Down: []string{
			"DROP EXTENSION pg_trgm", "DROP SEQUENCE tickets", "DROP MATERIALIZED VIEW titles", "ALTER TABLE issues DROP CONSTRAINT no_twins",
			"DROP INDEX issues_title_hash", "DROP TRIGGER set_changed ON issues", "DROP FUNCTION touch()",
		},
		Objects: []string{
			"function touch()", "trigger set_changed on issues", "index issues_title_hash on issues", "constraint no_twins on issues", "MATERIALIZED VIEW titles",
			"sequence tickets", "extension pg_trgm",
		},
	}
	lite := migrate.SQL{
		Only:    "sqlite",
		Up:      []string{"CREATE TRIGGER set_changed AFTER UPDATE ON issues BEGIN UPDATE issues SET changed = CURRENT_TIMESTAMP WHERE id = NEW.id; END", "CREATE VIEW titles AS SELECT title FROM issues"},
		Down:    []string{"DROP VIEW titles", "DROP TRIGGER set_changed"},
		Objects: []string{"trigger set_changed on issues", "view titles"},
	}
	return migrate.NewSet("shop", chain(
		migrate.CreateTable{
			Table: "issues", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.Text("title"), schema.TimestampTZ("changed").Null(), schema.Integer("stars").Null()},
			PrimaryKey: schema.PrimaryKey{Name: "issues_pkey", Columns: []string{"id"}},
		},
		pg, lite,
		migrate.AlterColumn{Table: "issues", From: schema.Integer("stars").Null(), To: schema.Integer("stars").Null().Default(1)},
		migrate.AddCheck{Table: "issues", Check: schema.Check{Name: "issues_stars_check", Expr: "stars > 0"}},
		migrate.RenameTable{From: "issues", To: "tickets2"},
		migrate.SQL{
			Up: []string{"DROP TRIGGER set_changed ON tickets2"}, Only: "postgres",
			Down:  []string{"CREATE TRIGGER set_changed BEFORE UPDATE ON tickets2 FOR EACH ROW EXECUTE FUNCTION touch()"},
			Drops: []string{"trigger set_changed on tickets2"},
		},
	)...)
}

// What a step declares is expected as long as no later one drops it, through rebuilds and renames and on the way back.
func TestDeclaredObjects(t *testing.T) {
	t.Parallel()
	runners(t, func(r *runner) {
		rec := &recorder{TB: r.t}
		migratetest.Run(rec, r.db, r.dialect, declares())
		expect(r.t, "errors", rec.errs)
		expect(r.t, "logs", rec.logs)
	})
}

// One that is missing is drift, and so is one that no step declares and nobody allows.
func TestDeclaredObjectsThatDiffer(t *testing.T) {
	t.Parallel()
	runners(t, func(r *runner) {
		set := declares()
		m := r.migrator(set)
		if _, err := m.To(r.t.Context(), "0003_c"); err != nil {
			r.t.Fatal(err)
		}
		verify := func(want ...string) {
			r.t.Helper()
			diff, err := m.Verify(r.t.Context())
			if err != nil {
				r.t.Fatal(err)
			}
			if len(diff) != len(want) {
				r.t.Fatalf("%v, want %q", diff, want)
			}
			for i, w := range want {
				fact, fix, _ := strings.Cut(w, " | ")
				if !strings.HasPrefix(diff[i].Fact, fact) || !strings.Contains(diff[i].Fix, fix) {
					r.t.Errorf("%v, want %s", diff[i], w)
				}
			}
		}
		verify()
		if r.dialect.Name() == "sqlite" {
			r.exec("DROP VIEW titles")
			verify("view titles | as 0003_c does")
			r.exec("CREATE VIEW titles AS SELECT title FROM issues", "CREATE TRIGGER by_hand AFTER INSERT ON issues BEGIN SELECT 1; END")
			verify(`trigger issues.by_hand | Objects: []string{"trigger by_hand on issues"}`)
		} else {
			r.exec("DROP MATERIALIZED VIEW titles", "DROP SEQUENCE tickets", "DROP EXTENSION pg_trgm", "DROP TRIGGER set_changed ON issues", "DROP FUNCTION touch()",
				"DROP INDEX issues_title_hash", "ALTER TABLE issues DROP CONSTRAINT no_twins")
			verify("function touch() | as 0002_b does", "trigger set_changed on issues", "index issues_title_hash on issues", "constraint no_twins on issues",
				"materialized view titles", "sequence tickets", "extension pg_trgm")
			for _, q := range set.Migrations()[1].Ops[0].(migrate.SQL).Up {
				r.exec(q)
			}
			verify()
			r.exec("CREATE TRIGGER by_hand BEFORE UPDATE ON issues FOR EACH ROW EXECUTE FUNCTION touch()")
			verify(`trigger issues.by_hand | allow "trigger by_hand on issues" in modelgen.json`)
		}
		r.exec("CREATE INDEX by_hand_idx ON issues (stars)", "ALTER TABLE issues ADD COLUMN legacy integer")
		set.Allow("trigger by_* on *", "index by_hand_idx")
		verify("column issues.legacy")
		set.Allow("column issues.legacy")
		verify()
	})
}

// viewed has a view of several types, and structs of it: the first reads it, the others do not.
func viewed(structs ...migrate.ViewStruct) *migrate.Set {
	return migrate.NewSet("shop", chain(
		migrate.CreateEnum{Name: "mood", Values: []string{"sad", "glad"}},
		migrate.CreateTable{
			Table: "orders", Columns: []schema.ColumnDef{
				schema.BigInt("id"), schema.Varchar("buyer", 20), schema.Integer("total"), schema.Boolean("paid"), schema.TimestampTZ("at").Null(), schema.EnumOf("mood", "mood").Null(),
			},
			PrimaryKey: schema.PrimaryKey{Name: "orders_pkey", Columns: []string{"id"}},
		},
		migrate.CreateDomain{Only: "postgres", Name: "cents", SQL: "CREATE DOMAIN cents AS integer CHECK (VALUE > 0)"},
		migrate.CreateView{Only: "postgres", Name: "open_orders", Query: "SELECT id, buyer, total, total::cents AS cents, paid, at, mood, count(*) OVER () AS n, array_agg(total) OVER () AS totals FROM orders"},
		migrate.CreateView{Only: "sqlite", Name: "open_orders", Query: "SELECT id, buyer, total, total + 0 AS cents, paid, at, mood, count(*) OVER () AS n, '' AS totals FROM orders"},
	)...).Views(structs...)
}

func viewStruct(name string, partial bool, columns ...schema.ColumnDef) migrate.ViewStruct {
	return migrate.ViewStruct{View: "open_orders", Struct: "example.com/shop/models." + name, Partial: partial, Columns: columns}
}

// The struct of a view is held to what the view returns, by migratetest and by Verify, when all migrations are applied.
func TestViewStructs(t *testing.T) {
	t.Parallel()
	fits := viewStruct("Fits", false, schema.BigInt("id"), schema.Text("buyer").Null(), schema.BigInt("total"), schema.Integer("cents"), schema.Boolean("paid").Null(),
		schema.TimestampTZ("at"), schema.EnumOf("mood", "mood"), schema.BigInt("n"), schema.Array(schema.Integer("totals")))
	part := viewStruct("Part", true, schema.BigInt("n"), schema.Char("buyer", 3))
	runners(t, func(r *runner) {
		rec := &recorder{TB: r.t}
		migratetest.Run(rec, r.db, r.dialect, viewed(fits, part))
		expect(r.t, "errors", rec.errs)
		wrong := viewStruct("Wrong", true, schema.BigInt("nr"), schema.Text("paid"), schema.SmallInt("buyer"), schema.Text("total"))
		lacks := viewStruct("Lacks", false, fits.Columns[1:]...)
		set := viewed(fits, wrong, lacks)
		m := r.migrator(set)
		if _, err := m.Up(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
		drift, err := m.Verify(r.t.Context())
		if err != nil {
			r.t.Fatal(err)
		}
		var got []string
		for _, d := range drift {
			got = append(got, fmt.Sprint(d.Missing, " ", d.Fact, "; ", d.Fix))
		}
		text := strings.Join(got, "\n")
		for _, want := range []string{
			"true struct models.Wrong of view open_orders: column nr; the view returns id, buyer, total, cents, paid, at, mood, n",
			"true struct models.Wrong of view open_orders: column paid ", "true struct models.Wrong of view open_orders: column buyer ", "true struct models.Wrong of view open_orders: column total ",
			`false struct models.Lacks of view open_orders: column id; the view returns it and no field reads it: give the struct one, or write view:"open_orders,partial"`,
		} {
			if !strings.Contains(text, want) {
				r.t.Errorf("%q is not in\n%s", want, text)
			}
		}
		if len(got) != 5 {
			r.t.Errorf("%d differences:\n%s", len(got), text)
		}
	})
}
