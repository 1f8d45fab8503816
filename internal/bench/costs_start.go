package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// place hands f the address of a database that has all of so many migrations, and opens it for the programs of a project whose names end with its dialect.
type place func(ctx context.Context, c *costs, n int, f func(dialect, address string) error) error

func onFile(ctx context.Context, c *costs, n int, f func(dialect, address string) error) error {
	file := c.path(fmt.Sprintf("start%d.db", n))
	db, err := sql.Open("sqlite", file)
	if err != nil {
		return err
	}
	defer os.Remove(file)
	if err := errors.Join(record(ctx, db, c.lite.dialect, n), db.Close()); err != nil {
		return err
	}
	return f("sqlite", file)
}

func onServer(ctx context.Context, c *costs, n int, f func(dialect, address string) error) error {
	server, err := connect()
	if err != nil {
		return err
	}
	defer server.close()
	d, err := server.create(ctx, "")
	if err != nil {
		return err
	}
	err = d.with(func(db *sql.DB) error { return record(ctx, db, c.server.dialect, n) })
	if err == nil {
		err = f("postgres", d.address(""))
	}
	return errors.Join(err, d.drop())
}

// starts times whole programs that find nothing to do.
func starts(on place, n int) func(context.Context, *costs) (pair, error) {
	return func(ctx context.Context, c *costs) (p pair, err error) {
		err = on(ctx, c, n, func(dialect, address string) error {
			dir, err := c.installed(ctx, n, dialect)
			if err == nil {
				p, err = turns(60*c.runs, runs(ctx, dir, "up", address), runs(ctx, dir, "query", address))
			}
			return err
		})
		return p, err
	}
}

// initialises times whole programs that find nothing to do beside others that do the same with fewer migrations.
func initialises(n, fewer int) func(context.Context, *costs) (pair, error) {
	return func(ctx context.Context, c *costs) (p pair, err error) {
		err = onFile(ctx, c, n, func(dialect, large string) error {
			return onFile(ctx, c, fewer, func(_, small string) error {
				dir, err := c.installed(ctx, n, dialect)
				if err != nil {
					return err
				}
				few, err := c.installed(ctx, fewer, dialect)
				if err == nil {
					p, err = turns(20*c.runs, runs(ctx, dir, "up", large), runs(ctx, few, "up", small))
				}
				return err
			})
		})
		p.more = true
		return p, err
	}
}

func runs(ctx context.Context, dir, name, address string) func() (time.Duration, error) {
	return func() (time.Duration, error) {
		return timed(1, func() error { return exec.CommandContext(ctx, filepath.Join(dir, name), address).Run() })
	}
}

// installed returns a directory with two programs of a project: up applies what is pending, query reads the newest row of the history alone.
func (c *costs) installed(ctx context.Context, n int, dialect string) (string, error) {
	dir, err := c.project(ctx, n)
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "bin_"+dialect)
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", err
	}
	// As they are installed: the linker writes a program piece by piece, and Linux then has small pages of it in memory, which makes each start slower.
	for _, name := range []string{"up", "query"} {
		built := filepath.Join(dir, "built")
		if _, _, err := process(ctx, dir, "go", "build", "-o", built, "./"+name+"_"+dialect); err != nil {
			return "", err
		}
		text, err := os.ReadFile(built)
		if err := errors.Join(err, os.WriteFile(filepath.Join(bin, name), text, 0o755)); err != nil {
			return "", err
		}
	}
	return bin, nil
}
