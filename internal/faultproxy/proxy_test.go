package faultproxy_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"

	"github.com/modelgen/modelgen/internal/faultproxy"
	"github.com/modelgen/modelgen/internal/pgtest"
)

var drivers = []string{"postgres", "pgx"}

func open(t *testing.T, driver, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func start(t *testing.T, url string, opt *faultproxy.Options) *faultproxy.Proxy {
	t.Helper()
	p, err := faultproxy.New(url, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func exec(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, q := range statements {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

func number(t *testing.T, db *sql.DB, query string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// until asks again until the answer is right.
func until(t *testing.T, db *sql.DB, query string, want int) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); number(t, db, query) != want; {
		if time.Now().After(end) {
			t.Fatalf("%s does not become %d", query, want)
		}
	}
}

func TestPoints(t *testing.T) {
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			url := pgtest.Database(t)
			direct, p := open(t, driver, url), start(t, url, nil)
			db := open(t, driver, p.URL())
			exec(t, db, "CREATE TABLE t (a int)")
			for at, want := range map[faultproxy.Point]int{faultproxy.Before: 0, faultproxy.Sent: 1, faultproxy.Answered: 1} {
				exec(t, db, "TRUNCATE t")
				seen := -1
				f := p.Inject(faultproxy.Fault{Match: "INSERT", Skip: 1, At: at, Do: func() { seen = number(t, direct, "SELECT count(*) FROM t WHERE a = 2") }})
				exec(t, db, "INSERT INTO t VALUES (1)")
				if f.Happened() {
					t.Errorf("%d: it happened at the statement before", at)
				}
				conn, err := db.Conn(t.Context()) // without it database/sql would try again by itself
				if err != nil {
					t.Fatal(err)
				}
				if _, err := conn.ExecContext(t.Context(), "INSERT INTO t VALUES ($1)", 2); err == nil {
					t.Errorf("%d: no error", at)
				}
				conn.Close()
				if !f.Happened() {
					t.Errorf("%d: it did not happen", at)
				}
				if at != faultproxy.Sent && seen != want {
					t.Errorf("%d: %d rows at the moment, want %d", at, seen, want)
				}
				until(t, direct, "SELECT count(*) FROM t WHERE a = 2", want)
			}
			kept := p.Inject(faultproxy.Fault{Match: "INSERT", At: faultproxy.Answered, Keep: true})
			exec(t, db, "INSERT INTO t VALUES (3)")
			if <-kept.Done(); number(t, db, "SELECT count(*) FROM t WHERE a = 3") != 1 {
				t.Error("a fault that cuts nothing changed something")
			}
			p.Inject(faultproxy.Fault{}).Remove()
			exec(t, db, "INSERT INTO t VALUES (4)")
			if all := p.Statements(); !slices.Contains(all, "INSERT INTO t VALUES (4)") || !slices.Contains(all, "INSERT INTO t VALUES ($1)") {
				t.Errorf("statements: %q", all)
			}
		})
	}
}

// TestTrips: opening a connection with SCRAM is three round trips, a statement without arguments is one.
func TestTrips(t *testing.T) {
	const delay = time.Millisecond
	url := pgtest.Database(t)
	p := start(t, url, &faultproxy.Options{Delay: delay})
	db := open(t, "postgres", p.URL())
	exec(t, db, "SELECT 1")
	before, begin := p.RoundTrips(), time.Now()
	if before < 2 || before > 4 {
		t.Errorf("%d round trips for the first statement", before)
	}
	for range 10 {
		exec(t, db, "SELECT 1; SELECT 2")
	}
	if n := p.RoundTrips() - before; n != 10 {
		t.Errorf("%d round trips", n)
	}
	if took := time.Since(begin); took < 10*2*delay {
		t.Errorf("10 round trips took %s", took)
	}
}

func TestCutAndRefuse(t *testing.T) {
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			url := pgtest.Database(t)
			direct, p := open(t, driver, url), start(t, url, nil)
			db := open(t, driver, p.URL())
			const others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
			conn, err := db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			until(t, direct, others, 1)
			p.Refuse(true)
			p.Cut()
			if _, err := conn.ExecContext(t.Context(), "SELECT 1"); err == nil {
				t.Error("the connection was cut, and works")
			}
			if err := db.PingContext(t.Context()); err == nil {
				t.Error("a new connection was not refused")
			}
			until(t, direct, others, 0)
			p.Refuse(false)
			exec(t, db, "SELECT 1")
		})
	}
}

func TestCancel(t *testing.T) {
	url := pgtest.Database(t)
	for _, opt := range []*faultproxy.Options{nil, {Pool: 1}} {
		direct, p := open(t, "postgres", url), start(t, url, opt)
		db := open(t, "postgres", p.URL())
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			_, err := db.ExecContext(ctx, "SELECT pg_sleep(600)")
			ended <- err
		}()
		const sleeping = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
		until(t, direct, sleeping, 1)
		cancel()
		if err := <-ended; err == nil {
			t.Error("no error")
		}
		until(t, direct, sleeping, 0)
	}
}

func TestPool(t *testing.T) {
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			url := pgtest.Database(t)
			p := start(t, url, &faultproxy.Options{Pool: 2})
			address := p.URL()
			if driver == "pgx" {
				address += "&default_query_exec_mode=exec" // as its documentation says for such poolers
			}
			clients := []*sql.DB{open(t, driver, address), open(t, driver, address), open(t, driver, address)}
			for _, db := range clients {
				db.SetMaxOpenConns(1)
			}
			one, two := clients[0], clients[1]
			exec(t, one, "CREATE TABLE t (a int)")
			const pid = "SELECT pg_backend_pid()"
			if a, b, c := number(t, one, pid), number(t, one, pid), number(t, one, pid); a == b || a != c {
				t.Errorf("the backends were %d, %d and %d", a, b, c)
			}
			tx, err := one.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			var a, b int
			if err := tx.QueryRowContext(t.Context(), pid).Scan(&a); err != nil {
				t.Fatal(err)
			}
			if c := number(t, two, pid); c == a || number(t, two, pid) != c {
				t.Errorf("the backend %d of a transaction was given away", a)
			}
			if err := tx.QueryRowContext(t.Context(), pid).Scan(&b); err != nil || a != b {
				t.Errorf("one transaction on backends %d and %d: %v", a, b, err)
			}
			if _, err := tx.ExecContext(t.Context(), "INSERT INTO t VALUES ($1)", 1); err != nil {
				t.Fatal(err)
			}
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			if n := number(t, two, "SELECT count(*) FROM t"); n != 1 {
				t.Errorf("%d rows", n)
			}
			// What one leaves behind, the others find.
			exec(t, one, "SET application_name = 'left behind'", "SET application_name = 'left behind'")
			var name string
			if err := clients[2].QueryRowContext(t.Context(), "SHOW application_name").Scan(&name); err != nil || name != "left behind" {
				t.Errorf("application_name is %q, %v", name, err)
			}
			// Who goes away in a transaction takes the connection along.
			conn, err := one.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.ExecContext(t.Context(), "BEGIN; INSERT INTO t VALUES (2)"); err != nil {
				t.Fatal(err)
			}
			conn.Close()
			one.Close()
			until(t, two, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'", 0)
			if n := number(t, two, "SELECT count(*) FROM t WHERE a = 2"); n != 0 {
				t.Errorf("%d rows", n)
			}
		})
	}
}

func TestServerAway(t *testing.T) {
	for _, opt := range []*faultproxy.Options{nil, {Pool: 1}} {
		p := start(t, "postgres://nobody:secret@127.0.0.1:1/none", opt)
		for _, driver := range drivers {
			err := open(t, driver, p.URL()).PingContext(t.Context())
			if err == nil || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %v", driver, err)
			}
		}
	}
}
