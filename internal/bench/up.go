package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// database makes empty databases of one kind.
type database struct {
	name    string
	dialect migrate.Dialect
	empty   func(ctx context.Context) (db *sql.DB, drop func() error, err error)
}

// up times Up and, by turns with it, the bare loop.
func (d database) up(ctx context.Context, runs int) ([]row, error) {
	var rows, idle []row
	for _, of := range []struct{ n, times int }{{10, 2 * runs}, {100, runs}, {1000, max(runs*3/5, 1)}} {
		fmt.Fprintf(os.Stderr, "bench: %d migrations on %s\n", of.n, d.name)
		empty, nothing, err := d.measure(ctx, of.n, of.times)
		if err != nil {
			return nil, fmt.Errorf("%d migrations on %s: %w", of.n, d.name, err)
		}
		rows, idle = append(rows, empty), append(idle, nothing)
	}
	return append(rows, idle...), nil
}

// measure times n migrations from an empty database, and Up with nothing pending.
func (d database) measure(ctx context.Context, n, runs int) (empty, nothing row, err error) {
	const looks = 200 // one alone is over too soon
	set := steps(n)
	size := fmt.Sprintf("%d migrations", n)
	empty = row{what: "Up, " + d.name + ", from empty", size: size, target: "ratio < 1.1"}
	nothing = row{what: "Up, " + d.name + ", nothing pending", size: size, target: "ratio < 1.1"}
	for i := range runs + 1 { // the first round only warms the caches
		var times [4]time.Duration
		err = errors.Join(
			d.with(ctx, func(db *sql.DB) (err error) {
				if times[0], err = timed(1, func() error { return migrated(ctx, db, d.dialect, set) }); err == nil {
					times[1], err = timed(looks, func() error { return migrated(ctx, db, d.dialect, set) })
				}
				return err
			}),
			d.with(ctx, func(db *sql.DB) (err error) {
				if times[2], err = timed(1, func() error { return bare(ctx, db, d.dialect, set) }); err == nil {
					times[3], err = timed(looks, func() error { return bareLook(ctx, db, set) })
				}
				return err
			}))
		if err != nil {
			return empty, nothing, err
		}
		if i > 0 {
			empty.runs, empty.bare = append(empty.runs, times[0]), append(empty.bare, times[2])
			nothing.runs, nothing.bare = append(nothing.runs, times[1]), append(nothing.bare, times[3])
		}
	}
	return empty, nothing, nil
}

// timed returns the time that one of several calls takes.
func timed(calls int, f func() error) (time.Duration, error) {
	begin := time.Now()
	for range calls {
		if err := f(); err != nil {
			return 0, err
		}
	}
	return time.Since(begin) / time.Duration(calls), nil
}

// with hands an empty database to f and drops it afterwards. It is connected to already: that takes the same time for all.
func (d database) with(ctx context.Context, f func(*sql.DB) error) error {
	db, drop, err := d.empty(ctx)
	if err != nil {
		return err
	}
	if err = db.PingContext(ctx); err == nil {
		err = f(db)
	}
	return errors.Join(err, db.Close(), drop())
}

func onSQLite(dir string) database {
	n := 0
	return database{"SQLite", sqlite.Dialect{}, func(context.Context) (*sql.DB, func() error, error) {
		n++
		file := filepath.Join(dir, fmt.Sprintf("up%d.db", n))
		db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(file)+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)")
		return db, func() error { return os.Remove(file) }, err
	}}
}

// onPostgres makes databases on the server that the environment names, or on one that ends with this process.
func onPostgres() (database, error) {
	server, err := connect()
	if err != nil {
		return database{}, err
	}
	return database{"PostgreSQL", postgres.Dialect{}, func(ctx context.Context) (*sql.DB, func() error, error) {
		d, err := server.create(ctx, "")
		if err != nil {
			return nil, nil, err
		}
		db, err := d.open("")
		return db, d.drop, err
	}}, nil
}
