package dialecttest_test

import (
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// watched is a set with event triggers that write down each command and refuse some, and objects that verify has to build beside them.
func watched() *migrate.Set {
	return sales(
		migrate.CreateFunction{Name: "note_ddl()", SQL: "CREATE FUNCTION note_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.noted VALUES (tg_tag); END $$"},
		migrate.CreateFunction{Name: "refuse_ddl()", SQL: "CREATE FUNCTION refuse_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no schemas here'; END $$"},
		migrate.CreateView{Name: "codes", Query: "SELECT code FROM sales"},
		migrate.CreateEventTrigger{Name: "watch_note", SQL: "CREATE EVENT TRIGGER watch_note ON ddl_command_end EXECUTE FUNCTION note_ddl()"},
		migrate.CreateEventTrigger{Name: "watch_refuse", SQL: "CREATE EVENT TRIGGER watch_refuse ON ddl_command_start WHEN TAG IN ('CREATE SCHEMA') EXECUTE FUNCTION refuse_ddl()"},
	)
}

// TestVerifyBesideEventTriggers: verify builds what it compares with although event triggers refuse that, and they write nothing down of it. Where the role cannot keep them from firing, it says so.
func TestVerifyBesideEventTriggers(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	db := pgOpen(t, "pgx", url)
	pgExec(t, db, "CREATE TABLE noted (tag text)")
	pgUp(t, db, watched())
	pgExec(t, db, "TRUNCATE noted")
	verify := func(set *migrate.Set, as string) ([]migrate.Difference, error) {
		t.Helper()
		conn := db
		if as != "" {
			conn = pgOpen(t, "pgx", url+"&role="+as)
		}
		m, err := migrate.New(conn, postgres.Dialect{}, set, nil)
		if err != nil {
			t.Fatal(err)
		}
		return m.Verify(t.Context())
	}
	silent := func() {
		t.Helper()
		if diff, err := verify(watched(), ""); err != nil || len(diff) > 0 {
			t.Errorf("verify: %v %v", diff, err)
		}
		pgWantRows(t, db, "SELECT tag FROM noted")
	}
	silent()
	pgExec(t, db, "ALTER EVENT TRIGGER watch_note DISABLE", "TRUNCATE noted")
	if diff, err := verify(watched(), ""); err != nil || len(diff) != 2 || diff[0].Missing == diff[1].Missing {
		t.Errorf("disabled: %v %v", diff, err)
	}
	pgExec(t, db, "ALTER EVENT TRIGGER watch_note ENABLE", "TRUNCATE noted")
	silent()

	pgExec(t, db, "DO $$ BEGIN CREATE ROLE looker; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
		"DO $$ BEGIN EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO looker', current_database()); END $$", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker", "GRANT USAGE ON SCHEMA public TO looker", "TRUNCATE noted")
	if _, err := verify(watched(), "looker"); err == nil || !strings.Contains(err.Error(), "no schemas here") || !strings.Contains(err.Error(), "-expected") {
		t.Errorf("a role that cannot keep them from firing: %v", err)
	}
	pgWantRows(t, db, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'modelgen%'")

	m, err := migrate.New(db, postgres.Dialect{}, watched(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Back(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	pgWantRows(t, db, "SELECT evtname FROM pg_event_trigger")
}
