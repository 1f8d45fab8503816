package dialecttest_test

import (
	"database/sql"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// pgObjects returns what the server says of all objects of schema public beside tables, with their comments, privileges and settings.
func pgObjects(t *testing.T, db *sql.DB) []string {
	t.Helper()
	return pgRows(t, db, `
	SELECT 'relation', relkind::text, relname, CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) WHEN relkind = 'i' THEN pg_get_indexdef(oid) END, reloptions::text, relacl::text, relrowsecurity::text || relforcerowsecurity::text
	FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'modelgen%'
	UNION ALL SELECT 'column', c.relname, attname, format_type(atttypid, atttypmod), attacl::text, NULL, a.attnotnull::text FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
		WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped AND relname NOT LIKE 'modelgen%' AND c.relkind <> 'c'
	UNION ALL SELECT 'attribute', c.relname, attname, format_type(atttypid, atttypmod), (SELECT collname FROM pg_collation k WHERE k.oid = attcollation), (row_number() OVER (PARTITION BY c.oid ORDER BY attnum))::text, NULL FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
		WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped AND c.relkind = 'c'
	UNION ALL SELECT 'routine', oid::regprocedure::text, prokind::text, CASE prokind WHEN 'a' THEN (SELECT aggtransfn || '/' || coalesce(agginitval, '') FROM pg_aggregate a WHERE a.aggfnoid = p.oid) ELSE pg_get_functiondef(oid) END, proacl::text, NULL, NULL FROM pg_proc p
		WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
	UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text, NULL, NULL FROM pg_trigger WHERE NOT tgisinternal
	UNION ALL SELECT 'event trigger', evtname, evtevent, evtfoid::regproc::text, evttags::text, evtenabled::text, NULL FROM pg_event_trigger
	UNION ALL SELECT 'rule', ev_class::regclass::text, rulename, pg_get_ruledef(oid), ev_enabled::text, NULL, NULL FROM pg_rewrite WHERE rulename <> '_RETURN' AND ev_class > 16384
	UNION ALL SELECT 'policy', tablename, policyname, permissive || ' ' || cmd, roles::text, qual, with_check FROM pg_policies
	UNION ALL SELECT 'sequence', sequencename, data_type::text || ' ' || increment_by, min_value || ' ' || max_value, start_value || ' ' || cache_size, cycle::text, last_value::text FROM pg_sequences WHERE sequencename NOT LIKE 'modelgen%' AND schemaname <> 'pg_catalog'
	UNION ALL SELECT 'owned', d.objid::regclass::text, d.refobjid::regclass::text, d.refobjsubid::text, d.deptype::text, NULL, NULL FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S' WHERE d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass
	UNION ALL SELECT 'type', typname, typtype::text, CASE typtype WHEN 'd' THEN format_type(typbasetype, typtypmod) || ' ' || coalesce((SELECT collname FROM pg_collation k WHERE k.oid = typcollation), '') WHEN 'r' THEN (SELECT rngsubtype::regtype::text FROM pg_range r WHERE r.rngtypid = t.oid) END, typnotnull::text, typdefault, typacl::text FROM pg_type t
		WHERE typnamespace = 'public'::regnamespace AND typtype IN ('d', 'r', 'e')
	UNION ALL SELECT 'constraint', contypid::regtype::text, conname, pg_get_constraintdef(oid), convalidated::text, NULL, NULL FROM pg_constraint WHERE contypid <> 0 AND contype = 'c'
	UNION ALL SELECT 'publication', pubname, puballtables::text, pubinsert::text || pubupdate::text || pubdelete::text || pubtruncate::text, pubviaroot::text, NULL, NULL FROM pg_publication
	UNION ALL SELECT 'published', p.pubname, r.prrelid::regclass::text, to_jsonb(r) ->> 'prattrs', NULL, NULL, NULL FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
	UNION ALL SELECT 'statistics', stxname, pg_get_statisticsobjdef(oid), NULL, NULL, NULL, NULL FROM pg_statistic_ext
	UNION ALL SELECT 'extension', extname, extversion, extnamespace::regnamespace::text, NULL, NULL, NULL FROM pg_extension
	UNION ALL SELECT 'partition', inhrelid::regclass::text, inhparent::regclass::text, (SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = inhrelid), NULL, NULL, NULL FROM pg_inherits
	UNION ALL SELECT 'comment', i.type, i.identity, d.description, NULL, NULL, NULL FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i WHERE i.schema IS DISTINCT FROM 'pg_catalog' AND i.schema IS DISTINCT FROM 'information_schema' AND d.objoid > 16383
	ORDER BY 1, 2, 3, 4, 5, 6, 7`)
}

// pgObject returns an object with the kind and the name that its statement has.
func pgObject(kind schema.ObjectKind, name, table, sql string) *schema.SQLObject {
	return &schema.SQLObject{Kind: kind, Name: name, Table: table, SQL: schema.SQLText(sql)}
}

// alterations are two statements of one object each, of which one is altered to the other.
var alterations = []struct {
	kind              schema.ObjectKind
	name, table, a, b string
}{
	{schema.SequenceKind, "numbers", "", "CREATE SEQUENCE numbers", "CREATE SEQUENCE numbers INCREMENT BY 5 CACHE 20"},
	{schema.SequenceKind, "numbers", "", "CREATE SEQUENCE numbers AS integer MINVALUE 3 MAXVALUE 100 START 3 CYCLE OWNED BY orders.number", "CREATE SEQUENCE numbers AS bigint"},
	{schema.SequenceKind, "numbers", "", "CREATE SEQUENCE numbers INCREMENT -1", "CREATE SEQUENCE numbers NO CYCLE MINVALUE -5 START WITH 2 OWNED BY NONE"},
	{schema.SequenceKind, "numbers", "", "CREATE SEQUENCE numbers AS smallint", "CREATE SEQUENCE numbers INCREMENT BY -2 MAXVALUE 10 MINVALUE -10 START WITH 7"},
	{schema.DomainKind, "positive", "", "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)", "CREATE DOMAIN positive AS int DEFAULT 1 + 1 NOT NULL CHECK (VALUE > 1) CONSTRAINT small CHECK (VALUE < 100)"},
	{schema.DomainKind, "positive", "", "CREATE DOMAIN positive integer CHECK (VALUE > 0) CHECK (VALUE < 50)", "CREATE DOMAIN positive integer NULL CHECK (VALUE > 0)"},
	{schema.DomainKind, "positive", "", "CREATE DOMAIN positive AS numeric(8, 2) DEFAULT 0 CONSTRAINT \"Odd\" CHECK (VALUE IN (0, 1))", "CREATE DOMAIN positive AS numeric(8,2) DEFAULT NULL"},
	{schema.CompositeTypeKind, "money_of", "", "CREATE TYPE money_of AS (amount numeric(8, 2), currency text)", "CREATE TYPE money_of AS (amount numeric(8, 2), \"Of\" text COLLATE \"C\", rate numeric(10, 4))"},
	{schema.CompositeTypeKind, "money_of", "", "CREATE TYPE money_of AS ()", "CREATE TYPE money_of AS (amount integer)"},
	{schema.PolicyKind, "own", "orders", "CREATE POLICY own ON orders USING (number > 0)", "CREATE POLICY own ON orders TO pg_monitor, CURRENT_USER USING (number > 1)"},
	{schema.PolicyKind, "own", "orders", "CREATE POLICY own ON orders AS RESTRICTIVE FOR UPDATE TO pg_monitor USING (number > 0) WITH CHECK (number > 0)", "CREATE POLICY own ON orders AS restrictive FOR update USING (number > 0) WITH CHECK (number < 9)"},
	{schema.PublicationKind, "changes", "", "CREATE PUBLICATION changes FOR TABLE orders", "CREATE PUBLICATION changes FOR TABLE orders, people WITH (publish = 'insert, update', publish_via_partition_root)"},
	{schema.PublicationKind, "changes", "", "CREATE PUBLICATION changes FOR ALL TABLES WITH (publish = 'insert')", "CREATE PUBLICATION changes FOR ALL TABLES"},
	{schema.PolicyKind, "own", "orders", "CREATE POLICY own ON orders FOR SELECT USING (true)", "CREATE POLICY own ON orders USING (true)"},
	{schema.PolicyKind, "own", "orders", "CREATE POLICY own ON orders USING (true)", "CREATE POLICY own ON orders AS RESTRICTIVE USING (true)"},
	{schema.PolicyKind, "own", "orders", "CREATE POLICY own ON orders USING (true) WITH CHECK (true)", "CREATE POLICY own ON orders USING (true)"},
	{schema.PublicationKind, "changes", "", "CREATE PUBLICATION changes FOR ALL TABLES", "CREATE PUBLICATION changes FOR TABLE orders"},
	{schema.PublicationKind, "changes", "", "CREATE PUBLICATION changes FOR TABLE orders", "CREATE PUBLICATION changes"},
	{schema.ViewKind, "seen", "", "SELECT number FROM orders", "SELECT 1 AS one"},
	{schema.ViewKind, "seen", "", "SELECT number FROM orders", "SELECT number, 1 AS one FROM orders"},
	{schema.ExtensionKind, "hstore", "", "", "SCHEMA elsewhere"},
	{schema.ExtensionKind, "hstore", "", "SCHEMA public VERSION '1.4'", "SCHEMA elsewhere VERSION '1.8'"},
}

// What is altered in its place is in the end as if it had been created so, and keeps what it has beside its statement.
func TestPostgresObjectsAlter(t *testing.T) {
	t.Parallel()
	db := pgOpen(t, "pgx", pgtest.Database(t))
	pgExec(t, db, "CREATE TABLE orders (number integer)", "CREATE TABLE people (id integer)", "CREATE SCHEMA elsewhere")
	s := pgReady(t, db, postgres.Dialect{}, pgConfig())
	for _, c := range alterations {
		a, b := pgObject(c.kind, c.name, c.table, c.a), pgObject(c.kind, c.name, c.table, c.b)
		made := func(o *schema.SQLObject) []string {
			t.Helper()
			at := &schema.Schema{Namespaces: []string{"elsewhere"}, Tables: []*schema.Table{{Name: "orders", Columns: []schema.Column{{Name: "number"}}}}}
			pgMustApply(t, s, at, migrate.ObjectOp(nil, o))
			all := pgObjects(t, db)
			pgMustApply(t, s, at, migrate.ObjectOp(o, nil))
			return all
		}
		// What the server chooses where nothing is said stays.
		first, last := made(a), made(b)
		at := &schema.Schema{Namespaces: []string{"elsewhere"}, Tables: []*schema.Table{{Name: "orders", Columns: []schema.Column{{Name: "number"}}}}}
		pgMustApply(t, s, at, migrate.ObjectOp(nil, a), migrate.ObjectOp(a, b))
		if d := cmp.Diff(last, pgObjects(t, db)); d != "" {
			t.Errorf("%s\naltered to\n%s\n(-created +altered):\n%s", a.Statement(), b.Statement(), d)
		}
		if back := migrate.ObjectOp(b, a); c.kind != schema.ExtensionKind {
			pgMustApply(t, s, at, back)
			if d := cmp.Diff(first, pgObjects(t, db)); d != "" {
				t.Errorf("%s\naltered to\n%s\n(-created +altered):\n%s", b.Statement(), a.Statement(), d)
			}
			b = a
		}
		pgMustApply(t, s, at, migrate.ObjectOp(b, nil))
	}
}

// What a server cannot alter is refused when it is planned, and not when half of it is done.
func TestPostgresObjectsThatCannotAlter(t *testing.T) {
	for _, c := range []struct {
		kind              schema.ObjectKind
		name, table, a, b string
	}{
		{schema.DomainKind, "d", "", "CREATE DOMAIN d AS integer", "CREATE DOMAIN d AS bigint"},
		{schema.DomainKind, "d", "", "CREATE DOMAIN d AS text", "CREATE DOMAIN d AS text COLLATE \"C\""},
		{schema.CompositeTypeKind, "d", "", "CREATE TYPE d AS (a integer)", "CREATE TYPE d AS (a bigint)"},
		{schema.CompositeTypeKind, "d", "", "CREATE TYPE d AS (a integer)", "CREATE TYPE d AS (b integer, a integer)"},
		{schema.CompositeTypeKind, "d", "", "CREATE TYPE d AS (a integer, b integer)", "CREATE TYPE d AS (b integer, a integer)"},
	} {
		a, b := pgObject(c.kind, c.name, c.table, c.a), pgObject(c.kind, c.name, c.table, c.b)
		at := &schema.Schema{Tables: []*schema.Table{{Name: "orders"}}}
		_, err := migrate.PlanOps(postgres.Dialect{}.Planner(0), at, []migrate.Op{migrate.ObjectOp(nil, a), migrate.ObjectOp(a, b)})
		if _, ok := errors.AsType[*migrate.UnsupportedError](err); !ok {
			t.Errorf("%s\nto\n%s: %v", c.a, c.b, err)
		}
	}
}

// TestVerifyRevokedFromPublic: what PUBLIC has by itself on a function and a type stays revoked where they are made again, and verify tells when somebody gives it back.
func TestVerifyRevokedFromPublic(t *testing.T) {
	t.Parallel()
	const pg = "postgres"
	f := func(result string) string {
		return "CREATE FUNCTION f(n integer) RETURNS " + result + " LANGUAGE sql AS $$ SELECT n $$"
	}
	revoked := func(on string) migrate.Grant {
		return migrate.Grant{Privileges: schema.NoPrivileges, On: on, To: "PUBLIC", Only: pg}
	}
	all := faultChain([]migrate.Op{
		migrate.CreateFunction{Name: "f(integer)", SQL: f("integer"), Only: pg}, revoked("function f(integer)"),
		migrate.CreateCompositeType{Name: "pair", SQL: "CREATE TYPE pair AS (a integer)", Only: pg}, revoked("type pair"),
	}, []migrate.Op{
		migrate.Revoke(revoked("function f(integer)")), migrate.DropFunction{Name: "f(integer)", SQL: f("integer"), Only: pg},
		migrate.CreateFunction{Name: "f(integer)", SQL: f("bigint"), Only: pg}, revoked("function f(integer)"),
	})
	db := pgOpen(t, "pgx", pgtest.Database(t))
	m, err := migrate.New(db, postgres.Dialect{}, migrate.NewSet("revoked", all...), nil)
	if err != nil {
		t.Fatal(err)
	}
	const public = "SELECT (has_function_privilege('public', 'f(integer)', 'EXECUTE') OR has_type_privilege('public', 'pair', 'USAGE'))::text"
	for _, to := range []string{all[0].Name, all[1].Name, all[0].Name, all[1].Name} {
		if _, err := m.To(t.Context(), to); err != nil {
			t.Fatal(err)
		}
		if got := pgRows(t, db, public); got[0] != "false" {
			t.Errorf("at %s everybody has what was revoked", to)
		}
		if diff, err := m.Verify(t.Context()); err != nil || len(diff) > 0 {
			t.Errorf("verify at %s: %v, %v", to, diff, err)
		}
	}
	pgExec(t, db, "GRANT EXECUTE ON FUNCTION f(integer) TO PUBLIC", "GRANT USAGE ON TYPE pair TO PUBLIC")
	diff, err := m.Verify(t.Context())
	if err != nil || len(diff) != 4 || !slices.ContainsFunc(diff, func(d migrate.Difference) bool { return d.Fact == "grant function f(integer) to PUBLIC: NONE" }) {
		t.Errorf("verify: %v, %v", diff, err)
	}
	if _, err := m.To(t.Context(), "zero"); err != nil {
		t.Fatal(err)
	}
}
