package dialecttest_test

import (
	"context"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// twoSteps is a migration with these ops behind one that makes the table a.
func twoSteps(ops ...migrate.Op) *migrate.Set {
	first := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{makes("a", schema.Text("email"))}}
	return migrate.NewSet("test", first, &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: ops})
}

// A migration whose first step failed does not bind anybody to its file: the corrected one is taken, and nothing stands in the history meanwhile.
func TestCorrectedAfterNothingWasChanged(t *testing.T) {
	runners(t, func(r *runner) {
		wrong := twoSteps(migrate.SQL{NoTx: true, Up: []string{"INSERT INTO nowhere VALUES (1)"}, NoDown: "it is a test"}, adds("a", "n"))
		_, err := r.migrator(wrong).Up(context.Background())
		r.fails(err, "nothing of it was changed")
		r.history("test/0001_a done")
		right := twoSteps(adds("a", "n"))
		r.up(right, "0002_b")
		r.settled(right)
	})
}

// The same of a row that an earlier version has left.
func TestCorrectedAfterAnEarlierVersion(t *testing.T) {
	runners(t, func(r *runner) {
		right := twoSteps(adds("a", "n"))
		r.to(right, "0001", "0001_a")
		started := map[bool]string{true: "'2026-01-01T00:00:00Z'", false: "now()"}[r.url == ""]
		r.exec(`INSERT INTO modelgen_history ("set", name, hash, digest, state, started, error) VALUES ('test', '0002_b', 'of another file', '', 'running', ` + started + `, '42P17')`)
		r.up(right, "0002_b")
		r.settled(right)
	})
}

// A way back whose first step fails has undone nothing, and the history says so.
func TestBackThatFailsAtOnce(t *testing.T) {
	runners(t, func(r *runner) {
		set := twoSteps(adds("a", "n"), migrate.SQL{NoTx: true, Up: []string{"SELECT 1"}, Down: []string{"INSERT INTO nowhere VALUES (1)"}})
		r.up(set, "0001_a, 0002_b")
		_, err := r.migrator(set).Down(context.Background())
		r.fails(err, "nothing of it was changed")
		r.history("test/0001_a done", "test/0002_b done")
		r.settled(set)
	})
}

// What cannot be undone is said before anything is touched, and what a person has undone by hand can be recorded.
func TestHalfThatCannotBeUndone(t *testing.T) {
	runners(t, func(r *runner) {
		set := twoSteps(migrate.SQL{Up: []string{"INSERT INTO a VALUES (1, 'x')"}}, adds("a", "n"),
			migrate.SQL{NoTx: true, Up: []string{"INSERT INTO nowhere VALUES (1)"}, NoDown: "it is a test"})
		_, err := r.migrator(set).Up(context.Background())
		r.fails(err, "stages are done; running the same command again goes on after them, down undoes them")
		_, err = r.migrator(set).Down(context.Background())
		r.fails(err, "cannot be undone", "nothing was changed", "fake 0001_a")
		r.history("test/0001_a done", "test/0002_b running")
		r.exec("DELETE FROM a", "ALTER TABLE a DROP COLUMN n")
		res, err := r.migrator(set).Fake(context.Background(), "0001_a")
		r.does(res, err, "faked undone 0002_b")
		r.agrees(set)
	})
}

// TestDeadlineInConcurrentIndex cancels the build of a unique index while it waits for somebody's transaction. What is left of it refuses rows: it is
// taken away, or named, and then the next run or down takes it away.
func TestDeadlineInConcurrentIndex(t *testing.T) {
	t.Parallel()
	pgRunners(t, func(r *runner) {
		set := twoSteps(migrate.AddUnique{Table: "a", Unique: schema.Unique{Name: "a_email_key", Columns: []string{"email"}}})
		r.to(set, "0001", "0001_a")
		const invalid = "SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass('a_email_key') AND NOT indisvalid"
		for _, held := range []bool{false, true} {
			other, err := r.db.Begin()
			if err != nil {
				r.t.Fatal(err)
			}
			if _, err := other.Exec("INSERT INTO a VALUES (1, 'x')"); err != nil {
				r.t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			failed := make(chan error, 1)
			go func() {
				_, err := r.migrator(set).Up(ctx)
				failed <- err
			}()
			faultUntil(r.t, "the index is being built", func() bool { return r.count(invalid) == 1 })
			cancel()
			if !held {
				if err := other.Rollback(); err != nil {
					r.t.Fatal(err)
				}
			}
			err = <-failed
			if held {
				r.fails(err, "index a_email_key, which is not valid and refuses rows all the same", "down undoes")
				if n := r.count(invalid); n != 1 {
					r.t.Errorf("%d indexes are left", n)
				}
				if err := other.Rollback(); err != nil {
					r.t.Fatal(err)
				}
			}
			switch there := r.count("SELECT count(*) FROM pg_class WHERE relname = 'a_email_key'"); {
			case err == nil: // it was done before the cancellation came
			case there > 0:
				r.fails(err, "has left index a_email_key")
			default:
				r.fails(err, "nothing of it was changed")
				continue
			}
			r.to(set, "0001", "undone 0002_b")
			if n := r.count("SELECT count(*) FROM pg_class WHERE relname = 'a_email_key'"); n != 0 {
				r.t.Error("the index is still there")
			}
			r.history("test/0001_a done")
		}
		r.up(set, "0002_b")
		r.settled(set)
	})
}
