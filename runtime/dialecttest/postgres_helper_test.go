package dialecttest_test

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// pgDrivers are the names under which the drivers register.
var pgDrivers = []string{"postgres", "pgx"}

// driversOf returns the drivers that a test runs with: all of them with -full, otherwise one, which is always the same for a test and
// the other one for about every second.
func driversOf(t *testing.T) []string {
	if *full {
		return pgDrivers
	}
	h := fnv.New32a()
	h.Write([]byte(t.Name()))
	i := h.Sum32() % uint32(len(pgDrivers))
	return pgDrivers[i : i+1]
}

// pgEach runs a test with its drivers, on a database of its own for each.
func pgEach(t *testing.T, test func(t *testing.T, db *sql.DB, url string)) {
	for _, driver := range driversOf(t) {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			url := pgtest.Database(t)
			test(t, pgOpen(t, driver, url), url)
		})
	}
}

// pgEachDriver runs a test with each of pgDrivers and says which it is: the test divides what it does among them.
func pgEachDriver(t *testing.T, test func(t *testing.T, db *sql.DB, driver int)) {
	for i, driver := range pgDrivers {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			test(t, pgOpen(t, driver, pgtest.Database(t)), i)
		})
	}
}

func pgOpen(t *testing.T, driver, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// pgConfig is what sessions of tests run with, unless a test says otherwise.
func pgConfig() migrate.SessionConfig {
	return migrate.SessionConfig{History: "modelgen_history", LockTimeout: 5 * time.Second, Notify: func(migrate.Event) {}}
}

// pgSession opens a session on a connection of its own.
func pgSession(t *testing.T, db *sql.DB, d postgres.Dialect, cfg migrate.SessionConfig) migrate.Session {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Open(t.Context(), conn, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
		conn.Close()
	})
	return s
}

// pgReady opens a session that has the lock and the history table.
func pgReady(t *testing.T, db *sql.DB, d postgres.Dialect, cfg migrate.SessionConfig) migrate.Session {
	t.Helper()
	s := pgSession(t, db, d, cfg)
	if err := s.Lock(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Unlock(context.Background()); err != nil {
			t.Errorf("Unlock: %v", err)
		}
	})
	if err := s.Bootstrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// pgApply plans ops and runs them as the migrator would, without a history row.
func pgApply(ctx context.Context, s migrate.Session, at *schema.Schema, ops ...migrate.Op) error {
	stages, err := migrate.PlanOps(s.Planner(), at, ops)
	if err != nil {
		return err
	}
	var open []migrate.Stage
	flush := func() error {
		work := migrate.Work{Stages: open}
		open = nil
		if len(work.Stages) == 0 {
			return nil
		}
		return s.Transact(ctx, work)
	}
	for _, st := range stages {
		if st.NoTx {
			if err := flush(); err != nil {
				return err
			}
			if err := s.Step(ctx, st, nil); err != nil {
				return err
			}
			continue
		}
		if st.Batch != nil {
			if err := flush(); err != nil {
				return err
			}
		}
		open = append(open, st)
		if st.Commit || st.Batch != nil {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

func pgMustApply(t *testing.T, s migrate.Session, at *schema.Schema, ops ...migrate.Op) {
	t.Helper()
	if err := pgApply(t.Context(), s, at, ops...); err != nil {
		t.Fatal(err)
	}
}

// pgSame fails when the database is not what a fresh one made from want would be, and returns its catalog.
func pgSame(t *testing.T, s migrate.Session, want *schema.Schema) []string {
	t.Helper()
	got, err := s.Catalog(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	expected, err := s.Expected(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(expected, got); d != "" {
		t.Errorf("the database is not as a fresh one (-fresh +got):\n%s", d)
	}
	return got
}

func pgExec(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := db.ExecContext(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

var pgQueries atomic.Int64

// pgRows returns the rows of a query as psql would with -At.
func pgRows(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	// A text of its own for each call: pgx prepares statements, and one prepared before a change of the table would fail.
	rows, err := db.QueryContext(t.Context(), fmt.Sprintf("%s -- %d", query, pgQueries.Add(1)))
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(cells))
		for i, c := range cells {
			texts[i] = c.String
			if !c.Valid {
				texts[i] = "NULL"
			}
		}
		all = append(all, strings.Join(texts, "|"))
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}

func pgWantRows(t *testing.T, db *sql.DB, query string, want ...string) {
	t.Helper()
	if got := pgRows(t, db, query); !slices.Equal(got, want) {
		t.Errorf("%s\ngot  %q\nwant %q", query, got, want)
	}
}

// pgSQL returns the statements of stages, one after the other.
func pgSQL(stages []migrate.Stage) []string {
	var all []string
	for _, st := range stages {
		for _, x := range st.Statements {
			all = append(all, x.SQL)
		}
	}
	return all
}

// pgNotNull are the statements that make a column of orders NOT NULL beside reads and writes.
// pgSwept is the same behind a step that has filled the rows: it fills them once more when the check is there.
func pgSwept(column, expr string) []string {
	return slices.Insert(pgNotNull(column), 1, `UPDATE "public"."orders" SET "`+column+`" = `+expr+` WHERE "`+column+`" IS NULL`)
}

func pgNotNull(column string) []string {
	alter, name := `ALTER TABLE "public"."orders" `, `"orders_`+column+`_is_not_null"`
	return []string{
		alter + "ADD CONSTRAINT " + name + ` CHECK ("` + column + `" IS NOT NULL) NOT VALID`, alter + "VALIDATE CONSTRAINT " + name,
		alter + `ALTER COLUMN "` + column + `" SET NOT NULL`, alter + "DROP CONSTRAINT " + name,
	}
}
