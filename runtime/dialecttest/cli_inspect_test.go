package dialecttest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestCLIInspect: the verb prints what Inspect returns, always the same, and needs no migrations.
func TestCLIInspect(t *testing.T) {
	runners(t, func(r *runner) {
		if _, ok := r.dialect.(migrate.SchemaInspector); !ok {
			r.prints(nil, "inspect", 2, "", "migrate: inspect on sqlite: unsupported operation\n")
			return
		}
		r.prints(migrate.NewSet("shop", chain(makes("one", schema.Text("a").Null()), makes("two"), makes("old_one"))...), "up", 0, "applied  0001_a  TOOK\napplied  0002_b  TOOK\napplied  0003_c  TOOK\n", "")
		status, out, problems := r.command(nil, "inspect", "-ignore", "old_*, nothing", "-json")
		var in migrate.Inspection
		if err := json.Unmarshal([]byte(out), &in); err != nil || status != 0 || problems != "" {
			r.t.Fatalf("inspect: %d %v %s%s", status, err, out, problems)
		}
		if len(in.Schema.Tables) != 2 || in.Schema.Tables[0].Name != "one" || in.Schema.Tables[1].Name != "two" || in.Format != migrate.InspectionFormat || in.Dialect != r.dialect.Name() {
			r.t.Errorf("inspect: %s", out)
		}
		if _, again, _ := r.command(migrate.NewSet("none"), "inspect", "-ignore=old_*"); again != out || !strings.HasPrefix(out, "{\n  \"modelgenInspection\": 1,\n") {
			r.t.Errorf("again it is another text:\n%s\n%s", out, again)
		}
		r.prints(nil, "inspect -ignore [", 2, "", "migrate: inspect: the pattern \"[\" of tables to leave out cannot be read: syntax error in pattern\n")
		if r.url != "" {
			r.prints(nil, "inspect -schema public,nowhere", 2, "", "migrate: inspect: reading the server's version and schemas: there is no schema nowhere; there is public\n")
			r.dialect = sqlite.Dialect{}
			if _, ok := r.dialect.(migrate.SchemaInspector); ok {
				r.prints(nil, "inspect", 2, "", "migrate: the database is PostgreSQL, but the dialect is sqlite: give the migrations the dialect for PostgreSQL, or open another database\n")
			}
		} else {
			r.dialect = postgres.Dialect{}
			r.prints(nil, "inspect", 2, "", "migrate: the database is SQLite, but the dialect is postgres: give the migrations the dialect for SQLite, or open another database\n")
		}
	})
}

// TestInspectHistories: the tables of other tools are no models, and what they say is told, with the words and the types of each database.
func TestInspectHistories(t *testing.T) {
	runners(t, func(r *runner) {
		r.exec("CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY, version_id INTEGER NOT NULL, is_applied BOOLEAN NOT NULL, tstamp TIMESTAMP)",
			"CREATE INDEX goose_by_hand ON goose_db_version (version_id)",
			"INSERT INTO goose_db_version (id, version_id, is_applied) VALUES (1, 0, true), (2, 20240101, true), (3, 20240202, true), (4, 20240202, false)",
			"CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, dirty BOOLEAN NOT NULL)", "INSERT INTO schema_migrations VALUES (7, true)",
			"CREATE TABLE bun_migrations (id INTEGER PRIMARY KEY, name VARCHAR, group_id BIGINT, migrated_at TIMESTAMP)", "CREATE TABLE bun_migration_locks (id INTEGER PRIMARY KEY, table_name VARCHAR UNIQUE)",
			"INSERT INTO bun_migrations (id, name) VALUES (1, '20240101')", "INSERT INTO bun_migration_locks VALUES (1, 'bun_migrations')",
			"CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY, migration_name VARCHAR(255), started_at TIMESTAMP, finished_at TIMESTAMP, rolled_back_at TIMESTAMP)",
			"INSERT INTO _prisma_migrations VALUES ('1', '1_init', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, NULL), ('2', '2_next', CURRENT_TIMESTAMP, NULL, CURRENT_TIMESTAMP)",
			"CREATE TABLE things (id INTEGER PRIMARY KEY)")
		in, err := migrate.Inspect(r.t.Context(), r.db, r.dialect, migrate.InspectOptions{})
		if err != nil {
			r.t.Fatal(err)
		}
		want := []migrate.ForeignHistory{
			{Tool: "prisma", Table: "_prisma_migrations", Version: "1_init", Applied: []string{"1_init"}},
			{Tool: "bun", Table: "bun_migrations", Version: "20240101", Applied: []string{"20240101"}, Problem: "locked: bun is running, or has left its lock in bun_migration_locks"},
			{Tool: "goose", Table: "goose_db_version", Version: "20240101", Applied: []string{"20240101"}},
			{Tool: "golang-migrate", Table: "schema_migrations", Version: "7", Problem: "dirty: version 7 has failed half way; repair the database, then migrate force"},
		}
		if d := cmp.Diff(want, in.Histories); d != "" {
			r.t.Errorf("(-want +got):\n%s", d)
		}
		if len(in.Schema.Tables) != 1 || len(in.Unexpressed) > 0 {
			r.t.Errorf("left are %v, %v", in.Schema.Tables, in.Unexpressed)
		}
	})
}

// TestInspectOwnHistory: a database that is managed already says so, under any name of the history, and what stands beside the history is no table of the application.
func TestInspectOwnHistory(t *testing.T) {
	runners(t, func(r *runner) {
		shop, billing := migrate.NewSet("shop", chain(makes("one"))...), migrate.NewSet("billing", chain(makes("two"))...)
		up := func(set *migrate.Set, history string) {
			m, err := migrate.New(r.db, r.dialect, set, &migrate.Options{History: history})
			if err == nil {
				_, err = m.Up(r.t.Context())
			}
			if err == nil && history != "" {
				_, err = m.Protect(r.t.Context(), "production")
			}
			if err != nil {
				r.t.Fatal(err)
			}
		}
		up(shop, "")
		up(billing, "app_versions")
		want := []migrate.ForeignHistory{
			{Tool: migrate.OwnHistory, Table: "app_versions", Version: "billing/0001_a", Applied: []string{"billing/0001_a"}},
			{Tool: migrate.OwnHistory, Table: "modelgen_history", Version: "shop/0001_a", Applied: []string{"shop/0001_a"}},
		}
		for _, history := range []string{"", "app_versions"} {
			in, err := migrate.Inspect(r.t.Context(), r.db, r.dialect, migrate.InspectOptions{History: history})
			if err != nil {
				r.t.Fatal(err)
			}
			if d := cmp.Diff(want, in.Histories); d != "" || len(in.Schema.Tables) != 2 || len(in.Unexpressed) > 0 {
				r.t.Errorf("(-want +got):\n%s\nleft are %d tables, %v", d, len(in.Schema.Tables), in.Unexpressed)
			}
		}
		if in, err := migrate.Inspect(r.t.Context(), r.db, r.dialect, migrate.InspectOptions{Ignore: []string{"*_history", "app_versions"}}); err != nil || len(in.Histories) > 0 {
			r.t.Errorf("ignored: %v %v", in, err)
		}
	})
}
