package dialecttest_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// TestPostgresHistoryValues reads rows of a history with anything in them, in a session with a time zone of its own, and of one that an earlier version
// has made.
func TestPostgresHistoryValues(t *testing.T) {
	for _, driver := range []string{"postgres", "pgx"} {
		t.Run(driver, func(t *testing.T) {
			url := pgtest.Database(t)
			db, err := sql.Open(driver, url)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			db.SetMaxOpenConns(1)
			exec := func(sql string) {
				t.Helper()
				if _, err := db.Exec(sql); err != nil {
					t.Fatal(err)
				}
			}
			set := benchSet(3)
			m, err := migrate.New(db, postgres.Dialect{}, set, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Up(context.Background()); err != nil {
				t.Fatal(err)
			}
			all := set.Migrations()
			check := func(what, by string, module bool) {
				t.Helper()
				st, err := m.Status(t.Context())
				if err != nil || len(st.Entries) != 3 {
					t.Fatalf("%s: %v, %v", what, st, err)
				}
				for i, e := range st.Entries {
					if e.Record == nil || e.Record.Name != all[i].Name || e.Record.Hash != migrate.HashOps(all[i].Ops) || !e.Applied || e.Edited {
						t.Errorf("%s: %+v", what, e)
					}
				}
				r := st.Entries[1].Record
				if r.By != by || r.Tool != "" || r.Cursor != "" || r.Set != "bench" || (r.Module != "") != module {
					t.Errorf("%s: %+v", what, *r)
				}
				if want := time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC); !r.Started.Equal(want) || !r.Finished.IsZero() || r.Started.Location() != time.UTC {
					t.Errorf("%s: started at %s, finished at %s", what, r.Started, r.Finished)
				}
			}
			exec("SET timezone = 'Asia/Kathmandu'")
			exec(`UPDATE modelgen_history SET started = '2026-01-02T03:04:05.678901Z', finished = NULL, tool = NULL, cursor = NULL WHERE name = '` + all[1].Name + "'")
			for what, by := range map[string]string{"plain": "app", "empty": "", "quotes": `a'b"c\d`, "lines": "a\n\tb", "other letters": "żółw 🐢", "a byte between values": "a\x01b", "a byte between rows": "a\x02b",
				"many of both": "\x01\x01\x02\x01\x02\x02"} {
				exec(`UPDATE modelgen_history SET "by" = ` + "E'" + escape(by) + "' WHERE name = '" + all[1].Name + "'")
				check(what, by, true)
			}
			exec(`ALTER TABLE modelgen_history DROP COLUMN module`)
			exec(`UPDATE modelgen_history SET "by" = 'app'`)
			check("of an earlier version", "app", false)
		})
	}
}

// TestPostgresBriefHistory: a run that has something to do reads little of the history, and sees all the same what is wrong with any row before it does anything.
func TestPostgresBriefHistory(t *testing.T) {
	pgRunners(t, func(r *runner) {
		if _, err := r.migrator(benchSet(3)).Up(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
		for _, c := range []struct{ change, back, says string }{
			{"hash = repeat('0', 32)", "hash = hash_was", "changed since they were applied: 0002_step"},
			{"hash = NULL", "hash = hash_was", "changed since they were applied: 0002_step"},
			{"name = '0002_other'", "name = '0002_step'", "that this program does not know: 0002_other"},
			{"name = E'0002_step\\x01'", "name = '0002_step'", "that this program does not know"},
			{"name = E'0002_\\x02step'", "name = '0002_step'", "that this program does not know"},
			{"state = 'undoing', stage = 1", "state = 'done', stage = 0", "0002_step was being undone"},
			{"cursor = '{\"waits\": \"x\"}'", "cursor = NULL", ""}, // which says nothing of this one
			{"state = 'faked'", "state = 'done'", ""},
		} {
			exec := func(sql string) {
				r.t.Helper()
				if _, err := r.db.Exec(sql); err != nil {
					r.t.Fatal(err)
				}
			}
			exec("ALTER TABLE modelgen_history ADD COLUMN IF NOT EXISTS hash_was text")
			exec("UPDATE modelgen_history SET hash_was = COALESCE(hash_was, hash)")
			exec("UPDATE modelgen_history SET " + c.change + " WHERE name = '0002_step'")
			m := r.migrator(benchSet(4))
			res, err := m.Up(r.t.Context())
			switch {
			case c.says == "" && (err != nil || len(res.Done) != 1):
				r.t.Errorf("%s: %v", c.change, err)
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || len(res.Done) > 0):
				r.t.Errorf("%s: it said: %v", c.change, err)
			}
			exec("UPDATE modelgen_history SET " + c.back + " WHERE name LIKE '0002%'")
			if c.says == "" {
				if _, err := m.Down(r.t.Context()); err != nil {
					r.t.Fatal(err)
				}
			}
		}
	})
}

// escape writes a text between the quotes of an escape string.
func escape(text string) string {
	var b []byte
	for _, c := range []byte(text) {
		if c == '\'' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, c)
	}
	return string(b)
}

// TestPostgresHistoryWithoutColumns has histories that the query for the newest row can read, and to which a column is missing that is written only: one of an
// earlier version gets it, and else the table is no history. The rows that are added have their times.
func TestPostgresHistoryWithoutColumns(t *testing.T) {
	for _, driver := range []string{"postgres", "pgx"} {
		t.Run(driver, func(t *testing.T) {
			db, err := sql.Open(driver, pgtest.Database(t))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			up := func(n int) error {
				m, err := migrate.New(db, postgres.Dialect{}, benchSet(n), nil)
				if err == nil {
					_, err = m.Up(t.Context())
				}
				return err
			}
			exec := func(sql string) {
				t.Helper()
				if _, err := db.Exec(sql); err != nil {
					t.Fatal(err)
				}
			}
			if err := up(2); err != nil {
				t.Fatal(err)
			}
			exec("ALTER TABLE modelgen_history DROP COLUMN module")
			if err := up(4); err != nil {
				t.Fatal(err)
			}
			exec("ALTER TABLE modelgen_history RENAME COLUMN duration_ms TO other")
			if err := up(6); err == nil || !strings.Contains(err.Error(), "is there, but is not a history of modelgen") {
				t.Errorf("without duration_ms: %v", err)
			}
			var rows int
			const whole = "SELECT count(*) FROM modelgen_history WHERE started <= finished AND other >= 0 AND finished - started < interval '1 hour' AND started > now() - interval '1 hour'"
			if err := db.QueryRow(whole).Scan(&rows); err != nil || rows != 4 {
				t.Errorf("%d rows have their times: %v", rows, err)
			}
			var modules int
			if err := db.QueryRow("SELECT count(module) FROM modelgen_history").Scan(&modules); err != nil || modules != 2 {
				t.Errorf("%d rows have a module: %v", modules, err)
			}
		})
	}
}
