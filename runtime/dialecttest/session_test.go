package dialecttest_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestSameQueryAfterChange: pgx keeps prepared statements by their texts, and the server refuses one whose result has changed since.
func TestSameQueryAfterChange(t *testing.T) {
	look := func(want int) migrate.Op {
		return migrate.Go{NoDown: "looks", Up: func(ctx context.Context, tx migrate.Tx) error {
			for range 2 {
				rows, err := tx.QueryContext(ctx, "SELECT * FROM t WHERE id <> $1", 0)
				if err != nil {
					return err
				}
				columns, err := rows.Columns()
				rows.Close()
				if err != nil || len(columns) != want {
					return fmt.Errorf("%v, %v, want %d columns", columns, err, want)
				}
				st, err := tx.PrepareContext(ctx, "SELECT * FROM t")
				if err != nil {
					return err
				}
				st.Close()
				if want == 2 { // a step that changes the table itself
					want++
					if _, err := tx.ExecContext(ctx, "ALTER TABLE t ADD COLUMN own int"); err != nil {
						return err
					}
				}
			}
			return nil
		}}
	}
	pgRunners(t, func(r *runner) {
		r.db.SetMaxOpenConns(1)
		all := chain(makes("t"), look(1), adds("t", "a"), look(2), migrate.SQL{Up: []string{"ALTER TABLE t DROP COLUMN own"}, NoDown: "test"}, look(2))
		r.up(migrate.NewSet("shop", all[:2]...), "0001_a, 0002_b")
		r.up(migrate.NewSet("shop", all...), "0003_c, 0004_d, 0005_e, 0006_f")
	})
}

// TestSignalCancelsStatement: when Run returns, the server does not work any more on what the signal has stopped. Not parallel: the signal is the process's.
func TestSignalCancelsStatement(t *testing.T) {
	for _, driver := range pgDrivers {
		for name, op := range map[string]migrate.Op{
			"SQL":  migrate.SQL{Up: []string{"ALTER TABLE t ADD COLUMN a int", "SELECT pg_sleep(600)"}, NoDown: "test"},
			"NoTx": migrate.SQL{Up: []string{"SELECT pg_sleep(600)"}, NoTx: true, NoDown: "test"},
			"Go": migrate.Go{NoDown: "test", Up: func(ctx context.Context, tx migrate.Tx) error {
				_, err := tx.ExecContext(ctx, "SELECT pg_sleep($1)", 600)
				return err
			}},
			"query": migrate.Go{NoDown: "test", Up: func(ctx context.Context, tx migrate.Tx) error {
				var s string
				return tx.QueryRowContext(ctx, "SELECT pg_sleep($1)", 600).Scan(&s)
			}},
		} {
			t.Run(driver+"/"+name, func(t *testing.T) {
				r := pgRunner(t, driver)
				r.up(migrate.NewSet("shop", chain(makes("t"))...), "0001_a")
				watch := pgAgain(t, r.db, r.url)
				sleeping := func() (n int) {
					if err := watch.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()").Scan(&n); err != nil {
						t.Fatal(err)
					}
					return n
				}
				status := make(chan int)
				var problems bytes.Buffer
				go func() {
					status <- cli.Command{DB: r.db, Dialect: r.dialect, Set: migrate.NewSet("shop", chain(makes("t"), op)...), Stdout: &bytes.Buffer{}, Stderr: &problems}.Run(context.Background(), []string{"up"})
				}()
				faultUntil(t, "the server sleeps", func() bool { return sleeping() == 1 })
				if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
				if code := <-status; code != 1 || !strings.Contains(problems.String(), "0002_b failed") || !strings.Contains(problems.String(), "stopped by a signal (terminated)") {
					t.Errorf("exit status %d: %s", code, problems.String())
				}
				if name == "query" { // the answer to a query is the step's, which has gone; the request has left
					faultUntil(t, "the server has stopped", func() bool { return sleeping() == 0 })
				} else if n := sleeping(); n != 0 {
					t.Errorf("%d statements are still running", n)
				}
			})
		}
	}
}

// pgRunner is one of pgRunners.
func pgRunner(t *testing.T, driver string) *runner {
	t.Helper()
	url := pgtest.Database(t)
	return &runner{t: t, db: pgOpen(t, driver, url), dialect: postgres.Dialect{}, url: url}
}

// TestServerNoticesGoneClient: the server is told to look for its client while it works.
func TestServerNoticesGoneClient(t *testing.T) {
	pgRunners(t, func(r *runner) {
		if r.count("SELECT (version() LIKE '%linux%')::int") == 0 {
			r.t.Skip("the server's system may refuse the setting")
		}
		is := migrate.Go{NoDown: "looks", Up: func(ctx context.Context, tx migrate.Tx) error {
			var v string
			if err := tx.QueryRowContext(ctx, "SELECT current_setting('client_connection_check_interval')").Scan(&v); err != nil || v != "2s" {
				return fmt.Errorf("it is %q, %v", v, err)
			}
			return nil
		}}
		r.up(migrate.NewSet("shop", chain(is)...), "0001_a")
	})
}

// TestStrongLockEnds: a statement under a lock that stops others has an end of its own, where none is to be expected to take long, or when one is given.
func TestStrongLockEnds(t *testing.T) {
	pgRunners(t, func(r *runner) {
		long := migrate.SQL{Up: []string{"ALTER TABLE t ADD COLUMN a int", "SELECT pg_sleep(60)"}, NoDown: "test"}
		r.opt = migrate.Options{StrongLock: time.Millisecond, LockTimeout: time.Millisecond}
		_, err := r.migrator(migrate.NewSet("shop", chain(makes("t"), long)...)).Up(context.Background())
		r.fails(err, "0002_b failed", "statement timeout")
		r.opt = migrate.Options{}

		// The time that is given is set where the lock is taken: a trigger on the change of tables sees it.
		r.exec("CREATE TABLE seen (tag text, is_set text)", `CREATE FUNCTION see() RETURNS event_trigger LANGUAGE plpgsql AS
			$$ BEGIN INSERT INTO seen VALUES (tg_tag, current_setting('statement_timeout')); END $$`, "CREATE EVENT TRIGGER "+r.trigger()+" ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION see()")
		r.up(migrate.NewSet("shop", chain(makes("t"), adds("t", "b"))...), "0002_b")
		r.up(migrate.NewSet("shop", chain(makes("t"), adds("t", "b"), migrate.SQL{Up: []string{"ALTER TABLE t ADD COLUMN c int"}, NoDown: "test"})...), "0003_c")
		if n := r.count("SELECT count(*) FROM seen WHERE is_set = '60050ms'"); n != 1 {
			r.t.Errorf("%d statements under a strong lock had a minute and what they may wait for it", n)
		}
		if n := r.count("SELECT count(*) FROM seen WHERE is_set = '0'"); n != 1 {
			r.t.Errorf("%d statements written by hand had no limit", n)
		}
	})
}

func (r *runner) trigger() string {
	return fmt.Sprint("see_", r.count("SELECT oid FROM pg_database WHERE datname = current_database()"))
}

// TestLatin1: the text of a migration is UTF-8, whatever the encoding of the database and what the driver makes of it.
func TestLatin1(t *testing.T) {
	for _, driver := range pgDrivers {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			url := pgtest.Database(t)
			server := pgOpen(t, driver, url)
			name := pgRows(t, server, "SELECT current_database() || '_latin1'")[0]
			pgExec(t, server, "CREATE DATABASE "+name+" ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
			t.Cleanup(func() {
				if _, err := server.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
					t.Error(err)
				}
			})
			db := pgOpen(t, driver, strings.Replace(url, "/"+strings.TrimSuffix(name, "_latin1"), "/"+name, 1))
			db.SetMaxOpenConns(1)
			was := pgRows(t, db, "SELECT current_setting('client_encoding')")[0]
			r := &runner{t: t, db: db, dialect: postgres.Dialect{}}
			column := schema.Text("name").Default("né")
			r.up(migrate.NewSet("shop", chain(makes("t"), migrate.AddColumn{Table: "t", Column: column}, migrate.Fill{Table: "t", Column: "name", Expr: "'é'", Where: "true"})...), "0001_a, 0002_b, 0003_c")
			r.settled(migrate.NewSet("shop", chain(makes("t"), migrate.AddColumn{Table: "t", Column: column}, migrate.Fill{Table: "t", Column: "name", Expr: "'é'", Where: "true"})...))
			r.exec("INSERT INTO t (id) VALUES (1)")
			if n := r.count("SELECT octet_length(name) FROM t"); n != 2 {
				t.Errorf("the default has %d bytes in LATIN1, want 2", n)
			}
			if is := pgRows(t, db, "SELECT current_setting('client_encoding')")[0]; is != was {
				t.Errorf("the connection goes back with client_encoding %s, it was %s", is, was)
			}
		})
	}
}

// TestPreparedTransactionNamed: what holds the lock may have no session.
func TestPreparedTransactionNamed(t *testing.T) {
	t.Parallel()
	pgRunners(t, func(r *runner) {
		if r.count("SELECT current_setting('max_prepared_transactions')::int") == 0 {
			r.t.Skip("the server has no prepared transactions")
		}
		gid := r.trigger()
		r.up(migrate.NewSet("shop", chain(makes("t"))...), "0001_a")
		conn, err := r.db.Conn(context.Background())
		if err != nil {
			r.t.Fatal(err)
		}
		for _, q := range []string{"BEGIN", "INSERT INTO t VALUES (1)", "PREPARE TRANSACTION '" + gid + "'"} {
			if _, err := conn.ExecContext(context.Background(), q); err != nil {
				r.t.Fatal(err)
			}
		}
		conn.Close()
		r.t.Cleanup(func() { _, _ = r.db.Exec("ROLLBACK PREPARED '" + gid + "'") })
		r.opt = migrate.Options{Retry: time.Millisecond}
		_, err = r.migrator(migrate.NewSet("shop", chain(makes("t"), adds("t", "a"))...)).Up(context.Background())
		r.fails(err, "0002_b failed", "the prepared transaction '"+gid+"' of ", "ROLLBACK PREPARED")

		// Beside a build of an index it is said while the build waits.
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		said := ""
		r.opt = migrate.Options{Progress: func(e migrate.Event) {
			if e.Kind == migrate.EventWait {
				said = e.Message
				cancel()
			}
		}}
		index := migrate.CreateIndex{Table: "t", Index: schema.Index{Name: "t_index", Parts: []schema.IndexPart{{Column: "id"}}}}
		_, err = r.migrator(migrate.NewSet("shop", chain(makes("t"), index)...)).Up(ctx)
		if err == nil || !strings.Contains(said, "the prepared transaction '"+gid+"'") {
			r.t.Errorf("said %q, error %v", said, err)
		}
	})
}

// TestVerifyElsewhere: a role that may create nothing compares with what is built in another database.
func TestVerifyElsewhere(t *testing.T) {
	pgRunners(t, func(r *runner) {
		role := fmt.Sprint("reads_", r.count("SELECT oid FROM pg_database WHERE datname = current_database()"))
		set := migrate.NewSet("shop", chain(makes("t", schema.Text("name")), adds("t", "a"))...)
		r.up(set, "0001_a, 0002_b")
		r.exec("CREATE ROLE "+role+" LOGIN PASSWORD 'pw'", "GRANT SELECT ON modelgen_history TO "+role, "ALTER ROLE "+role+" SET default_transaction_read_only = on")
		r.t.Cleanup(func() {
			if _, err := r.db.Exec("DROP OWNED BY " + role + "; DROP ROLE " + role); err != nil {
				r.t.Error(err)
			}
		})
		low := pgAs(r, role)
		status, _, problems := low.command(set, "verify")
		if status != 2 || !strings.Contains(problems, "-expected URL") {
			r.t.Errorf("read-only: exit status %d: %s", status, problems)
		}
		low.db.Close()
		r.exec("ALTER ROLE " + role + " RESET default_transaction_read_only")
		low = pgAs(r, role)
		if status, _, problems = low.command(set, "verify"); status != 2 || !strings.Contains(problems, "GRANT CREATE ON DATABASE") || !strings.Contains(problems, "-expected URL") {
			r.t.Errorf("without rights: exit status %d: %s", status, problems)
		}
		other := pgtest.Database(r.t)
		if status, out, problems := low.command(set, "verify", "-expected", other); status != 0 || out != "" || problems != "" {
			r.t.Errorf("exit status %d: %s%s", status, out, problems)
		}
		r.exec("ALTER TABLE t DROP COLUMN a")
		if status, out, _ := low.command(set, "verify", "-expected", other); status != 1 || !strings.Contains(out, "missing     column t.a") {
			r.t.Errorf("exit status %d: %s", status, out)
		}
		var left int
		if err := pgAgain(r.t, r.db, other).QueryRow("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'modelgen%'").Scan(&left); err != nil || left != 0 {
			r.t.Errorf("%d schemas are left in the other database, %v", left, err)
		}
		low.db.Close()
	})
}

// TestSituationHints: what an error means here is looked up in the database, and what is said to do works.
func TestSituationHints(t *testing.T) {
	pgRunners(t, func(r *runner) {
		r.exec("CREATE SCHEMA extensions", "CREATE DOMAIN extensions.email AS text", "CREATE FUNCTION extensions.slug(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'",
			"CREATE TABLE extensions.log (id bigint)")
		base := chain(makes("t", schema.Text("name").Null()))
		fails := func(op migrate.Op, words ...string) {
			r.t.Helper()
			_, err := r.migrator(migrate.NewSet("shop", chain(makes("t", schema.Text("name").Null()), op)...)).Up(context.Background())
			r.fails(err, words...)
			r.exec("DELETE FROM modelgen_history WHERE name LIKE '0002%'")
		}
		r.up(migrate.NewSet("shop", base...), "0001_a")
		fails(migrate.SQL{Up: []string{"ALTER TABLE t ADD COLUMN mail email"}, NoDown: "test"}, "there is type extensions.email, where migrations do not look", "type:extensions.email")
		fails(migrate.Fill{Table: "t", Column: "name", Expr: "slug('X')", Plain: "small"}, "there is function extensions.slug")
		r.exec("INSERT INTO t VALUES (1)", "CREATE FUNCTION logs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (NEW.id); RETURN NEW; END $$",
			"CREATE TRIGGER logs BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION logs()")
		fill := migrate.Fill{Table: "t", Column: "name", Expr: "'x'"}
		fails(fill, "there is relation extensions.log", "give its function a search_path of its own: ALTER FUNCTION logs() SET search_path = ")
		r.exec("ALTER FUNCTION logs() SET search_path = public, extensions")
		r.up(migrate.NewSet("shop", append(base, &migrate.Migration{Name: "0002_b", Parents: base, Ops: []migrate.Op{fill}})...), "0002_b")

		r.exec("DROP TABLE t", "CREATE TABLE t (id bigint CONSTRAINT t_pkey PRIMARY KEY, name text) PARTITION BY RANGE (id)", "CREATE TABLE t1 PARTITION OF t DEFAULT", "DELETE FROM modelgen_history WHERE name LIKE '0002%'")
		index := migrate.CreateIndex{Table: "t", Index: schema.Index{Name: "t_index", Parts: []schema.IndexPart{{Column: "name"}}}}
		fails(index, "t is a partitioned table", `Plain: "partitioned"`)
		index.Plain = "partitioned"
		r.up(migrate.NewSet("shop", append(base, &migrate.Migration{Name: "0002_b", Parents: base, Ops: []migrate.Op{index}})...), "0002_b")
	})
}

// TestCheckWithoutRights: who may not look is told what to grant, and that is enough.
func TestCheckWithoutRights(t *testing.T) {
	pgRunners(t, func(r *runner) {
		role := fmt.Sprint("none_", r.count("SELECT oid FROM pg_database WHERE datname = current_database()"))
		set := migrate.NewSet("shop", chain(makes("t"))...)
		r.up(set, "0001_a")
		r.exec("CREATE ROLE "+role+" LOGIN PASSWORD 'pw'", "REVOKE USAGE ON SCHEMA public FROM PUBLIC")
		low := pgAs(r, role)
		_, _, problems := low.command(set, "check")
		_, grants, found := strings.Cut(problems, "to look is enough: ")
		if !found {
			r.t.Fatalf("check: %s", problems)
		}
		grants, _, _ = strings.Cut(grants, "; to apply")
		r.exec(grants)
		for _, verb := range []string{"check", "status", "plan"} {
			if status, _, problems := low.command(set, verb); status != 0 {
				r.t.Errorf("%s: exit status %d: %s", verb, status, problems)
			}
		}
		low.db.Close()
		r.exec("DROP OWNED BY "+role, "DROP ROLE "+role)
	})
}
