package optimizetest_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/optimize/optimizetest"
	"github.com/modelgen/modelgen/internal/everyop"
	migrate "github.com/modelgen/modelgen/runtime"
)

// TestEveryOpIsRandom: the random lists have every op that the optimiser may move or merge.
func TestEveryOpIsRandom(t *testing.T) {
	var seen []migrate.Op
	for seed := range uint64(1500) {
		s, begin := optimizetest.Begin(seed, optimizetest.Options{})
		seen = append(seen, begin...)
		seen = append(seen, optimizetest.List(seed, s, 30, optimizetest.Options{Data: true})...)
	}
	for _, p := range everyop.Missing("the generator in gen/optimize/optimizetest/ops.go", seen, map[string]string{
		"Unwritten":     "nothing moves past it, as past Go and SQL",
		"Backfill":      "nothing moves past it, as past Go and SQL",
		"AddDualWrite":  "nothing moves past it, as past Go and SQL",
		"DropDualWrite": "nothing moves past it, as past Go and SQL",
	}) {
		t.Error(p)
	}
}
