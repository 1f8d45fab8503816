package dialecttest_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

	"github.com/modelgen/modelgen/internal/pgtest"
	"github.com/modelgen/modelgen/runtime/dialecttest"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

func TestExerciseSQLite(t *testing.T) {
	t.Parallel()
	dialecttest.Exercise(t, dialecttest.Backend{Dialect: sqlite.Dialect{}, Definitions: sqliteObjects, Fresh: func(t *testing.T) func() (*sql.DB, error) {
		path := filepath.Join(t.TempDir(), "exercise.db")
		return func() (*sql.DB, error) {
			return sql.Open("sqlite", "file:"+path+litePragmas+"&_pragma=busy_timeout(10000)")
		}
	}})
}

func sqliteObjects(t *testing.T, db *sql.DB) []string {
	t.Helper()
	return pgRows(t, db, "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'modelgen%' AND name NOT LIKE 'sqlite%' AND type IN ('view', 'trigger') ORDER BY 1, 2")
}

func TestExercisePostgres(t *testing.T) {
	t.Parallel()
	for share, driver := range pgDrivers {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			dialecttest.Exercise(t, dialecttest.Backend{Dialect: postgres.Dialect{}, Definitions: pgObjects, Fresh: func(t *testing.T) func() (*sql.DB, error) {
				url := pgtest.Database(t)
				return func() (*sql.DB, error) { return sql.Open(driver, url) }
			}, Part: func(i int) bool { return turn(i, share, len(pgDrivers)) }})
		})
	}
}
