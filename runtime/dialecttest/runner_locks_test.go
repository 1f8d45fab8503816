package dialecttest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestRunnerLeaseBesideSession: a runner with the lease commits nothing while another one has the lock of a session.
func TestRunnerLeaseBesideSession(t *testing.T) {
	pgRunners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), makes("two"))...)
		r.to(set, "0001_a", "0001_a")
		r.opt.BeforeRun = func(ctx context.Context, _ *migrate.Plan) error { // the lock is taken
			lease, err := migrate.New(r.db, r.dialect, set, &migrate.Options{Lock: migrate.LockLease})
			if err != nil {
				return err
			}
			_, err = lease.Up(ctx)
			r.fails(err, "migrates over a direct connection", "nothing of it was changed")
			return nil
		}
		r.up(set, "0002_b")
	})
}

// TestRunnerWaitsThroughIdleTimeout: who waits for another runner is idle most of the time, which the defaults of a role may forbid.
func TestRunnerWaitsThroughIdleTimeout(t *testing.T) {
	t.Parallel()
	pgRunners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"))...)
		r.opt.BeforeRun = func(ctx context.Context, _ *migrate.Plan) error {
			conn, err := r.db.Conn(ctx)
			if err != nil {
				return err
			}
			defer conn.Close()
			if _, err := conn.ExecContext(ctx, "SET idle_session_timeout = '100ms'"); err != nil {
				return err
			}
			s, err := r.dialect.Open(ctx, conn, migrate.SessionConfig{History: "modelgen_history"})
			if err != nil {
				return err
			}
			err = s.Lock(ctx, 1200*time.Millisecond)
			if locked := new(migrate.LockedError); !errors.As(err, &locked) {
				t.Errorf("it did not wait to the end: %v", err)
			}
			return s.Close(ctx)
		}
		r.up(set, "0001_a")
	})
}

// TestRunnerByHandDoesNotQueue: a statement written by hand that runs outside a transaction does not stand in front of others for as long as
// somebody is in its way.
func TestRunnerByHandDoesNotQueue(t *testing.T) {
	pgRunners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), migrate.SQL{Up: []string{"ALTER TABLE one ADD COLUMN x integer"}, NoDown: "it is a test", NoTx: true,
			Schema: []migrate.Op{migrate.AddColumn{Table: "one", Column: schema.Integer("x").Null()}}})...)
		r.to(set, "0001_a", "0001_a")
		blocker, err := r.db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := blocker.Exec("SELECT * FROM one"); err != nil {
			t.Fatal(err)
		}
		var once sync.Once
		r.opt.Progress = func(e migrate.Event) {
			if e.Kind == migrate.EventRetry {
				once.Do(func() { _ = blocker.Rollback() }) // only a try that was given up lets the run go on
			}
		}
		r.up(set, "0002_b")
		r.settled(set)
	})
}

// TestRunnerIndexOfAnotherForm: what was made by hand under the name of an index is taken for it only when it is the same in all.
func TestRunnerIndexOfAnotherForm(t *testing.T) {
	pgRunners(t, func(r *runner) {
		part := func(p schema.IndexPart, where string) *migrate.Set {
			return migrate.NewSet("shop", chain(faultTable("people", schema.Text("email"), schema.Integer("age")),
				migrate.CreateIndex{Table: "people", Index: schema.Index{Name: "people_idx", Unique: true, Parts: []schema.IndexPart{p}, Where: where}})...)
		}
		set := part(schema.IndexPart{Expr: "lower(email)"}, "age > 0")
		r.to(set, "0001_a", "0001_a")
		for _, other := range []string{"(lower(email)) WHERE age > 1000", "(upper(email)) WHERE age > 0", "(lower(email) DESC) WHERE age > 0", "(lower(email) text_pattern_ops) WHERE age > 0", `(lower(email) COLLATE "C") WHERE age > 0`} {
			r.exec("CREATE UNIQUE INDEX people_idx ON people " + other)
			_, err := r.migrator(set).Up(context.Background())
			r.fails(err, "index people_idx already exists in another form")
			r.exec("DROP INDEX people_idx")
		}
		r.exec("CREATE UNIQUE INDEX people_idx ON people ((lower(email))) WHERE (age>0)")
		r.up(set, "0002_b")
		r.settled(set)
	})
}

// TestRunnerKeepsSettings: what the application has set on a connection of its pool is there again afterwards.
func TestRunnerKeepsSettings(t *testing.T) {
	pgRunners(t, func(r *runner) {
		r.db.SetMaxOpenConns(1)
		r.exec(`SET search_path = public, "Odd, one"`, "SET lock_timeout = '7s'", "SET timezone = 'Asia/Tokyo'")
		set := migrate.NewSet("shop", chain(makes("one"))...)
		r.up(set, "0001_a")
		got := strings.Join([]string{r.setting("search_path"), r.setting("lock_timeout"), r.setting("timezone")}, "|")
		if want := `public, "Odd, one"|7s|Asia/Tokyo`; got != want {
			t.Errorf("the settings are %s, they were %s", got, want)
		}
	})
}

// TestRunnerHistoryOfAnother: a table that anybody made under the name of the history is not taken for it, not even by a superuser, as which its
// triggers would run.
func TestRunnerHistoryOfAnother(t *testing.T) {
	pgRunners(t, func(r *runner) {
		role := fmt.Sprintf("mallory_%d", r.count("SELECT oid::bigint FROM pg_database WHERE datname = current_database()"))
		r.exec("CREATE ROLE "+role, "GRANT CREATE ON SCHEMA public TO "+role)
		defer r.exec("DROP OWNED BY "+role, "DROP ROLE "+role)
		r.exec("SET ROLE " + role + "; " + postgres.Dialect{}.HistorySQL("") + "; RESET ROLE")
		set := migrate.NewSet("shop", chain(makes("one"))...)
		_, err := r.migrator(set).Up(context.Background())
		r.fails(err, "belongs to role "+role, "give the table to")
		r.exec("ALTER TABLE modelgen_history OWNER TO current_user")
		r.up(set, "0001_a")
	})
}
