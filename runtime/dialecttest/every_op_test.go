package dialecttest

import (
	"testing"

	"github.com/modelgen/modelgen/internal/everyop"
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
		"CreateSchema":  "only some dialects have schemas: postgres_cases_table_test.go",
		"DropSchema":    "only some dialects have schemas: postgres_cases_table_test.go",
		"SQL":           "its statements are of one dialect: half_test.go and others",
		"Go":            "its code has no way back but its own: exercise.go",
		"Backfill":      "it runs over many rows in batches: backfill_test.go",
		"Unwritten":     "it refuses to run: backfill_test.go",
	}) {
		t.Error(p)
	}
}
