package dialecttest_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
	_ "modernc.org/sqlite"
)

// liteDB is a database in a file, with the schema that its migrations have made so far.
type liteDB struct {
	t    *testing.T
	path string
	db   *sql.DB
	s    *schema.Schema
	n    int
	last []migrate.Stage // of the newest migration
}

func newLite(t *testing.T) *liteDB {
	t.Helper()
	d := &liteDB{t: t, path: filepath.Join(t.TempDir(), "test.db"), s: &schema.Schema{}}
	d.db = d.open()
	return d
}

func (d *liteDB) open() *sql.DB {
	d.t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: d.path}).EscapedPath()+litePragmas)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { db.Close() })
	return db
}

// session opens a session on a connection of its own and makes the history table.
func (d *liteDB) session(db *sql.DB) (migrate.Session, *sql.Conn) {
	d.t.Helper()
	ctx := d.t.Context()
	conn, err := db.Conn(ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	s, err := sqlite.Dialect{}.Open(ctx, conn, migrate.SessionConfig{History: "modelgen_history", Notify: func(migrate.Event) {}})
	if err != nil {
		d.t.Fatal(err)
	}
	if err := s.Lock(ctx, 5*time.Second); err != nil {
		d.t.Fatal(err)
	}
	if err := s.Bootstrap(ctx); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		s.Close(context.Background())
		conn.Close()
	})
	return s, conn
}

// plan returns the stages of ops on the schema as it is.
func (d *liteDB) plan(ops ...migrate.Op) []migrate.Stage {
	d.t.Helper()
	stages, err := migrate.PlanOps(sqlite.Dialect{}.Planner(0), d.s.Clone(), ops)
	if err != nil {
		d.t.Fatal(err)
	}
	return stages
}

// try plans ops and runs their stages as the migrator does: neighbours with the same KeysOff share a transaction.
func (d *liteDB) try(ops ...migrate.Op) error {
	d.t.Helper()
	ctx := d.t.Context()
	after := d.s.Clone()
	stages, err := migrate.PlanOps(sqlite.Dialect{}.Planner(0), after, ops)
	if err != nil {
		d.t.Fatal(err)
	}
	d.last = stages
	s, conn := d.session(d.db)
	defer conn.Close()
	defer s.Close(ctx)
	d.n++
	record := migrate.Record{Set: "test", Name: fmt.Sprintf("m%03d", d.n), Hash: "h", State: migrate.StateRunning}
	done := record
	done.State = migrate.StateDone
	marks := []migrate.Mark{{Kind: migrate.MarkBegin, Record: record}}
	for len(stages) > 0 {
		if stages[0].NoTx {
			if err := s.Step(ctx, stages[0], nil); err != nil {
				return err
			}
			stages = stages[1:]
			continue
		}
		n := 1
		for n < len(stages) && !stages[n].NoTx && stages[n].KeysOff == stages[0].KeysOff {
			n++
		}
		work := migrate.Work{Before: marks, Stages: stages[:n]}
		if n == len(stages) {
			work.After = []migrate.Mark{{Kind: migrate.MarkFinish, Record: done}}
		}
		if err := s.Transact(ctx, work); err != nil {
			return err
		}
		marks, stages = nil, stages[n:]
	}
	d.s = after
	return nil
}

// run applies ops; then the database must be what the schema says, and as sound as a database made at once.
func (d *liteDB) run(ops ...migrate.Op) {
	d.t.Helper()
	if err := d.try(ops...); err != nil {
		d.t.Fatal(err)
	}
	d.verify()
}

func (d *liteDB) verify(hand ...string) {
	d.t.Helper()
	want, got := d.catalogs()
	got = slices.DeleteFunc(got, func(line string) bool { return slices.Contains(hand, line) })
	if diff := cmp.Diff(want, got); diff != "" {
		d.t.Fatalf("the database is not what the schema says (-schema +database):\n%s", diff)
	}
	if got := d.query("PRAGMA integrity_check"); got != "ok" {
		d.t.Fatal(got)
	}
	if got := d.query("PRAGMA foreign_key_check"); got != "" {
		d.t.Fatal("foreign keys: " + got)
	}
	if got := d.query("SELECT name FROM sqlite_master WHERE name LIKE 'modelgen%' AND name <> 'modelgen_history'"); got != "" {
		d.t.Fatal("left behind: " + got)
	}
}

func (d *liteDB) catalogs() (want, got []string) {
	d.t.Helper()
	s, conn := d.session(d.db)
	defer conn.Close()
	want, err := s.Expected(d.t.Context(), d.s)
	if err != nil {
		d.t.Fatal(err)
	}
	if got, err = s.Catalog(d.t.Context(), d.s); err != nil {
		d.t.Fatal(err)
	}
	return want, got
}

func (d *liteDB) exec(statements ...string) {
	d.t.Helper()
	for _, q := range statements {
		if _, err := d.db.ExecContext(d.t.Context(), q); err != nil {
			d.t.Fatalf("%v: %s", err, q)
		}
	}
}

// query returns the rows as text: a|b a|b.
func (d *liteDB) query(q string) string {
	d.t.Helper()
	rows, err := d.db.QueryContext(d.t.Context(), q)
	if err != nil {
		d.t.Fatalf("%v: %s", err, q)
	}
	defer rows.Close()
	cols, _ := rows.Columns()
	var out []string
	for rows.Next() {
		vals := make([]sql.NullString, len(cols))
		into := make([]any, len(cols))
		for i := range vals {
			into[i] = &vals[i]
		}
		if err := rows.Scan(into...); err != nil {
			d.t.Fatal(err)
		}
		var cells []string
		for _, v := range vals {
			if !v.Valid {
				v.String = "NULL"
			}
			cells = append(cells, v.String)
		}
		out = append(out, strings.Join(cells, "|"))
	}
	if err := rows.Err(); err != nil {
		d.t.Fatal(err)
	}
	return strings.Join(out, " ")
}

func (d *liteDB) want(q, want string) {
	d.t.Helper()
	if got := d.query(q); got != want {
		d.t.Errorf("%s\n got %s\nwant %s", q, got, want)
	}
}

// fails runs ops that must fail with all of the words in the error, and leave no trace.
func (d *liteDB) fails(ops []migrate.Op, words ...string) error {
	d.t.Helper()
	const dump = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'modelgen%' ORDER BY 1, 2"
	before, rows := d.query(dump), d.query("SELECT count(*) FROM modelgen_history")
	err := d.try(ops...)
	if err == nil {
		d.t.Fatal("it should have failed")
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			d.t.Errorf("the error does not say %q: %v", w, err)
		}
	}
	d.want(dump, before)
	d.want("SELECT count(*) FROM modelgen_history", rows)
	d.want("PRAGMA foreign_keys", "1")
	return err
}

func liteTable(name string, columns ...schema.ColumnDef) migrate.CreateTable {
	return migrate.CreateTable{Table: name, Columns: columns, PrimaryKey: schema.PrimaryKey{Name: name + "_pkey", Columns: []string{"id"}}}
}

func liteID() schema.ColumnDef { return schema.BigInt("id") }

func liteAdd(table string, c schema.ColumnDef) migrate.Op {
	return migrate.AddColumn{Table: table, Column: c}
}

func liteAlter(table string, from, to schema.ColumnDef) migrate.Op {
	return migrate.AlterColumn{Table: table, From: from, To: to}
}

func liteFK(name, column, ref string, onDelete schema.Action) schema.ForeignKey {
	return schema.ForeignKey{Name: name, Columns: []string{column}, RefTable: ref, RefColumns: []string{"id"}, OnDelete: onDelete}
}

// script returns the SQL of stages, one statement a line.
func liteScript(stages []migrate.Stage) []string {
	var out []string
	for _, st := range stages {
		for _, q := range st.Statements {
			out = append(out, strings.Join(strings.Fields(q.SQL), " "))
		}
	}
	return out
}
