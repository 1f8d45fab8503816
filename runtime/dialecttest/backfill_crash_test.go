package dialecttest_test

import (
	"context"
	"os"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// crashRows are enough for the batches of all runs.
const crashRows = 20_000

// TestFault26ServerCrash: the commits of batches are not waited for, so a crash of the server may take the last ones back. It takes the cursor back with
// them: no row is left out, and none is done twice.
func TestFault26ServerCrash(t *testing.T) {
	t.Parallel()
	server := faultBreakable(t)
	for _, driver := range pgDrivers {
		t.Run(driver, func(t *testing.T) {
			f := &faultPG{t: t, driver: driver, url: server.URL, db: pgOpen(t, driver, server.URL)}
			faultUntil(t, "the server is there", func() bool { return f.db.PingContext(t.Context()) == nil })
			f.defaults("synchronous_commit = on")
			f.db = pgOpen(t, driver, server.URL)
			f.empty()
			r := &runner{t: t, db: f.db, dialect: postgres.Dialect{}, url: server.URL}
			fillStart(r, crashRows)
			for crash := range 4 {
				witness, err := r.db.Conn(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer witness.Close()
				var pid int
				if err := witness.QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
					t.Fatal(err)
				}
				process, err := os.FindProcess(pid)
				if err != nil {
					t.Fatal(err)
				}
				batches := 0
				r.opt = *faultPatient()
				r.opt.Progress = func(e migrate.Event) {
					if e.Kind != migrate.EventProgress {
						return
					}
					if batches++; batches == 2+crash {
						if err := process.Kill(); err != nil { // the server then ends all sessions, and recovers
							t.Error(err)
						}
						faultUntil(t, "the server has noticed", func() bool { return witness.PingContext(context.Background()) != nil })
					}
				}
				if _, err := r.migrator(backfillKillSet()).Up(t.Context()); err == nil {
					t.Fatal("it came to its end: too few rows")
				}
				r.db = pgOpen(t, driver, server.URL)
				faultUntil(t, "the server is there again", func() bool { return r.db.PingContext(t.Context()) == nil })
			}
			r.opt = migrate.Options{}
			if _, err := r.migrator(backfillKillSet()).Up(t.Context()); err != nil {
				t.Fatal(err)
			}
			backfillWhole(r, crashRows)
		})
	}
}
