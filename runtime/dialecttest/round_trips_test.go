package dialecttest_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/modelgen/modelgen/internal/faultproxy"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// TestPostgresUpRoundTrips counts how often the server is waited for, which is what a run costs far from its database. A second connection, to look for a
// pooler, would count too: a driver that knows which process it was connected to needs none.
func TestPostgresUpRoundTrips(t *testing.T) {
	ten := benchSet(10)
	for _, driver := range []string{"postgres", "pgx"} {
		t.Run(driver, func(t *testing.T) {
			proxy, err := faultproxy.New(pgtest.Database(t), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer proxy.Close()
			db, err := sql.Open(driver, proxy.URL())
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for _, c := range []struct {
				name string
				set  *migrate.Set
				most map[string]int
			}{
				// The newest row, the server and the lock with the settings, the history, all of it, COMMIT, the lock with the settings. pgx prepares queries, and waits twice for each.
				{"ten migrations from empty", ten, map[string]int{"postgres": 6, "pgx": 9}},
				{"nothing pending", ten, map[string]int{"postgres": 1, "pgx": 2}},
				// The newest row shows that something is pending; the history is looked at and read with the lock; each migration is two.
				{"two more", benchSet(12), map[string]int{"postgres": 9, "pgx": 11}},
				// The last of them makes a table, and nobody sees it until it has all of its columns.
				{"eight more, and ten that make a table", benchSet(30), map[string]int{"postgres": 23, "pgx": 25}},
				// The newest row, which is enough to know that there is a history, and a transaction for each hundred.
				{"250 more that are recorded alone", benchSet(280), map[string]int{"postgres": 13, "pgx": 16}},
			} {
				if err := db.PingContext(context.Background()); err != nil { // to connect is not what is counted
					t.Fatal(err)
				}
				before := proxy.RoundTrips()
				m, err := migrate.New(db, postgres.Dialect{}, c.set, nil)
				if err != nil {
					t.Fatal(err)
				}
				did := m.Up
				if strings.Contains(c.name, "recorded") {
					did = func(ctx context.Context) (*migrate.Result, error) { return m.Fake(ctx, c.set.Head().Name) }
				}
				res, err := did(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if n := len(c.set.Migrations()); n == 280 && (len(res.Done) != 250 || !res.Done[249].Faked) {
					t.Errorf("%d were recorded", len(res.Done))
				}
				if n := proxy.RoundTrips() - before; n > c.most[driver] {
					t.Errorf("%s: %d round trips, more than %d", c.name, n, c.most[driver])
				}
				indexes := 0 // of which each takes as long as a migration: one for the newest row of a set, one for the names
				if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_index WHERE indrelid = 'modelgen_history'::regclass").Scan(&indexes); err != nil || indexes != 2 {
					t.Errorf("the history has %d indexes: %v", indexes, err)
				}
			}
		})
	}
}
