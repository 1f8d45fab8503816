package lint_test

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func notx(up ...string) migrate.SQL { s := sql(up...); s.NoTx = true; return s }

func both(up ...string) migrate.SQL { return migrate.SQL{Up: up, NoDown: "no"} }

func told(op migrate.Op, up ...string) migrate.SQL {
	s := sql(up...)
	s.Schema = ops(op)
	return s
}

var handCases = []lintCase{
	{"MG601", ops(sql("drop table if exists public.items")), ops(sql("CREATE TABLE made (a int)", "DROP TABLE made"))},
	{"MG601", ops(sql("ALTER TABLE items DROP COLUMN label")), ops(told(drop(column("label")), "ALTER TABLE items DROP COLUMN label"))},
	{"MG601", ops(sql("DELETE FROM items")), ops(sql("DELETE FROM items WHERE id < 0"))},
	{"MG601", ops(sql("TRUNCATE items")), ops(sql("-- TRUNCATE items\nSELECT 'DROP TABLE items'"))},
	{"MG602", ops(sql("DROP VIEW a CASCADE")), ops(sql("ALTER TABLE items ADD FOREIGN KEY (a) REFERENCES b ON DELETE CASCADE NOT VALID"))},
	{"MG602", ops(sql("ALTER TABLE items DROP COLUMN a, DROP CONSTRAINT b CASCADE")), ops(sql("CREATE TABLE c (a int REFERENCES items ON DELETE CASCADE)"))},
	{"MG603", ops(sql("CREATE INDEX CONCURRENTLY i ON items (name)")), ops(notx("CREATE INDEX CONCURRENTLY i ON items (name)"))},
	{"MG603", ops(lite("VACUUM")), ops(lite("ANALYZE"))},
	{"MG604", ops(sql("/* first */ BEGIN")), ops(sql("DO $x$ BEGIN NULL; COMMIT; END $x$", "ROLLBACK TO SAVEPOINT a",
		"CREATE TEMP TRIGGER a AFTER UPDATE ON b BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM c WHERE x; END; SELECT 1"))},
	{"MG605", ops(sql("CREATE UNIQUE INDEX i ON ONLY items (name)")), ops(sql("CREATE TABLE made (a int)", "CREATE INDEX i ON made (a)"))},
	{"MG605", ops(sql("REINDEX TABLE items")), ops(notx("REINDEX TABLE CONCURRENTLY items"))},
	{"MG606", ops(sql("ALTER TABLE ONLY items ADD CONSTRAINT c CHECK (price > 0)")), ops(sql("ALTER TABLE items ADD CONSTRAINT c CHECK (price > 0) NOT VALID"))},
	{"MG606", ops(sql("ALTER TABLE items ADD UNIQUE (name)")), ops(sql("ALTER TABLE items ADD CONSTRAINT c UNIQUE USING INDEX i"))},
	{"MG606", ops(sql("ALTER TABLE items ADD CONSTRAINT exclude CHECK (price > 0)")), ops(sql("ALTER TABLE items ADD CONSTRAINT c EXCLUDE USING gist (a WITH &&)"))},
	{"MG619", ops(sql("ALTER TABLE items ADD EXCLUDE USING gist (a WITH &&)")), ops(sql("ALTER TABLE items DROP CONSTRAINT c"))},
	{"MG619", ops(sql("ALTER TABLE items ADD CONSTRAINT c EXCLUDE USING gist (a WITH &&)")), ops(sql("CREATE TABLE made (a int4range)", "ALTER TABLE made ADD EXCLUDE USING gist (a WITH &&)"))},
	{"MG607", ops(sql("ALTER TABLE items ADD CHECK (price > 0) NOT VALID", "ALTER TABLE items VALIDATE CONSTRAINT c")), ops(notx("ALTER TABLE items ADD CHECK (price > 0) NOT VALID", "ALTER TABLE items VALIDATE CONSTRAINT c"))},
	{"MG608", ops(sql("ALTER TABLE items ALTER COLUMN name SET DATA TYPE text")), ops(sql("ALTER TABLE items ALTER name SET STATISTICS 100"))},
	{"MG608", ops(sql("ALTER TABLE items ADD COLUMN k uuid DEFAULT gen_random_uuid()")), ops(sql("ALTER TABLE items ADD COLUMN k int DEFAULT 1"))},
	{"MG609", ops(notx("VACUUM (FULL) items")), ops(notx("VACUUM items"))},
	{"MG610", ops(sql("ALTER TABLE items ADD COLUMN k int")), ops(told(add(schema.Integer("k").Null()), "ALTER TABLE items ADD COLUMN k int"))},
	{"MG610", ops(sql("DROP TABLE items")), ops(sql("ALTER TABLE elsewhere RENAME TO other", "CREATE TRIGGER x BEFORE INSERT ON items EXECUTE FUNCTION f()"))},
	{"MG611", ops(sql("SET search_path = a")), ops(sql("SET LOCAL work_mem = '1GB'"))},
	{"MG611", ops(sql("SET LOCAL lock_timeout = 0")), ops(sql("UPDATE items SET name = 'x' WHERE id = 1"))},
	{"MG611", ops(lite("PRAGMA foreign_keys = OFF")), ops(lite("PRAGMA foreign_key_check"))},
	{"MG612", ops(both("CREATE EXTENSION citext")), ops(sql("CREATE EXTENSION citext"))},
	{"MG612", ops(both("UPDATE items SET name = id::text WHERE id = 1")), ops(both("UPDATE items SET name = 'a::b' WHERE id = 1"))},
	{"MG613", ops(sql("SELECT 1; SELECT 2")), ops(sql("SELECT 1;", "SELECT ';'; -- ;"))},
	{"MG613", ops(lite("SELECT 1; SELECT 2")), ops(lite("CREATE TRIGGER a AFTER INSERT ON items BEGIN SELECT 1; SELECT 2; END"))},
	{"MG614", ops(notx("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON items (name)")), ops(notx("CREATE INDEX CONCURRENTLY i ON items (name)"))},
	{"MG615", ops(both("UPDATE items SET name = 'x'")), ops(both("UPDATE items SET name = 'x' WHERE name = 'y'"))},
	{"MG616", ops(sql("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'odd' AFTER 'bad'", "UPDATE items SET mood = 'odd' WHERE id = 1")), ops(sql("ALTER TYPE mood ADD VALUE 'odd'", "UPDATE items SET mood = 'bad' WHERE id = 1"))},
	{"MG617", ops(sql("CREATE DOMAIN d AS text CHECK (VALUE > '')")), ops(sql("CREATE DOMAIN d AS text"))},
	{"MG618", ops(sql("ALTER TABLE items RENAME label TO title")), ops(sql("ALTER TABLE items RENAME CONSTRAINT a TO b"))},
}
