package dialecttest_test

import (
	"context"
	"database/sql"
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
