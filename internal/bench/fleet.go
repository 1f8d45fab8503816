package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/fleet"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// fleetJobs is how many tenants are at work at a time, of the fleet and of the bare loop.
const fleetJobs = 4

// fleetSet returns the set of a tenant: five tables in the first migration, and a column more in each one that follows.
func fleetSet(n int) *migrate.Set {
	var ops []migrate.Op
	for i := range 5 {
		table := fmt.Sprintf("table_%d", i)
		ops = append(ops, migrate.CreateTable{
			Table:      table,
			Columns:    []schema.ColumnDef{schema.BigInt("id").Identity(), schema.Text("name"), schema.Integer("amount").Default(0)},
			PrimaryKey: schema.PrimaryKey{Name: table + "_pkey", Columns: []string{"id"}},
		})
	}
	all := []*migrate.Migration{{Name: "0001_initial", Ops: ops}}
	for i := range n - 1 {
		all = append(all, &migrate.Migration{Name: fmt.Sprintf("%04d_column", i+2), Parents: []*migrate.Migration{all[i]},
			Ops: []migrate.Op{migrate.AddColumn{Table: "table_2", Column: schema.Integer(fmt.Sprintf("column_%d", i)).Default(0)}}})
	}
	return migrate.NewSet("tenants", all...)
}

// tenants is a fleet to be measured.
type tenants struct {
	name    string
	n       int
	targets fleet.Targets
	dialect migrate.Dialect
	target  string // nothing pending, a tenant
	bare    func(ctx context.Context, i int, statements []string) error
	schema  func(i int) string
}

// measureFleet prints what a fleet of n schemas and so many files costs for each tenant, beside a bare loop with the same parallelism.
func measureFleet(ctx context.Context, files, schemas int) error {
	dir, err := os.MkdirTemp("", "modelgen-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server, err := connect()
	if err != nil {
		return err
	}
	defer server.close()
	d, err := server.create(ctx, "")
	if err != nil {
		return err
	}
	defer d.drop()
	db, err := d.open("")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxIdleConns(fleetJobs)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\ttenants\tall\teach\tbare\tratio\theap\t  target")
	for _, t := range []tenants{fleetOfFiles(dir, files), fleetOfSchemas(db, schemas)} {
		if err := t.measure(ctx, w); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return w.Flush()
}

// measure times, for all tenants: the first migration, nothing pending, and one more column, twice in turns with the bare loop. What is printed of each
// is the better one.
func (t tenants) measure(ctx context.Context, w *tabwriter.Writer) error {
	line := func(what string, took, bare time.Duration, heap uint64, target string) {
		text, ratio := "", ""
		if bare > 0 {
			text, ratio = short(bare/time.Duration(t.n)), fmt.Sprintf("%.2f", float64(took)/float64(bare))
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%.1f MB\t  %s\n", t.name+", "+what, t.n, short(took), short(took/time.Duration(t.n)), text, ratio, float64(heap)/1e6, target)
		fmt.Fprintf(os.Stderr, "bench: %s, %s: %s\n", t.name, what, short(took))
	}
	first, heap, err := t.up(ctx, fleetSet(1))
	if err != nil {
		return err
	}
	line("first migration", first, 0, heap, "")
	idle, heap, err := t.up(ctx, fleetSet(1))
	if err != nil {
		return err
	}
	line("nothing pending", idle, 0, heap, t.target)
	var best, bare time.Duration
	for turn := range 3 {
		took, h, err := t.up(ctx, fleetSet(2+turn))
		if err != nil {
			return err
		}
		loop, err := t.loop(ctx, fmt.Sprintf("bare_%d", turn))
		if err != nil {
			return err
		}
		if heap = h; turn == 0 || took < best {
			best = took
		}
		if turn == 0 || loop < bare {
			bare = loop
		}
	}
	line("one column", best, bare, heap, "ratio < 1.3")
	return nil
}

// up times fleet.Up, and returns the most memory that was in use meanwhile.
func (t tenants) up(ctx context.Context, set *migrate.Set) (took time.Duration, heap uint64, err error) {
	runtime.GC()
	debug.FreeOSMemory()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			heap = max(heap, m.HeapInuse)
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	begin := time.Now()
	_, err = fleet.Up(ctx, t.targets, set, &fleet.Options{Jobs: fleetJobs, CreateSchemas: true})
	took = time.Since(begin)
	close(stop)
	<-done
	return took, heap, err
}

// loop is what a person would write: the statements of one migration and a row that records it, in a transaction for each tenant.
func (t tenants) loop(ctx context.Context, column string) (time.Duration, error) {
	set := fleetSet(1)
	stages, err := migrate.PlanOps(t.dialect.Planner(0), set.Schema(), []migrate.Op{migrate.AddColumn{Table: "table_2", Column: schema.Integer(column).Default(0)}})
	if err != nil {
		return 0, err
	}
	var statements []string
	for _, st := range stages {
		for _, q := range st.Statements {
			statements = append(statements, q.SQL)
		}
	}
	statements = append(statements, `INSERT INTO SCHEMA.modelgen_history ("set", name, hash, digest, state, started, finished) VALUES ('bare', '`+column+`', '', '', 'done', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)`)
	var next atomic.Int64
	var all sync.WaitGroup
	errs := make([]error, fleetJobs)
	begin := time.Now()
	for j := range fleetJobs {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < t.n && errs[j] == nil; i = int(next.Add(1)) - 1 {
				own := make([]string, len(statements))
				for k, q := range statements {
					own[k] = strings.ReplaceAll(strings.ReplaceAll(q, `"public"`, t.schema(i)), "SCHEMA", t.schema(i))
				}
				errs[j] = t.bare(ctx, i, own)
			}
		})
	}
	all.Wait()
	return time.Since(begin), errors.Join(errs...)
}

// inTx runs statements in a transaction.
func inTx(ctx context.Context, db *sql.DB, statements []string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit it does nothing
	for _, q := range statements {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func fleetOfFiles(dir string, n int) tenants {
	var list fleet.List
	name := func(i int) string { return filepath.Join(dir, fmt.Sprintf("tenant%05d.db", i)) }
	dsn := func(path string) string {
		return "file:" + filepath.ToSlash(path) + "?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)"
	}
	files := fleet.Files("sqlite", sqlite.Dialect{}, filepath.Join(dir, "*.db"))
	files.DSN = dsn
	for i := range n {
		t, err := files.Target(fmt.Sprintf("tenant%05d", i))
		if err == nil {
			list = append(list, t)
		}
	}
	return tenants{"SQLite files", n, list, sqlite.Dialect{}, "each < 1 ms", func(ctx context.Context, i int, statements []string) error {
		db, err := sql.Open("sqlite", dsn(name(i)))
		if err != nil {
			return err
		}
		defer db.Close()
		return inTx(ctx, db, statements)
	}, func(int) string { return "main" }}
}

func fleetOfSchemas(db *sql.DB, n int) tenants {
	return tenants{"PostgreSQL schemas", n, fleet.Schemas(db, postgres.Dialect{}, "SELECT 'tenant' || n FROM pg_catalog.generate_series(1, $1::int) AS n", n), postgres.Dialect{}, "each < 1.5 ms",
		func(ctx context.Context, _ int, statements []string) error { return inTx(ctx, db, statements) },
		func(i int) string { return fmt.Sprintf(`"tenant%d"`, i+1) }}
}
