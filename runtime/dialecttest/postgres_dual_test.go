package dialecttest_test

import (
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// twice is a table whose column becomes another one. What comes before and after the expand is up to the test.
func twice(both migrate.AddDualWrite, from schema.Column, more ...migrate.Op) *migrate.Set {
	free, to := from, both.Column.Def()
	free.Nullable, free.Default, free.DefaultExpr = true, nil, ""
	to.Name, to.Nullable, to.Default, to.DefaultExpr = both.To, true, nil, ""
	all := chain(makes("things", from, schema.Integer("stock").Default(0)), migrate.AddColumn{Table: "things", Column: to}, migrate.DropDualWrite(both))
	all[0].Ops = append(all[0].Ops, more...)
	if all[1].Ops = append(all[1].Ops, both); !free.Equal(from) {
		all[1].Ops = append(all[1].Ops, migrate.AlterColumn{Table: "things", From: from, To: free})
	}
	return migrate.NewSet("shop", all...)
}

// TestDualWriteFindsWhatTheMigrationFinds: the trigger calls functions of the schema of the tables, whoever writes, and operators that somebody
// puts into the path of the writer mean nothing to it.
func TestDualWriteFindsWhatTheMigrationFinds(t *testing.T) {
	pgRunners(t, func(r *runner) {
		t := r.t
		r.dialect = postgres.Dialect{Schema: "app"}
		r.exec("CREATE SCHEMA app", "CREATE SCHEMA mine")
		both := migrate.AddDualWrite{Table: "things", Name: "things_both", From: "title", To: "slug", Up: "slugged(title)", Down: "slug", Column: schema.Text("slug").DefaultExpr("next_slug()")}
		set := twice(both, schema.Text("title").Def(), migrate.SQL{Up: []string{
			"CREATE FUNCTION app.slugged(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'",
			"CREATE FUNCTION app.next_slug() RETURNS text LANGUAGE sql AS $$SELECT 'none'$$",
		}, NoDown: "test"})
		r.to(set, "0001", "0001_a")
		r.exec("INSERT INTO app.things (id, title) VALUES (1, 'Tea')")
		r.to(set, "0002", "0002_b")
		r.exec("CREATE FUNCTION mine.slugged(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT 'another'$$")

		conn, err := r.db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for _, path := range []string{"public", "mine", "''"} {
			for _, q := range []string{
				"SET search_path = " + path,
				"UPDATE app.things SET title = 'Cof' || 'fee' WHERE id = 1",
				"INSERT INTO app.things (id, title) VALUES (2, 'Cake')",
				"INSERT INTO app.things (id) VALUES (3)",
			} {
				if _, err := conn.ExecContext(t.Context(), q); err != nil {
					t.Fatalf("with search_path %s: %s: %v", path, q, err)
				}
			}
			if n := r.count("SELECT count(*) FROM app.things WHERE (id, slug) IN ((1, 'coffee'), (2, 'cake'), (3, 'none'))"); n != 3 {
				t.Errorf("with search_path %s %d rows are right", path, n)
			}
			r.exec("DELETE FROM app.things WHERE id > 1", "UPDATE app.things SET title = 'Tea'")
		}
		r.to(set, "0003", "0003_c")
		r.settled(set)
	})
}

// TestDualWritePath: only a trigger that looks something up pays for a search_path of its own.
func TestDualWritePath(t *testing.T) {
	for _, c := range []struct {
		up, down string
		column   schema.ColumnDef
		path     bool
	}{
		{"title", "headline", schema.Text("headline"), false},
		{"CAST(title AS integer)", "CAST(headline AS text)", schema.Integer("headline").Default(7), false},
		{"title", `"headline"`, schema.Text("headline").DefaultExpr("now()"), false},
		{"title", "headline", schema.Text("headline").DefaultExpr("next_slug()"), true},
		{"lower(title)", "headline", schema.Text("headline"), true},
		{"title", "headline || ''", schema.Text("headline"), true},
		{"CAST(title AS citext)", "headline", schema.Text("headline"), true},
		{"CAST(title AS text) || CAST(title AS text)", "headline", schema.Text("headline"), true},
	} {
		both := migrate.AddDualWrite{Table: "things", Name: "things_both", From: "title", To: "headline", Up: c.up, Down: c.down, Column: c.column}
		stages, err := twice(both, schema.Text("title").Def()).Stages(postgres.Dialect{Schema: "my app"}, 0, "0002", false)
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, st := range stages {
			for _, q := range st.Statements {
				all.WriteString(q.SQL + "\n")
			}
		}
		if got := strings.Contains(all.String(), `LANGUAGE plpgsql SET search_path = "my app", pg_temp AS `); got != c.path {
			t.Errorf("%s and %s: search_path %t\n%s", c.up, c.down, got, &all)
		}
	}
}

// TestDualWriteIsComparedOnce: all rows are read once before the old column goes, and an error of that is told as it is.
func TestDualWriteIsComparedOnce(t *testing.T) {
	pgRunners(t, func(r *runner) {
		t := r.t
		both := migrate.AddDualWrite{Table: "things", Name: "things_both", From: "title", To: "slug", Up: "slugged(title)", Down: "slug", Column: schema.Text("slug").Null()}
		set := twice(both, schema.Text("title").Null().Def(), migrate.SQL{Up: []string{"CREATE SEQUENCE calls", `CREATE FUNCTION slugged(title text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM nextval('calls');
  IF title = 'never' THEN
    RAISE EXCEPTION 'no slug of that' USING ERRCODE = '22023';
  END IF;
  RETURN lower(title);
END $$`}, NoDown: "test"})
		r.to(set, "0001", "0001_a")
		r.exec("INSERT INTO things (id, title) SELECT i, 'Thing ' || i FROM generate_series(1, 50) i")
		r.to(set, "0002", "0002_b")

		r.exec("ALTER TABLE things DISABLE TRIGGER things_both", "UPDATE things SET title = 'never' WHERE id = 7")
		_, err := r.migrator(set).To(t.Context(), "0003")
		r.fails(err, "Stop keeping things.title and things.slug in sync: comparing title with slug: ", "nothing of it was changed")
		if migrate.ErrorCode(err) != "22023" {
			t.Errorf("the code is %s", migrate.ErrorCode(err))
		}
		r.exec("UPDATE things SET title = 'other' WHERE id IN (7, 8)")
		_, err = r.migrator(set).To(t.Context(), "0003")
		r.fails(err, "2 rows (id 7, 8) hold in title another value than in slug; make them equal, and run the command again")

		r.exec("UPDATE things SET title = 'Thing ' || id WHERE id IN (7, 8)", "ALTER TABLE things ENABLE TRIGGER things_both", "SELECT setval('calls', 1, false)")
		r.to(set, "0003", "0003_c")
		if n := r.count("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM calls"); n != 50 {
			t.Errorf("50 rows were compared %d times", n)
		}
		r.settled(set)
	})
}
