package dialecttest_test

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// first applies the first migration; what is left rebuilds tables.
func (f *faultLite) first() *migrate.Set {
	f.t.Helper()
	set := faultSQLiteSet()
	if _, err := faultMigrator(f.t, f.db, sqlite.Dialect{}, set, nil).To(f.t.Context(), "0001_step"); err != nil {
		f.t.Fatal(err)
	}
	return set
}

// fails runs Up on a handle, which must fail with the word, and change nothing.
func (f *faultLite) fails(db *sql.DB, set *migrate.Set, word string) error {
	f.t.Helper()
	before := f.dump()
	_, err := faultMigrator(f.t, db, sqlite.Dialect{}, set, nil).Up(f.t.Context())
	if err == nil || !strings.Contains(err.Error(), word) {
		f.t.Errorf("want %q, got %v", word, err)
	}
	if diff := cmp.Diff(before, f.dump()); diff != "" {
		f.t.Errorf("it changed something:\n%s", diff)
	}
	return err
}

// TestFault32DiskFullSQLite grows the room page by page until the migration fits: wherever it ends before, nothing has happened.
func TestFault32DiskFullSQLite(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"delete", "wal"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			f := newFaultLite(t, mode)
			set := f.first()
			rebuilds := migrate.NewSet("fault", set.Migrations()[:2]...)
			failed := 0
			for pages := 1; ; pages += 3 {
				if pages > 2000 {
					t.Fatal("it never fits")
				}
				before := f.dump()
				db, err := sql.Open("sqlite", f.dsn+"&_pragma=max_page_count("+f.query("SELECT page_count + "+strconv.Itoa(pages)+" FROM pragma_page_count")+")")
				if err != nil {
					t.Fatal(err)
				}
				_, err = faultMigrator(t, db, sqlite.Dialect{}, rebuilds, nil).Up(t.Context())
				if err == nil {
					var keys int
					if err := db.QueryRowContext(t.Context(), "PRAGMA foreign_keys").Scan(&keys); err != nil || keys != 1 {
						t.Errorf("foreign_keys is %d, %v", keys, err)
					}
				}
				db.Close()
				if err == nil {
					break
				}
				failed++
				if !strings.Contains(err.Error(), "disk is full") || !strings.Contains(err.Error(), "make room") {
					t.Errorf("got %v", err)
				}
				if diff := cmp.Diff(before, f.dump()); diff != "" {
					t.Fatalf("%d pages: it changed something:\n%s", pages, diff)
				}
			}
			if failed == 0 {
				t.Error("it never was full")
			}
			f.up(set)
		})
	}
}

func TestFault33ReadOnlySQLite(t *testing.T) {
	t.Parallel()
	f := newFaultLite(t, "delete")
	set := f.first()
	open := func(dsn string) *sql.DB {
		db, err := sql.Open("sqlite", dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
	f.fails(open("file:"+f.path+"?mode=ro"), set, "cannot be written")
	if runtime.GOOS != "windows" && os.Getuid() != 0 { // for root every file can be written
		if err := os.Chmod(f.path, 0o400); err != nil {
			t.Fatal(err)
		}
		f.fails(open("file:"+f.path), set, "cannot be written")
		if err := os.Chmod(f.path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f.up(migrate.NewSet("fault", set.Migrations()[:1]...))
	// The history is what cannot be written first, which no op is to blame for.
	if err := f.fails(open("file:"+f.path+"?mode=ro"), set, "failed at: Record it in the history: "); strings.Contains(err.Error(), "statement: ") {
		t.Errorf("a statement of the history is shown: %v", err)
	}
	f.up(set)
	m := faultMigrator(t, open("file:"+f.path+"?mode=ro"), sqlite.Dialect{}, set, nil)
	if _, err := m.Up(t.Context()); err != nil {
		t.Errorf("nothing is pending: %v", err)
	}
	if err := m.Check(t.Context()); err != nil {
		t.Errorf("looking: %v", err)
	}
}

// TestNoDatabaseSQLite: a file of something else, or one that is damaged, is an error with what to do, whatever the verb.
func TestNoDatabaseSQLite(t *testing.T) {
	t.Parallel()
	f := newFaultLite(t, "delete")
	f.up(f.first())
	path := filepath.Join(t.TempDir(), "shop.db")
	damaged := f.query("SELECT rootpage FROM sqlite_master WHERE name = 'modelgen_history'")
	for name, c := range map[string]struct {
		content func() []byte
		says    string
	}{
		"a text": {func() []byte { return []byte(strings.Repeat("nothing that SQLite wrote\n", 100)) }, "the file there is none of SQLite"},
		"damaged": {func() []byte {
			data, err := os.ReadFile(f.path)
			if err != nil {
				t.Fatal(err)
			}
			page, err := strconv.Atoi(damaged)
			if err != nil {
				t.Fatal(err)
			}
			size := int(binary.BigEndian.Uint16(data[16:]))
			copy(data[(page-1)*size:page*size], bytes.Repeat([]byte{0xff}, size))
			return data
		}, "the file is damaged"},
	} {
		if err := os.WriteFile(path, c.content(), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, driver := range []string{"sqlite", "sqlite3"} {
			if !slices.Contains(sql.Drivers(), driver) {
				continue
			}
			db, err := sql.Open(driver, "file:"+path)
			if err != nil {
				t.Fatal(err)
			}
			r := &runner{t: t, db: db, dialect: sqlite.Dialect{}}
			for _, args := range []string{"status", "check", "up", "plan", "verify", "to zero"} {
				if status, _, problems := r.command(f.first(), strings.Fields(args)...); status != 2 || !strings.Contains(problems, c.says) {
					t.Errorf("%s, %s, %s: exit status %d: %s", name, driver, args, status, problems)
				}
			}
			db.Close()
		}
	}
}

// TestFault38BusyWriter: another connection writes, for as long as it likes; the migration waits and says so.
func TestFault38BusyWriter(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"delete", "wal"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			f := newFaultLite(t, mode)
			set := f.first()
			writer, err := f.reopen().Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer writer.Close()
			if _, err := writer.ExecContext(t.Context(), "BEGIN IMMEDIATE; UPDATE people SET age = 77 WHERE id = 7"); err != nil {
				t.Fatal(err)
			}
			told := false
			opt := faultPatient()
			opt.Progress = func(e migrate.Event) {
				if e.Kind == migrate.EventWait && !told {
					told = true
					if _, err := writer.ExecContext(t.Context(), "COMMIT"); err != nil {
						t.Error(err)
					}
				}
			}
			if _, err := faultMigrator(t, f.db, sqlite.Dialect{}, set, opt).Up(t.Context()); err != nil || !told {
				t.Errorf("told %v: %v", told, err)
			}
			f.want("SELECT age FROM people WHERE id = 7", "77")
			faultWhole(t, f.db, sqlite.Dialect{}, set)
		})
	}
}

// TestFault39KeysStayOn: a driver that does not let foreign keys be switched off. A rebuild would then delete the rows of other tables.
func TestFault39KeysStayOn(t *testing.T) {
	t.Parallel()
	f := newFaultLite(t, "delete")
	set := f.first()
	var after []string
	db := sql.OpenDB(faultConnector{f.dsn, func(query string, exec bool) (bool, error) {
		if strings.Contains(query, "foreign_keys = 0") {
			after = []string{}
			return true, nil
		}
		if exec && after != nil {
			after = append(after, query)
		}
		return false, nil
	}})
	defer db.Close()
	f.fails(db, set, "cannot be switched off")
	for _, q := range after {
		if !strings.HasPrefix(q, "PRAGMA ") {
			t.Errorf("afterwards it ran %s", q)
		}
	}
	f.want("SELECT count(*) FROM pets", "290")
	f.up(set)
}

// TestFault39KeysUnknown: the driver fails at it.
func TestFault39KeysUnknown(t *testing.T) {
	t.Parallel()
	f := newFaultLite(t, "delete")
	set := f.first()
	refused := errors.New("this PRAGMA is not for you")
	db := sql.OpenDB(faultConnector{f.dsn, func(query string, _ bool) (bool, error) {
		if strings.Contains(query, "foreign_keys") {
			return false, refused
		}
		return false, nil
	}})
	defer db.Close()
	if err := f.fails(db, set, refused.Error()); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	f.want("SELECT count(*) FROM pets", "290")
}
