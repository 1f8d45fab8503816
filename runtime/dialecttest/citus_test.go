package dialecttest_test

import (
	"database/sql"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	"github.com/modelgen/modelgen/runtime/dialecttest"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// TestExerciseCitus runs the suite on the coordinator of a cluster, with tables on one node.
func TestExerciseCitus(t *testing.T) {
	for share, driver := range pgDrivers {
		t.Run(driver, func(t *testing.T) {
			dialecttest.Exercise(t, dialecttest.Backend{Dialect: postgres.Dialect{}, Definitions: citusObjects, Fresh: func(t *testing.T) func() (*sql.DB, error) {
				url, _ := pgtest.CitusDatabase(t)
				return func() (*sql.DB, error) { return sql.Open(driver, url) }
			}, Part: func(i int) bool { return turn(i, share, len(pgDrivers)) }})
		})
	}
}

// citusObjects is [pgObjects] without shards that have moved and that Citus drops in the background.
func citusObjects(t *testing.T, db *sql.DB) []string {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), "CALL citus_cleanup_orphaned_resources()"); err != nil {
		t.Fatal(err)
	}
	return pgObjects(t, db)
}
