package dialecttest_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// rehearseEach runs a test with each driver on a database with three rows.
func rehearseEach(t *testing.T, test func(r *runner)) {
	for _, driver := range driversOf(t) {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			r := rehearsePG(t, driver)
			r.filled()
			test(r)
		})
	}
}

// as returns a connection string of another user, or to another database.
func as(t *testing.T, address, user, database string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if user != "" {
		u.User = url.UserPassword(user, "pass")
	}
	if database != "" {
		u.Path = "/" + database
	}
	return u.String()
}

// TestRehearsePart: a part of the rows by their keys, with all rows that they refer to: through several tables, a table that refers to itself, and two that
// refer to each other; values of many types arrive as they are.
func TestRehearsePart(t *testing.T) {
	t.Parallel()
	rehearseEach(t, func(r *runner) {
		r.exec(`CREATE TYPE mood AS ENUM ('fine', 'so "so"');
			CREATE TABLE regions (code text PRIMARY KEY, main bigint);
			CREATE TABLE orgs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, region text NOT NULL REFERENCES regions);
			ALTER TABLE regions ADD FOREIGN KEY (main) REFERENCES orgs;
			CREATE TABLE staff (org bigint REFERENCES orgs, nr integer, boss_org bigint, boss_nr integer, PRIMARY KEY (org, nr), FOREIGN KEY (boss_org, boss_nr) REFERENCES staff);
			CREATE TABLE things (id serial PRIMARY KEY, org bigint, nr integer, FOREIGN KEY (org, nr) REFERENCES staff, a bytea, b float8, c timestamptz, d text[], e jsonb, f mood, g numeric, h text,
				twice text GENERATED ALWAYS AS (h || h) STORED);
			CREATE TABLE parts (day date NOT NULL, id integer) PARTITION BY RANGE (day);
			CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
			CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS n FROM things;
			INSERT INTO regions SELECT 'r' || g FROM generate_series(1, 50) g;
			INSERT INTO orgs (region) SELECT 'r' || g % 50 + 1 FROM generate_series(1, 400) g;
			UPDATE regions SET main = substr(code, 2)::int * 7;
			INSERT INTO staff SELECT g % 400 + 1, g FROM generate_series(1, 2000) g;
			UPDATE staff SET boss_org = (nr / 2) % 400 + 1, boss_nr = nr / 2 WHERE nr > 1;
			INSERT INTO things (org, nr, a, b, c, d, e, f, g, h) SELECT g % 2000 % 400 + 1, g % 2000, decode(md5(g::text), 'hex'), g / 7.0, '2020-01-01 03:04:05.678901+07'::timestamptz + g * interval '1 hour',
				ARRAY['a,"b', NULL, '\'], jsonb_build_object('k', g), CASE WHEN g % 2 = 0 THEN 'so "so"'::mood END, g / 3.0, E'it''s \\ \n' || g FROM generate_series(1, 4000) g WHERE g % 2000 > 0;
			INSERT INTO parts SELECT '2020-02-01', g FROM generate_series(1, 1000) g`)
		out, problems := r.rehearse(rehearsedSet(adds("people", "age")), 0, "-rows", "5%", "-keep")
		r.t.Cleanup(func() { r.exec("DROP DATABASE " + out.Copy + " WITH (FORCE)") })
		db := pgOpen(r.t, r.driver, as(r.t, r.url, "", out.Copy))
		one := func(query string) (n int) {
			r.t.Helper()
			if err := db.QueryRow(query).Scan(&n); err != nil {
				r.t.Fatal(err)
			}
			return n
		}
		for table, least := range map[string]int{"things": 100, "parts": 20, "staff": 100, "orgs": 20, "regions": 2} {
			if n, all := one("SELECT count(*) FROM "+table), r.count("SELECT count(*) FROM "+table); n < least || table != "staff" && table != "orgs" && table != "regions" && n > all/10 || n > all {
				r.t.Errorf("%d of %d rows of %s\n%s", n, all, table, problems)
			}
		}
		if n := one("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text IN ('orgs', 'regions', 'staff', 'things') AND convalidated"); n != 5 { // which the server has checked
			r.t.Errorf("%d foreign keys", n)
		}
		if n := one("SELECT n FROM sums"); n != one("SELECT count(*) FROM things") {
			r.t.Errorf("the materialized view has %d", n)
		}
		const values = "SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM things t WHERE id IN (%s)"
		ids := strings.Join(pgRows(r.t, db, "SELECT id::text FROM things"), ", ")
		if d := cmp.Diff(pgRows(r.t, r.db, fmt.Sprintf(values, ids)), pgRows(r.t, db, fmt.Sprintf(values, ids))); d != "" {
			r.t.Error(d)
		}
		if n := one("SELECT nextval('things_id_seq')::int"); n != r.count("SELECT last_value::int + 1 FROM things_id_seq") {
			r.t.Errorf("the sequence goes on at %d", n)
		}
		again, _ := r.rehearse(rehearsedSet(adds("people", "age")), 0, "-rows", "5%")
		if again.Rows != out.Rows {
			r.t.Errorf("%d rows, then %d", out.Rows, again.Rows)
		}
	})
}

// TestRehearseOn: in a database that is named: an empty one, which is empty again afterwards; not the database itself, nor one that somebody uses; one in
// which a rehearsal was killed is emptied first.
func TestRehearseOn(t *testing.T) {
	t.Parallel()
	rehearseEach(t, func(r *runner) {
		set := rehearsedSet(adds("people", "age"))
		on := pgtest.Database(r.t)
		other := pgOpen(r.t, r.driver, on)
		r.exec("CREATE SCHEMA billing; CREATE TABLE billing.bills (id int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE mood AS ENUM ('a'); CREATE VIEW v AS SELECT * FROM people; CREATE DOMAIN d AS int")
		name := pgRows(r.t, other, "SELECT current_database()")[0]
		left := func() string {
			return strings.Join(pgRows(r.t, other, `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
				UNION ALL SELECT nspname FROM pg_namespace WHERE nspname = 'billing' UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
				UNION ALL SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database() AND shobj_description(oid, 'pg_database') IS NOT NULL`), " ")
		}
		out, _ := r.rehearse(set, 0, "-on", on, "-rows", "50%")
		if out.Copy != name || left() != "" {
			r.t.Errorf("%s, left %q", out.Copy, left())
		}
		if _, err := other.Exec("COMMENT ON DATABASE " + name + " IS 'modelgen rehearsal of x, begun then'; CREATE TABLE leftover (id int)"); err != nil {
			r.t.Fatal(err)
		}
		if out, _ := r.rehearse(set, 0, "-on", on); len(out.Removed) != 1 || left() != "" {
			r.t.Errorf("%q, left %q", out.Removed, left())
		}
		out, _ = r.rehearse(set, 0, "-on", on, "-keep")
		if out.Kept == "" || !strings.Contains(left(), "kept modelgen rehearsal of") {
			r.t.Errorf("%q, left %q", out.Kept, left())
		}
		if _, _ = r.rehearse(set, 0, "-on", on); left() != "" { // again in the same one
			r.t.Errorf("left %q", left())
		}
		if _, err := other.Exec("CREATE TABLE mine (id int)"); err != nil {
			r.t.Fatal(err)
		}
		for address, words := range map[string]string{on: "is not empty (table public.mine)", r.url: "is the one that is to be copied", "postgres://nobody:secret@127.0.0.1:1/none": "nothing was rehearsed"} {
			_, problems := r.rehearse(set, 1, "-on", address)
			if !strings.Contains(problems, words) || strings.Contains(problems, "secret") {
				r.t.Errorf("%s: %s", address, problems)
			}
		}
		if !strings.Contains(left(), "mine") {
			r.t.Errorf("left %q", left())
		}
		r.untouched()
	})
}

// TestRehearseRights: a role that may create no database is told of -on, and there it needs no more than a database of its own.
func TestRehearseRights(t *testing.T) {
	t.Parallel()
	rehearseEach(t, func(r *runner) {
		role := "poor_" + strings.ToLower(r.driver) + "_" + pgRows(r.t, r.db, "SELECT oid::text FROM pg_database WHERE datname = current_database()")[0]
		on := pgtest.Database(r.t)
		name := pgRows(r.t, pgOpen(r.t, r.driver, on), "SELECT current_database()")[0]
		r.exec("CREATE ROLE "+role+" LOGIN PASSWORD 'pass'", "ALTER DATABASE "+name+" OWNER TO "+role, "GRANT ALL ON ALL TABLES IN SCHEMA public TO "+role, "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO "+role)
		r.t.Cleanup(func() {
			r.exec("DROP DATABASE "+name+" WITH (FORCE)", "DROP OWNED BY "+role, "DROP ROLE "+role)
		})
		poor := &runner{t: r.t, dialect: r.dialect, driver: r.driver, url: as(r.t, r.url, role, "")}
		poor.db = pgOpen(r.t, r.driver, poor.url)
		set := rehearsedSet(adds("people", "age"))
		_, problems := poor.rehearse(set, 1)
		if !strings.Contains(problems, "may not create a database (it needs CREATEDB); name an empty database with -on URL") || strings.Contains(problems, "pass") {
			r.t.Error(problems)
		}
		out, problems := poor.rehearse(set, 0, "-rows", "all", "-on", as(r.t, on, role, ""))
		if out.Rows != 3 || !slices.ContainsFunc(out.NotTested, func(s string) bool { return strings.HasPrefix(s, "owners and grants: "+role+" is no superuser") }) {
			r.t.Errorf("%+v\n%s", out, problems)
		}
		r.untouched()
	})
}

// TestRehearseOtherServer: what another server lacks is said before anything is made there.
func TestRehearseOtherServer(t *testing.T) {
	t.Parallel()
	server, err := pgtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Stop() })
	r := rehearsePG(t, "postgres")
	r.filled()
	set := rehearsedSet(adds("people", "age"))
	admin := pgOpen(t, "postgres", server.URL)
	if _, err := admin.Exec("CREATE DATABASE other"); err != nil {
		t.Fatal(err)
	}
	on := as(t, server.URL, "", "other")
	role := "only_here_" + pgRows(t, r.db, "SELECT oid::text FROM pg_database WHERE datname = current_database()")[0]
	r.exec("CREATE ROLE "+role, "GRANT SELECT ON people TO "+role)
	t.Cleanup(func() { r.exec("DROP OWNED BY "+role, "DROP ROLE "+role) })
	out, _ := r.rehearse(set, 0, "-rows", "all", "-on", on)
	if out.Rows != 3 || !slices.ContainsFunc(out.NotTested, func(s string) bool { return strings.Contains(s, "has no role "+role) }) {
		t.Errorf("%+v", out)
	}
	r.exec("CREATE POLICY mine ON people TO " + role + " USING (true)")
	if _, problems := r.rehearse(set, 1, "-on", on); !strings.Contains(problems, "policies of the database are for "+role) || !strings.Contains(problems, "CREATE ROLE") {
		t.Error(problems)
	}
	r.exec("DROP POLICY mine ON people", "SET allow_system_table_mods = on; INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion) SELECT 99999, 'timeless', 10, 2200, false, '1'; RESET allow_system_table_mods")
	if _, problems := r.rehearse(set, 1, "-on", on); !strings.Contains(problems, "the server of the copy has no extension timeless") {
		t.Error(problems)
	}
	if left := pgRows(t, pgOpen(t, "postgres", on), "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"); len(left) > 0 {
		t.Errorf("left %q", left)
	}
}

// TestRehearsePrograms: pg_dump is missing, has no pg_restore beside it, or is older than the server; with a way from one version to another of it.
func TestRehearsePrograms(t *testing.T) {
	t.Parallel()
	r := rehearsePG(t, "postgres")
	r.filled()
	set := rehearsedSet(adds("people", "age"))
	dir := t.TempDir()
	script := func(name, version string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\necho '"+strings.TrimSuffix(name, "-old")+" (PostgreSQL) "+version+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct{ dump, want string }{
		{filepath.Join(dir, "none", "pg_dump"), "none/pg_dump; install PostgreSQL's client programs of version"},
		{script("pg_dump", "99.1"), "/pg_restore; install"},
	} {
		if _, problems := r.rehearse(set, 1, "-pg-dump", c.dump); !strings.Contains(problems, c.want) || !strings.Contains(problems, "nothing was rehearsed, and nothing was changed") {
			t.Error(problems)
		}
	}
	script("pg_restore", "9.6.1")
	if _, problems := r.rehearse(set, 1, "-pg-dump", script("pg_dump", "9.6.1")); !strings.Contains(problems, "is of version 9, and the server of version") {
		t.Error(problems)
	}
	r.untouched()
}

// TestRehearseRoomPostgres: a copy that would not fit is refused before it is made. A file that takes no room makes the database look large.
func TestRehearseRoomPostgres(t *testing.T) {
	t.Parallel()
	r := rehearsePG(t, "pgx")
	r.filled()
	dir := pgRows(t, r.db, "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database WHERE datname = current_database()")[0]
	file, err := os.Create(filepath.Join(dir, "modelgen_test_filler"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		t.Skip("the server's files are not on this machine, or are not ours")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(file.Name())
	if err := errors.Join(file.Truncate(1<<42), file.Close()); err != nil {
		t.Fatal(err)
	}
	set := rehearsedSet(adds("people", "age"))
	if _, problems := r.rehearse(set, 1, "-rows", "all"); !strings.Contains(problems, "and the server has room for") || !strings.Contains(problems, "8192 GB") {
		t.Error(problems)
	}
	if out, _ := r.rehearse(set, 0); out.Failed { // without rows it fits
		t.Errorf("%+v", out)
	}
	r.untouched()
}

// TestRehearseStages: stages in batches and outside of transactions are measured too, and no stage of ours does what it has not declared.
func TestRehearseStages(t *testing.T) {
	t.Parallel()
	rehearseEach(t, func(r *runner) {
		r.exec("INSERT INTO people SELECT g, 'name ' || g FROM generate_series(10, 20000) g")
		set := rehearsedSet(
			migrate.AddColumn{Table: "people", Column: schema.Integer("age").Null()},
			migrate.Fill{Table: "people", Column: "age", Expr: "length(name)"},
			migrate.AlterColumn{Table: "people", From: schema.Integer("age").Null(), To: schema.Text("age").Null()},
			migrate.CreateIndex{Table: "people", Index: schema.Index{Name: "people_name_idx", Parts: []schema.IndexPart{{Column: "name"}}}},
			migrate.AddCheck{Table: "people", Check: schema.Check{Name: "people_id", Expr: "id > 0"}},
			makes("pets", schema.BigInt("owner").Null()),
			migrate.AddForeignKey{Table: "pets", ForeignKey: schema.ForeignKey{Name: "pets_owner_fkey", Columns: []string{"owner"}, RefTable: "people", RefColumns: []string{"id"}}},
		)
		out, problems := r.rehearse(set, 0, "-rows", "all")
		if len(out.Faults) > 0 {
			r.t.Errorf("%q\n%s", out.Faults, problems)
		}
		seen := map[string]bool{}
		for _, st := range out.Runs[0].Stages {
			seen[st.Migration] = true
			switch st.Migration {
			case "0003_c":
				if st.Written == nil || *st.Written < 19000 {
					r.t.Errorf("%+v", st)
				}
			case "0004_d":
				if !slices.Contains(st.Rewritten, "people") {
					r.t.Errorf("%+v", st)
				}
			}
		}
		if len(seen) != 7 {
			r.t.Errorf("%v", seen)
		}
		part, _ := r.rehearse(set, 0, "-rows", "20%")
		for _, st := range part.Runs[0].Stages {
			if st.Migration == "0004_d" && !strings.Contains(st.Estimate.Basis, "rows of people") && !strings.Contains(st.Estimate.Basis, "unknown: ") {
				r.t.Errorf("%+v", st)
			}
		}
	})
}
