package dialecttest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/pgtest"
)

// everyContent makes one thing of each kind that a database holds, and whatIsThere counts them.
const (
	everyContent = `CREATE FUNCTION plus(int, text) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
		CREATE OPERATOR <+> (LEFTARG = int, RIGHTARG = text, FUNCTION = plus); CREATE OPERATOR FAMILY fam USING btree; CREATE OPERATOR CLASS cls FOR TYPE int USING hash AS OPERATOR 1 =;
		CREATE COLLATION coll FROM "C"; CREATE TYPE pair AS (a int, b text); CREATE FUNCTION topair(int) RETURNS pair LANGUAGE sql AS 'SELECT ROW($1, NULL)::pair'; CREATE CAST (int AS pair) WITH FUNCTION topair(int);
		CREATE TEXT SEARCH DICTIONARY dict (TEMPLATE = simple); CREATE TEXT SEARCH CONFIGURATION conf (COPY = simple);
		CREATE FOREIGN DATA WRAPPER fdw; CREATE SERVER far FOREIGN DATA WRAPPER fdw; CREATE PUBLICATION pub;
		CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER ev ON ddl_command_end EXECUTE FUNCTION ev();
		CREATE AGGREGATE agg (int) (SFUNC = int4pl, STYPE = int); CREATE TYPE span AS RANGE (SUBTYPE = int); CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
		ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC; GRANT CREATE ON SCHEMA public TO PUBLIC; SELECT lo_from_bytea(0, '\x01'); CREATE SEQUENCE seq`
	whatIsThere = `SELECT * FROM (SELECT c.relname::text || ' ' || count(*) AS n FROM (
		SELECT tableoid FROM pg_operator WHERE oid >= 16384 UNION ALL SELECT tableoid FROM pg_opfamily WHERE oid >= 16384 UNION ALL SELECT tableoid FROM pg_opclass WHERE oid >= 16384
		UNION ALL SELECT tableoid FROM pg_collation WHERE oid >= 16384 UNION ALL SELECT tableoid FROM pg_type WHERE oid >= 16384 UNION ALL SELECT tableoid FROM pg_cast WHERE oid >= 16384
		UNION ALL SELECT tableoid FROM pg_ts_dict WHERE oid >= 16384 UNION ALL SELECT tableoid FROM pg_ts_config WHERE oid >= 16384 UNION ALL SELECT tableoid FROM pg_foreign_data_wrapper WHERE oid >= 16384
		UNION ALL SELECT tableoid FROM pg_foreign_server WHERE oid >= 16384 UNION ALL SELECT tableoid FROM pg_publication WHERE oid >= 16384 UNION ALL SELECT tableoid FROM pg_event_trigger WHERE oid >= 16384
		UNION ALL SELECT tableoid FROM pg_proc WHERE oid >= 16384 UNION ALL SELECT tableoid FROM pg_conversion WHERE oid >= 16384 UNION ALL SELECT tableoid FROM pg_default_acl
		UNION ALL SELECT tableoid FROM pg_largeobject_metadata UNION ALL SELECT tableoid FROM pg_class WHERE oid >= 16384 AND relnamespace = 'public'::regnamespace
		UNION ALL SELECT tableoid FROM pg_namespace WHERE nspname = 'public' AND nspacl::text ~ '[{,]=UC/') AS x JOIN pg_class c ON c.oid = x.tableoid GROUP BY c.relname) AS s ORDER BY 1`
)

// TestRehearseOnEvery: of each kind of thing that a database may hold nothing is left in one that was named, so that it can be used again; and one that holds a
// thing of any kind is somebody's, and refused.
func TestRehearseOnEvery(t *testing.T) {
	t.Parallel()
	rehearseEach(t, func(r *runner) {
		set := rehearsedSet(adds("people", "age"))
		on := pgtest.Database(r.t)
		other := pgOpen(r.t, r.driver, on)
		r.exec(everyContent)
		before := pgRows(r.t, other, whatIsThere)
		for range 2 {
			if out, _ := r.rehearse(set, 0, "-on", on, "-rows", "all"); out.Rows != 3 {
				r.t.Errorf("%+v", out)
			}
			if d := cmp.Diff(before, pgRows(r.t, other, whatIsThere)); d != "" {
				r.t.Fatalf("left behind (-before +after):\n%s", d)
			}
		}
		if out, _ := r.rehearse(set, 0, "-rows", "all"); out.Rows != 3 { // beside it, where all of it is made
			r.t.Errorf("%+v", out)
		}
		for _, c := range []struct{ made, gone, called string }{
			{"CREATE FOREIGN DATA WRAPPER f", "DROP FOREIGN DATA WRAPPER f", "foreign-data wrapper f"},
			{"CREATE PUBLICATION p", "DROP PUBLICATION p", "publication p"},
			{"CREATE TYPE pair AS (a int)", "DROP TYPE pair", "type public.pair"},
			{`CREATE COLLATION c FROM "C"`, "DROP COLLATION c", "collation public.c"},
			{"SELECT lo_from_bytea(99999, 'x')", "SELECT lo_unlink(99999)", "large object 99999"},
			{"CREATE TEXT SEARCH CONFIGURATION c (COPY = simple)", "DROP TEXT SEARCH CONFIGURATION c", "text search configuration public.c"},
			{"CREATE SCHEMA s", "DROP SCHEMA s", "schema s"},
		} {
			if _, err := other.Exec(c.made); err != nil {
				r.t.Fatal(err)
			}
			if _, problems := r.rehearse(set, 1, "-on", on); !strings.Contains(problems, "is not empty ("+c.called+"), and no rehearsal has filled it") {
				r.t.Errorf("%s: %s", c.made, problems)
			}
			if _, err := other.Exec(c.gone); err != nil {
				r.t.Errorf("%s is gone: %v", c.called, err)
			}
		}
		r.untouched()
	})
}

// TestRehearseOnProtected: a database that is protected is not used, also when a comment says that a rehearsal has filled it.
func TestRehearseOnProtected(t *testing.T) {
	rehearseEach(t, func(r *runner) {
		set := rehearsedSet(adds("people", "age"))
		on := pgtest.Database(r.t)
		other := &runner{t: r.t, dialect: r.dialect, driver: r.driver, url: on, db: pgOpen(r.t, r.driver, on)}
		other.filled()
		other.runs(rehearsedSet(), "protect", "-name", "production")
		other.exec("COMMENT ON DATABASE " + pgRows(r.t, other.db, "SELECT current_database()")[0] + " IS 'kept modelgen rehearsal of x'")
		if _, problems := r.rehearse(set, 1, "-on", on); !strings.Contains(problems, "of -on is protected, and is not used for a rehearsal; name another one, which is empty") {
			r.t.Error(problems)
		}
		other.history("shop/0001_a done")
		if n := other.count("SELECT count(*) FROM people"); n != 3 {
			r.t.Errorf("%d rows", n)
		}
		r.untouched()
	})
}
