package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestRunnerShares: on an empty database migrations share a transaction; one that fails leaves those before it applied all the same.
func TestRunnerShares(t *testing.T) {
	runners(t, func(r *runner) {
		good := chain(makes("one"), adds("one", "a"), makes("two"), adds("two", "a"))
		bad := append(good[:3:3], &migrate.Migration{Name: "0004_bad", Parents: good[2:3], Ops: []migrate.Op{makes("made_by_hand")}})
		r.exec("CREATE TABLE made_by_hand (x int)")
		_, err := r.migrator(migrate.NewSet("shop", bad...)).Up(context.Background())
		r.fails(err, "applying 0004_bad failed", "nothing of it was changed", "before it applied: 0001_a, 0002_b, 0003_c")
		r.history("shop/0001_a done", "shop/0002_b done", "shop/0003_c done")
		r.settled(migrate.NewSet("shop", good[:3]...))
		r.up(migrate.NewSet("shop", good...), "0004_d")
		r.settled(migrate.NewSet("shop", good...))
	})
}

// TestRunnerSharesNot: what a person wrote has a transaction of its own, and sees what came before it committed.
func TestRunnerSharesNot(t *testing.T) {
	runners(t, func(r *runner) {
		calls := 0
		set := migrate.NewSet("shop", chain(makes("one"), migrate.Go{Name: "look", Up: func(ctx context.Context, tx migrate.Tx) error {
			calls++
			_, err := tx.ExecContext(ctx, "INSERT INTO one (id) VALUES (1)")
			return err
		}}, adds("one", "a"), migrate.Go{Name: "stop", Up: func(context.Context, migrate.Tx) error { return errors.New("stop here") }})...)
		_, err := r.migrator(set).Up(context.Background())
		r.fails(err, "0004_d failed at: stop: stop here")
		if calls != 1 {
			t.Errorf("the Go step ran %d times", calls)
		}
		r.history("shop/0001_a done", "shop/0002_b done", "shop/0003_c done")
	})
}

// TestRunnerHooks: BeforeRun sees all that is coming and can end the run; AfterRun sees what was done.
func TestRunnerHooks(t *testing.T) {
	runners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), adds("one", "a"))...)
		var log []string
		refuse := errors.New("not on a Friday")
		r.opt.BeforeRun = func(_ context.Context, p *migrate.Plan) error {
			for _, s := range p.Steps {
				log = append(log, fmt.Sprintf("before %s back=%v stages=%d", s.Migration, s.Back, len(s.Stages)))
			}
			return refuse
		}
		r.opt.AfterRun = func(_ context.Context, res *migrate.Result) error {
			log = append(log, fmt.Sprintf("after %d", len(res.Done)))
			return nil
		}
		_, err := r.migrator(set).Up(context.Background())
		r.fails(err, "nothing was changed", "not on a Friday")
		r.history()
		refuse = nil
		log = nil
		r.up(set, "0001_a, 0002_b")
		r.up(set, "")
		if _, err := r.migrator(set).Fake(context.Background(), "0001_a"); err != nil {
			t.Fatal(err)
		}
		r.opt.AfterRun = func(context.Context, *migrate.Result) error { return errors.New("the cache is full") }
		_, err = r.migrator(set).Fake(context.Background(), "0002_b")
		if err != nil {
			t.Error("a hook was called for a record:", err)
		}
		_, err = r.migrator(set).To(context.Background(), "0001_a")
		r.fails(err, "AfterRun failed: the cache is full")
		want := "before 0001_a back=false stages=1; before 0002_b back=false stages=1; after 2; before 0002_b back=true stages=1"
		if got := strings.Join(log, "; "); got != want {
			t.Errorf("hooks: %s\nwant: %s", got, want)
		}
	})
}

// TestRunnerBack goes several steps back.
func TestRunnerBack(t *testing.T) {
	runners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), adds("one", "a"), adds("one", "b"))...)
		r.up(set, "0001_a, 0002_b, 0003_c")
		r.prints(set, "down -n 0", 2, "", "migrate: down -n 0: it is one or more\n")
		if _, out, _ := r.command(set, "plan", "-down", "2"); strings.Count(out, "(undo)") != 2 {
			t.Error(out)
		}
		r.prints(set, "plan -down 2 -to 0001", 2, "", "migrate: plan takes -to or -down, not both\n")
		r.prints(set, "down -n 2", 0, "undone   0003_c  TOOK\nundone   0002_b  TOOK\n", "")
		r.prints(set, "down -n 7", 0, "undone   0001_a  TOOK\n", "")
		r.prints(set, "down", 0, "nothing is applied\n", "")
	})
}

// TestRunnerFakeInitial: a database that another tool made is taken over, when it is what the first migration makes.
func TestRunnerFakeInitial(t *testing.T) {
	runners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one", schema.Text("name")), adds("one", "a"))...)
		r.up(set, "0001_a, 0002_b")
		r.to(set, "0001_a", "undone 0002_b")
		note := "migrate: 0001_a counts as applied, but the database differs: unexpected: index one (name) [by_hand]\n"
		if r.url != "" {
			note = "migrate: 0001_a counts as applied, but the database differs: unexpected: index one.by_hand CREATE INDEX by_hand ON one USING btree (name)\n"
		}
		note = strings.TrimSuffix(note, "\n") + "; if it shall stay, add it to the model and to 0001_a; else drop it by hand; if a step of a migration makes it, declare it there with Objects: " +
			"[]string{\"index by_hand on one\"}; if somebody else does, allow \"index by_hand on one\" in modelgen.json\n"
		r.exec("DROP TABLE modelgen_history", "CREATE INDEX by_hand ON one (name)", "INSERT INTO one (id, name) VALUES (1, 'kept')")
		if status, out, problems := r.command(set, "up"); status != 1 || !strings.Contains(problems, "it exists already") && !strings.Contains(problems, "already exists") {
			t.Errorf("up: %d %s %s", status, out, problems)
		}
		r.prints(set, "plan -fake-initial", 0, "0001_a  (recorded only)\n0002_b\n"+r.planned(), note)
		r.prints(set, "up -fake-initial", 0, "faked    0001_a  TOOK\napplied  0002_b  TOOK\n", note)
		if n := r.count("SELECT count(*) FROM one WHERE name = 'kept'"); n != 1 {
			t.Error("the row is gone")
		}
		r.history("shop/0001_a faked", "shop/0002_b done")
	})
}

// TestRunnerFakeInitialRefuses what is there in another form, or only in part; on an empty database it applies.
func TestRunnerFakeInitialRefuses(t *testing.T) {
	runners(t, func(r *runner) {
		first := &migrate.Migration{Name: "0001_initial", Ops: []migrate.Op{makes("one", schema.Text("name")), makes("two")}}
		set := migrate.NewSet("shop", first)
		r.opt.FakeInitial = true
		r.exec("CREATE TABLE one (id bigint PRIMARY KEY, name text NOT NULL)")
		_, err := r.migrator(set).Up(context.Background())
		r.fails(err, "0001_initial makes tables of which some are there (one) and some are not (two)", "make what is missing by hand")
		r.exec("CREATE TABLE two (id text PRIMARY KEY)")
		_, err = r.migrator(set).Up(context.Background())
		r.fails(err, "0001_initial cannot count as applied, its tables are there but differ", "column two.id", "sql 0001_initial prints what is wanted")
		r.history()
		r.exec("DROP TABLE one", "DROP TABLE two")
		r.up(set, "0001_initial")
		r.settled(set)
	})
}

// TestRunnerBackup: the copy is made before anything changes, can be restored, and without it nothing is done.
func TestRunnerBackup(t *testing.T) {
	runners(t, func(r *runner) {
		r.needsDump()
		set := migrate.NewSet("shop", chain(makes("one"), adds("one", "a"))...)
		r.to(set, "0001_a", "0001_a")
		r.exec("INSERT INTO one (id) VALUES (7)")
		dir := t.TempDir()
		status, out, problems := r.command(set, "up", "-backup", filepath.Join(dir, "nowhere"))
		if status != 1 || out != "" || !strings.Contains(problems, "nothing was changed: the backup in") {
			t.Errorf("%d %s %s", status, out, problems)
		}
		r.history("shop/0001_a done")
		status, out, problems = r.command(set, "up", "-backup", dir)
		if status != 0 || !strings.Contains(out, "applied  0002_b") || !strings.Contains(problems, "to go back to it: ") {
			t.Fatalf("%d %s %s", status, out, problems)
		}
		files, err := os.ReadDir(dir)
		if err != nil || len(files) != 1 || !strings.Contains(files[0].Name(), "-shop-before-0002_b.") {
			t.Fatal(files, err)
		}
		restored := r.restore(filepath.Join(dir, files[0].Name()))
		if n := restored.count("SELECT count(*) FROM one WHERE id = 7"); n != 1 {
			t.Error("the row is not in the backup")
		}
		restored.history("shop/0001_a done")
		restored.up(set, "0002_b")
		r.prints(set, "up -backup "+dir, 0, "nothing to do\n", "")
		if files, _ := os.ReadDir(dir); len(files) != 1 {
			t.Error("a backup although there was nothing to do")
		}
	})
}

// restore opens a backup as a database of its own.
func (r *runner) restore(file string) *runner {
	r.t.Helper()
	copied := &runner{t: r.t, dialect: r.dialect}
	var err error
	if r.url == "" {
		copied.db, err = sql.Open("sqlite", "file:"+file)
	} else {
		copied.url = pgtest.Database(r.t)
		if out, err := exec.Command("pg_restore", "--exit-on-error", "--dbname="+copied.url, file).CombinedOutput(); err != nil {
			r.t.Fatalf("pg_restore: %v\n%s", err, out)
		}
		copied.db, err = sql.Open("postgres", copied.url)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { copied.db.Close() })
	return copied
}

// needsDump ends the test where the server was fetched (make matrix) and no pg_dump on this machine is as new as it: pg_dump dumps no newer server.
func (r *runner) needsDump() {
	r.t.Helper()
	if r.url == "" || os.Getenv(pgtest.BinEnv) == "" {
		return
	}
	out, err := exec.Command("pg_dump", "--version").Output()
	has, server := 0, r.count("SELECT current_setting('server_version_num')::int / 10000")
	if _, scan := fmt.Sscanf(string(out), "pg_dump (PostgreSQL) %d", &has); err != nil || scan != nil {
		r.t.Fatalf("pg_dump --version: %s %v %v", out, err, scan)
	}
	if has < server {
		r.t.Skipf("not tried: pg_dump is of version %d, and the server of version %d", has, server)
	}
}

// TestRunnerBackupElsewhere: pg_dump is told another database than the program has.
func TestRunnerBackupElsewhere(t *testing.T) {
	pgRunners(t, func(r *runner) {
		r.needsDump()
		set := migrate.NewSet("shop", chain(makes("one"))...)
		dir := t.TempDir()
		r.url = pgtest.Database(t)
		status, out, problems := r.command(set, "up", "-backup", dir)
		if status != 1 || out != "" || !strings.Contains(problems, "another database than the program has") {
			t.Errorf("%d %s %s", status, out, problems)
		}
		r.url = "postgres://nobody:secret@127.0.0.1:1/none"
		status, _, problems = r.command(set, "up", "-backup", dir)
		if status != 1 || strings.Contains(problems, "secret") || !strings.Contains(problems, "look at its host and port\n") {
			t.Errorf("%d %s", status, problems)
		}
		wrong, err := url.Parse(pgtest.Database(t))
		if err != nil {
			t.Fatal(err)
		}
		wrong.User = url.UserPassword(wrong.User.Username(), "secret")
		r.url = wrong.String()
		status, _, problems = r.command(set, "up", "-backup", dir)
		if status != 1 || strings.Contains(problems, "secret") || strings.Count(problems, "password authentication failed") != 1 || !strings.Contains(problems, "Options.Backup.URL: look at its user and password\n") {
			t.Errorf("%d %s", status, problems)
		}
		r.url = "postgres://nobody:sec/ret@127.0.0.1:1/none"
		status, _, problems = r.command(set, "up", "-backup", dir)
		if status != 1 || !strings.Contains(problems, "the URL of the backup cannot be read for sure") || strings.Contains(problems, "sec") {
			t.Errorf("%d %s", status, problems)
		}
		if files, _ := os.ReadDir(dir); len(files) > 0 {
			t.Error("a backup that failed left a file:", files)
		}
	})
}

// TestRunnerSeals: rows that were recorded by hand are taken for what they say, and the next start is quick again.
func TestRunnerSeals(t *testing.T) {
	runners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), adds("one", "a"))...)
		r.up(set, "0001_a, 0002_b")
		r.exec("UPDATE modelgen_history SET digest = '' WHERE name = '0002_b'")
		r.up(set, "")
		if n := r.count("SELECT count(*) FROM modelgen_history WHERE name = '0002_b' AND digest <> ''"); n != 1 {
			t.Error("the digest was not fixed")
		}
		r.up(set, "")
	})
}
