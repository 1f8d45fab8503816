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
			dialecttest.Exercise(t, dialecttest.Backend{Dialect: postgres.Dialect{}, Definitions: pgObjects, Fresh: func(t *testing.T) func() (*sql.DB, error) {
				url, _ := pgtest.CitusDatabase(t)
				return func() (*sql.DB, error) { return sql.Open(driver, url) }
			}, Part: func(i int) bool { return turn(i, share, len(pgDrivers)) }})
		})
	}
}
