package lint_test

import (
	"slices"
	"testing"

	"github.com/modelgen/modelgen/internal/everyop"
	migrate "github.com/modelgen/modelgen/runtime"
)

// TestEveryOpHasACase: of every op it is known what lint says of it, or why nothing.
func TestEveryOpHasACase(t *testing.T) {
	var seen []migrate.Op
	for _, c := range slices.Concat(dataCases, lockCases, deployCases, rightCases, nameCases, handCases, objectCases) {
		seen = append(append(seen, c.hit...), c.miss...)
	}
	for _, p := range everyop.Missing("the cases of gen/lint/cases_test.go, or the reasons in every_op_test.go,", seen, map[string]string{
		"Backfill":     "what it changes comes from its source, in rows_test.go",
		"Go":           "what it does is not known; the locks under which it runs are in facts_test.go",
		"Rows":         "it changes at most a thousand rows, each by its key, and none that is not as it says",
		"Unwritten":    "the migration does not run with it, and check and vet report it",
		"CommentTable": "a comment breaks nobody",
		"CreateSchema": "nobody uses it yet",
		"DropSchema":   "nothing is left in it",
		"DropEnum":     "no column uses it any more",

		"DistributeTable":   "lint plans for a server that is no Citus cluster, where it does nothing",
		"ReferenceTable":    "as DistributeTable",
		"UndistributeTable": "as DistributeTable",
	}) {
		t.Error(p)
	}
}
