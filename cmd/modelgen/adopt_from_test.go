package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// history is what a tool keeps in a database: its tables as it makes them, and what it writes for a migration.
type history struct {
	tool   string
	tables string
	row    string    // with ? for the version as it is written
	files  [3]string // of three migrations
	rows   [3]string // the versions of them
	none   string    // a file that is no migration
	dirty  string    // a statement that leaves it half done, "" where no such state is in the history
	says   string    // in the refusal of that
}

var foreignHistories = []history{
	{"goose", "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now'))); INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1)",
		"INSERT INTO goose_db_version (version_id, is_applied) VALUES (?, 1)", [3]string{"00001_a.sql", "00002_b.go", "00010_c.sql"}, [3]string{"1", "2", "10"}, "00003_test_test.go", "", ""},
	{"golang-migrate", "CREATE TABLE schema_migrations (version uint64,dirty bool); CREATE UNIQUE INDEX version_unique ON schema_migrations (version)",
		"DELETE FROM schema_migrations; INSERT INTO schema_migrations (version, dirty) VALUES (?, false)", [3]string{"000001_a.up.sql", "000002_b.up.sql", "000010_c.up.sql"}, [3]string{"1", "2", "10"}, "000011_d.down.sql",
		"UPDATE schema_migrations SET dirty = true", "dirty: version 2 has failed half way"},
	{"dbmate", "CREATE TABLE schema_migrations (version varchar(128) primary key)", "INSERT INTO schema_migrations (version) VALUES (?)",
		[3]string{"001_a.sql", "20240102_b.sql", "20240103_c.sql"}, [3]string{"001", "20240102", "20240103"}, "schema.sql", "", ""},
	{"rails", `CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY); CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL)`,
		"INSERT INTO schema_migrations (version) VALUES (?)", [3]string{"001_a.rb", "20240102_b.rb", "20240103_c.rb"}, [3]string{"1", "20240102", "20240103"}, "notes.rb", "", ""},
	{"ecto", `CREATE TABLE "schema_migrations" ("version" INTEGER PRIMARY KEY, "inserted_at" TEXT)`, "INSERT INTO schema_migrations (version, inserted_at) VALUES (?, 'x')",
		[3]string{"1_a.exs", "20240102_b.exs", "20240103_c.exs"}, [3]string{"1", "20240102", "20240103"}, ".formatter.exs", "", ""},
	{"supabase", "CREATE TABLE schema_migrations (version text PRIMARY KEY, statements text, name text)", "INSERT INTO schema_migrations (version) VALUES (?)",
		[3]string{"20240101_a.sql", "20240102_b.sql", "20240103_c.sql"}, [3]string{"20240101", "20240102", "20240103"}, "seed.sql", "", ""},
	{"pop", `CREATE TABLE "schema_migration" ("version" TEXT PRIMARY KEY)`, "INSERT INTO schema_migration (version) VALUES (?)",
		[3]string{"20240101_a.up.fizz", "20240102_b.postgres.up.sql", "20240103_c.up.sql"}, [3]string{"20240101", "20240102", "20240103"}, "20240104_d.down.fizz", "", ""},
	{"atlas", "CREATE TABLE `atlas_schema_revisions` (`version` text NOT NULL, `description` text NOT NULL, `type` integer NOT NULL DEFAULT (2), `applied` integer NOT NULL DEFAULT (0), `total` integer NOT NULL DEFAULT (0), `executed_at` datetime NOT NULL, `execution_time` integer NOT NULL, `error` text NULL, `error_stmt` text NULL, `hash` text NOT NULL, `partial_hashes` json NULL, `operator_version` text NOT NULL, PRIMARY KEY (`version`))",
		"INSERT INTO atlas_schema_revisions (version, description, applied, total, executed_at, execution_time, hash, operator_version) VALUES (?, 'x', 2, 2, 'x', 1, 'x', 'x')",
		[3]string{"20240101.sql", "20240102_b.sql", "20240103_c.sql"}, [3]string{"20240101", "20240102", "20240103"}, "atlas.sum",
		"UPDATE atlas_schema_revisions SET applied = 1 WHERE version = '20240102'", "partially applied: 1 of 2 statements of version 20240102"},
	{"bun", `CREATE TABLE "bun_migrations" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" VARCHAR, "group_id" INTEGER, "migrated_at" TIMESTAMP NOT NULL DEFAULT current_timestamp); CREATE TABLE "bun_migration_locks" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "table_name" VARCHAR, UNIQUE ("table_name"))`,
		"INSERT INTO bun_migrations (name, group_id) VALUES (?, 1)", [3]string{"20240101_a.up.sql", "20240102_b.go", "20240103_c.tx.up.sql"}, [3]string{"20240101", "20240102", "20240103"}, "main.go",
		"INSERT INTO bun_migration_locks (table_name) VALUES ('bun_migrations')", "locked: bun is running, or has left its lock"},
	{"sql-migrate", `CREATE TABLE "gorp_migrations" ("id" varchar(255) not null primary key, "applied_at" datetime)`, "INSERT INTO gorp_migrations (id) VALUES (?)",
		[3]string{"1_a.sql", "2_b.sql", "c.sql"}, [3]string{"1_a.sql", "2_b.sql", "c.sql"}, "README.md", "", ""},
	{"tern", "CREATE TABLE schema_version (version int4 not null); INSERT INTO schema_version VALUES (0)", "UPDATE schema_version SET version = ?",
		[3]string{"001_a.sql", "002_b.sql", "003_c.sql"}, [3]string{"1", "2", "3"}, "tern.conf", "", ""},
	{"flyway", `CREATE TABLE "flyway_schema_history" ("installed_rank" INTEGER PRIMARY KEY AUTOINCREMENT, "version" VARCHAR(50), "description" VARCHAR(200) NOT NULL, "type" VARCHAR(20) NOT NULL, "script" VARCHAR(1000) NOT NULL, "checksum" INT, "installed_by" VARCHAR(100) NOT NULL, "installed_on" TEXT, "execution_time" INT NOT NULL, "success" BOOLEAN NOT NULL)`,
		"INSERT INTO flyway_schema_history (version, description, type, script, installed_by, execution_time, success) VALUES (?, 'x', 'SQL', 'x', 'x', 1, 1)",
		[3]string{"V01__a.sql", "2024/V1_1__b.sql", "V2.0__c.sql"}, [3]string{"01", "1.1", "2"}, "R__views.sql",
		"UPDATE flyway_schema_history SET success = 0 WHERE version = '1.1'", "failed: version 1.1; flyway repair"},
	{"django", `CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL); INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0001_initial', 'x')`,
		"INSERT INTO django_migrations (app, name, applied) VALUES ('store', ?, 'x')", [3]string{"store/migrations/0001_initial.py", "store/migrations/0002_b.py", "store/migrations/named.py"}, [3]string{"0001_initial", "0002_b", "named"}, "store/migrations/__init__.py", "", ""},
	{"prisma", `CREATE TABLE "_prisma_migrations" ("id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp, "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`,
		"INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name) VALUES (hex(randomblob(8)), 'x', 1, ?)", [3]string{"20240101_a/migration.sql", "20240102_b/migration.sql", "20240103_c/migration.sql"},
		[3]string{"20240101_a", "20240102_b", "20240103_c"}, "migration_lock.toml", "UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '20240102_b'", "failed: 20240102_b; prisma migrate resolve"},
	{"diesel", "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)", "INSERT INTO __diesel_schema_migrations (version) VALUES (?)",
		[3]string{"00000000000000_diesel_initial_setup/up.sql", "2024-01-02-000000_b/up.sql", "2024-01-03-000000_c/up.sql"}, [3]string{"00000000000000", "20240102000000", "20240103000000"}, "2024-01-04-000000_d/down.sql", "", ""},
	{"laravel", `CREATE TABLE "migrations" ("id" integer not null primary key autoincrement, "migration" varchar not null, "batch" integer not null)`, "INSERT INTO migrations (migration, batch) VALUES (?, 1)",
		[3]string{"2014_10_12_000000_a.php", "2024_01_02_000000_b.php", "2024_01_03_000000_c.php"}, [3]string{"2014_10_12_000000_a", "2024_01_02_000000_b", "2024_01_03_000000_c"}, "README.md", "", ""},
	{"typeorm", `CREATE TABLE "migrations" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "timestamp" bigint NOT NULL, "name" varchar NOT NULL)`,
		"INSERT INTO migrations (name, timestamp) SELECT v, substr(v, -13) FROM (SELECT ? AS v)", [3]string{"1700000000001-Init.ts", "1700000000002-add-user.ts", "1700000000003-C.ts"}, [3]string{"Init1700000000001", "AddUser1700000000002", "C1700000000003"}, "index.ts", "", ""},
	{"knex", "CREATE TABLE `knex_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255), `batch` integer, `migration_time` datetime); CREATE TABLE `knex_migrations_lock` (`index` integer not null primary key autoincrement, `is_locked` integer); INSERT INTO knex_migrations_lock (is_locked) VALUES (0)",
		"INSERT INTO knex_migrations (name, batch) VALUES (?, 1)", [3]string{"20240101_a.js", "20240102_b.ts", "20240103_c.cjs"}, [3]string{"20240101_a.js", "20240102_b.ts", "20240103_c.cjs"}, "README.md",
		"UPDATE knex_migrations_lock SET is_locked = 1", "locked: knex is running, or has left its lock in knex_migrations_lock"},
	{"sequelize", "CREATE TABLE `SequelizeMeta` (`name` VARCHAR(255) NOT NULL UNIQUE PRIMARY KEY)", "INSERT INTO SequelizeMeta (name) VALUES (?)",
		[3]string{"20240101-a.js", "20240102-b.js", "20240103-c.cjs"}, [3]string{"20240101-a.js", "20240102-b.js", "20240103-c.cjs"}, "README.md", "", ""},
	{"entity framework", `CREATE TABLE "__EFMigrationsHistory" ("MigrationId" TEXT NOT NULL PRIMARY KEY, "ProductVersion" TEXT NOT NULL)`, "INSERT INTO __EFMigrationsHistory VALUES (?, '8.0.0')",
		[3]string{"20240101000000_A.cs", "20240102000000_B.cs", "20240103000000_C.cs"}, [3]string{"20240101000000_A", "20240102000000_B", "20240103000000_C"}, "20240104000000_D.Designer.cs", "", ""},
	{"sqlx-cli", "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
		"INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (?, 'x', true, x'00', 1)", [3]string{"0001_a.sql", "20240102_b.up.sql", "20240103_c.sql"}, [3]string{"1", "20240102", "20240103"}, "20240104_d.down.sql",
		"UPDATE _sqlx_migrations SET success = false WHERE version = 20240102", "failed: version 20240102"},
	{"node-pg-migrate", "CREATE TABLE pgmigrations (id INTEGER PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)", "INSERT INTO pgmigrations (name, run_on) VALUES (?, 'x')",
		[3]string{"1700000000001_a.js", "1700000000002_b.sql", "1700000000003_c.ts"}, [3]string{"1700000000001_a", "1700000000002_b", "1700000000003_c"}, "README.md", "", ""},
}

// from writes files, applies versions in a new database, and returns what adopt compares, with what it says.
func (h history) inspect(t *testing.T, versions []string, more string) *migrate.Inspection {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(statement string, args ...any) {
		if _, err := db.Exec(statement, args...); err != nil {
			t.Fatalf("%s: %s: %v", h.tool, statement, err)
		}
	}
	exec("CREATE TABLE customers (id INTEGER PRIMARY KEY)")
	exec(h.tables)
	for _, v := range versions {
		if before, last, ok := strings.Cut(h.row, "; "); ok {
			exec(before)
			exec(last, v)
		} else {
			exec(h.row, v)
		}
	}
	if more != "" {
		exec(more)
	}
	in, err := migrate.Inspect(t.Context(), db, sqlite.Dialect{}, migrate.InspectOptions{})
	if err != nil {
		t.Fatalf("%s: %v", h.tool, err)
	}
	return in
}

// compare returns what adopt -from says of a database with versions and a folder with files: the refusal, and the notes.
func (h history) compare(t *testing.T, in *migrate.Inspection, files ...string) (refused, notes string) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, "files", f)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var text []byte
		if strings.HasSuffix(f, "_checkpoint.sql") {
			text = []byte("-- atlas:checkpoint\n\nCREATE TABLE customers (id INTEGER PRIMARY KEY);\n")
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	described, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"db.json": string(described), "go.mod": "module example.com/m\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var stderr bytes.Buffer
	e := env{dir: dir, stdout: &stderr, stderr: &stderr}
	a := adoptFlags{from: h.tool, folder: "./files"}
	if in.Histories[0].Problem != "" { // the command itself decides that
		err = runAdopt(t.Context(), e, []string{"-from", h.tool, "./files", "db.json"})
	} else {
		err = a.applied(e, in)
	}
	if err != nil {
		refused = err.Error()
	}
	return refused, stderr.String()
}

// TestFrom compares files with histories for every tool: all applied, behind, ahead, a file that is missing, the folder of something else, and half done.
func TestFrom(t *testing.T) {
	tools := map[string]bool{}
	for _, h := range foreignHistories {
		tools[h.tool] = true
		t.Run(h.tool, func(t *testing.T) {
			t.Parallel()
			all, two := h.inspect(t, h.rows[:], ""), h.inspect(t, h.rows[:2], "")
			if len(all.Histories) != 1 || all.Histories[0].Tool != h.tool || len(all.Schema.Tables) != 1 {
				t.Fatalf("found are %v beside %d tables", all.Histories, len(all.Schema.Tables))
			}
			files := append(h.files[:], h.none)
			third := filepath.Base(h.files[2])
			if h.tool == "prisma" || h.tool == "diesel" {
				third = filepath.Base(filepath.Dir(h.files[2]))
			}
			expect := func(what string, in *migrate.Inspection, files []string, refusal, note string) {
				t.Helper()
				refused, notes := h.compare(t, in, files...)
				if !strings.Contains(refused, refusal) || refusal == "" && refused != "" || refusal != "" && !strings.Contains(refused, "nothing was written") {
					t.Errorf("%s: refused with %q, not %q", what, refused, refusal)
				}
				if !strings.Contains(notes, note) || note == "" && notes != "" {
					t.Errorf("%s: it says %q, not %q", what, notes, note)
				}
			}
			expect("all applied", all, files, "", "")
			refused, _ := h.compare(t, two, files...)
			if !strings.Contains(refused, ", behind ./files: 1 file is not applied: ") || !strings.Contains(refused, third) || !strings.Contains(refused, "; run "+fileTools[h.tool].up+" first; nothing was written") {
				t.Errorf("behind: %q", refused)
			}
			expect("nothing applied", h.inspect(t, nil, ""), files, "the database is behind ./files, of which "+h.tool+" has applied nothing: 3 files are not applied", "")
			expect("ahead", all, h.files[:2], "", "has applied what ./files has no file of: ")
			if !fileTools[h.tool].counter { // else the history does not say what is missing
				expect("a file is missing", all, []string{h.files[0], h.files[2]}, "", "has applied what ./files has no file of: ")
			}
			expect("not its folder", all, []string{"main.txt", h.none}, "./files has no files of it", "")
			expect("the folder of another database", h.inspect(t, h.rows[:1], ""), h.files[1:], "has applied no file of ./files", "")
			if h.dirty != "" {
				expect("half done", h.inspect(t, h.rows[:2], h.dirty), files, h.says, "")
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(fileTools)) {
		if !tools[name] {
			t.Errorf("-from %s has no test", name)
		}
	}
}

// A baseline stands for all before it, which have no rows.
func TestFromBaseline(t *testing.T) {
	for tool, baseline := range map[string]string{
		"flyway": "UPDATE flyway_schema_history SET type = 'BASELINE'",
		"atlas":  "UPDATE atlas_schema_revisions SET type = 1, applied = 0, total = 0",
	} {
		h := foreignHistories[slices.IndexFunc(foreignHistories, func(h history) bool { return h.tool == tool })]
		if refused, notes := h.compare(t, h.inspect(t, h.rows[1:2], baseline), h.files[:2]...); refused != "" || notes != "" {
			t.Errorf("%s at its baseline: %s %s", tool, refused, notes)
		}
		if refused, _ := h.compare(t, h.inspect(t, h.rows[1:2], baseline), h.files[:]...); !strings.Contains(refused, "1 file is not applied") {
			t.Errorf("%s behind its baseline: %s", tool, refused)
		}
	}
}

// Where histories begin, and which files stand for others: the version is said, and no file is taken for applied that is not.
func TestFromBeginning(t *testing.T) {
	for _, x := range []struct {
		tool, more    string
		rows, files   []string
		refused, note string
	}{
		{tool: "golang-migrate", rows: []string{"0"}, files: []string{"000000_a.up.sql", "000001_b.up.sql"}, refused: "the database is at version 0, behind ./files: 1 file is not applied: 000001_b.up.sql; run migrate up first"},
		{tool: "golang-migrate", rows: []string{"0"}, files: []string{"000000_a.up.sql"}},
		{tool: "golang-migrate", rows: []string{"0"}, files: []string{"000001_b.up.sql"}, refused: "the database is behind ./files, of which golang-migrate has applied nothing: 1 file is not applied: 000001_b.up.sql"},
		{tool: "golang-migrate", more: "INSERT INTO schema_migrations VALUES (-1, true)", files: []string{"000001_b.up.sql"}, refused: "which says dirty: version -1 has failed half way; repair the database, then migrate force"},
		{tool: "golang-migrate", rows: []string{"3"}, files: []string{"1_a.up.sql", "2_b.up.sql"}, note: "golang-migrate has applied what ./files has no file of: 3"},
		{tool: "golang-migrate", rows: []string{"3"}, files: []string{"1_a.up.sql", "4_d.up.sql"}, refused: "the database is at version 3, behind ./files: 1 file is not applied: 4_d.up.sql", note: "no file of: 3"},
		{tool: "flyway", rows: []string{"1.1"}, more: "UPDATE flyway_schema_history SET type = 'SQL_BASELINE'", files: []string{"V1__a.sql", "B1.1__all.sql", "V1.1__b.sql"}},
		{tool: "flyway", files: []string{"V1.10__c.sql", "V1.9__b.sql", "V1__a.sql"}, refused: "3 files are not applied: V1__a.sql, V1.9__b.sql, V1.10__c.sql; run flyway migrate first"},
		{tool: "atlas", rows: []string{"20240102"}, files: []string{"20240101_a.sql", "20240102_checkpoint.sql"}},
		{tool: "atlas", rows: []string{"20240102"}, files: []string{"20240101_a.sql", "20240102_b.sql"}, refused: "1 file is not applied: 20240101_a.sql"},
		{tool: "atlas", rows: []string{"20240102"}, more: "UPDATE atlas_schema_revisions SET applied = 1, type = 6", files: []string{"20240102_b.sql"}},
	} {
		h := foreignHistories[slices.IndexFunc(foreignHistories, func(h history) bool { return h.tool == x.tool })]
		refused, notes := h.compare(t, h.inspect(t, x.rows, x.more), x.files...)
		if !strings.Contains(refused, x.refused) || (x.refused == "") != (refused == "") || !strings.Contains(notes, x.note) || (x.note == "") != (notes == "") {
			t.Errorf("%s at %v with %v is refused with %q and says %q, not %q and %q", x.tool, x.rows, x.files, refused, notes, x.refused, x.note)
		}
	}
}

func TestFromOthers(t *testing.T) {
	for _, tool := range []string{"alembic", "drizzle", "gormigrate", "liquibase", "rake"} {
		want := "then adopt without -from"
		if tool == "rake" {
			want = "the files of these tools are known: atlas, bun, "
		}
		a := adoptFlags{from: tool}
		if _, err := a.operands(env{dir: t.TempDir()}, []string{"x", "y"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("-from %s: %v", tool, err)
		}
	}
}
