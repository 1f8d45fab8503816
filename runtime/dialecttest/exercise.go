// Package dialecttest holds the suite that every dialect passes.
//
// A new dialect is done when [Exercise] is green on a real database. The package opens no database and imports no driver: the caller
// does, in a test of its own. The tests beside it run the suite on PostgreSQL, through lib/pq and pgx, and on SQLite.
package dialecttest

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Backend is a dialect with a way to databases for it.
type Backend struct {
	Dialect migrate.Dialect
	// Fresh makes an empty database that lives until the end of the test, and returns a function that opens it. Each call opens another
	// handle on the same database; the suite closes them.
	Fresh func(t *testing.T) (open func() (*sql.DB, error))
	// Definitions returns what the database itself says of all that is in it, in an order that is always the same, for what migrations do to it to be compared. nil compares
	// what the dialect's catalog knows.
	Definitions func(t *testing.T, db *sql.DB) []string

	// Part says which of the ops to run, by their place in the list: drivers of one database can divide them. nil runs all.
	Part func(i int) bool
}

// Exercise runs the suite.
func Exercise(t *testing.T, b Backend) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, *lab)
	}{
		{"up, nothing to do, check and status", upAndLook},
		{"each op is undone by its inverse", opsAndInverses},
		{"programs of two versions write to a column with two names", dualWrites},
		{"a contract waits for the programs of the previous release", contracts},
		{"to goes forward and back", goTo},
		{"fake records only", fakes},
		{"a failing statement leaves nothing", failing},
		{"a panic leaves nothing", panicking},
		{"a migration of several transactions goes on where it stopped", resuming},
		{"runners at the same time apply each migration once", together},
		{"verify finds what was changed by hand", drifting},
		{"two sets share a database", twoSets},
		{"one connection is enough", oneConnection},
		{"a cancelled context leaves nothing", cancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, newLab(t, b)) })
	}
}

// lab is one empty database.
type lab struct {
	t    *testing.T
	b    Backend
	open func() (*sql.DB, error)
	db   *sql.DB
}

func newLab(t *testing.T, b Backend) *lab {
	l := &lab{t: t, b: b, open: b.Fresh(t)}
	l.db = l.handle()
	return l
}

func (l *lab) handle() *sql.DB {
	l.t.Helper()
	db, err := l.open()
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { db.Close() })
	return db
}

func (l *lab) migrator(set *migrate.Set) *migrate.Migrator {
	l.t.Helper()
	m, err := migrate.New(l.db, l.b.Dialect, set, nil)
	if err != nil {
		l.t.Fatal(err)
	}
	return m
}

func (l *lab) exec(q string) {
	l.t.Helper()
	if _, err := l.db.Exec(q); err != nil {
		l.t.Fatalf("%s: %v", q, err)
	}
}

func (l *lab) count(q string) (n int) {
	l.t.Helper()
	if err := l.db.QueryRow(q).Scan(&n); err != nil {
		l.t.Fatalf("%s: %v", q, err)
	}
	return n
}

// catalog reads the facts of what is in s.
func (l *lab) catalog(s *schema.Schema) []string {
	l.t.Helper()
	ctx := context.Background()
	conn, err := l.db.Conn(ctx)
	if err != nil {
		l.t.Fatal(err)
	}
	defer conn.Close()
	session, err := l.b.Dialect.Open(ctx, conn, migrate.SessionConfig{History: migrate.DefaultHistory, Notify: func(migrate.Event) {}})
	if err != nil {
		l.t.Fatal(err)
	}
	facts, err := session.Catalog(ctx, s)
	if err != nil {
		l.t.Fatal(err)
	}
	if err := session.Close(ctx); err != nil {
		l.t.Fatal(err)
	}
	return facts
}

// definitions is [Backend.Definitions].
func (l *lab) definitions() []string {
	l.t.Helper()
	if l.b.Definitions == nil {
		return nil
	}
	return l.b.Definitions(l.t, l.db)
}

func (l *lab) must(res *migrate.Result, err error) []string {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
	var names []string
	for _, d := range res.Done {
		names = append(names, d.Migration)
	}
	return names
}

func (l *lab) same(got []string, want ...string) {
	l.t.Helper()
	if !slices.Equal(got, want) {
		l.t.Fatalf("got %q, want %q", got, want)
	}
}

// applied returns the names that the history has.
func (l *lab) applied(m *migrate.Migrator) []string {
	l.t.Helper()
	st, err := m.Status(context.Background())
	if err != nil {
		l.t.Fatal(err)
	}
	var names []string
	for _, e := range st.Entries {
		if e.Record != nil {
			names = append(names, e.Migration)
		}
	}
	return names
}

// chain makes migrations that follow each other, one for each list of ops, named 0001_step and so on.
func chain(ops ...[]migrate.Op) []*migrate.Migration {
	var all []*migrate.Migration
	for i, o := range ops {
		m := &migrate.Migration{Name: "000" + string(rune('1'+i)) + "_step", Ops: o}
		if i > 0 {
			m.Parents = []*migrate.Migration{all[i-1]}
		}
		all = append(all, m)
	}
	return all
}

func table(name string, columns ...schema.ColumnDef) migrate.CreateTable {
	return migrate.CreateTable{Table: name, Columns: append([]schema.ColumnDef{schema.BigInt("id").Identity()}, columns...),
		PrimaryKey: schema.PrimaryKey{Name: name + "_pkey", Columns: []string{"id"}}}
}

func three() *migrate.Set {
	return migrate.NewSet("three", chain(
		[]migrate.Op{table("one", schema.Text("name"))},
		[]migrate.Op{migrate.AddColumn{Table: "one", Column: schema.Integer("stock").Default(7)}},
		[]migrate.Op{table("two")},
	)...)
}

func upAndLook(t *testing.T, l *lab) {
	ctx := context.Background()
	m := l.migrator(three())
	var pending *migrate.PendingError
	if err := m.Check(ctx); !errors.As(err, &pending) || len(pending.Pending) != 3 {
		t.Fatalf("check before: %v", err)
	}
	p, err := m.Plan(ctx, "")
	if err != nil || len(p.Steps) != 3 || len(p.Steps[0].Stages) == 0 {
		t.Fatalf("plan: %v, %v", p, err)
	}
	l.same(l.must(m.To(ctx, "0001_step")), "0001_step")
	l.exec(`INSERT INTO one (name) VALUES ('tea')`)
	l.same(l.must(m.Up(ctx)), "0002_step", "0003_step")
	if n := l.count(`SELECT stock FROM one`); n != 7 {
		t.Errorf("the old row has stock %d", n)
	}
	l.same(l.must(m.Up(ctx)))
	if err := m.Check(ctx); err != nil {
		t.Errorf("check after: %v", err)
	}
	if d, err := m.Verify(ctx); err != nil || len(d) > 0 {
		t.Errorf("verify: %v, %v", d, err)
	}
	st, err := m.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range st.Entries {
		if !e.Applied || e.Record.State != migrate.StateDone || e.Record.Started.IsZero() || e.Record.Finished.Before(e.Record.Started) {
			t.Errorf("%s: %+v", e.Migration, e.Record)
		}
	}
}

func goTo(t *testing.T, l *lab) {
	ctx := context.Background()
	m := l.migrator(three())
	l.same(l.must(m.To(ctx, "0002")), "0001_step", "0002_step")
	l.same(l.must(m.To(ctx, "0001_step")), "0002_step")
	l.same(l.must(m.Up(ctx)), "0002_step", "0003_step")
	l.same(l.must(m.Down(ctx)), "0003_step")
	l.same(l.must(m.To(ctx, "zero")), "0002_step", "0001_step")
	l.same(l.must(m.Down(ctx)))
	if facts := l.catalog(three().Schema()); len(facts) > 0 && l.b.Dialect.Capabilities().TransactionalDDL {
		t.Errorf("left behind: %q", facts)
	}
	var unknown *migrate.UnknownTargetError
	if _, err := m.To(ctx, "000"); !errors.As(err, &unknown) || !unknown.Many {
		t.Errorf("an ambiguous target: %v", err)
	}
	if _, err := m.To(ctx, "0009"); !errors.As(err, &unknown) || unknown.Many {
		t.Errorf("an unknown target: %v", err)
	}
}

func fakes(t *testing.T, l *lab) {
	ctx := context.Background()
	m := l.migrator(three())
	l.same(l.must(m.Fake(ctx, "0002_step")), "0001_step", "0002_step")
	l.same(l.applied(m), "0001_step", "0002_step")
	if facts := l.catalog(three().Schema()); len(facts) > 0 {
		t.Errorf("something was made: %q", facts)
	}
	l.same(l.must(m.Up(ctx)), "0003_step")
	l.same(l.must(m.Fake(ctx, "zero")), "0003_step", "0002_step", "0001_step")
	l.same(l.applied(m))
}

func failing(t *testing.T, l *lab) {
	ctx := context.Background()
	set := migrate.NewSet("failing", chain(
		[]migrate.Op{table("one")},
		[]migrate.Op{table("two"), migrate.SQL{Up: []string{"INSERT INTO two (id) VALUES (1)", "INSERT INTO nowhere VALUES (1)"}, NoDown: "test"}},
	)...)
	m := l.migrator(set)
	res, err := m.Up(ctx)
	var failed *migrate.MigrationError
	if !errors.As(err, &failed) || failed.Migration != "0002_step" || failed.Committed != 0 || !slices.Equal(failed.Done, []string{"0001_step"}) {
		t.Fatalf("%v", err)
	}
	var st *migrate.StatementError
	if !errors.As(err, &st) || !strings.Contains(st.Statement, "nowhere") {
		t.Errorf("the statement is not named: %v", err)
	}
	if len(res.Done) != 1 {
		t.Errorf("done: %v", res.Done)
	}
	l.same(l.applied(m), "0001_step")
	if facts := l.catalog(migrate.NewSet("x", chain([]migrate.Op{table("two")})...).Schema()); len(facts) > 0 && l.b.Dialect.Capabilities().TransactionalDDL {
		t.Errorf("left behind: %q", facts)
	}
}

func panicking(t *testing.T, l *lab) {
	ctx := context.Background()
	set := migrate.NewSet("panicking", chain([]migrate.Op{table("one"), migrate.Go{Name: "count", NoDown: "test", Up: func(context.Context, migrate.Tx) error {
		panic("deliberate")
	}}})...)
	m := l.migrator(set)
	var failed *migrate.MigrationError
	if _, err := m.Up(ctx); !errors.As(err, &failed) || !strings.Contains(err.Error(), "deliberate") {
		t.Fatalf("%v", err)
	}
	l.same(l.applied(m))
	if facts := l.catalog(set.Schema()); len(facts) > 0 && l.b.Dialect.Capabilities().TransactionalDDL {
		t.Errorf("left behind: %q", facts)
	}
}

func resuming(t *testing.T, l *lab) {
	ctx := context.Background()
	ready := false
	ops := []migrate.Op{
		table("one"),
		migrate.SQL{Up: []string{"ANALYZE"}, NoDown: "test", NoTx: true},
		migrate.Go{Name: "wait for somebody", NoDown: "test", Up: func(ctx context.Context, tx migrate.Tx) error {
			if !ready {
				return errors.New("not ready")
			}
			_, err := tx.ExecContext(ctx, "INSERT INTO one (id) VALUES (1)")
			return err
		}},
	}
	m := l.migrator(migrate.NewSet("resuming", chain(ops)...))
	var failed *migrate.MigrationError
	if _, err := m.Up(ctx); !errors.As(err, &failed) || failed.Committed != 2 || failed.Stages != 3 {
		t.Fatalf("%v (%+v)", err, failed)
	}
	st, err := m.Status(ctx)
	if err != nil || st.Entries[0].Applied || st.Entries[0].Record.State != migrate.StateRunning || st.Entries[0].Record.Stage != 2 {
		t.Fatalf("%+v, %v", st, err)
	}
	l.same(l.must(m.Down(ctx)), "0001_step") // what is done of it goes back
	if diff, err := m.Verify(ctx); err != nil || len(diff) > 0 {
		t.Errorf("undone from the middle: %v, %v", diff, err)
	}
	if _, err := m.Up(ctx); !errors.As(err, &failed) || failed.Committed != 2 {
		t.Fatal(err)
	}
	ready = true
	l.same(l.must(m.Up(ctx)), "0001_step")
	if n := l.count("SELECT count(*) FROM one"); n != 1 {
		t.Errorf("%d rows", n)
	}
	l.same(l.must(m.Up(ctx)))
}

func together(t *testing.T, l *lab) {
	ctx := context.Background()
	set := three()
	const runners = 4
	var wg sync.WaitGroup
	errs := make([]error, runners)
	done := make([]int, runners)
	for i := range runners {
		m, err := migrate.New(l.handle(), l.b.Dialect, set, nil)
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			res, err := m.Up(ctx)
			errs[i], done[i] = err, len(res.Done)
		})
	}
	wg.Wait()
	all := 0
	for i := range runners {
		if errs[i] != nil {
			t.Errorf("runner %d: %v", i, errs[i])
		}
		all += done[i]
	}
	if all != 3 {
		t.Errorf("%d migrations were applied, by all runners taken together", all)
	}
	l.same(l.applied(l.migrator(set)), "0001_step", "0002_step", "0003_step")
}

func drifting(t *testing.T, l *lab) {
	ctx := context.Background()
	m := l.migrator(three())
	l.must(m.Up(ctx))
	l.exec("ALTER TABLE one ADD COLUMN by_hand integer")
	l.exec("DROP TABLE two")
	d, err := m.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var missing, more bool
	for _, x := range d {
		missing = missing || x.Missing && strings.Contains(x.Fact, "two")
		more = more || !x.Missing && strings.Contains(x.Fact, "by_hand")
	}
	if !missing || !more {
		t.Errorf("%+v", d)
	}
	l.exec("ALTER TABLE one DROP COLUMN by_hand")
}

func twoSets(t *testing.T, l *lab) {
	ctx := context.Background()
	a := l.migrator(migrate.NewSet("a", chain([]migrate.Op{table("one")})...))
	b := l.migrator(migrate.NewSet("b", chain([]migrate.Op{table("two")}, []migrate.Op{table("three")})...))
	l.same(l.must(a.Up(ctx)), "0001_step")
	l.same(l.must(b.Up(ctx)), "0001_step", "0002_step")
	l.same(l.must(b.To(ctx, "zero")), "0002_step", "0001_step")
	l.same(l.applied(a), "0001_step")
	l.same(l.must(a.Up(ctx)))
}

func oneConnection(t *testing.T, l *lab) {
	l.db.SetMaxOpenConns(1)
	m := l.migrator(three())
	l.must(m.Up(context.Background()))
	l.must(m.To(context.Background(), "zero"))
}

func cancelled(t *testing.T, l *lab) {
	ctx, cancel := context.WithCancel(context.Background())
	set := migrate.NewSet("cancelled", chain([]migrate.Op{table("one")}, []migrate.Op{table("two"), migrate.Go{Name: "cancel", NoDown: "test", Up: func(context.Context, migrate.Tx) error {
		cancel()
		return nil
	}}})...)
	m := l.migrator(set)
	if _, err := m.Up(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	l.same(l.applied(m), "0001_step")
	if facts := l.catalog(migrate.NewSet("x", chain([]migrate.Op{table("two")})...).Schema()); len(facts) > 0 && l.b.Dialect.Capabilities().TransactionalDDL {
		t.Errorf("left behind: %q", facts)
	}
}
