package story

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/gen/sqlfiles"
	"github.com/modelgen/modelgen/internal/faultproxy"
	"github.com/modelgen/modelgen/internal/pgtest"
	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// step is what changes from one migration to the next.
type step struct {
	tables func(s *schema.Schema)
	edits  [][2]string // of the SQL files, what is replaced by what
	drops  []string    // answers to questions
	keeps  []string    // as well
}

func table(name string, key []string, columns ...schema.ColumnDef) *schema.Table {
	t := &schema.Table{Name: name}
	for _, c := range columns {
		t.Columns = append(t.Columns, c.Def())
	}
	if len(key) > 0 {
		t.PrimaryKey = &schema.PrimaryKey{Name: name + "_pkey", Columns: key}
	}
	return t
}

// base makes the tables of the first step.
func base(s *schema.Schema) {
	s.PutTable(table("accounts", []string{"id"}, schema.BigInt("id"), schema.Text("email").Null(), schema.Text("name").Null(), schema.Varchar("level", 10).Null()))
	s.PutTable(table("orders", []string{"id"}, schema.BigInt("id"), schema.BigInt("account_id"), schema.Integer("total").Null(), schema.Text("state").Null(), schema.Date("placed").Null()))
}

func events(s *schema.Schema) {
	t := table("events", nil, schema.BigInt("id"), schema.TimestampTZ("at"), schema.Text("kind").Null())
	t.Options.Partition = "range (at)"
	s.PutTable(t)
	s.PutTable(table("visits", []string{"id", "at"}, schema.BigInt("id"), schema.TimestampTZ("at"), schema.Text("page").Default("/")))
}

// partitioned makes the visits, which have been a plain table, partitioned.
func partitioned(s *schema.Schema) { s.Table("visits").Options.Partition = "range (at)" }

// retype gives a column another type.
func retype(s *schema.Schema, table string, to schema.ColumnDef) {
	c := to.Def()
	*s.Table(table).Column(c.Name) = c
}

func remove(s *schema.Schema, table, column string) {
	t := s.Table(table)
	t.Columns = slices.DeleteFunc(t.Columns, func(c schema.Column) bool { return c.Name == column })
}

func rename(s *schema.Schema, table, from, to string) {
	c := s.Table(table).Column(from)
	c.Name, c.Was = to, from
}

var onPostgres = []step{
	{tables: func(s *schema.Schema) { base(s); events(s) }},
	{
		tables: func(s *schema.Schema) {
			retype(s, "orders", schema.BigInt("total").Null())
			retype(s, "accounts", schema.Varchar("level", 20).Null())
		},
		edits: [][2]string{{"twice(o.total) AS doubled", "twice(o.total::integer) AS doubled"}},
	},
	{tables: partitioned, edits: [][2]string{
		{"-- visits", "-- was: visits\nCREATE TABLE visits_old PARTITION OF visits FOR VALUES FROM (MINVALUE) TO ('2027-01-01');\n" +
			"CREATE TABLE visits_2027 PARTITION OF visits FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');\n"},
		{"RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT n * 2 $$", "RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT n::bigint * 2 $$"},
		{"coalesce(NEW.state, 'new')", "coalesce(NEW.state, 'fresh')"},
		{"USING (total < 1000)", "USING (total < 2000)"},
		{"SELECT id, name, total FROM order_summary", "SELECT id, name, total, doubled FROM order_summary"},
		{"FROM orders GROUP BY account_id", "FROM orders WHERE state <> 'gone' GROUP BY account_id"},
		{"INCREMENT BY 5", "INCREMENT BY 10"},
		{"AS (a integer, b integer)", "AS (a integer, b integer, c text)"},
	}},
	{
		tables: func(s *schema.Schema) {
			rename(s, "accounts", "name", "full_name")
			remove(s, "orders", "placed")
		},
		drops: []string{"orders.placed"},
		edits: [][2]string{
			{"o.id, a.name, o.total", "o.id, a.full_name AS name, o.total"},
			{"GRANT SELECT (id, name) ON accounts", "GRANT SELECT (id, full_name) ON accounts"},
			{"CREATE TABLE events_2026", "CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');\nCREATE TABLE events_2026"},
			{"'2027-01-01') TO ('2028-01-01');\n", "'2027-01-01') TO ('2027-07-01');\n"}, // of the visits
			{"CREATE STATISTICS orders_stat (dependencies) ON account_id, state FROM orders;\n", ""},
		},
	},
	{
		tables: func(s *schema.Schema) { retype(s, "accounts", schema.Text("level").Null()) },
		edits: [][2]string{
			{"CREATE TABLE visits_2027 PARTITION OF visits FOR VALUES FROM ('2027-01-01') TO ('2027-07-01');\n", ""},
			{"CREATE RULE keep_accounts AS ON DELETE TO accounts DO INSTEAD NOTHING;\n", ""},
			{"CREATE VIEW reports.per_level AS SELECT level, count(*) AS n FROM accounts GROUP BY level;\n", ""},
		},
		keeps: []string{"partition:visits_2027"},
	},
}

var onSQLite = []step{
	{tables: base},
	{tables: func(s *schema.Schema) { retype(s, "orders", schema.Text("total").Null()) }, edits: [][2]string{{"o.total * 2 AS doubled", "o.total || o.total AS doubled"}}},
	{edits: [][2]string{
		{"SELECT id, name, total FROM order_summary WHERE", "SELECT id, total FROM order_summary WHERE"},
		{"SET state = 'new'", "SET state = 'fresh'"},
	}},
	{
		tables: func(s *schema.Schema) {
			rename(s, "orders", "state", "status")
			remove(s, "orders", "placed")
		},
		drops: []string{"orders.placed"},
		edits: [][2]string{{"UPDATE OF state ON orders WHEN NEW.state", "UPDATE OF status ON orders WHEN NEW.status"}, {"SET state = 'fresh'", "SET status = 'fresh'"}},
	},
	{tables: func(s *schema.Schema) { retype(s, "accounts", schema.Text("level")) }},
}

// tell returns the migrations of a story, as generate finds them.
func tell(t *testing.T, d migrate.Dialect, file string, steps []step) []*migrate.Migration {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	capabilities := []migrate.Capabilities{d.Capabilities()}
	old, tables := &schema.Schema{}, &schema.Schema{}
	var all []*migrate.Migration
	for i, st := range steps {
		if st.tables != nil {
			st.tables(tables)
		}
		for _, e := range st.edits {
			if !strings.Contains(string(text), e[0]) {
				t.Fatalf("step %d: nothing says %s", i+1, e[0])
			}
			text = []byte(strings.Replace(string(text), e[0], e[1], 1))
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "schema.sql"), text, 0o644); err != nil {
			t.Fatal(err)
		}
		files, err := sqlfiles.Read(sqlfiles.Config{Dir: dir, Dialects: capabilities})
		if err != nil {
			t.Fatal(err)
		}
		now := tables.Clone()
		if problems := files.Into(now); len(problems) > 0 {
			t.Fatal(problems)
		}
		in := diff.Input{Old: old, New: now, Dialects: capabilities, Answers: diff.Answers{Drops: st.drops, Keeps: st.keeps, Fills: []string{"accounts.level='none'"}}}
		if i != 4 || d.Capabilities().EnforcesTypes {
			in.Answers.Fills = nil
		}
		out, err := diff.Diff(in)
		if err != nil {
			t.Fatalf("step %d: %v", i+1, err)
		}
		for _, q := range out.Questions {
			t.Errorf("step %d: %s", i+1, q.Text)
		}
		if len(out.Ops) == 0 {
			t.Fatalf("step %d changes nothing", i+1)
		}
		m := &migrate.Migration{Name: fmt.Sprintf("%04d_step", i+1), Ops: out.Ops}
		if i > 0 {
			m.Parents = all[i-1:]
		}
		all, old = append(all, m), out.Schema
	}
	return all
}

// world is a database that the story happens in.
type world struct {
	t    *testing.T
	db   *sql.DB
	d    migrate.Dialect
	set  *migrate.Set
	dump func() []string
}

func (w *world) migrator(db *sql.DB) *migrate.Migrator {
	w.t.Helper()
	m, err := migrate.New(db, w.d, w.set, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func (w *world) silent(when string) {
	w.t.Helper()
	diff, err := w.migrator(w.db).Verify(w.t.Context())
	if err != nil || len(diff) > 0 {
		w.t.Errorf("%s: verify says %v, %v", when, diff, err)
	}
}

// forthAndBack goes to the end step by step, and back, and returns what the catalog was at each.
func (w *world) forthAndBack(names []string, rows func(int)) (dumps [][]string) {
	w.t.Helper()
	m := w.migrator(w.db)
	for i, n := range names {
		if _, err := m.To(w.t.Context(), n); err != nil {
			w.t.Fatal(err)
		}
		w.silent("after " + n)
		rows(i)
		dumps = append(dumps, w.dump())
	}
	for i := len(names) - 2; i >= 0; i-- {
		if _, err := m.To(w.t.Context(), names[i]); err != nil {
			w.t.Fatal(err)
		}
		w.silent("back at " + names[i])
		if d := cmp.Diff(dumps[i], w.dump()); d != "" {
			w.t.Errorf("back at %s, the catalog is another one (-was +is):\n%s", names[i], d)
		}
	}
	return dumps
}

func names(all []*migrate.Migration) (out []string) {
	for _, m := range all {
		out = append(out, m.Name)
	}
	return out
}

func TestSQLite(t *testing.T) {
	all := tell(t, sqlite.Dialect{}, "sqlite.sql", onSQLite)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "story.db")+"?_pragma=foreign_keys(1)&_pragma=synchronous(off)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w := &world{t: t, db: db, d: sqlite.Dialect{}, set: migrate.NewSet("story", all...), dump: func() []string {
		all := query(t, db, `SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'modelgen%' AND name NOT LIKE 'sqlite%' ORDER BY 1`)
		for i, sql := range all { // renames write names in quotes, and ADD COLUMN its own layout
			var words []string
			for _, tok := range sqllex.Code(sql, sqllex.Any) {
				words = append(words, strings.Trim(tok.Text, `"`))
			}
			all[i] = strings.Join(words, " ")
		}
		return all
	}}
	w.forthAndBack(names(all), func(i int) {
		if i == 0 {
			run(t, db, "INSERT INTO accounts (id, name, level) SELECT 1, 'Ann', 'x'", "INSERT INTO orders (id, account_id, total, state) VALUES (1, 1, 200, 'new')")
		}
		if got := query(t, db, "SELECT count(*) FROM big_orders"); got[0] != "1" {
			t.Errorf("step %d: big_orders has %s rows", i+1, got)
		}
		if got := query(t, db, "SELECT count(*) FROM account_text WHERE account_text MATCH 'ann'"); got[0] != "1" {
			t.Errorf("step %d: the text of accounts finds %s", i+1, got)
		}
	})
}

func TestPostgres(t *testing.T) {
	all := tell(t, postgres.Dialect{}, "postgres.sql", onPostgres)
	url := pgtest.Database(t)
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w := &world{t: t, db: db, d: postgres.Dialect{}, set: migrate.NewSet("story", all...), dump: func() []string { return pgDump(t, url) }}
	w.forthAndBack(names(all), func(i int) {
		if i == 0 {
			run(t, db, "INSERT INTO accounts (id, name, level) VALUES (1, 'Ann', 'x')", "INSERT INTO orders (id, account_id, total) VALUES (1, 1, 200)", "INSERT INTO events (id, at) VALUES (1, '2026-05-05')", "INSERT INTO visits (id, at) VALUES (1, '2026-05-05')")
		}
		if got := query(t, db, "SELECT count(*)::text FROM visits"); got[0] != "1" {
			t.Errorf("step %d: there are %s visits", i+1, got)
		}
		if got := query(t, db, "SELECT count(*)::text FROM big_orders"); got[0] != "1" {
			t.Errorf("step %d: big_orders has %s rows", i+1, got)
		}
	})
}

var full = flag.Bool("full", false, "cut at every statement, not at every sixth one")

// TestPostgresCut cuts the connection at the statements of each migration, every sixth one without -full; run again, it comes to the same end.
func TestPostgresCut(t *testing.T) {
	all := tell(t, postgres.Dialect{}, "postgres.sql", onPostgres)
	every := 6
	if *full {
		every = 1
	}
	var want []string
	for k := 0; ; k += every {
		url := pgtest.Database(t)
		proxy, err := faultproxy.New(url, nil)
		if err != nil {
			t.Fatal(err)
		}
		through, err := sql.Open("postgres", proxy.URL())
		if err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("postgres", url)
		if err != nil {
			t.Fatal(err)
		}
		w := &world{t: t, db: db, d: postgres.Dialect{}, set: migrate.NewSet("story", all...)}
		if want == nil {
			if _, err := w.migrator(db).Up(t.Context()); err != nil {
				t.Fatal(err)
			}
			want = pgDump(t, url)
			k = -every
			db.Close()
			through.Close()
			proxy.Close()
			continue
		}
		run(t, db, "CREATE TABLE somebody_elses (id int)") // so that migrations are those of a database in use
		first := migrate.NewSet("story", all[0])
		m, err := migrate.New(db, w.d, first, nil)
		if err == nil {
			_, err = m.Up(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		fault := proxy.Inject(faultproxy.Fault{Skip: k, At: faultproxy.Answered, Do: proxy.Cut})
		_, err = w.migrator(through).Up(t.Context())
		cut := fault.Happened() || err != nil // the client may see the cut before the proxy has noted it
		if cut || err != nil {
			fault.Remove()
			if _, err := w.migrator(db).Up(t.Context()); err != nil {
				t.Fatalf("cut at %d, it cannot go on: %v", k, err)
			}
		}
		w.silent(fmt.Sprintf("cut at %d", k))
		run(t, db, "DROP TABLE somebody_elses")
		if d := cmp.Diff(want, pgDump(t, url)); d != "" {
			t.Fatalf("cut at %d, the catalog is another one (-want +got):\n%s", k, d)
		}
		through.Close()
		db.Close()
		proxy.Close()
		if !cut {
			if k < 5 {
				t.Fatal("nothing was cut")
			}
			return
		}
	}
}

// pgDump returns the schema as pg_dump prints it, sorted, without what belongs to the history.
func pgDump(t *testing.T, url string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "pg_dump", "-s", "--exclude-table=modelgen_history*", "--no-owner", "-d", url).Output()
	if x, failed := errors.AsType[*exec.ExitError](err); failed {
		t.Fatalf("pg_dump: %s", x.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for s := range strings.SplitSeq(string(out), "\n\n\n") {
		var lines []string
		for l := range strings.Lines(s) {
			if !strings.HasPrefix(l, "--") && strings.TrimSpace(l) != "" && !strings.HasPrefix(l, `\`) {
				lines = append(lines, strings.TrimSpace(l))
			}
		}
		if len(lines) > 0 {
			all = append(all, strings.Join(lines, "\n"))
		}
	}
	slices.Sort(all)
	return all
}

func query(t *testing.T, db *sql.DB, q string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), q)
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func run(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
