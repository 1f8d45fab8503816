package dialecttest_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/gen/lint"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestSafeForms makes each change of the table on a server that writes down what it sees: the statements of each transaction, the locks that
// it holds at its end, and the tables that are read or rewritten under them.
func TestSafeForms(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range safeForms {
		if seen[f.row] {
			t.Errorf("two rows are called %s", f.row)
		}
		seen[f.row] = true
		t.Run(f.row, func(t *testing.T) {
			t.Parallel()
			f.lint(t)
			whole := formSet(f.ops)
			if err := whole.Err(); err != nil {
				if f.fails == "" || !strings.Contains(err.Error(), f.fails) {
					t.Error(err)
				}
				return
			}
			r := formRunner(t)
			does, err := r.formRun(whole)
			if f.fails != "" {
				r.fails(err, f.fails, "nothing of it was changed")
				if len(does) > 0 {
					t.Errorf("something was done: %q", does)
				}
				r.settled(formSet(nil))
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for i := range does {
				does[i] = functionBody.ReplaceAllString(does[i], "()…")
			}
			want := f.does
			if f.new != nil && r.major() >= 18 {
				want = f.new
			}
			if d := cmp.Diff(want, does); d != "" {
				t.Errorf("the server saw something else (-want +got):\n%s", d)
			}
			if f.says == "" {
				for _, line := range does {
					if stalls(line) {
						t.Errorf("others wait all the while, and nothing says so: %s", line)
					}
				}
			}
			if _, byHand := f.ops[0].(migrate.SQL); !byHand {
				r.settled(whole)
			}
		})
	}
}

// stalls reports whether a transaction reads or writes whole tables while it holds a lock that stops others.
func stalls(line string) bool {
	locks, _, _ := strings.Cut(line, ": ")
	return (strings.Contains(locks, "reads ") || strings.Contains(locks, "WRITES ")) && slices.ContainsFunc(strings.Split(locks, "; "), func(fact string) bool {
		return strings.HasSuffix(fact, " EXCLUSIVE") && !strings.HasSuffix(fact, " SHARE UPDATE EXCLUSIVE") || strings.HasSuffix(fact, " SHARE")
	})
}

// lint checks that lint says what the row says, and of a safe form nothing about locks that is more than a note.
func (f safeForm) lint(t *testing.T) {
	t.Helper()
	in := lint.Input{Before: formSet(nil).Schema(), Exact: true, Targets: []lint.Target{{Dialect: postgres.Dialect{}.Capabilities(), Planner: func() migrate.Planner { return postgres.Dialect{}.Planner(0) }}}}
	for _, op := range f.ops {
		in.Ops = append(in.Ops, lint.Op{Value: op})
	}
	var all []string
	for _, x := range lint.Lint(in) {
		all = append(all, x.Code+" "+x.Severity.String())
		if f.says == "" && f.fails == "" && strings.HasPrefix(x.Code, "MG2") && x.Severity > lint.Note {
			t.Errorf("lint says of the safe form: %s %s", x.Code, x.Message)
		}
	}
	if f.says != "" && !slices.Contains(all, f.says) {
		t.Errorf("lint says %q, not %s", all, f.says)
	}
}

// TestOnlineBesideWriters: what is built or dropped concurrently holds a lock that stops nobody, also while it waits for somebody.
func TestOnlineBesideWriters(t *testing.T) {
	index := schema.Index{Name: "people_age_idx", Unique: true, Parts: []schema.IndexPart{{Column: "age"}}}
	for name, op := range map[string]migrate.Op{
		"create": migrate.CreateIndex{Table: "people", Index: index},
		"drop":   migrate.DropIndex{Table: "people", Index: formCodeIndex},
		"unique": migrate.AddUnique{Table: "people", Unique: schema.Unique{Name: "people_age_key", Columns: []string{"age"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := formRunner(t)
			whole := formSet([]migrate.Op{op})
			stages, err := whole.Stages(r.dialect, r.major(), "0002_change", false)
			if err != nil {
				t.Fatal(err)
			}
			if st := stages[0]; !st.NoTx || st.Lock != "SHARE UPDATE EXCLUSIVE" || !slices.Equal(st.Tables, []string{"people"}) || st.Rewrites {
				t.Errorf("declared is another lock: %+v", st.Facts)
			}
			writer, err := r.db.Begin()
			if err != nil {
				t.Fatal(err)
			}
			defer writer.Rollback()
			if _, err := writer.Exec("UPDATE people SET state = 'old' WHERE id = 1"); err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() {
				_, err := r.migrator(whole).Up(context.Background())
				done <- err
			}()
			// The writer keeps it from coming to its end, so that it can be looked at.
			const waits = `SELECT count(*) FROM pg_locks w JOIN pg_locks l ON l.pid = w.pid AND l.granted AND l.relation = 'people'::regclass
 AND l.mode = 'ShareUpdateExclusiveLock' WHERE NOT w.granted AND w.locktype IN ('virtualxid', 'transactionid')`
			for r.count(waits) == 0 {
				select {
				case err := <-done:
					t.Fatalf("it did not wait for the writer: %v", err)
				case <-time.After(5 * time.Millisecond):
				}
			}
			if n := r.count("SELECT count(*) FROM pg_locks l WHERE l.relation = 'people'::regclass AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')"); n != 0 {
				t.Error("a lock that stops others is held, or waited for")
			}
			r.exec("SET lock_timeout = '5s'; INSERT INTO people VALUES (1000, 'x', 1000, 'y', 'new', 'good'); UPDATE people SET email = 'z' WHERE id = 2; DELETE FROM orders WHERE person_id = 3; DELETE FROM people WHERE id = 3; RESET lock_timeout")
			if n := r.count("SELECT count(*) FROM people"); n != 50 {
				t.Errorf("%d rows", n)
			}
			if err := writer.Commit(); err != nil {
				t.Fatal(err)
			}
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			r.settled(whole)
		})
	}
}

// functionBody is what the table leaves out: [TestExercisePostgres] runs it.
var functionBody = regexp.MustCompile(`\(\) RETURNS trigger LANGUAGE plpgsql AS '(?:[^']|'')*'`)
