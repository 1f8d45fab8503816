package optimizetest_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

	"github.com/modelgen/modelgen/gen/optimize"
	"github.com/modelgen/modelgen/gen/optimize/optimizetest"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

var (
	lists = flag.Int("real.n", 20, "how many random lists run on each database")
	first = flag.Uint64("real.seed", 1, "the seed of the first list; a failure prints its own")
	past  = flag.Uint64("real.history", 5, "the seed of the history of two hundred migrations")
)

var real = optimizetest.Options{Real: true, Data: true}

// backend opens an empty database.
type backend func(t *testing.T) (*sql.DB, migrate.Dialect, func())

var number atomic.Int64

func onSQLite(t *testing.T) (*sql.DB, migrate.Dialect, func()) {
	db, err := sql.Open("sqlite", fmt.Sprintf("file:optimize%d?mode=memory&_pragma=foreign_keys(1)", number.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // the connection is the database
	db.SetMaxIdleConns(1)
	return db, sqlite.Dialect{}, func() { db.Close() }
}

// onPostgres returns a schema of its own in one database, which is faster than a database for each.
func onPostgres(base string) backend {
	return func(t *testing.T) (*sql.DB, migrate.Dialect, func()) {
		name := fmt.Sprintf("optimize_%d", number.Add(1))
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("search_path", name)
		u.RawQuery = q.Encode()
		db, err := sql.Open("postgres", u.String())
		if err != nil {
			t.Fatal(err)
		}
		db.SetMaxOpenConns(2)
		if _, err := db.Exec("CREATE SCHEMA " + name); err != nil {
			t.Fatal(err)
		}
		return db, postgres.Dialect{Schema: name}, func() {
			_, _ = db.Exec("DROP SCHEMA " + name + " CASCADE")
			db.Close()
		}
	}
}

// live is a database with what it came to.
type live struct {
	db      *sql.DB
	dialect migrate.Dialect
}

// run carries the database to a target, "" being the end, and says why it did not get there.
func (l live) run(set *migrate.Set, target string) error {
	m, err := migrate.New(l.db, l.dialect, set, nil)
	if err != nil {
		return err
	}
	if target != "" {
		_, err = m.To(context.Background(), target)
	} else {
		_, err = m.Up(context.Background())
	}
	return err
}

// drift is what the database has that differs from the migrations.
func (l live) drift(t *testing.T, set *migrate.Set) []string {
	t.Helper()
	m, err := migrate.New(l.db, l.dialect, set, nil)
	if err != nil {
		t.Fatal(err)
	}
	drift, err := m.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range drift {
		out = append(out, fmt.Sprint(d))
	}
	return out
}

// facts are the catalog, and all rows in the order of their first column.
func (l live) facts(t *testing.T, s *schema.Schema) []string {
	t.Helper()
	ctx := context.Background()
	conn, err := l.db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	session, err := l.dialect.Open(ctx, conn, migrate.SessionConfig{History: "modelgen_history", Notify: func(migrate.Event) {}})
	if err != nil {
		t.Fatal(err)
	}
	facts, err := session.Catalog(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Close(ctx); err != nil {
		t.Fatal(err)
	}
	for _, table := range s.Tables {
		var columns []string
		for _, c := range table.Columns {
			columns = append(columns, "CAST("+c.Name+" AS text)")
		}
		rows, err := conn.QueryContext(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM "+table.Name)
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for rows.Next() {
			values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			found = append(found, fmt.Sprint(table.Name, values))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(found)
		facts = append(facts, found...)
	}
	return facts
}

func TestRealSQLite(t *testing.T)   { hold(t, onSQLite) }
func TestRealPostgres(t *testing.T) { hold(t, onPostgres(pgtest.Database(t))) }

// hold runs random lists and what they are optimised to, and compares catalogs and rows.
func hold(t *testing.T, open backend) {
	t.Parallel()
	n := *lists
	if testing.Short() {
		n /= 10
	}
	long, short, refused := 0, 0, 0
	for i := range n {
		seed := *first + uint64(i)
		before, begin := optimizetest.Begin(seed, real)
		list := optimizetest.List(seed, before, 5+int(seed%30), real)
		got := optimize.From(before, list)
		long, short = long+len(list), short+len(got)
		why, runs := differs(t, open, begin, list, got)
		if !runs {
			refused++
			t.Logf("seed %d: not for this database: %s", seed, why)
			continue
		}
		if why != "" {
			t.Fatalf("seed %d: %s\nbegins with\n%slist\n%soptimised\n%s", seed, why, listed(begin), listed(list), listed(got))
		}
	}
	t.Logf("%d lists, of which %d are not for this database: %d ops became %d", n, refused, long, short)
	if refused*8 > n {
		t.Errorf("too few lists run at all")
	}
}

// differs says how the two lists differ; runs reports whether the first one runs at all.
func differs(t *testing.T, open backend, begin, list, got []migrate.Op) (why string, runs bool) {
	facts := map[bool][]string{}
	for _, optimised := range []bool{false, true} {
		ops := list
		if optimised {
			ops = got
		}
		one := &migrate.Migration{Name: "0001_begin", Ops: begin}
		set := migrate.NewSet("real", one, &migrate.Migration{Name: "0002_list", Parents: []*migrate.Migration{one}, Ops: ops})
		db, dialect, remove := open(t)
		l := live{db, dialect}
		err := l.run(set, "0001_begin")
		if err == nil {
			err = l.run(set, "")
		}
		if err != nil {
			remove()
			if !optimised {
				return err.Error(), false
			}
			return "the optimised list does not run: " + err.Error(), true
		}
		if !optimised {
			if drift := l.drift(t, set); len(drift) > 0 {
				remove()
				return fmt.Sprint("the list itself does not result in its schema: ", drift), false
			}
		}
		facts[optimised] = l.facts(t, set.Schema())
		remove()
	}
	return difference(facts[false], facts[true]), true
}

func difference(want, got []string) string {
	var b strings.Builder
	for _, w := range want {
		if !slices.Contains(got, w) {
			b.WriteString("- " + w + "\n")
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			b.WriteString("+ " + g + "\n")
		}
	}
	return b.String()
}

func listed(ops []migrate.Op) string {
	var b strings.Builder
	for _, op := range ops {
		fmt.Fprintf(&b, "\t%s\n", op.Describe())
	}
	return b.String()
}

func TestHistorySQLite(t *testing.T)   { history(t, onSQLite) }
func TestHistoryPostgres(t *testing.T) { history(t, onPostgres(pgtest.Database(t))) }

// history squashes two hundred migrations. A database that had all of them, one that had half and one that had none end the same.
func history(t *testing.T, open backend) {
	t.Parallel()
	list, data := []migrate.Op{}, 0
	for _, op := range optimizetest.List(*past+4, &schema.Schema{}, 420, real) {
		switch op.(type) {
		case migrate.SQL, migrate.Go, migrate.Fill: // most histories have few of them
			if data++; data%5 > 0 {
				continue
			}
		}
		list = append(list, op)
	}
	old := optimizetest.History(*past, list)
	if len(old) < 200 {
		t.Fatalf("there are %d migrations only", len(old))
	}
	old = old[:200]
	var ops []migrate.Op
	var names []string
	for _, m := range old {
		ops, names = append(ops, m.Ops...), append(names, m.Name)
	}
	short := optimize.Ops(ops)
	t.Logf("%d ops became %d", len(ops), len(short))
	squash := &migrate.Migration{Name: "0200_squashed", Replaces: names, Ops: short}
	before, both, alone := migrate.NewSet("real", old...), migrate.NewSet("real", append(slices.Clone(old), squash)...), migrate.NewSet("real", squash)
	for _, s := range []*migrate.Set{before, both, alone} {
		if err := s.Err(); err != nil {
			t.Fatal(err)
		}
	}
	var want []string
	for _, way := range []struct {
		name  string
		steps []step
	}{
		{"the old ones alone", []step{{before, ""}}},
		{"all of them, then the squash", []step{{before, ""}, {both, ""}}},
		{"half of them, then the squash", []step{{before, "0100_step"}, {both, ""}}},
		{"a few, then the squash, then it alone", []step{{before, "0007_step"}, {both, ""}, {alone, ""}}},
		{"the squash beside the old ones", []step{{both, ""}}},
		{"the squash alone", []step{{alone, ""}}},
	} {
		db, dialect, remove := open(t)
		l := live{db, dialect}
		for _, s := range way.steps {
			if err := l.run(s.set, s.target); err != nil {
				t.Fatalf("%s: %v", way.name, err)
			}
		}
		got := l.facts(t, both.Schema())
		if want == nil {
			want = got
		} else if d := difference(want, got); d != "" {
			t.Errorf("%s:\n%s", way.name, d)
		}
		remove()
	}
}

type step struct {
	set    *migrate.Set
	target string
}
