package dialecttest_test

import (
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/modelgen/modelgen/internal/faultproxy"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// TestPostgresPartitionTableInUse: while a table becomes partitioned and plain again, over and over, a client writes and reads it. The connection of the migrator is cut at every statement; run again it
// comes to the same end, and no row is lost or there twice.
func TestPostgresPartitionTableInUse(t *testing.T) {
	t.Parallel()
	for i, driver := range pgDrivers {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			url := pgtest.Database(t)
			proxy, err := faultproxy.New(url, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { proxy.Close() })
			db := pgOpen(t, driver, url)
			first := &migrate.Migration{Name: "0001_events", Ops: []migrate.Op{eventsKinds, eventsTable, eventsMarks}}
			second := &migrate.Migration{Name: "0002_partitions", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{migrate.AddCheck{Table: "events", Check: eventsBound}, eventsParts}}
			set := migrate.NewSet("events", first, second)
			to := func(db *sql.DB, name string) error {
				m, err := migrate.New(db, postgres.Dialect{}, set, nil)
				if err != nil {
					t.Fatal(err)
				}
				_, err = m.To(t.Context(), name)
				return err
			}
			if err := to(db, first.Name); err != nil {
				t.Fatal(err)
			}
			pgExec(t, db, eventsByHand...)
			catalog := pgRows(t, db, eventsCatalog)

			var written, longest atomic.Int64
			stop, done := make(chan struct{}), make(chan error, 1)
			client := pgOpen(t, driver, url)
			go func() {
				done <- func() error {
					for n := int64(0); ; n++ {
						select {
						case <-stop:
							return nil
						default:
						}
						begin := time.Now()
						// Texts of their own, so that no driver has prepared them for the table that was.
						if _, err := client.Exec("INSERT INTO events (k, note, kind_id) VALUES (" + strconv.FormatInt(n%900, 10) + ", 'client ' || clock_timestamp() || " + strconv.FormatInt(n, 10) + ", 1)"); err != nil {
							return err
						}
						written.Add(1)
						var rows int64
						if err := client.QueryRow("SELECT count(*) FROM events WHERE note LIKE 'client %' AND " + strconv.FormatInt(n, 10) + " >= 0").Scan(&rows); err != nil {
							return err
						}
						if rows != written.Load() {
							t.Errorf("%d rows are there, and %d were written", rows, written.Load())
							return nil
						}
						longest.Store(max(longest.Load(), int64(time.Since(begin))))
					}
				}()
			}()
			step := 4 // the drivers take turns, and each goes through some of the places
			if *full {
				step = 1
			}
			for _, target := range []string{second.Name, first.Name} {
				for k := i * step / 2; ; k += step {
					through, err := sql.Open(driver, proxy.URL())
					if err != nil {
						t.Fatal(err)
					}
					fault := proxy.Inject(faultproxy.Fault{Skip: k, At: faultproxy.Answered, Do: proxy.Cut})
					err = to(through, target)
					cut := fault.Happened() || err != nil
					fault.Remove()
					through.Close()
					if err := to(db, target); err != nil {
						t.Fatalf("to %s, cut at %d, it cannot go on: %v", target, k, err)
					}
					if got := pgRows(t, db, eventsCatalog); !slices.Equal(got, catalog) {
						t.Fatalf("to %s, cut at %d, there is\n%s\nand was\n%s", target, k, strings.Join(got, "\n"), strings.Join(catalog, "\n"))
					}
					other := first.Name
					if target == first.Name {
						other = second.Name
					}
					if !cut {
						if k < 5 {
							t.Fatal("nothing was cut")
						}
						break
					}
					if err := to(db, other); err != nil {
						t.Fatal(err)
					}
				}
			}
			close(stop)
			if err := <-done; err != nil {
				t.Error(err)
			}
			t.Logf("the client wrote %d rows and waited for %s at most", written.Load(), time.Duration(longest.Load()).Round(time.Millisecond))
			if written.Load() == 0 {
				t.Error("the client did nothing")
			}
		})
	}
}
