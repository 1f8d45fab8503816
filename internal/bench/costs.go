package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// cost is a row of docs/performance.md: what something costs, beside the least that does the same.
type cost struct {
	what, beside, shall string
	measure             func(ctx context.Context, c *costs) (pair, error)
}

// pair is what was measured, see [turns].
type pair struct {
	took, bare time.Duration
	peak       int64 // bytes, of the largest process; 0 is not measured
	more       bool  // the difference is what matters, not the ratio
	rate       bool  // the ratio is that of rows a second
	over       int   // the ratio is for so many times as many
}

// costs is what measurements share.
type costs struct {
	runs   int
	dir    string
	root   string // of this module
	tool   string // modelgen
	lite   database
	server database
	built  map[int]string // modules with so many migrations
}

// allCosts are the rows of the page, in its order; TestPerformancePage holds it to them.
func allCosts() []cost {
	lite := func(c *costs) database { return c.lite }
	server := func(c *costs) database { return c.server }
	return []cost{
		{"`New` and `Up`, nothing pending, 10,000 migrations, SQLite", "the query for the newest row", "0.2 ms more", nothingPending(lite, 10_000)},
		{"`New` and `Up`, nothing pending, 10,000 migrations, PostgreSQL", "the query for the newest row", "0.2 ms more", nothingPending(server, 10_000)},
		{"`Status` of 1,000 migrations, SQLite", "reading the rows", "1.2", status(lite, 1000)},
		{"`Status` of 1,000 migrations, PostgreSQL", "reading the rows", "1.2", status(server, 1000)},
		{"a process with nothing pending, 10,000 migrations, SQLite", "one that opens the database and runs the query", "1.05", starts(onFile, 10_000)},
		{"a process with nothing pending, 10,000 migrations, PostgreSQL", "one that opens the database and runs the query", "1.05", starts(onServer, 10_000)},
		{"a process with nothing pending, 10,000 migrations, SQLite", "one with 10: what Go does for each when it starts", "", initialises(10_000, 10)},
		{"`go build` after an edit of one of 1,000 migrations", "as many functions of the form of goose, which `init` registers", "1.2", builds(1000)},
		{"the first migration of 1,000 models", "`go list` of the package", "", generates(first, 1000, 0)},
		{"the first migration of 1,000 models", "that of bun, which is built first", "0.8", besideBun(1000)},
		{"the first migration of 5,000 models", "5 times that of 1,000", "1", generates(first, 5000, 1000)},
		{"no change of 1,000 models, as since a run before", "`go list` of the package", "2.5", generates(known, 1000, 0)},
		{"no change of 1,000 models, without a record of a run", "`go list` of the package", "", generates(same, 1000, 0)},
		{"no change of 1,000 gorm models, without a record of a run", "the same in `db` tags", "1.2", besideTags("gorm", same, 1000)},
		{"ten migrations from empty, SQLite", "a bare loop", "1.1", ups(lite, 0, 10)},
		{"ten migrations from empty, PostgreSQL", "a bare loop", "0.85", ups(server, 0, 10)},
		{"ten migrations more than 1,000, PostgreSQL", "a bare loop", "1.05", ups(server, 1000, 10)},
		{"`Backfill` of 200,000 rows, SQLite", "one `UPDATE`", "0.6 of its rows a second", backfills(lite)},
		{"`Backfill` of 200,000 rows, PostgreSQL", "one `UPDATE`", "0.6 of its rows a second", backfills(server)},
	}
}

// measureCosts prints the rows whose name holds a word as a table in Markdown, or writes them into the page.
func measureCosts(ctx context.Context, runs int, only, page string) error {
	dir, err := os.MkdirTemp("", "modelgen-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c := &costs{runs: runs, dir: dir, lite: onSQLite(dir), built: map[int]string{}}
	if c.server, err = onPostgres(); err != nil {
		return err
	}
	if c.root, c.tool, err = buildTool(ctx, dir); err != nil {
		return err
	}
	var lines []string
	for _, row := range allCosts() {
		if !strings.Contains(row.what, only) {
			continue
		}
		fmt.Fprintf(os.Stderr, "bench: %s\n", row.what)
		p, err := row.measure(ctx, c)
		if err != nil {
			return fmt.Errorf("%s: %w", row.what, err)
		}
		lines = append(lines, row.line(p))
		fmt.Fprint(os.Stderr, row.line(p))
	}
	if page == "" {
		_, err = io.WriteString(os.Stdout, costsHead+strings.Join(lines, ""))
		return err
	}
	return writeCosts(page, lines)
}

const (
	costsHead  = "| what | beside | takes | beside | ratio | at most | memory |\n|---|---|---|---|---|---|---|\n"
	costsBegin = "<!-- costs: written by make bench BENCH=costs -->\n"
	costsEnd   = "<!-- costs end -->"
)

func (row cost) line(p pair) string {
	ratio, peak := "", ""
	switch bare := float64(p.bare) * float64(max(p.over, 1)); {
	case p.more:
		ratio = short(max(p.took-p.bare, 0)) + " more"
	case p.rate:
		ratio = fmt.Sprintf("%.2f of its rows a second", bare/float64(p.took))
	default:
		ratio = fmt.Sprintf("%.2f", float64(p.took)/bare)
	}
	if p.peak > 0 {
		peak = fmt.Sprintf("%d MB", (p.peak+500_000)/1_000_000)
	}
	shall := row.shall
	if p.rate {
		shall = "at least " + shall
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s |\n", row.what, row.beside, short(p.took), short(p.bare), ratio, shall, peak)
}

// writeCosts puts rows into the table between its two marks, in the order of [allCosts]. Those that were not measured stay as they are.
func writeCosts(page string, lines []string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, begun := strings.Cut(string(text), costsBegin)
	table, after, ended := strings.Cut(rest, costsEnd)
	if !begun || !ended {
		return fmt.Errorf("%s has no place for the table, which is between %q and %q", page, strings.TrimSpace(costsBegin), costsEnd)
	}
	known := map[string]string{}
	for _, line := range append(slices.Collect(strings.Lines(table)), lines...) {
		known[named(line)] = line
	}
	var b strings.Builder
	b.WriteString(before + costsBegin + costsHead)
	for _, row := range allCosts() {
		b.WriteString(known[named(row.line(pair{took: 1, bare: 1}))])
	}
	b.WriteString(costsEnd + after)
	return os.WriteFile(page, []byte(b.String()), 0o644)
}

// named returns what a row of the table is known by: what was measured, and beside what.
func named(line string) string {
	cells := strings.SplitN(line, " | ", 3)
	return strings.Join(cells[:min(2, len(cells))], " | ")
}

// turns runs two things by turns and returns the lower quartile of each; the first turn only warms the caches. What else the machine does makes runs longer, so that the
// faster ones count; but the best of many is luck where something waits for another process, and the more often it waits, the greater luck.
func turns(runs int, took, bare func() (time.Duration, error)) (p pair, err error) {
	var all [2][]time.Duration
	for i := range runs + 1 {
		for k, f := range []func() (time.Duration, error){took, bare} {
			d, err := f()
			if err != nil {
				return p, err
			}
			if i > 0 {
				all[k] = append(all[k], d)
			}
		}
	}
	for k := range all {
		slices.Sort(all[k])
	}
	p.took, p.bare = all[0][len(all[0])/4], all[1][len(all[1])/4]
	return p, nil
}

// stated is a set with the fingerprint that its list would have in a project.
func stated(n int) *migrate.Set {
	all := steps(n).Migrations()
	return migrate.NewSet("bench", all...).Fingerprint(fingerprint(all))
}

func fingerprint(all []*migrate.Migration) string {
	hashes := map[string]string{}
	for _, m := range all {
		hashes[m.Name] = migrate.HashOps(m.Ops)
	}
	return migrate.FingerprintOf(hashes)
}

// recorded hands a database to f whose history has all of a set.
func recorded(ctx context.Context, d database, n int, f func(db *sql.DB) (pair, error)) (p pair, err error) {
	err = d.with(ctx, func(db *sql.DB) error {
		if err := record(ctx, db, d.dialect, n); err != nil {
			return err
		}
		p, err = f(db)
		return err
	})
	return p, err
}

// record makes the history of a database that has all of a set. The rows are added by hand: to record so many one by one takes minutes.
func record(ctx context.Context, db *sql.DB, dialect migrate.Dialect, n int) error {
	m, err := migrate.New(db, dialect, steps(1), nil)
	if err == nil {
		_, err = m.Fake(ctx, steps(1).Head().Name)
	}
	if err != nil {
		return err
	}
	all := steps(n).Migrations()
	digest := fingerprint(all)
	var rows []string
	for _, m := range all[1:] {
		rows = append(rows, fmt.Sprintf("('bench', '%s', '%s', '%s', 'faked', '2026-01-02T03:04:05Z', '2026-01-02T03:04:06Z', '')", m.Name, migrate.HashOps(m.Ops), digest))
	}
	for some := range slices.Chunk(rows, 500) {
		if _, err := db.ExecContext(ctx, `INSERT INTO modelgen_history ("set", name, hash, digest, state, started, finished, tool) VALUES `+strings.Join(some, ", ")); err != nil {
			return err
		}
	}
	return nil
}

func nothingPending(of func(*costs) database, n int) func(context.Context, *costs) (pair, error) {
	return func(ctx context.Context, c *costs) (pair, error) {
		const looks = 200 // one alone is over too soon
		d := of(c)
		p, err := recorded(ctx, d, n, func(db *sql.DB) (pair, error) {
			set := stated(n) // of which nothing was asked yet
			return turns(c.runs, func() (time.Duration, error) {
				return timed(looks, func() error { return migrated(ctx, db, d.dialect, set) })
			}, func() (time.Duration, error) {
				return timed(looks, func() error {
					var name, digest string
					return db.QueryRowContext(ctx, newestQuery(d)).Scan(&name, &digest)
				})
			})
		})
		p.more = true
		return p, err
	}
}

// newestQuery reads the newest row. SQLite does best without the index on the set.
func newestQuery(d database) string {
	column := `"set"`
	if d.dialect.Capabilities().LocksDatabase {
		column = "+" + column
	}
	return "SELECT name, digest FROM modelgen_history WHERE " + column + " = 'bench' ORDER BY id DESC LIMIT 1"
}

func status(of func(*costs) database, n int) func(context.Context, *costs) (pair, error) {
	return func(ctx context.Context, c *costs) (pair, error) {
		d := of(c)
		return recorded(ctx, d, n, func(db *sql.DB) (pair, error) {
			set := stated(n)
			return turns(10*c.runs, func() (time.Duration, error) {
				return timed(1, func() error {
					m, err := migrate.New(db, d.dialect, set, nil)
					if err == nil {
						_, err = m.Status(ctx)
					}
					return err
				})
			}, func() (time.Duration, error) { return timed(1, func() error { return readRows(ctx, db) }) })
		})
	}
}

// readRows reads the history as a program would that shows it.
func readRows(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, `SELECT * FROM modelgen_history WHERE "set" = 'bench' ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var all []migrate.Record
	for rows.Next() {
		var r migrate.Record
		var cursor, by, tool, code, module sql.NullString
		var started, finished any
		var took sql.NullInt64
		if err := rows.Scan(&r.ID, &r.Set, &r.Name, &r.Hash, &r.Digest, &r.State, &r.Stage, &cursor, &started, &finished, &took, &by, &tool, &code, &module); err != nil {
			return err
		}
		all = append(all, r)
	}
	if len(all) == 0 {
		return errors.New("the history is empty")
	}
	return rows.Err()
}

func ups(of func(*costs) database, history, n int) func(context.Context, *costs) (pair, error) {
	return func(ctx context.Context, c *costs) (pair, error) {
		d := of(c)
		one := func(up func(context.Context, *sql.DB, migrate.Dialect, *migrate.Set) error) func() (time.Duration, error) {
			return func() (took time.Duration, err error) {
				err = d.with(ctx, func(db *sql.DB) error {
					if history > 0 {
						if err := up(ctx, db, d.dialect, stated(history)); err != nil {
							return err
						}
					}
					set := stated(history + n)
					took, err = timed(1, func() error { return up(ctx, db, d.dialect, set) })
					return err
				})
				return took, err
			}
		}
		runs := 10 * c.runs
		if history > 0 {
			runs = 3 * c.runs
		}
		return turns(runs, one(migrated), one(bare))
	}
}

// path is one in the directory of the measurement.
func (c *costs) path(name ...string) string {
	return filepath.Join(append([]string{c.dir}, name...)...)
}
