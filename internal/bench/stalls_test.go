package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelgen/modelgen/internal/pgtest"
)

// TestStalls runs all of it small: every change is really made, both ways, and one of them with everybody in the way.
func TestStalls(t *testing.T) {
	pgtest.URL(t) // fails or skips where there is no PostgreSQL
	for _, s := range []stalls{{changes: changes(), blockers: blockers[:2]}, {changes: changes()[1:2], blockers: blockers}} {
		s.rows, s.hold, s.log = 500, 100*time.Millisecond, t.Output()
		all, err := s.run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, l := range all {
			got = append(got, fmt.Sprintf("%s/%s/%s", l.change, l.how, l.blocker))
			if l.took <= 0 || l.longest <= 0 && l.blocker != alone {
				t.Errorf("not measured: %+v", l)
			}
		}
		for _, c := range s.changes {
			for _, b := range s.blockers {
				switch {
				case b == alone && !c.fills:
				case c.plain == "" && b == nobody:
					want = append(want, fmt.Sprintf("%s/tool/%s", c.name, b))
				default:
					want = append(want, fmt.Sprintf("%s/tool/%s", c.name, b), fmt.Sprintf("%s/plain/%s", c.name, b))
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("measured %q\nwant %q", got, want)
		}
		var out strings.Builder
		if err := s.print(&out, all); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(out.String(), "\n"); lines != len(all)+3 {
			t.Errorf("%d lines are printed, for %d measured:\n%s", lines, len(all), out.String())
		}
	}
}

// TestStallsSeen: a client that waits behind the migration is seen, with the statement that it waits for.
func TestStallsSeen(t *testing.T) {
	pgtest.URL(t)
	ctx := t.Context()
	server, err := connect()
	if err != nil {
		t.Fatal(err)
	}
	defer server.close()
	d, err := server.create(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.drop(); err != nil {
			t.Error(err)
		}
	}()
	s := stalls{rows: 100}
	if err := d.with(func(db *sql.DB) error { return s.fill(ctx, db) }); err != nil {
		t.Fatal(err)
	}
	l, err := startLoad(ctx, d, s.rows)
	if err != nil {
		t.Fatal(err)
	}
	var line stall
	err = d.session(ctx, migrationName, func(conn *sql.Conn) error {
		if _, err := conn.ExecContext(ctx, "BEGIN; LOCK TABLE people, orders"); err != nil {
			return err
		}
		for ctx.Err() == nil && l.failed() == nil { // until the watcher has seen it
			l.mu.Lock()
			seen := l.seen.lock
			l.mu.Unlock()
			if seen > 0 {
				break
			}
			time.Sleep(watchEvery)
		}
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return err
	})
	if stop := l.stop(&line); err != nil || stop != nil {
		t.Fatal(err, stop)
	}
	if line.behind != "BEGIN; LOCK TABLE people, orders" || line.longest < line.lock {
		t.Errorf("seen: %+v", line)
	}
}

func TestStatementOf(t *testing.T) {
	for query, want := range map[string]string{
		"ALTER TABLE people ADD x int": "ALTER TABLE people ADD x int",
		"BEGIN\n;\nSELECT 1 / 1\n;\nINSERT INTO \"public\".\"modelgen_history\" VALUES (1)\n;\nALTER TABLE \"a\"\n  ADD b\n;\nSELECT 1": `ALTER TABLE "a" ADD b`,
		"COMMIT":                             "COMMIT",
		"UPDATE " + strings.Repeat("x", 200): "UPDATE " + strings.Repeat("x", 83) + "...",
	} {
		if got := statementOf(query); got != want {
			t.Errorf("%q\ngot  %q\nwant %q", query, got, want)
		}
	}
}
