package sqlite

import (
	"testing"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// What reads SQL without a database knows every function that expressions may call.
func TestFunctionsAreKnown(t *testing.T) {
	for _, f := range functions.Words() {
		if !sqllex.BuiltIn(f) {
			t.Errorf("%s is not in sqllex.BuiltIn", f)
		}
	}
}
