package optimize_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/optimize"
	"github.com/modelgen/modelgen/gen/optimize/optimizetest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// BenchmarkOps optimises a history of a thousand ops: without steps over data, where nearly all is folded, and with them.
func BenchmarkOps(b *testing.B) {
	for name, o := range map[string]optimizetest.Options{"schema": {}, "data": {Data: true}} {
		list := optimizetest.List(3, &schema.Schema{}, 1000, o)
		b.Run(name, func(b *testing.B) {
			var got []migrate.Op
			for b.Loop() {
				got = optimize.Ops(list)
			}
			b.ReportMetric(float64(len(got)), "ops")
		})
	}
}
