package dialecttest_test

import (
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What an op of an object locks of tables and views so that others notice is what its stage says: every op is made and taken back in a transaction of its own.
func TestPostgresObjectLocks(t *testing.T) {
	t.Parallel()
	db := pgOpen(t, "pgx", pgtest.Database(t))
	at := &schema.Schema{}
	s := pgReady(t, db, postgres.Dialect{}, pgConfig())
	pgMustApply(t, s, at, faultTable("people", schema.Varchar("code", 10), schema.Integer("age")), faultTable("orders", schema.Integer("total")))
	run := func(op migrate.Op) {
		t.Helper()
		stages, err := migrate.PlanOps(s.Planner(), at, []migrate.Op{op})
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range stages {
			known := map[string]bool{}
			for _, name := range pgRows(t, db, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace") {
				known[name] = true
			}
			tx, err := db.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			oids := map[string]string{} // names from before: what is dropped has none any more
			rows, err := tx.Query("SELECT oid::text, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm')")
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var oid, name string
				if err := rows.Scan(&oid, &name); err != nil {
					t.Fatal(err)
				}
				oids[oid] = name
			}
			rows.Close()
			for _, q := range st.Statements {
				if _, err := tx.Exec(q.SQL); err != nil {
					t.Fatalf("%s: %v", q.SQL, err)
				}
			}
			strongest := map[string]string{}
			rows, err = tx.Query("SELECT relation::text, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'")
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var oid, mode string
				if err := rows.Scan(&oid, &mode); err != nil {
					t.Fatal(err)
				}
				if name := oids[oid]; name != "" && strength(mode) > strength(strongest[name]) {
					strongest[name] = mode
				}
			}
			rows.Close()
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			says := map[string]bool{}
			for _, name := range st.Tables {
				says[name] = true
				if want := lockName(st.Lock); known[name] && strongest[name] != want {
					t.Errorf("%s\ndeclares %s of %s, the server shows %q", st.Statements[0].SQL, want, name, strongest[name])
				}
			}
			for name, lock := range strongest {
				if strength(lock) >= strength("ShareLock") && !says[name] && name != "sums_new" { // which nobody knows of yet
					t.Errorf("%s\nlocks %s with %s, and does not say so", st.Statements[0].SQL, name, lock)
				}
			}
		}
	}
	view := pgObject(schema.ViewKind, "seen", "", "SELECT id, code FROM people")
	touch := pgObject(schema.FunctionKind, "touch()", "", "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
	run(migrate.ObjectOp(nil, touch))
	positive := pgObject(schema.DomainKind, "positive", "", "CREATE DOMAIN positive AS integer")
	run(migrate.ObjectOp(nil, positive))
	pgMustApply(t, s, at, migrate.AddColumn{Table: "orders", Column: schema.Other("stars", "positive").Null()})
	checked := pgObject(schema.DomainKind, "positive", "", "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)")
	run(migrate.ObjectOp(positive, checked))
	run(migrate.ObjectOp(checked, positive))
	for _, c := range []struct{ a, b *schema.SQLObject }{
		{view, pgObject(schema.ViewKind, "seen", "", "SELECT id, code, age FROM people")},
		{pgObject(schema.MaterializedViewKind, "sums", "", "SELECT code, sum(age) AS age FROM people GROUP BY code"), pgObject(schema.MaterializedViewKind, "sums", "", "SELECT code, max(age) AS age FROM people GROUP BY code")},
		{pgObject(schema.TriggerKind, "stamp", "people", "CREATE TRIGGER stamp BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION touch()"),
			pgObject(schema.TriggerKind, "stamp", "people", "CREATE TRIGGER stamp BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION touch()")},
		{pgObject(schema.PolicyKind, "own", "people", "CREATE POLICY own ON people USING (age > 1)"), pgObject(schema.PolicyKind, "own", "people", "CREATE POLICY own ON people USING (age > 2)")},
		{pgObject(schema.RuleKind, "keep", "people", "CREATE RULE keep AS ON DELETE TO people DO INSTEAD NOTHING"), pgObject(schema.RuleKind, "keep", "people", "CREATE RULE keep AS ON DELETE TO people WHERE old.age > 1 DO INSTEAD NOTHING")},
		{pgObject(schema.RowSecurityKind, "people", "", "ENABLE"), pgObject(schema.RowSecurityKind, "people", "", "FORCE")},
		{pgObject(schema.StatisticsKind, "together", "", "CREATE STATISTICS together ON code, age FROM people"), nil},
		{pgObject(schema.PublicationKind, "news", "", "CREATE PUBLICATION news FOR TABLE people"), pgObject(schema.PublicationKind, "news", "", "CREATE PUBLICATION news FOR TABLE people, orders")},
		{pgObject(schema.SequenceKind, "numbers", "", "CREATE SEQUENCE numbers"), pgObject(schema.SequenceKind, "numbers", "", "CREATE SEQUENCE numbers OWNED BY people.age")},
		{pgObject(schema.CommentKind, "column people.code", "", "a"), pgObject(schema.CommentKind, "column people.code", "", "b")},
		{pgObject(schema.GrantKind, "table people to PUBLIC", "", "SELECT"), nil},
	} {
		run(migrate.ObjectOp(nil, c.a))
		if c.b != nil {
			run(migrate.ObjectOp(c.a, c.b))
			run(migrate.ObjectOp(c.b, c.a))
		}
		if renamed := c.a.Renamed("another"); c.b != nil && c.a.Kind != schema.RowSecurityKind && c.a.Kind != schema.CommentKind {
			run(migrate.ObjectOp(c.a, &renamed))
			c.a = &renamed
		}
		run(migrate.ObjectOp(c.a, nil))
	}
}
