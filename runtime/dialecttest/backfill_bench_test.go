package dialecttest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// BenchmarkFill compares a Fill and a Backfill of every row, in batches, with one big UPDATE.
func BenchmarkFill(b *testing.B) {
	const n = 200_000
	back := slugs(nil)
	back.Where = ""
	for _, d := range benchDatabases() {
		for _, c := range []struct {
			name string
			op   migrate.Op
		}{
			{"update", migrate.Fill{Table: "items", Column: "slug", Expr: "lower(name)", Plain: "to compare"}},
			{"fill", migrate.Fill{Table: "items", Column: "slug", Expr: "lower(name)"}},
			{"backfill", back},
		} {
			b.Run(fmt.Sprintf("%s/%s", d.name, c.name), func(b *testing.B) {
				best := time.Duration(1<<63 - 1)
				for b.Loop() {
					b.StopTimer()
					db := d.open(b)
					up(b, db, d.dialect, fillSet(nil))
					insert := "INSERT INTO items (id, name, title) SELECT i, 'Name ' || i, 'Some title of the item' FROM generate_series(1, %d) i"
					if d.name == "sqlite" {
						insert = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO items (id, name, title) SELECT i, 'Name ' || i, 'Some title of the item' FROM n"
					}
					if _, err := db.ExecContext(context.Background(), fmt.Sprintf(insert, n)); err != nil {
						b.Fatal(err)
					}
					if d.name == "postgres" {
						if _, err := db.ExecContext(context.Background(), "VACUUM ANALYZE items"); err != nil {
							b.Fatal(err)
						}
					}
					b.StartTimer()
					begin := time.Now()
					up(b, db, d.dialect, fillSet([]migrate.Op{c.op}))
					best = min(best, time.Since(begin))
				}
				b.ReportMetric(n/best.Seconds(), "rows/s(best)")
			})
		}
	}
}
