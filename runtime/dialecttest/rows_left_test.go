package dialecttest_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// A fill, a backfill or a comparison never counts as done with rows left out that a policy hides or a trigger keeps.

func sqliteRunner(t *testing.T) *runner {
	t.Helper()
	db, err := sql.Open("sqlite", sqliteURI(filepath.Join(t.TempDir(), "runner.db"))+litePragmas+"&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &runner{t: t, db: db, dialect: sqlite.Dialect{}}
}

type slugRow struct {
	ID   int64   `db:"id"`
	Slug *string `db:"slug"`
}

// fills are the steps that give docs.slug a value.
func fills() map[string]migrate.Op {
	row := func(d *slugRow) error { d.Slug = new(fmt.Sprint("n", d.ID)); return nil }
	return map[string]migrate.Op{
		"Fill":           migrate.Fill{Table: "docs", Column: "slug", Expr: "'n' || id"},
		"Fill where":     migrate.Fill{Table: "docs", Column: "slug", Expr: "'n' || id", Where: "id > 0"},
		"Fill plain":     migrate.Fill{Table: "docs", Column: "slug", Expr: "'n' || id", Plain: "small"},
		"Backfill":       migrate.Backfill[slugRow]{Table: "docs", Row: row},
		"Backfill plain": migrate.Backfill[slugRow]{Table: "docs", Row: row, Plain: "small"},
	}
}

func docs() migrate.Op { return makes("docs", schema.Text("slug").Null()) }

func TestTriggerKeepsRows(t *testing.T) {
	t.Parallel()
	function := func(body string) string {
		return "CREATE FUNCTION keeper() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body + " END $$"
	}
	row := func(when string) string {
		return "CREATE TRIGGER keeper " + when + " UPDATE ON docs FOR EACH ROW EXECUTE FUNCTION keeper()"
	}
	pgKeepers := map[string][]string{
		"null":   {function("IF OLD.id < 100 THEN RETURN NULL; END IF; RETURN NEW;"), row("BEFORE")},
		"old":    {function("IF OLD.id < 100 THEN RETURN OLD; END IF; RETURN NEW;"), row("BEFORE")},
		"column": {function("IF OLD.id < 100 THEN NEW.slug := OLD.slug; END IF; RETURN NEW;"), row("BEFORE")},
		"after":  {function("IF OLD.id < 100 AND pg_trigger_depth() = 1 THEN UPDATE docs SET slug = OLD.slug WHERE id = OLD.id; END IF; RETURN NULL;"), row("AFTER")},
		"rule":   {"CREATE RULE keeper AS ON UPDATE TO docs WHERE OLD.id < 100 DO INSTEAD NOTHING"},
	}
	pgHarmless := map[string][]string{
		"changes it": {function("NEW.slug := upper(NEW.slug); RETURN NEW;"), row("BEFORE")},
		"writes it":  {"CREATE TABLE log (id bigint)", function("INSERT INTO log VALUES (OLD.id); RETURN NULL;"), row("AFTER")},
		"disabled":   {function("RETURN NULL;"), row("BEFORE"), "ALTER TABLE docs DISABLE TRIGGER keeper"},
		"of another": {function("RETURN NULL;"), "CREATE TRIGGER keeper BEFORE UPDATE OF id ON docs FOR EACH ROW EXECUTE FUNCTION keeper()"},
	}
	liteKeepers := map[string][]string{
		"ignore": {"CREATE TRIGGER keeper BEFORE UPDATE ON docs WHEN OLD.id < 100 BEGIN SELECT RAISE(IGNORE); END"},
		"after":  {"CREATE TRIGGER keeper AFTER UPDATE ON docs WHEN OLD.id < 100 BEGIN UPDATE docs SET slug = OLD.slug WHERE id = OLD.id; END"},
	}
	liteHarmless := map[string][]string{
		"changes it": {"CREATE TRIGGER keeper AFTER UPDATE ON docs BEGIN UPDATE docs SET slug = upper(slug) WHERE id = OLD.id; END"},
		"writes it":  {"CREATE TABLE log (id bigint)", "CREATE TRIGGER keeper AFTER UPDATE ON docs BEGIN INSERT INTO log VALUES (OLD.id); END"},
	}
	runners(t, func(r *runner) {
		keepers, harmless, clear := pgKeepers, pgHarmless, []string{"DROP TABLE docs CASCADE", "DROP FUNCTION IF EXISTS keeper", "DROP TABLE modelgen_history", "DROP TABLE IF EXISTS log"}
		if r.url == "" {
			keepers, harmless, clear = liteKeepers, liteHarmless, []string{"DROP TABLE docs", "DROP TABLE modelgen_history", "DROP TABLE IF EXISTS log"}
		}
		test := r.t
		begin := func(t *testing.T, statements []string) {
			r.t = t
			r.up(migrate.NewSet("shop", chain(docs())...), "0001_a")
			r.exec("INSERT INTO docs (id) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250) SELECT i FROM n")
			r.exec(statements...)
		}
		for name, fill := range fills() {
			set := migrate.NewSet("shop", chain(docs(), fill)...)
			for kind, statements := range keepers {
				test.Run(name+"/kept/"+kind, func(t *testing.T) {
					begin(t, statements)
					_, err := r.migrator(set).Up(context.Background())
					r.fails(err, "0002_b failed", "docs", "keeper")
					if kind != "rule" {
						r.fails(err, "99 of 250 rows", "left as they are")
					}
					if n := r.count("SELECT count(*) FROM docs WHERE slug IS NOT NULL"); n != 0 {
						t.Errorf("%d rows of the batch are changed", n)
					}
					drop := "ALTER TABLE docs DISABLE TRIGGER keeper"
					switch {
					case r.url == "":
						drop = "DROP TRIGGER keeper"
					case kind == "rule":
						drop = "ALTER TABLE docs DISABLE RULE keeper"
					}
					r.exec(drop)
					r.up(set, "0002_b") // the way out that is told
					if n := r.count("SELECT count(*) FROM docs WHERE slug = 'n' || id"); n != 250 {
						t.Errorf("%d of 250 rows are filled", n)
					}
					r.exec(clear...)
				})
			}
			for kind, statements := range harmless {
				test.Run(name+"/harmless/"+kind, func(t *testing.T) {
					begin(t, statements)
					r.up(set, "0002_b")
					if n := r.count("SELECT count(*) FROM docs WHERE lower(slug) = 'n' || id"); n != 250 {
						t.Errorf("%d of 250 rows are filled", n)
					}
					r.exec(clear...)
				})
			}
		}
		r.t = test
	})
}

// TestPolicyHidesRows: the owner of a table with FORCE ROW LEVEL SECURITY does not see its rows. Nothing is recorded, and doing what is said helps.
func TestPolicyHidesRows(t *testing.T) {
	t.Parallel()
	pgRunners(t, func(r *runner) {
		role := fmt.Sprint("rls_", r.count("SELECT oid FROM pg_database WHERE datname = current_database()"))
		r.exec("CREATE ROLE "+role+" LOGIN PASSWORD 'pw'", "GRANT CREATE ON SCHEMA public TO "+role)
		steps := fills()
		steps["SQL"] = migrate.SQL{Up: []string{"UPDATE docs SET slug = 'n' || id"}, NoDown: "test"}
		steps["Go"] = migrate.Go{NoDown: "test", Up: func(ctx context.Context, tx migrate.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE docs SET slug = 'n' || id WHERE id > $1", 0)
			return err
		}}
		steps["dual write"] = migrate.AddDualWrite{Table: "docs", Name: "docs_slug_dual", From: "slug", To: "label", Up: "slug", Down: "label", Column: schema.Text("slug").Null()}
		test := r.t
		for name, op := range steps {
			test.Run(name, func(t *testing.T) {
				r.t = t
				low := pgAs(r, role)
				low.up(migrate.NewSet("shop", chain(makes("docs", schema.Text("slug").Null(), schema.Text("label").Null()))...), "0001_a")
				low.exec("INSERT INTO docs SELECT g, CASE WHEN "+fmt.Sprint(name == "dual write")+" THEN 'x' END FROM generate_series(1, 50) g", "ALTER TABLE docs ENABLE ROW LEVEL SECURITY",
					"ALTER TABLE docs FORCE ROW LEVEL SECURITY", "CREATE POLICY few ON docs USING (id < 0)")
				set := migrate.NewSet("shop", chain(makes("docs", schema.Text("slug").Null(), schema.Text("label").Null()), op)...)
				_, err := low.migrator(set).Up(context.Background())
				r.fails(err, "0002_b failed", "row level security hides rows of docs from role "+role, "BYPASSRLS", "nothing of it was changed")
				low.history("shop/0001_a done")
				low.exec("ALTER TABLE docs NO FORCE ROW LEVEL SECURITY")
				low.up(set, "0002_b")
				if n := r.count("SELECT count(*) FROM docs WHERE COALESCE(label, slug) IS NOT NULL"); n != 50 {
					t.Errorf("%d of 50 rows are filled", n)
				}
				low.db.Close()
				r.exec("DROP OWNED BY "+role, "GRANT CREATE ON SCHEMA public TO "+role)
			})
		}
		r.t = test
		r.exec("DROP OWNED BY "+role, "DROP ROLE "+role)
	})
}

// TestPolicyHidesHistory: a history of which the role sees a part is not taken for another one.
func TestPolicyHidesHistory(t *testing.T) {
	pgRunners(t, func(r *runner) {
		role := fmt.Sprint("hidden_", r.count("SELECT oid FROM pg_database WHERE datname = current_database()"))
		set := migrate.NewSet("shop", chain(makes("t"))...)
		r.up(set, "0001_a")
		r.exec("CREATE ROLE "+role+" LOGIN PASSWORD 'pw'", "GRANT SELECT ON modelgen_history TO "+role, "ALTER TABLE modelgen_history ENABLE ROW LEVEL SECURITY")
		low := pgAs(r, role)
		r.fails(low.migrator(set).Check(context.Background()), "row level security hides rows of the history", "BYPASSRLS")
		r.exec("CREATE POLICY all_rows ON modelgen_history USING (true)")
		if err := low.migrator(set).Check(context.Background()); err != nil {
			t.Errorf("its newest row is seen: %v", err)
		}
		low.db.Close()
		r.exec("DROP OWNED BY "+role, "DROP ROLE "+role)
	})
}
