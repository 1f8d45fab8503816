package dialecttest_test

import (
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// TestPostgresEventTriggersAtVerify: event triggers do not fire for what verify makes and rolls back; one that is ENABLE ALWAYS does.
func TestPostgresEventTriggersAtVerify(t *testing.T) {
	t.Parallel()
	db := pgOpen(t, "pgx", pgtest.Database(t))
	set := sales()
	pgUp(t, db, set)
	pgExec(t, db, "CREATE FUNCTION no_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no % today', tg_tag; END $$", "CREATE EVENT TRIGGER no_ddl ON ddl_command_end EXECUTE FUNCTION no_ddl()")
	m, err := migrate.New(db, postgres.Dialect{}, set, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff, err := m.Verify(t.Context()); err != nil || len(diff) > 0 {
		t.Errorf("verify finds %v: %v", diff, err)
	}
	pgExec(t, db, "ALTER EVENT TRIGGER no_ddl ENABLE ALWAYS")
	if _, err := m.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), "no CREATE SCHEMA today") {
		t.Errorf("one that is ENABLE ALWAYS: %v", err)
	}
}
