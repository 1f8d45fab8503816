package dialecttest_test

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// rehearsed is the report as JSON, as far as tests look at it.
type rehearsed struct {
	Failed  bool     `json:"failed"`
	Error   string   `json:"error"`
	Pending []string `json:"pending"`
	Copy    string   `json:"copy"`
	Kept    string   `json:"kept"`
	Rows    int64    `json:"rows"`
	Runs    []struct {
		Name       string   `json:"name"`
		Migrations []string `json:"migrations"`
		Verified   bool     `json:"verified"`
		Stages     []struct {
			Migration string `json:"migration"`
			Does      string `json:"does"`
			Locks     []struct {
				Table, Mode string
			} `json:"locks"`
			Written   *int64   `json:"rows_written"`
			Bytes     int64    `json:"bytes_written"`
			Rewritten []string `json:"rewritten"`
			Estimate  struct {
				Basis string `json:"basis"`
			} `json:"estimate"`
		} `json:"stages"`
		Lost []struct {
			Migration, Table, Column string
			Count                    *int64
			Changed                  bool
		} `json:"lost"`
	} `json:"runs"`
	Failures  []string `json:"failures"`
	Blocked   []string `json:"would_fail_now"`
	Faults    []string `json:"faults"`
	NotTested []string `json:"not_tested"`
	Removed   []string `json:"removed"`
	Drift     []struct {
		Fact string
	} `json:"drift_before"`
}

// rehearse runs the verb and reads its report.
func (r *runner) rehearse(set *migrate.Set, status int, args ...string) (out rehearsed, problems string) {
	r.t.Helper()
	code, text, problems := r.command(set, append([]string{"rehearse", "-json"}, args...)...)
	if code != status {
		r.t.Fatalf("rehearse %q: exit status %d, want %d\n%s\n%s", args, code, status, text, problems)
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		r.t.Fatalf("rehearse %q: %v\n%s", args, err, text)
	}
	return out, problems
}

// people is a set with one table, and the ops behind it.
func rehearsedSet(ops ...migrate.Op) *migrate.Set {
	return migrate.NewSet("shop", chain(append([]migrate.Op{makes("people", schema.Text("name"), schema.Text("email").Null())}, ops...)...)...)
}

// filled brings the database to the first migration, with rows.
func (r *runner) filled() {
	r.t.Helper()
	r.up(rehearsedSet(), "0001_a")
	r.exec("INSERT INTO people (id, name, email) VALUES (1, 'secret one', NULL), (2, 'secret two', 'two@secret'), (3, 'secret two', NULL)")
}

// untouched makes sure that the database is as filled left it, and that nothing is left beside it.
func (r *runner) untouched() {
	r.t.Helper()
	r.history("shop/0001_a done")
	if n := r.count("SELECT count(*) FROM people"); n != 3 {
		r.t.Errorf("%d rows", n)
	}
	if copies := r.copies(); len(copies) > 0 {
		r.t.Errorf("left behind: %q", copies)
	}
}

// copies lists what rehearsals of this database have left.
func (r *runner) copies() (all []string) {
	r.t.Helper()
	if r.url == "" {
		all, err := filepath.Glob(filepath.Join(os.TempDir(), "modelgen-rehearsal-*", "*"))
		if err != nil {
			r.t.Fatal(err)
		}
		return all
	}
	return pgRows(r.t, r.db, "SELECT d.datname FROM pg_database d JOIN pg_database me ON me.datname = current_database() WHERE starts_with(d.datname, 'modelgen_rehearsal_' || me.oid || '_')")
}

// alone gives the test a directory for temporary files of its own.
func rehearseRunners(t *testing.T, test func(r *runner)) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Run("sqlite", func(t *testing.T) {
		db, err := sql.Open("sqlite", sqliteURI(filepath.Join(t.TempDir(), "runner.db"))+litePragmas)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		test(&runner{t: t, db: db, dialect: sqlite.Dialect{}})
	})
	for _, driver := range driversOf(t) {
		t.Run(driver, func(t *testing.T) { test(rehearsePG(t, driver)) })
	}
}

// TestRehearseProtected: a protected database is rehearsed without consent, as nothing of it is changed; the copy is not protected, and the mark stays.
func TestRehearseProtected(t *testing.T) {
	rehearseRunners(t, func(r *runner) {
		r.filled()
		if status, _, problems := r.command(rehearsedSet(), "protect", "-name", "production"); status != 0 {
			r.t.Fatal(problems)
		}
		set := rehearsedSet(migrate.DropColumn{Table: "people", Column: schema.Text("email").Null()})
		if out, problems := r.rehearse(set, 0, "-rows", "all"); len(out.Runs) != 3 {
			r.t.Errorf("%+v\n%s", out, problems)
		}
		if mark, err := r.migrator(set).Protection(t.Context()); err != nil || mark == nil || mark.Name != "production" {
			r.t.Errorf("%v %v", mark, err)
		}
		r.untouched()
	})
}

func rehearsePG(t *testing.T, driver string) *runner {
	url := pgtest.Database(t)
	r := &runner{t: t, db: pgOpen(t, driver, url), dialect: postgres.Dialect{}, url: url, driver: driver}
	r.needsDump()
	return r
}

// TestRehearse: up, down and up again on a copy, with what each stage did, what was lost, and no value of a row anywhere. Nothing is left.
func TestRehearse(t *testing.T) {
	rehearseRunners(t, func(r *runner) {
		set := rehearsedSet(
			migrate.DropColumn{Table: "people", Column: schema.Text("email").Null()},
			migrate.AddColumn{Table: "people", Column: schema.Integer("age").Default(7)},
			migrate.CreateIndex{Table: "people", Index: schema.Index{Name: "people_name_idx", Parts: []schema.IndexPart{{Column: "name"}}}},
		)
		r.filled()
		out, problems := r.rehearse(set, 0, "-rows", "all")
		if out.Failed || out.Rows != 3 || len(out.Failures)+len(out.Faults)+len(out.Blocked)+len(out.Drift) > 0 || !slices.Equal(out.Pending, []string{"0002_b", "0003_c", "0004_d"}) {
			r.t.Errorf("%+v", out)
		}
		var runs, lost []string
		for _, run := range out.Runs {
			runs = append(runs, run.Name+": "+strings.Join(run.Migrations, " "))
			if !run.Verified {
				r.t.Errorf("%s was not verified", run.Name)
			}
			for _, l := range run.Lost {
				lost = append(lost, fmt.Sprintf("%s %s.%s %d", l.Migration, l.Table, l.Column, *l.Count))
			}
		}
		if d := cmp.Diff([]string{"up: 0002_b 0003_c 0004_d", "down: 0004_d 0003_c 0002_b", "up again: 0002_b 0003_c 0004_d"}, runs); d != "" {
			r.t.Error(d)
		}
		if d := cmp.Diff([]string{"0003_c people.age 3", " people.email 1"}, lost); d != "" { // two@secret cannot come back
			r.t.Error(d)
		}
		if r.url != "" {
			st := out.Runs[0].Stages[0]
			if len(st.Locks) != 1 || st.Locks[0].Table != "people" || st.Locks[0].Mode != "ACCESS EXCLUSIVE" || len(out.Runs[0].Stages) != 3 {
				r.t.Errorf("%+v", out.Runs[0].Stages)
			}
		}
		status, text, more := r.command(set, "rehearse", "-rows", "all")
		if status != 0 || !strings.Contains(text, "lost: people.age: 3 values (undoing 0003_c)") || !strings.Contains(text, "nothing failed") {
			r.t.Errorf("%d %s", status, text)
		}
		if strings.Contains(text+more+problems, "secret") {
			r.t.Errorf("a value of a row is told:\n%s%s%s", text, more, problems)
		}
		r.untouched()
	})
}

// TestRehearseStops: what rows that are there would make fail is found in the database itself, whatever the copy has. Keys are told on request.
func TestRehearseStops(t *testing.T) {
	rehearseRunners(t, func(r *runner) {
		set := rehearsedSet(migrate.AlterColumn{Table: "people", From: schema.Text("email").Null(), To: schema.Text("email")})
		r.filled()
		for _, rows := range []string{"0", "all"} {
			out, problems := r.rehearse(set, 1, "-rows", rows)
			text := strings.Join(append(out.Blocked, out.Failures...), "\n")
			if len(out.Blocked) != 1 || !strings.Contains(text, "0002_b: ") || !strings.Contains(text, "2 rows") || strings.Contains(text, "(id") {
				r.t.Errorf("-rows %s: %q\n%s", rows, text, problems)
			}
			if failed := rows == "all" || r.url == ""; failed != (len(out.Failures) > 0) {
				r.t.Errorf("-rows %s: %q", rows, out.Failures)
			}
		}
		if out, _ := r.rehearse(set, 1, "-keys"); len(out.Blocked) != 1 || !strings.Contains(out.Blocked[0], "2 rows (id 1, 3)") {
			r.t.Errorf("%q", out.Blocked)
		}
		r.untouched()
	})
}

// TestRehearseFails: a step that fails on the copy alone, a database that has drifted, one with nothing pending, and what cannot be undone.
func TestRehearseFails(t *testing.T) {
	rehearseRunners(t, func(r *runner) {
		r.filled()
		out, _ := r.rehearse(rehearsedSet(migrate.SQL{Up: []string{"INSERT INTO people (id, name) VALUES (1, 'again')"}, Down: []string{"SELECT 1"}}), 1, "-rows", "all")
		if len(out.Failures) != 1 || !strings.HasPrefix(out.Failures[0], "up: 0002_b: ") || len(out.Runs) != 1 || out.Runs[0].Verified {
			r.t.Errorf("%q %+v", out.Failures, out.Runs)
		}
		if out, _ := r.rehearse(rehearsedSet(), 0); len(out.Pending)+len(out.Runs) > 0 || out.Copy != "" {
			r.t.Errorf("%+v", out)
		}
		r.exec("CREATE INDEX strange ON people (name)")
		out, _ = r.rehearse(rehearsedSet(adds("people", "age"), migrate.Go{Name: "count", Up: func(context.Context, migrate.Tx) error { return nil }}), 0)
		if len(out.Drift) != 1 || !strings.Contains(out.Drift[0].Fact, "strange") || len(out.Failures) > 0 {
			r.t.Errorf("%+v %q", out.Drift, out.Failures)
		}
		if len(out.Runs) != 2 || len(out.Runs[1].Migrations) > 0 || !slices.ContainsFunc(out.NotTested, func(s string) bool {
			return strings.HasPrefix(s, "down: ") && strings.Contains(s, "nothing was changed")
		}) {
			r.t.Errorf("%+v %q", out.Runs, out.NotTested)
		}
		r.untouched()
		for _, wrong := range []string{"5", "101%", "-1%", "some"} {
			if status, _, problems := r.command(rehearsedSet(), "rehearse", "-rows", wrong); status != 2 || !strings.Contains(problems, "a share such as 5%") {
				r.t.Errorf("-rows %s: %d %s", wrong, status, problems)
			}
		}
	})
}

// TestRehearseInterrupted: the context ends in the middle, and nothing is left; the process is killed, and the next rehearsal takes away what it left. A
// copy that is in use, and one that is kept, it leaves alone.
func TestRehearseInterrupted(t *testing.T) {
	rehearseRunners(t, func(r *runner) {
		r.filled()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		set := rehearsedSet(migrate.Go{Name: "stop", NoDown: "test", Up: func(context.Context, migrate.Tx) error { cancel(); return ctx.Err() }})
		_, err := r.migrator(set).Rehearse(ctx, migrate.RehearseOptions{URL: r.url})
		r.fails(err, "stopped in up on the copy", "canceled")
		r.untouched()

		during := 0 // while this one goes on, another one must not take its copy
		set = rehearsedSet(migrate.Go{Name: "look", NoDown: "test", Up: func(ctx context.Context, _ migrate.Tx) error {
			out, err := r.migrator(rehearsedSet(adds("people", "age"))).Rehearse(ctx, migrate.RehearseOptions{URL: r.url})
			if err == nil {
				during = len(out.Removed) + 1
			}
			return err
		}})
		if out, _ := r.rehearse(set, 0); during != 1 || len(out.Removed) > 0 {
			r.t.Errorf("%d %q", during, out.Removed)
		}
		r.untouched()

		kept, _ := r.rehearse(rehearsedSet(adds("people", "age")), 0, "-keep")
		if out, _ := r.rehearse(rehearsedSet(adds("people", "age")), 0); len(out.Removed) > 0 || kept.Kept == "" || !slices.ContainsFunc(r.copies(), func(c string) bool { return strings.HasPrefix(c, kept.Copy) }) {
			r.t.Errorf("%+v %q %q", kept, out.Removed, r.copies())
		}
	})
}

// TestRehearseKilled: kill -9 in the middle leaves a copy, which the next rehearsal takes away.
func TestRehearseKilled(t *testing.T) {
	rehearseRunners(t, func(r *runner) {
		driver, url := "sqlite", ""
		if r.url != "" {
			driver, url = r.driver, r.url
		} else if err := r.db.QueryRow("SELECT file FROM pragma_database_list").Scan(&url); err != nil {
			t.Fatal(err)
		}
		p := faultStart(r.t, faultDriver, driver, faultURL, url, "DATABASE_URL", url, faultSet, "stubborn", faultVerb, "rehearse")
		p.says("waiting")
		before := r.copies()
		if r.url == "" { // in containers every process may have the same number, and one that is another's here
			r.renumber(before, 1<<30)
			if out, _ := r.rehearse(rehearsedSet(adds("people", "age")), 0); len(out.Removed) > 0 {
				r.t.Errorf("the copy of a live rehearsal was removed: %q", out.Removed)
			}
		}
		p.kill()
		if p.wait() != faultKilled || len(before) == 0 {
			r.t.Fatalf("%q: %s", before, p.errs.String())
		}
		if r.url != "" {
			faultUntil(r.t, "the server has noticed", func() bool { return r.count(faultOthers) == 0 })
		} else {
			r.renumber(before, os.Getpid())
		}
		out, _ := r.rehearse(migrate.NewSet("fault", faultChain([]migrate.Op{faultTable("people", schema.Text("name"))})...), 0)
		if len(out.Removed) != 1 || len(r.copies()) > 0 {
			r.t.Errorf("removed %q, left %q", out.Removed, r.copies())
		}
	})
}

// renumber gives the process that the marks of copies name another number.
func (r *runner) renumber(copies []string, pid int) {
	r.t.Helper()
	for _, mark := range copies {
		if !strings.HasSuffix(mark, ".rehearsal") {
			continue
		}
		text, err := os.ReadFile(mark)
		if err == nil {
			err = os.WriteFile(mark, regexp.MustCompile(`"pid":\d+`).ReplaceAll(text, fmt.Appendf(nil, `"pid":%d`, pid)), 0o600)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
}

// TestRehearseOnFile: on SQLite the copy is made in a directory, or as a new file; one that somebody else has made is left alone, and so is a copy that another
// rehearsal uses. One that does not fit is refused before it is made: a file with holes in it makes the database look large.
func TestRehearseOnFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "shop.db")
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	r := &runner{t: t, db: db, dialect: sqlite.Dialect{}}
	r.filled()
	set, dir := rehearsedSet(adds("people", "age")), t.TempDir()
	left := func() string {
		found, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(strings.Join(found, " "), dir+string(os.PathSeparator), "")
	}
	if out, _ := r.rehearse(set, 0, "-on", dir); !strings.HasPrefix(out.Copy, dir) || left() != "" {
		t.Errorf("%s, left %q", out.Copy, left())
	}
	if out, _ := r.rehearse(set, 0, "-keep", "-on", filepath.Join(dir, "copy.db")); out.Kept == "" || left() != "copy.db" {
		t.Errorf("%q, left %q", out.Kept, left())
	}
	for on, words := range map[string]string{
		filepath.Join(dir, "copy.db"): "already exists, and is no copy that a rehearsal has left", file: "already exists", filepath.Join(dir, "none", "x.db"): "there is no such directory",
		"file:" + filepath.Join(dir, "new.db"): "not a connection string", ":memory:": "not a connection string", "postgres://u:secret@h/db": "not a connection string", file + "-journal": "belongs to the database beside it",
	} {
		if _, problems := r.rehearse(set, 1, "-on", on); !strings.Contains(problems, words) {
			t.Errorf("%s: %s", on, problems)
		}
	}
	link, dangling := filepath.Join(t.TempDir(), "link.db"), filepath.Join(t.TempDir(), "dangling.db")
	if err := errors.Join(os.Symlink(file, link), os.Symlink(filepath.Join(dir, "nowhere.db"), dangling)); err != nil {
		t.Fatal(err)
	}
	for _, on := range []string{link, dangling} { // the database itself by another name, and what would be made elsewhere
		if _, problems := r.rehearse(set, 1, "-on", on); !strings.Contains(problems, "already exists") {
			t.Errorf("%s: %s", on, problems)
		}
	}
	if left() != "copy.db" {
		t.Errorf("left %q", left())
	}
	host, _ := os.Hostname()
	mark, busy := filepath.Join(dir, "copy.db.rehearsal"), filepath.Join(dir, "busy.db")
	at := rehearsedSet(migrate.Go{Name: "another one", NoDown: "test", Up: func(context.Context, migrate.Tx) error {
		if _, problems := r.rehearse(set, 1, "-on", busy); !strings.Contains(problems, "is the copy of a rehearsal that goes on") {
			t.Error(problems)
		}
		return nil
	}})
	r.rehearse(at, 0, "-on", busy)
	if err := os.WriteFile(mark, fmt.Appendf(nil, `{"host": %q, "pid": %d}`, host, 1<<30), 0o600); err != nil { // a process that cannot be
		t.Fatal(err)
	}
	if out, _ := r.rehearse(set, 0, "-on", filepath.Join(dir, "copy.db")); len(out.Removed) != 1 || left() != "" {
		t.Errorf("%q, left %q", out.Removed, left())
	}

	pages := uint32(1 << 31) // of 4 kB, in the header (fileformat2.html, 1.3.8)
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(binary.BigEndian.AppendUint32(nil, pages), 28); err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(int64(pages) * 4096); err != nil {
		t.Fatal(err)
	}
	if _, problems := r.rehearse(set, 1, "-on", dir); !strings.Contains(problems, "may take 16384 GB, and "+dir+" has room for") || left() != "" {
		t.Errorf("%s, left %q", problems, left())
	}
}
