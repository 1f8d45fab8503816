package dialecttest_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// benchSet returns n migrations: a table every tenth, columns in between.
func benchSet(n int) *migrate.Set {
	var all []*migrate.Migration
	table := ""
	for i := range n {
		m := &migrate.Migration{Name: fmt.Sprintf("%04d_step", i+1)}
		if i > 0 {
			m.Parents = []*migrate.Migration{all[i-1]}
		}
		if i%10 == 0 {
			table = fmt.Sprintf("table_%04d", i)
			m.Ops = []migrate.Op{migrate.CreateTable{
				Table:      table,
				Columns:    []schema.ColumnDef{schema.BigInt("id").Identity(), schema.Text("name")},
				PrimaryKey: schema.PrimaryKey{Name: table + "_pkey", Columns: []string{"id"}},
			}}
		} else {
			m.Ops = []migrate.Op{migrate.AddColumn{Table: table, Column: schema.Integer(fmt.Sprintf("column_%02d", i%10)).Default(0)}}
		}
		all = append(all, m)
	}
	return migrate.NewSet("bench", all...)
}

// benchDatabase is a kind of database that the benchmarks run on.
type benchDatabase struct {
	name    string
	dialect migrate.Dialect
	open    func(b *testing.B) *sql.DB
}

func benchDatabases() []benchDatabase {
	return []benchDatabase{
		{"sqlite", sqlite.Dialect{}, func(b *testing.B) *sql.DB {
			db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bench.db")+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)")
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { db.Close() })
			return db
		}},
		{"postgres", postgres.Dialect{}, func(b *testing.B) *sql.DB {
			db, err := sql.Open("postgres", pgtest.Database(b))
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { db.Close() })
			return db
		}},
	}
}

// BenchmarkUp measures Up from an empty database, on one with history, and with nothing to do; beside it a bare loop that runs the same
// statements with a commit for each migration, and one with a single commit for all.
func BenchmarkUp(b *testing.B) {
	for _, d := range benchDatabases() {
		for _, n := range []int{10, 100, 1000} {
			set := benchSet(n)
			first := migrate.NewSet("bench", set.Migrations()[0])
			planned := statements(b, d.dialect, set)
			fresh := func(name string, prepare, run func(db *sql.DB)) {
				b.Run(fmt.Sprintf("%s/%s/%d", d.name, name, n), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						b.StopTimer()
						db := d.open(b)
						if prepare != nil {
							prepare(db)
						}
						b.StartTimer()
						run(db)
						b.StopTimer()
						if err := db.Close(); err != nil { // the server has room for a hundred connections
							b.Fatal(err)
						}
						b.StartTimer()
					}
				})
			}
			fresh("empty", nil, func(db *sql.DB) { up(b, db, d.dialect, set) })
			fresh("history", func(db *sql.DB) { up(b, db, d.dialect, first) }, func(db *sql.DB) { up(b, db, d.dialect, set) })
			fresh("bare", nil, func(db *sql.DB) { bare(b, db, planned, 1) })
			fresh("bare-one-commit", nil, func(db *sql.DB) { bare(b, db, planned, n) })
			b.Run(fmt.Sprintf("%s/nothing/%d", d.name, n), func(b *testing.B) {
				db := d.open(b)
				up(b, db, d.dialect, set)
				b.ReportAllocs()
				for b.Loop() {
					up(b, db, d.dialect, set)
				}
			})
		}
	}
}

func up(b *testing.B, db *sql.DB, d migrate.Dialect, set *migrate.Set) {
	m, err := migrate.New(db, d, set, nil)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := m.Up(context.Background()); err != nil {
		b.Fatal(err)
	}
}

// statements returns what a person would write by hand: each migration's statements and a row that records it.
func statements(b *testing.B, d migrate.Dialect, set *migrate.Set) [][]string {
	var all [][]string
	s := &schema.Schema{}
	for _, m := range set.Migrations() {
		stages, err := migrate.PlanOps(d.Planner(0), s, m.Ops)
		if err != nil {
			b.Fatal(err)
		}
		var one []string
		for _, st := range stages {
			for _, q := range st.Statements {
				one = append(one, q.SQL)
			}
		}
		all = append(all, append(one, "INSERT INTO bare_history (name) VALUES ('"+m.Name+"')"))
	}
	return all
}

// bare runs statements with a commit after so many migrations.
func bare(b *testing.B, db *sql.DB, all [][]string, together int) {
	ctx := context.Background()
	if _, err := db.ExecContext(ctx, `CREATE TABLE bare_history (name text PRIMARY KEY, applied timestamp DEFAULT CURRENT_TIMESTAMP)`); err != nil {
		b.Fatal(err)
	}
	for some := range slices.Chunk(all, together) {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			b.Fatal(err)
		}
		for _, one := range some {
			for _, q := range one {
				if _, err := tx.ExecContext(ctx, q); err != nil {
					b.Fatal(err)
				}
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNewSet measures what a program pays at its start for a set: its checks replay all ops.
func BenchmarkNewSet(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := benchSet(n).Err(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
