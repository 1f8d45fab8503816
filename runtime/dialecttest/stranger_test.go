package dialecttest_test

import (
	"context"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// oneSet is a set called app with one table for each name.
func oneSet(tables ...string) *migrate.Set {
	var ops []migrate.Op
	for _, t := range tables {
		ops = append(ops, makes(t))
	}
	return migrate.NewSet("app", chain(ops...)...)
}

// TestStrangerOfOneName has two programs in one database whose sets are called the same, and whose first migrations are. The second one is not counted as
// applied, whatever is allowed, and a history of its own is a way out.
func TestStrangerOfOneName(t *testing.T) {
	runners(t, func(r *runner) {
		ctx, one, two := context.Background(), oneSet("users"), oneSet("bills")
		r.up(one, "0001_a")
		for _, allowed := range []migrate.Policy{migrate.PolicyRefuse, migrate.PolicyAllow} {
			r.opt.Edited, r.opt.Unknown = allowed, allowed
			_, err := r.migrator(two).Up(ctx)
			r.fails(err, "the history of a set called app is that of another program", "0001_a", "Options.History", "modelgen -set NAME")
			r.fails(r.migrator(two).Check(ctx), "that of another program")
			plan, err := r.migrator(oneSet("bills", "items")).Plan(ctx, "")
			if err != nil {
				r.t.Fatal(err)
			}
			r.fails(plan.Refused, "that of another program")
		}
		r.opt = migrate.Options{History: "bills_history"}
		r.up(two, "0001_a")
		r.settled(two)
		r.opt = migrate.Options{}
		r.settled(one)
	})
}

// The module that applied a migration stands in its row. One of another module is refused by that alone, also where none of its names is known, and a module
// that was renamed goes on.
func TestStrangerOfAnotherModule(t *testing.T) {
	runners(t, func(r *runner) {
		ctx, set := context.Background(), oneSet("users", "orders")
		r.up(set, "0001_a, 0002_b")
		if n := r.count("SELECT count(*) FROM modelgen_history WHERE module = 'github.com/modelgen/modelgen'"); n != 2 {
			r.t.Errorf("%d rows say which module applied them, want 2", n)
		}
		r.exec("UPDATE modelgen_history SET module = 'example.com/before' WHERE module <> ''")
		r.settled(set)
		r.up(oneSet("users", "orders", "more"), "0003_c")
		other := migrate.NewSet("app", &migrate.Migration{Name: "0001_other", Ops: []migrate.Op{makes("other")}})
		r.opt.Unknown = migrate.PolicyAllow
		_, err := r.migrator(other).Up(ctx)
		if err != nil {
			r.fails(err, "that of another program", "module example.com/before applied 0001_a", "this program is of module github.com/modelgen/modelgen")
		}
		r.exec("UPDATE modelgen_history SET module = 'example.com/before' WHERE module <> ''")
		_, err = r.migrator(other).Up(ctx)
		r.fails(err, "that of another program", "module example.com/before applied 0001_a", "this program is of module github.com/modelgen/modelgen")
	})
}

// A history that an earlier version made has no module: it is read as it is, and gets the column when something is written.
func TestHistoryWithoutModule(t *testing.T) {
	runners(t, func(r *runner) {
		r.up(oneSet("users"), "0001_a")
		r.exec("ALTER TABLE modelgen_history DROP COLUMN module")
		r.settled(oneSet("users"))
		if status, out, problems := r.command(oneSet("users"), "status"); status != 0 {
			r.t.Errorf("status: %d %s %s", status, out, problems)
		}
		r.up(oneSet("users", "orders"), "0002_b")
		r.settled(oneSet("users", "orders"))
		if n := r.count("SELECT count(*) FROM modelgen_history WHERE module = 'github.com/modelgen/modelgen'"); n != 1 {
			r.t.Errorf("%d rows say which module applied them, want 1", n)
		}
	})
}

// A history that an earlier version made on PostgreSQL has the key that it had then, and an index for what the key is for since.
func TestHistoryWithEarlierKey(t *testing.T) {
	pgRunners(t, func(r *runner) {
		r.up(oneSet("users"), "0001_a")
		r.exec("ALTER TABLE modelgen_history DROP CONSTRAINT modelgen_history_pkey, ADD PRIMARY KEY (id)", `CREATE INDEX modelgen_history_set_id_idx ON modelgen_history ("set", id)`)
		r.settled(oneSet("users"))
		r.up(oneSet("users", "orders"), "0002_b")
		r.to(oneSet("users", "orders"), "0001_a", "undone 0002_b")
		r.exec(postgres.Dialect{}.HistorySQL("")) // which a script sends
		r.up(oneSet("users", "orders"), "0002_b")
		r.settled(oneSet("users", "orders"))
	})
}

// An older program has nothing to do on a newer database, and says what that has beyond it.
func TestOlderProgramSaysWhatIsBeyond(t *testing.T) {
	runners(t, func(r *runner) {
		r.up(oneSet("users", "orders", "more"), "0001_a, 0002_b, 0003_c")
		r.prints(oneSet("users"), "up", 0, "nothing to do; the database has what this program does not know, of a newer version of it: 0002_b, 0003_c\n", "")
		r.prints(oneSet("users"), "up -json", 0, `
{
  "set": "app",
  "done": [],
  "beyond": [
    "0002_b",
    "0003_c"
  ]
}
`, "")
	})
}

// The verify of an older program does not say that what a newer one has made is to be dropped.
func TestOlderProgramVerifies(t *testing.T) {
	runners(t, func(r *runner) {
		first := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{makes("a", schema.Integer("n"))}}
		newer := migrate.NewSet("app", first, &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
			migrate.AddColumn{Table: "a", Column: schema.Integer("m").Null()},
		}})
		older := migrate.NewSet("app", first)
		_, _, problems := r.command(newer, "verify")
		if want := "migrate: no migration of set app is applied, so there was nothing to compare; a first migration whose tables are there already is recorded by up -fake-initial\n"; problems != want {
			t.Errorf("with nothing applied: %s\nwant %s", problems, want)
		}
		r.to(newer, "0002", "0001_a, 0002_b")
		status, out, problems := r.command(older, "verify")
		if status != 1 || !strings.Contains(out, "it may be the work of 0002_b, which this program does not know: change nothing by hand") || strings.Contains(out, "DROP COLUMN") {
			t.Errorf("verify of the older program: %d\n%s", status, out)
		}
		if want := "the database has migrations that this program does not know: 0002_b; verify with the program that has them"; !strings.Contains(problems, want) {
			t.Errorf("%s\nwant %s", problems, want)
		}
		if status, out, problems := r.command(newer, "verify"); status != 0 || out+problems != "" {
			t.Errorf("verify of the newer program: %d %s %s", status, out, problems)
		}
	})
}

// A rebase gives a migration another number. A database that has it under the old one is brought along by the commands that the refusal names.
func TestRebasedMigration(t *testing.T) {
	runners(t, func(r *runner) {
		first := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{makes("a")}}
		child := func(name string, parent *migrate.Migration, table string) *migrate.Migration {
			return &migrate.Migration{Name: name, Parents: []*migrate.Migration{parent}, Ops: []migrate.Op{makes(table)}}
		}
		r.up(migrate.NewSet("app", first, child("0002_mine", first, "mine")), "0001_a, 0002_mine")
		theirs := child("0002_theirs", first, "theirs")
		set := migrate.NewSet("app", first, theirs, child("0003_mine", theirs, "mine"))
		_, _, problems := r.command(set, "up")
		if want := "if modelgen rebase has moved 0002_mine, which is 0003_mine now: prune 0002_mine, then up -to 0002_theirs, then fake 0003_mine"; !strings.Contains(problems, want) {
			t.Errorf("%s\nwant %s", problems, want)
		}
		for _, command := range []string{"prune 0002_mine", "up -to 0002_theirs", "fake 0003_mine", "verify", "check"} {
			if status, out, problems := r.command(set, strings.Fields(command)...); status != 0 {
				t.Errorf("%s: %d %s %s", command, status, out, problems)
			}
		}
	})
}

// TestStatusOfAnInterruptedRun says how far a migration is that stopped in the middle of its rows, and that nobody is at it.
func TestStatusOfAnInterruptedRun(t *testing.T) {
	runners(t, func(r *runner) {
		first := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{makes("a", schema.Integer("n"))}}
		set := migrate.NewSet("app", first, &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
			migrate.AddColumn{Table: "a", Column: schema.Integer("m").Null()},
			migrate.Fill{Table: "a", Column: "m", Expr: "n + 1"},
		}})
		r.to(set, "0001", "0001_a")
		r.exec("INSERT INTO a WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 4000) SELECT n, n FROM i")
		batches := 0
		r.opt.Throttle = func(context.Context) error {
			if batches++; batches > 1 {
				return context.Canceled
			}
			return nil
		}
		_, err := r.migrator(set).Up(context.Background())
		r.fails(err, "1 of its 2 stages and 1000 rows are done")
		r.opt.Throttle = nil
		for _, words := range []string{"  unfinished  0002_b ", "1 of 2 stages done, and 25% of the rows of the next; up goes on, down undoes it\n"} {
			if _, out, _ := r.command(set, "status"); !strings.Contains(out, words) {
				r.t.Errorf("status does not say %q:\n%s", words, out)
			}
		}
		if _, out, _ := r.command(set, "show", "-html", "-"); !strings.Contains(out, `<b class="error">unfinished since TIME: 1 of 2 stages done, and 25% of the rows of the next; up goes on, down undoes it</b>`) {
			r.t.Error("the page does not say how far it is")
		}
		r.to(set, "0001", "undone 0002_b")
		r.agrees(set)
	})
}

// The rows of a partitioned table are counted where its partitions are small: of those that nobody has analysed the planner expects a thousand that are not there.
func TestPlanCountsPartitions(t *testing.T) {
	pgRunners(t, func(r *runner) {
		r.exec("CREATE TABLE a (id integer NOT NULL) PARTITION BY RANGE (id)")
		r.exec("CREATE TABLE a_1 PARTITION OF a FOR VALUES FROM (0) TO (10)")
		r.exec("CREATE TABLE a_2 PARTITION OF a FOR VALUES FROM (10) TO (20)")
		r.exec("INSERT INTO a VALUES (1), (2), (11)")
		first := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{migrate.CreateTable{Table: "a", Columns: []schema.ColumnDef{schema.Integer("id")}}}}
		set := migrate.NewSet("app", first, &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
			migrate.AddColumn{Table: "a", Column: schema.Integer("m").Null()},
		}})
		r.command(set, "fake", "0001_a")
		if status, out, problems := r.command(set, "plan"); status != 0 || !strings.Contains(out, "-- a: 3 rows, ") {
			t.Errorf("plan: %d\n%s%s", status, out, problems)
		}
	})
}
