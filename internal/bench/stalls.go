package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// stalls measures how long those who read and write a table wait because of a migration.
type stalls struct {
	rows     int           // of each table
	hold     time.Duration // how long a blocker holds its lock
	log      io.Writer     // what it is at
	changes  []change
	blockers []blocker
	options  *migrate.Options // of the tool
}

// blocker is a transaction that holds a lock on the table all the while.
type blocker string

const (
	alone  blocker = "alone" // no clients either, to compare how fast rows are written: a statement that stops them has the machine to itself
	nobody blocker = "none"
	reader blocker = "reads" // ACCESS SHARE, and no snapshot
	writer blocker = "writes"
)

var blockers = []blocker{alone, nobody, reader, writer}

// stall is one line of the table.
type stall struct {
	change, how string // how is "tool" or "plain"
	blocker     blocker
	longest     time.Duration // that a statement of a client took
	slow        int           // statements of clients that took more than stallLimit
	lock        time.Duration // the longest of them behind a lock of the migration or its wait for one, as far as it was seen
	behind      string        // what the migration ran then
	took        time.Duration
	rate        float64 // rows each second, of a backfill
}

// stallLimit is what no client shall wait longer on account of a migration.
const stallLimit = 150 * time.Millisecond

// run measures all changes, each with the tool and with the plain statement, without a blocker and with each kind of it. The first line is
// what the clients wait for without any migration.
func (s stalls) run(ctx context.Context) (all []stall, err error) {
	server, err := connect()
	if err != nil {
		return nil, err
	}
	defer server.close()
	fmt.Fprintf(s.log, "bench: two tables of %d rows\n", s.rows)
	template, err := server.create(ctx, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, template.drop()) }()
	if err := template.with(func(db *sql.DB) error { return s.fill(ctx, db) }); err != nil {
		return nil, err
	}
	for _, c := range s.changes {
		for _, b := range s.blockers {
			for _, how := range []string{"tool", "plain"} {
				if c.plain == "" && (how == "plain" || b != nobody) || b == alone && !c.fills {
					continue
				}
				fmt.Fprintf(s.log, "bench: %s, %s, blocker %s\n", c.name, how, b)
				line := stall{change: c.name, how: how, blocker: b}
				if err := s.measure(ctx, server, template, c, &line); err != nil {
					return nil, fmt.Errorf("%s, %s, blocker %s: %w", c.name, how, b, err)
				}
				all = append(all, line)
			}
		}
	}
	return all, nil
}

// measure runs one change on a copy of the template.
func (s stalls) measure(ctx context.Context, server *pgServer, template *pgDatabase, c change, line *stall) (err error) {
	d, err := server.create(ctx, template.name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.drop()) }()
	return d.with(func(db *sql.DB) error {
		if _, err := db.ExecContext(ctx, "CHECKPOINT"); err != nil { // the copy's own writes are not the migration's
			return err
		}
		l := &load{cancel: func() {}}
		if line.blocker != alone {
			if l, err = startLoad(ctx, d, s.rows); err != nil {
				return err
			}
		}
		if err = errors.Join(s.beside(ctx, d, c, line), l.stop(line)); err != nil || c.done == "" {
			return err
		}
		done := false
		if err = db.QueryRowContext(ctx, c.done).Scan(&done); err == nil && !done {
			err = errors.New("it ended without an error, and was not done")
		}
		return err
	})
}

// beside runs the change while the clients are at work, and the blocker, if there is to be one.
func (s stalls) beside(ctx context.Context, d *pgDatabase, c change, line *stall) error {
	release, err := s.block(ctx, d, c, line.blocker)
	if err != nil {
		return err
	}
	defer release()
	db, err := d.open(migrationName)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return err
	}
	begin := time.Now()
	switch {
	case c.plain == "":
		_, err = db.ExecContext(ctx, fmt.Sprintf("SELECT pg_sleep(%g)", min(s.hold, 5*time.Second).Seconds()))
	case line.how == "plain":
		_, err = db.ExecContext(ctx, c.plain)
	default:
		err = s.migrate(ctx, db, c)
	}
	line.took = time.Since(begin)
	if c.fills && line.took > 0 {
		line.rate = float64(s.rows) / line.took.Seconds()
	}
	return err
}

// migrate lets the tool do it, with the options that everybody has who gives none, unless the command line says otherwise.
func (s stalls) migrate(ctx context.Context, db *sql.DB, c change) error {
	m, err := migrate.New(db, postgres.Dialect{}, stallSet(c.ops...), s.options)
	if err != nil {
		return err
	}
	_, err = m.Up(ctx)
	return err
}

func (s stalls) print(w io.Writer, all []stall) error {
	fmt.Fprintf(w, "PostgreSQL, two tables of %d rows, %d clients; a blocker holds a lock for %s; the longest wait is to stay below %s\n\n", s.rows, clients, s.hold, stallLimit)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "change\t  by\t  blocker\tlongest wait\tover 150 ms\ttaken\trows/s\tof plain\tbehind a lock\t  of")
	plain := map[string]float64{}
	for _, l := range all {
		if l.how == "plain" && l.blocker == alone {
			plain[l.change] = l.rate
		}
	}
	for _, l := range all {
		rate, share, lock, longest := "", "", "", ""
		if l.blocker != alone {
			longest = fmt.Sprintf("%d ms\t%d", l.longest.Milliseconds(), l.slow)
		} else {
			longest = "\t"
			rate = fmt.Sprintf("%.0f", l.rate)
			if l.how == "tool" {
				share = fmt.Sprintf("%.2f", l.rate/plain[l.change])
			}
		}
		if l.lock > 0 {
			lock = fmt.Sprintf("%d ms", l.lock.Milliseconds())
		}
		fmt.Fprintf(t, "%s\t  %s\t  %s\t%s\t%s\t%s\t%s\t%s\t  %s\n", l.change, l.how, l.blocker, longest, short(l.took), rate, share, lock, l.behind)
	}
	return t.Flush()
}

// measureStalls is the mode stalls of the command: for the changes whose names hold a word, "" is in all of them.
func measureStalls(ctx context.Context, rows int, hold time.Duration, word string, options *migrate.Options) error {
	s := stalls{rows, hold, os.Stderr, changes(), blockers, options}
	s.changes = slices.DeleteFunc(s.changes, func(c change) bool { return !strings.Contains(c.name, word) })
	all, err := s.run(ctx)
	if err != nil {
		return err
	}
	return s.print(os.Stdout, all)
}
