package dialecttest_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/modelgen/modelgen/internal/faultproxy"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// BenchmarkFar applies 100 migrations to a database that is 10 ms away in each direction, and counts the round trips: from empty, where they
// share transactions, and with history.
func BenchmarkFar(b *testing.B) {
	const n = 100
	set := benchSet(n)
	first := migrate.NewSet("bench", set.Migrations()[0])
	for _, c := range []struct {
		name    string
		history bool
	}{{"empty", false}, {"history", true}} {
		b.Run(c.name, func(b *testing.B) {
			trips := 0
			for b.Loop() {
				b.StopTimer()
				url := pgtest.Database(b)
				if c.history {
					near, err := sql.Open("postgres", url)
					if err != nil {
						b.Fatal(err)
					}
					up(b, near, postgres.Dialect{}, first)
					near.Close()
				}
				proxy, err := faultproxy.New(url, &faultproxy.Options{Delay: 10 * time.Millisecond})
				if err != nil {
					b.Fatal(err)
				}
				db, err := sql.Open("postgres", proxy.URL())
				if err != nil {
					b.Fatal(err)
				}
				if err := db.PingContext(context.Background()); err != nil { // to connect is not what is measured
					b.Fatal(err)
				}
				before := proxy.RoundTrips()
				b.StartTimer()
				up(b, db, postgres.Dialect{}, set)
				b.StopTimer()
				trips = proxy.RoundTrips() - before
				db.Close()
				proxy.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(trips)/n, "round-trips/migration")
		})
	}
}
