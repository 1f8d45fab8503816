package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

func liteMark(kind migrate.MarkKind, name string, state migrate.State, stage int) migrate.Mark {
	return migrate.Mark{Kind: kind, Record: migrate.Record{Set: "shop", Name: name, Hash: "h", Digest: "d" + name, State: state, Stage: stage, Tool: "v1"}}
}

func liteStage(sql ...string) migrate.Stage {
	st := migrate.Stage{Cause: "Do something"}
	for _, q := range sql {
		st.Statements = append(st.Statements, migrate.Statement{SQL: q})
	}
	return st
}

func TestSQLiteHistory(t *testing.T) {
	d := newLite(t)
	ctx := t.Context()
	conn, err := d.db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s, err := sqlite.Dialect{}.Open(ctx, conn, migrate.SessionConfig{History: `odd "name"`})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := s.Newest(ctx, "shop"); r != nil || err != nil {
		t.Fatal(r, err)
	}
	if all, err := s.History(ctx, "shop"); all != nil || err != nil {
		t.Fatal(all, err)
	}
	for range 2 {
		if err := s.Bootstrap(ctx); err != nil {
			t.Fatal(err)
		}
	}
	before := time.Now().Add(-time.Second)
	transact := func(work migrate.Work) {
		t.Helper()
		if err := s.Transact(ctx, work); err != nil {
			t.Fatal(err)
		}
	}
	transact(migrate.Work{Before: []migrate.Mark{liteMark(migrate.MarkBegin, "1", migrate.StateRunning, 0)}, After: []migrate.Mark{liteMark(migrate.MarkFinish, "1", migrate.StateDone, 0)}})
	transact(migrate.Work{Before: []migrate.Mark{liteMark(migrate.MarkBegin, "2", migrate.StateRunning, 0)}, After: []migrate.Mark{liteMark(migrate.MarkStage, "2", migrate.StateRunning, 3)}})
	other := liteMark(migrate.MarkBegin, "1", migrate.StateFaked, 0)
	other.Record.Set = "other"
	transact(migrate.Work{Before: []migrate.Mark{other}})
	digest := liteMark(migrate.MarkDigest, "", "", 0)
	digest.Record.Digest = "new"
	transact(migrate.Work{After: []migrate.Mark{digest}})
	all, err := s.History(ctx, "shop")
	if err != nil {
		t.Fatal(err)
	}
	want := []migrate.Record{
		{Set: "shop", Name: "1", Hash: "h", Digest: "d1", State: migrate.StateDone, Tool: "v1"},
		{Set: "shop", Name: "2", Hash: "h", Digest: "new", State: migrate.StateRunning, Stage: 3, Tool: "v1"},
	}
	if diff := cmp.Diff(want, all, cmpopts.IgnoreFields(migrate.Record{}, "ID", "Started", "Finished")); diff != "" {
		t.Error(diff)
	}
	if all[0].ID >= all[1].ID || all[0].Started.Before(before) || all[0].Finished.Before(all[0].Started) || !all[1].Finished.IsZero() || all[0].Started.Location() != time.UTC {
		t.Errorf("%+v", all)
	}
	newest, err := s.Newest(ctx, "shop")
	if err != nil || newest.Name != "2" {
		t.Error(newest, err)
	}
	transact(migrate.Work{After: []migrate.Mark{liteMark(migrate.MarkRemove, "2", "", 0)}})
	if newest, err = s.Newest(ctx, "shop"); err != nil || newest.Name != "1" {
		t.Error(newest, err)
	}
	transact(migrate.Work{Before: []migrate.Mark{liteMark(migrate.MarkBegin, "2", migrate.StateRunning, 0)}}) // up again
	d.want(`SELECT count(*) FROM "odd ""name""" WHERE duration_ms >= 0`, "1")
	d.exec(`UPDATE "odd ""name""" SET hash = '2' WHERE name = 'format'`)
	if err := s.Bootstrap(ctx); err == nil || !strings.Contains(err.Error(), "newer version") {
		t.Error(err)
	}
}

func TestSQLiteBootstrapRefusesForeignTable(t *testing.T) {
	d := newLite(t)
	d.exec("CREATE TABLE modelgen_history (x)")
	conn, err := d.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s, err := sqlite.Dialect{}.Open(t.Context(), conn, migrate.SessionConfig{History: "modelgen_history"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Bootstrap(t.Context()); err == nil || !strings.Contains(err.Error(), "no history table") {
		t.Error(err)
	}
}

func TestSQLiteClaims(t *testing.T) {
	d := newLite(t)
	ctx := t.Context()
	a, _ := d.session(d.open())
	b, _ := d.session(d.open())
	begin := migrate.Work{Before: []migrate.Mark{liteMark(migrate.MarkBegin, "1", migrate.StateRunning, 0)}, Stages: []migrate.Stage{liteStage("CREATE TABLE x (a)")}}
	if err := a.Transact(ctx, begin); err != nil {
		t.Fatal(err)
	}
	if err := b.Transact(ctx, begin); !errors.Is(err, migrate.ErrClaimed) {
		t.Fatalf("a migration that is taken: %v", err)
	}
	// Both find the same row half way and go on with it: one of them is the first.
	next := migrate.Work{Stages: []migrate.Stage{liteStage("CREATE TABLE y (a)", "INSERT INTO y VALUES (1)")}, After: []migrate.Mark{liteMark(migrate.MarkStage, "1", migrate.StateRunning, 2)}}
	for _, s := range []migrate.Session{a, b} {
		if _, err := s.History(ctx, "shop"); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Transact(ctx, next); err != nil {
		t.Fatal(err)
	}
	if err := b.Transact(ctx, next); !errors.Is(err, migrate.ErrClaimed) {
		t.Fatalf("a stage that is done: %v", err)
	}
	d.want("SELECT count(*) FROM y", "1")
	remove := migrate.Work{After: []migrate.Mark{liteMark(migrate.MarkRemove, "1", "", 0)}}
	if _, err := b.History(ctx, "shop"); err != nil {
		t.Fatal(err)
	}
	if err := b.Transact(ctx, remove); err != nil {
		t.Fatal(err)
	}
	if err := a.Transact(ctx, remove); !errors.Is(err, migrate.ErrClaimed) {
		t.Fatalf("a row that is gone: %v", err)
	}
}

func TestSQLiteRunnersAtOnce(t *testing.T) {
	d := newLite(t)
	d.run(liteTable("t", liteID(), schema.Text("a").Null()))
	stages := d.plan(liteAlter("t", schema.Text("a").Null(), schema.Text("a").Default("x")), migrate.AddUnique{Table: "t", Unique: schema.Unique{Name: "u", Columns: []string{"a"}}})
	const runners = 6
	sessions := make([]migrate.Session, runners)
	for i := range sessions {
		sessions[i], _ = d.session(d.open())
	}
	errs := make([]error, runners)
	var wg sync.WaitGroup
	for i, s := range sessions {
		wg.Go(func() {
			errs[i] = s.Transact(t.Context(), migrate.Work{Before: []migrate.Mark{liteMark(migrate.MarkBegin, "1", migrate.StateRunning, 0)}, Stages: stages,
				After: []migrate.Mark{liteMark(migrate.MarkFinish, "1", migrate.StateDone, 0)}})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, migrate.ErrClaimed) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d runners made the migration", won)
	}
	d.want("PRAGMA integrity_check", "ok")
}

func TestSQLiteLockedError(t *testing.T) {
	d := newLite(t)
	s, conn := d.session(d.db)
	var busy int
	if err := s.Lock(t.Context(), 60*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	writer, err := d.open().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	err = s.Transact(t.Context(), migrate.Work{Stages: []migrate.Stage{liteStage("CREATE TABLE x (a)")}})
	var locked *migrate.LockedError
	if !errors.As(err, &locked) || locked.Waited < 60*time.Millisecond {
		t.Fatal(err)
	}
	// The one who waits can be called off.
	if err := s.Lock(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Transact(ctx, migrate.Work{Stages: []migrate.Stage{liteStage("CREATE TABLE x (a)")}}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if _, err := writer.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := s.Transact(t.Context(), migrate.Work{Stages: []migrate.Stage{liteStage("CREATE TABLE x (a)")}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := conn.QueryRowContext(t.Context(), "PRAGMA busy_timeout").Scan(&busy); err != nil || busy != 0 {
		t.Errorf("busy_timeout is %d afterwards, %v", busy, err)
	}
}

// TestSQLiteStopsAnywhere lets each statement of a rebuild fail in turn, and each function: nothing may be left of it.
func TestSQLiteStopsAnywhere(t *testing.T) {
	d := newLite(t)
	d.run(liteStart()...)
	d.exec(liteRows...)
	d.exec("CREATE TRIGGER tr AFTER INSERT ON a BEGIN SELECT 1; END", "CREATE INDEX by_hand ON a (label)")
	const dump = "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
	before, rows := d.query(dump), d.query("SELECT a.*, b.* FROM a JOIN b ON a.id = b.a_id")
	ops := []migrate.Op{liteAlter("a", schema.Text("label").Null(), schema.Text("label").Null().Default("x")), liteAdd("b", schema.Text("z").Null()), migrate.RenameTable{From: "a", To: "c"}}
	n := 0
	for i, st := range d.plan(ops...) {
		n += 1 + len(st.Statements)
		for at := range 1 + len(st.Statements) {
			for _, panics := range []bool{false, true} {
				stages := d.plan(ops...)
				broken := &stages[i]
				if at == len(st.Statements) {
					run := broken.Run
					broken.Run = func(ctx context.Context, tx migrate.Tx) error {
						if run != nil {
							if err := run(ctx, tx); err != nil {
								return err
							}
						}
						if panics {
							panic("stop")
						}
						return errors.New("stop")
					}
				} else {
					broken.Statements[at].SQL = "stop"
				}
				s, conn := d.session(d.db)
				err := s.Transact(t.Context(), migrate.Work{Before: []migrate.Mark{liteMark(migrate.MarkBegin, "1", migrate.StateRunning, 0)}, Stages: stages})
				var se *migrate.StatementError
				if !errors.As(err, &se) || !strings.Contains(err.Error(), "stop") || se.Stage != i || se.Cause != st.Cause {
					t.Fatalf("stage %d statement %d: %v (%+v)", i, at, err, se)
				}
				for pragma, want := range map[string]int{"foreign_keys": 1, "legacy_alter_table": 0} {
					var is int
					if err := conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&is); err != nil || is != want {
						t.Errorf("%s is %d, %v", pragma, is, err)
					}
				}
				conn.Close()
				d.want(dump, before)
				d.want("SELECT a.*, b.* FROM a JOIN b ON a.id = b.a_id", rows)
				d.want("SELECT count(*) FROM modelgen_history WHERE \"set\" = 'shop'", "0")
			}
		}
	}
	if n < 12 {
		t.Errorf("only %d places", n)
	}
}

func TestSQLiteKeysThatCannotBeSwitchedOff(t *testing.T) {
	d := newLite(t)
	d.run(liteTable("t", liteID(), schema.Text("a").Null()))
	s, conn := d.session(d.db)
	if _, err := conn.ExecContext(t.Context(), "BEGIN"); err != nil { // inside a transaction the PRAGMA does nothing
		t.Fatal(err)
	}
	err := s.Transact(t.Context(), migrate.Work{Stages: d.plan(liteAlter("t", schema.Text("a").Null(), schema.Text("a")))})
	if err == nil || !strings.Contains(err.Error(), "cannot be switched off") {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
}

func TestSQLiteOldViolationsAreNoReasonToStop(t *testing.T) {
	d := newLite(t)
	d.run(liteStart()...)
	conn, err := d.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"PRAGMA foreign_keys = OFF", "INSERT INTO b (id, name, a_id) VALUES (1, 'x', 77), (2, 'y', 78)", "CREATE TABLE bad (x REFERENCES b (name))", "PRAGMA foreign_keys = ON"} {
		if _, err := conn.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	conn.Close()
	ops := []migrate.Op{migrate.RenameTable{From: "b", To: "bees"}, migrate.RenameColumn{Table: "bees", From: "a_id", To: "aa"}, migrate.RenameTable{From: "a", To: "as"},
		liteAlter("bees", schema.Text("name"), schema.Text("name").Null())}
	if err := d.try(ops...); err != nil {
		t.Fatal(err)
	}
	d.fails([]migrate.Op{migrate.AddForeignKey{Table: "bees", ForeignKey: liteFK("again", "id", "as", "")}}, "bees (id): 2 rows", "as")
}

func TestSQLiteStatementError(t *testing.T) {
	d := newLite(t)
	d.run(liteTable("t", liteID(), schema.Text("a").Null()))
	s, _ := d.session(d.db)
	err := s.Transact(t.Context(), migrate.Work{Stages: []migrate.Stage{liteStage("SELECT 1"), {Cause: "Second", Statements: []migrate.Statement{{SQL: "INSERT INTO t (id, a) VALUES (1, 'a'), (1, 'a')"}}}}})
	var se *migrate.StatementError
	if !errors.As(err, &se) {
		t.Fatal(err)
	}
	if se.Stage != 1 || se.Cause != "Second" || se.Code != "1555" || !strings.HasPrefix(se.Statement, "INSERT") || se.Hint == "" {
		t.Errorf("%+v", se)
	}
	// A deferred foreign key speaks at COMMIT.
	deferred := []migrate.Stage{liteStage("CREATE TABLE x (a REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)", "INSERT INTO x VALUES (5)")}
	if err := s.Transact(t.Context(), migrate.Work{Stages: deferred}); !errors.As(err, &se) || se.Statement != "COMMIT" {
		t.Errorf("%v", err)
	}
	d.want("SELECT count(*) FROM sqlite_master WHERE name = 'x'", "0")
}

func TestSQLiteStep(t *testing.T) {
	d := newLite(t)
	d.run(liteTable("t", liteID()))
	s, _ := d.session(d.db)
	if err := s.Transact(t.Context(), migrate.Work{Before: []migrate.Mark{liteMark(migrate.MarkBegin, "1", migrate.StateRunning, 0)}}); err != nil {
		t.Fatal(err)
	}
	vacuum := liteStage("VACUUM")
	vacuum.NoTx = true
	if err := s.Transact(t.Context(), migrate.Work{Stages: []migrate.Stage{vacuum}}); err == nil {
		t.Error("a stage outside any transaction ran inside one")
	}
	if err := s.Step(t.Context(), vacuum, []migrate.Mark{liteMark(migrate.MarkFinish, "1", migrate.StateDone, 0)}); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Newest(t.Context(), "shop"); err != nil || r.State != migrate.StateDone {
		t.Error(r, err)
	}
}

func TestSQLiteGoSeesForeignKeys(t *testing.T) {
	d := newLite(t)
	d.run(liteStart()...)
	d.exec(liteRows...)
	d.run(
		liteAlter("a", schema.Text("label").Null(), schema.Text("label").Null().Default("x")),
		migrate.Go{Name: "delete", Up: func(ctx context.Context, tx migrate.Tx) error {
			if _, ok := tx.(interface {
				BeginTx(context.Context, *sql.TxOptions) (*sql.Tx, error)
			}); ok {
				return errors.New("the function could begin a transaction of its own")
			}
			_, err := tx.ExecContext(ctx, "DELETE FROM a WHERE id = ?", 1)
			return err
		}},
		liteAlter("b", schema.Text("name"), schema.Text("name").Null()),
	)
	d.want("SELECT id FROM b ORDER BY id", "3 4")
}

func TestSQLiteMigrator(t *testing.T) {
	d := newLite(t)
	first := &migrate.Migration{Name: "0001", Ops: liteStart()}
	second := &migrate.Migration{Name: "0002", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
		liteAlter("b", schema.Text("name"), schema.Text("name").Null()), migrate.SQL{Up: []string{"INSERT INTO a (id) VALUES (1)"}, Down: []string{"DELETE FROM a"}}, liteAdd("a", schema.Text("x").Null()),
	}}
	m, err := migrate.New(d.db, sqlite.Dialect{}, migrate.NewSet("shop", first, second), nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for range 2 {
			if _, err := m.Up(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff, err := m.Verify(t.Context()); err != nil || len(diff) > 0 {
			t.Fatal(diff, err)
		}
		if _, err := m.To(t.Context(), "zero"); err != nil {
			t.Fatal(err)
		}
		d.want("SELECT group_concat(name) FROM sqlite_master WHERE name NOT LIKE 'sqlite%'", "modelgen_history")
	}
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		m, err := migrate.New(d.open(), sqlite.Dialect{}, migrate.NewSet("shop", first, second), nil)
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() { _, errs[i] = m.Up(t.Context()) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	d.want("SELECT count(*) FROM a", "1")
}

func TestSQLiteHostileNames(t *testing.T) {
	t.Parallel()
	d := newLite(t)
	names := []string{`a"b`, `x'; DROP TABLE victims; --`, `per%cent %s $1 ?`, `back\slash`, `[square]`, "`tick`", `select`, `Überschrift`, `mit Leerzeichen`, `a,b`, `(`, `%[1]s`, `/*`, `--`, `"`}
	d.run(liteTable("victims", liteID()))
	for i, n := range names {
		op := liteTable(n, liteID(), schema.Text(n).Null(), schema.Integer("other"+n).Default(1))
		op.Uniques = []schema.Unique{{Name: "u" + n, Columns: []string{n, "other" + n}}}
		op.Indexes = []schema.Index{{Name: "i" + n, Parts: []schema.IndexPart{{Column: n}}, Where: `"` + strings.ReplaceAll(n, `"`, `""`) + `" IS NOT NULL`}}
		op.ForeignKeys = []schema.ForeignKey{liteFK("f"+n, "other"+n, "victims", schema.Cascade)}
		op.Checks = []schema.Check{{Name: "c" + n, Expr: `"` + strings.ReplaceAll(n, `"`, `""`) + `" <> 'x'`}}
		d.run(op)
		d.exec("INSERT OR IGNORE INTO victims VALUES (1)", `INSERT INTO "`+strings.ReplaceAll(n, `"`, `""`)+`" (id) VALUES (1)`)
		e := migrate.CreateEnum{Name: "e" + n, Values: []string{n, "it's"}}
		d.run(e, liteAdd(n, schema.EnumOf("e"+n, "e"+n).Default(n)), liteAdd(n, schema.Text("t"+n).Default(n)), migrate.RenameColumn{Table: n, From: n, To: "new" + n}, liteAlter(n, schema.Text("new"+n).Null(), schema.Text("new"+n).Default(n)),
			migrate.Fill{Table: n, Column: "new" + n, Expr: "'" + strings.ReplaceAll(n, "'", "''") + "'"}, migrate.RenameTable{From: n, To: fmt.Sprint("t", i)})
		d.want(fmt.Sprintf(`SELECT * FROM t%d`, i), "1|"+n+"|1|"+n+"|"+n)
		d.run(migrate.RenameTable{From: fmt.Sprint("t", i), To: n}, liteAlter(n, schema.Text("t"+n).Default(n), schema.Text("t"+n).Null()))
	}
	d.want("SELECT count(*) FROM victims", "1")
}

func TestSQLiteCatalogTellsWhatWasMadeByHand(t *testing.T) {
	d := newLite(t)
	d.run(liteStart()...)
	d.verify()
	d.exec("ALTER TABLE a ADD COLUMN extra int", "CREATE INDEX by_hand ON a (label DESC) WHERE w > 1", "CREATE TRIGGER tr AFTER INSERT ON a BEGIN SELECT 1; END", "CREATE TABLE other (x)", "DROP INDEX b_n_idx")
	want, got := d.catalogs()
	has := map[string]bool{}
	for _, line := range want {
		has[line] = true
	}
	var diff []string
	for _, line := range got {
		if !has[line] {
			diff = append(diff, "+ "+line)
		}
		delete(has, line)
	}
	for line := range has {
		diff = append(diff, "- "+line)
	}
	expect := []string{"+ column a.extra INT", "+ index a (label desc) where w > 1 [by_hand]", "+ trigger a.tr: create trigger tr after insert on a begin select 1 ; end", "- index b (n) [b_n_idx]"}
	if d := cmp.Diff(expect, diff); d != "" {
		t.Error(d)
	}
	d.exec("DROP TABLE b")
	if _, got := d.catalogs(); strings.Contains(strings.Join(got, "\n"), "table b") {
		t.Error("a table that is not there has lines")
	}
}

func TestSQLiteCancel(t *testing.T) {
	d := newLite(t)
	d.run(liteStart()...)
	d.exec(liteRows...)
	s, conn := d.session(d.db)
	stages := d.plan(liteAlter("a", schema.Text("label").Null(), schema.Text("label").Null().Default("x")))
	ctx, cancel := context.WithCancel(t.Context())
	stages[1].Run = func(context.Context, migrate.Tx) error { cancel(); return nil }
	err := s.Transact(ctx, migrate.Work{Before: []migrate.Mark{liteMark(migrate.MarkBegin, "1", migrate.StateRunning, 0)}, Stages: stages})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	var keys int
	if err := conn.QueryRowContext(t.Context(), "PRAGMA foreign_keys").Scan(&keys); err != nil || keys != 1 {
		t.Error(keys, err)
	}
	if r, err := s.Newest(t.Context(), "shop"); r != nil || err != nil {
		t.Error(r, err)
	}
	d.verify()
	if err := s.Transact(t.Context(), migrate.Work{Stages: d.plan(liteAlter("a", schema.Text("label").Null(), schema.Text("label").Null().Default("x")))}); err != nil {
		t.Fatal(err) // the connection is as good as before
	}
}
