package dialecttest_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/fleet"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// faultFleet makes a child one that carries a fleet; it says how many targets are done.
const faultFleet = "MODELGEN_FAULT_FLEET"

// fleetChild is a program with tenants: a directory of files, or the schemas of a database. It says after each result how many there are.
func fleetChild(ctx context.Context, driver, where string) int {
	var targets fleet.Targets = fleetFiles(where)
	if driver != "sqlite" {
		db, err := sql.Open(driver, where)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 3
		}
		targets = fleet.Schemas(db, postgres.Dialect{}, fleetList)
	}
	n := 0
	return cli.Fleet{Targets: targets, Set: fleetKillSet(), Stdout: io.Discard, Options: &fleet.Options{Jobs: 4, Migrate: *faultPatient(), Each: func(fleet.Result) {
		n++
		fmt.Println("done", n)
	}}}.Run(ctx, []string{"up"})
}

const fleetList = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenant%' ORDER BY 1"

// fleetKillSet ends with migrations of each kind: a column, a fill in a stage of its own, and a step by hand that shows when it is repeated.
func fleetKillSet() *migrate.Set { return fleetMigrations(5) }

// TestFleetKilled kills a process that carries many targets, several times in the middle, and has the rest done by the next one: nothing is lost, and
// nothing is done twice. With -full there are a thousand files.
func TestFleetKilled(t *testing.T) {
	t.Parallel()
	kill := func(t *testing.T, driver, where string, n int) {
		for _, at := range []int{n / 5, n / 4, n / 3} { // of those that are looked at; the ones that are done are soon passed
			p := faultStart(t, faultFleet, "1", faultDriver, driver, faultURL, where)
			p.says(fmt.Sprint("done ", at))
			p.kill()
			if code := p.wait(); code != faultKilled {
				t.Fatalf("it ended by itself with %d: %s", code, p.errs.String())
			}
		}
		faultStart(t, faultFleet, "1", faultDriver, driver, faultURL, where).succeeds()
	}
	const history = `SELECT count(*), count(DISTINCT name), min(state), max(state) FROM %smodelgen_history WHERE "set" = 'tenants'`
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		dir, n := t.TempDir(), size(60, 1000)
		targets := fleetFiles(dir)
		fleetMake(t, targets, fleetMigrations(1), "tenant0000")
		first, err := os.ReadFile(filepath.Join(dir, "tenant0000.db"))
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < n; i++ {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("tenant%04d.db", i)), first, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		kill(t, "sqlite", dir, n)
		for i := range n {
			db := fleetFile(t, dir, fmt.Sprintf("tenant%04d", i))
			got := pgRows(t, db, fmt.Sprintf(history, ""))[0] + " " + strings.Join(pgRows(t, db, "SELECT count(*) FROM notes"), "")
			if err := db.Close(); err != nil || got != "5|5|done|done 1" {
				t.Fatalf("tenant %d: %s %v", i, got, err)
			}
		}
		if r, err := fleet.Verify(t.Context(), targets, fleetMigrations(5), nil); err != nil || r.Count(fleet.Current) != n {
			t.Errorf("verify: %v", err)
		}
	})
	for _, driver := range driversOf(t) {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			address, n := pgtest.Database(t), size(24, 200)
			db := pgOpen(t, driver, address)
			for i := range n {
				pgExec(t, db, fmt.Sprintf("CREATE SCHEMA tenant%04d", i))
			}
			targets := fleet.Schemas(db, postgres.Dialect{}, fleetList)
			fleetUp(t, targets, fleetMigrations(1), nil)
			kill(t, driver, address, n)
			for i := range n {
				in := fmt.Sprintf("tenant%04d.", i)
				if got := pgRows(t, db, fmt.Sprintf(history, in))[0] + " " + strings.Join(pgRows(t, db, "SELECT count(*) FROM "+in+"notes"), ""); got != "5|5|done|done 1" {
					t.Fatalf("tenant %d: %s", i, got)
				}
			}
			if r, err := fleet.Verify(t.Context(), targets, fleetMigrations(5), nil); err != nil || r.Count(fleet.Current) != n {
				t.Errorf("verify: %v", err)
			}
		})
	}
}
