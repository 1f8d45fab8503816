package dialecttest

import (
	"slices"
	"testing"

	"github.com/modelgen/modelgen/internal/everyop"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestSuiteHasEveryOp: what a dialect must pass has every op.
func TestSuiteHasEveryOp(t *testing.T) {
	seen := ground()
	for _, c := range opCases() {
		seen = append(seen, c.ops...)
	}
	for _, p := range everyop.Missing("the table in runtime/dialecttest/exercise_ops.go", seen, map[string]string{
		"AddDualWrite":  "exercise_dual.go runs it with programs of two releases",
		"DropDualWrite": "exercise_dual.go runs it with programs of two releases",
		"DropSchema":    "only some dialects have schemas: postgres_cases_table_test.go",
		"SQL":           "its statements are of one dialect: half_test.go and others",
		"Go":            "its code has no way back but its own: exercise.go",
		"Backfill":      "it runs over many rows in batches: backfill_test.go",
		"Unwritten":     "it refuses to run: backfill_test.go",
	}) {
		t.Error(p)
	}
}

// TestQuietEveryOp: on a database that nobody else uses no op asks for a place outside of transactions. The forms for that are chosen for a migration
// whose ops are neither written by hand nor change the values of an enum; were it stopped between two transactions, it could not go on.
func TestQuietEveryOp(t *testing.T) {
	n := 0
	for _, d := range []migrate.Dialect{postgres.Dialect{}, sqlite.Dialect{}} {
		for _, c := range opCases() {
			if slices.ContainsFunc(c.ops, func(op migrate.Op) bool {
				e := op.Effects()
				return e.Unknown || slices.ContainsFunc(e.Writes, func(o migrate.Object) bool { return o.Kind == migrate.EnumObject })
			}) {
				continue
			}
			if c.lacksObjects(d.Capabilities()) {
				continue
			}
			n++
			at := &schema.Schema{}
			if _, err := migrate.PlanOps(d.Planner(0), at, ground()); err != nil {
				t.Fatal(err)
			}
			p := d.Planner(0)
			p.(migrate.QuietPlanner).Quiet()
			stages, err := migrate.PlanOps(p, at, c.ops)
			if err != nil {
				t.Errorf("%s on %s: %v", c.name, d.Name(), err)
			}
			for _, st := range stages {
				if st.NoTx || st.Commit {
					t.Errorf("%s on %s: it has a stage of its own, %v", c.name, d.Name(), st.Statements)
				}
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d cases were planned", n)
	}
}
