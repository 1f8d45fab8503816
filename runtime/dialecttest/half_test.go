package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var errStopped = errors.New("stopped by the test")

// stopper is a dialect whose sessions stop at one of the transactions and steps that they are asked for, as a killed process would: before it, or
// when it is done and, of a step outside any transaction, nothing of it is recorded. All that they are asked for after it fails.
type stopper struct {
	migrate.Dialect
	at, n int
	after bool
}

func (d *stopper) Open(ctx context.Context, conn *sql.Conn, cfg migrate.SessionConfig) (migrate.Session, error) {
	s, err := d.Dialect.Open(ctx, conn, cfg)
	return &stopped{s, d}, err
}

type stopped struct {
	migrate.Session
	d *stopper
}

func (s *stopped) do(run func() error) error {
	switch s.d.n++; {
	case s.d.n == s.d.at && s.d.after:
		if err := run(); err != nil {
			return err
		}
		return errStopped
	case s.d.n >= s.d.at:
		return errStopped
	}
	return run()
}

// Lock fails once it has stopped: else whoever looks how far a failed run came waits for the lock that its session, which no process has, still holds.
func (s *stopped) Lock(ctx context.Context, timeout time.Duration) error {
	if s.d.n >= s.d.at {
		return errStopped
	}
	return s.Session.Lock(ctx, timeout)
}

func (s *stopped) Transact(ctx context.Context, work ...migrate.Work) error {
	return s.do(func() error { return s.Session.Transact(ctx, work...) })
}

func (s *stopped) Step(ctx context.Context, st migrate.Stage, after []migrate.Mark) error {
	return s.do(func() error {
		if s.d.n == s.d.at {
			after = nil
			if st.ByHand { // nobody can know of what a person wrote whether it was done
				return errStopped
			}
		}
		return s.Session.Step(ctx, st, after)
	})
}

func (s *stopped) Batch(ctx context.Context, st migrate.Stage, mark migrate.Mark, size int) (p migrate.BatchResult, err error) {
	err = s.do(func() error { p, err = s.Session.Batch(ctx, st, mark, size); return err })
	return p, err
}

// everyStep is a migration with every kind of step behind one that makes the tables.
func everyStep(postgres bool) *migrate.Set {
	fk := schema.ForeignKey{Name: "r_p_fkey", Columns: []string{"p_id"}, RefTable: "p", RefColumns: []string{"id"}}
	r := makes("r", schema.BigInt("p_id")).(migrate.CreateTable)
	r.ForeignKeys = []schema.ForeignKey{fk}
	oldIndex := schema.Index{Name: "p_old_idx", Parts: []schema.IndexPart{{Column: "old"}}}
	first := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{
		makes("q", schema.Text("note")),
		makes("p", schema.Varchar("name", 100), schema.Integer("n"), schema.Text("old").Null(), schema.BigInt("q_id").Null()),
		migrate.CreateIndex{Table: "p", Index: oldIndex}, r,
	}}
	ops := []migrate.Op{
		migrate.AddColumn{Table: "p", Column: schema.Text("nick").Null()},
		migrate.Fill{Table: "p", Column: "nick", Expr: "lower(name)"},
		migrate.AlterColumn{Table: "p", From: schema.Text("nick").Null(), To: schema.Text("nick")},
		migrate.AddUnique{Table: "p", Unique: schema.Unique{Name: "p_nick_key", Columns: []string{"nick"}}},
		migrate.AddColumn{Table: "p", Column: schema.Text("token").DefaultFor("postgres", "gen_random_uuid()::text").DefaultFor("sqlite", "(lower(hex(randomblob(8))))")},
		migrate.AddCheck{Table: "p", Check: schema.Check{Name: "p_n_check", Expr: "n >= 0"}},
		migrate.AddForeignKey{Table: "p", ForeignKey: schema.ForeignKey{Name: "p_q_fkey", Columns: []string{"q_id"}, RefTable: "q", RefColumns: []string{"id"}}},
		migrate.CreateIndex{Table: "p", Index: schema.Index{Name: "p_name_idx", Parts: []schema.IndexPart{{Column: "name"}}}},
		migrate.SQL{NoTx: true, Up: []string{"CREATE INDEX hand_a ON q (note)", "CREATE INDEX hand_b ON q (note)"}, Down: []string{"DROP INDEX hand_b", "DROP INDEX hand_a"}},
		migrate.SQL{Up: []string{"INSERT INTO q VALUES (99, 'by hand')"}, Down: []string{"DELETE FROM q WHERE id = 99"}},
		migrate.Fill{Table: "q", Column: "note", Expr: "'<' || note", Where: "id < 99", Back: "substr(note, 2)", BackWhere: "id < 99"},
		migrate.Go{Up: func(ctx context.Context, tx migrate.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO q VALUES (98, 'in Go')")
			return err
		}, Down: func(ctx context.Context, tx migrate.Tx) error {
			_, err := tx.ExecContext(ctx, "DELETE FROM q WHERE id = 98")
			return err
		}},
		migrate.AlterColumn{Table: "p", From: schema.Varchar("name", 100), To: schema.Text("name")},
		migrate.RenameColumn{Table: "p", From: "n", To: "amount"},
		migrate.DropIndex{Table: "p", Index: oldIndex},
		migrate.DropColumn{Table: "p", Column: schema.Text("old").Null()},
		migrate.DropTable(r),
	}
	if postgres {
		ops = append(ops[:5:5], append([]migrate.Op{migrate.AddColumn{Table: "p", Column: schema.BigInt("num").Identity()}}, ops[5:]...)...)
	}
	return migrate.NewSet("test", first, &migrate.Migration{Name: "0002_every", Parents: []*migrate.Migration{first}, Ops: ops})
}

// TestHalfUndone stops a migration with every kind of step at each of its transactions, before it and behind it, and takes it back from there; every
// other time the way back is stopped once as well. The database is then as the first migration left it, with its rows. Without -full each driver of
// PostgreSQL has every eighth transaction, and those of SQLite are all there.
func TestHalfUndone(t *testing.T) {
	t.Parallel()
	runners(t, func(r *runner) {
		set := everyStep(r.url != "")
		if err := set.Err(); err != nil {
			r.t.Fatal(err)
		}
		ctx, real := context.Background(), r.dialect
		r.to(set, "0001", "0001_a")
		r.exec("INSERT INTO q VALUES (1, 'one'), (2, 'two')", "INSERT INTO p VALUES (1, 'Ann', 1, NULL, 1), (2, 'Bob', 2, NULL, NULL)")
		rows := func() string {
			return r.rows("SELECT id, name, n, q_id FROM p ORDER BY id") + r.rows("SELECT id, note FROM q ORDER BY id")
		}
		before := rows()
		last := 0
		for n, over := 1, false; !over; n++ {
			if r.driver != "" && !turn(n/2, slices.Index(pgDrivers, r.driver), 8) {
				continue
			}
			r.dialect = &stopper{Dialect: real, at: n, after: n%2 == 0}
			_, err := r.migrator(set).Up(ctx)
			r.dialect = real
			if over = err == nil; !over && !errors.Is(err, errStopped) {
				r.t.Fatalf("stop %d: %v", n, err)
			}
			if last = n; n%2 == 0 && err != nil {
				r.dialect = &stopper{Dialect: real, at: 1 + n%5, after: n%3 == 0}
				if _, err := r.migrator(set).To(ctx, "0001"); err != nil && !errors.Is(err, errStopped) {
					r.t.Fatalf("stop %d: back: %v", n, err)
				}
				r.dialect = real
			}
			if _, err := r.migrator(set).To(ctx, "0001"); err != nil {
				r.t.Fatalf("stop %d: %v", n, err)
			}
			r.agrees(set)
			r.history("test/0001_a done")
			if d := cmp.Diff(before, rows()); d != "" {
				r.t.Errorf("the rows (-want +got):\n%s", d)
			}
			if r.t.Failed() {
				r.t.Fatalf("at stop %d", n)
			}
		}
		if last < 8 {
			r.t.Errorf("it has %d transactions only", last)
		}
		r.up(set, "0002_every")
		r.history("test/0001_a done", "test/0002_every done")
	})
}

// rows returns the rows of a query, one a line.
func (r *runner) rows(query string) string {
	r.t.Helper()
	rows, err := r.db.Query(query)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		r.t.Fatal(err)
	}
	var b strings.Builder
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(sql.NullString)
		}
		if err := rows.Scan(values...); err != nil {
			r.t.Fatal(err)
		}
		for i, v := range values {
			fmt.Fprintf(&b, "%s=%s ", columns[i], v.(*sql.NullString).String)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
