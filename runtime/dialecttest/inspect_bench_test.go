package dialecttest_test

import (
	"database/sql"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// BenchmarkInspectPostgres reads 1,000 tables of ten columns, with a key, a unique constraint, a check, a foreign key and an index each. alloc-MB is what
// one reading allocates in all, in megabytes, so that what it holds at once is less.
func BenchmarkInspectPostgres(b *testing.B) {
	db, err := sql.Open("pgx", pgtest.Database(b))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var script strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&script, "CREATE TABLE t%d (id bigserial PRIMARY KEY, a text NOT NULL DEFAULT '', b varchar(50) UNIQUE, c int CHECK (c > 0), d timestamptz NOT NULL DEFAULT now(), e numeric(10,2), f boolean, g jsonb, h uuid, p bigint REFERENCES t%d);"+
			"CREATE INDEX t%d_p ON t%d (p, a DESC);\n", i, max(0, i-1), i, i)
		if i%50 == 49 {
			if _, err := db.Exec(script.String()); err != nil {
				b.Fatal(err)
			}
			script.Reset()
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		in, err := migrate.Inspect(b.Context(), db, postgres.Dialect{}, migrate.InspectOptions{})
		if err != nil || len(in.Schema.Tables) != 1000 || len(in.Unexpressed) > 0 {
			b.Fatal(len(in.Schema.Tables), err)
		}
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/1e6, "alloc-MB")
}
