package foreign

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
)

// database is a fake one: rows by table, whose columns are those of the first row.
type database map[string][]Row

func tell(d database, columns map[string][]string) (all []migrate.ForeignHistory, left []string) {
	var tables []Table
	for name := range columns {
		tables = append(tables, Table{Name: name, Columns: columns[name]})
	}
	for _, h := range Find(tables) {
		rows := map[string][]Row{}
		for _, r := range h.Reads() {
			for _, c := range r.Columns {
				if !slices.Contains(columns[r.Table], c) {
					panic(r.Table + " has no " + c)
				}
			}
			rows[r.Table] = d[r.Table]
		}
		all, left = append(all, h.Tell(rows)), append(left, h.Tables()...)
	}
	return all, left
}

func TestTell(t *testing.T) {
	for _, x := range []struct {
		name    string
		columns string // table: columns; table: columns
		rows    database
		want    migrate.ForeignHistory
	}{
		{"goose", "goose_db_version: id version_id is_applied tstamp", database{"goose_db_version": {
			{"id": 1, "version_id": 0, "is_applied": true}, {"id": 2, "version_id": 2, "is_applied": true}, {"id": 4, "version_id": 2, "is_applied": false}, {"id": 3, "version_id": 1, "is_applied": 1}, {"id": 5, "version_id": 10, "is_applied": "t"}}},
			migrate.ForeignHistory{Tool: "goose", Table: "goose_db_version", Version: "10", Applied: []string{"1", "10"}}},
		{"goose under another name", "x.versions: id version_id is_applied tstamp", database{"x.versions": {{"id": 1, "version_id": 0, "is_applied": true}}},
			migrate.ForeignHistory{Tool: "goose", Table: "x.versions"}},
		{"our own under another name", "app_history: id set name hash state stage started tool; app_history_log: id", database{"app_history": {
			{"id": 3, "set": "shop", "name": "0002_b", "state": "running"}, {"id": 0, "set": "", "name": "format", "state": "done"}, {"id": 1, "set": "shop", "name": "0001_a", "state": "done"}, {"id": 2, "set": "billing", "name": "0001_x", "state": "faked"}}},
			migrate.ForeignHistory{Tool: "modelgen", Table: "app_history", Version: "shop/0002_b", Applied: []string{"shop/0001_a", "billing/0001_x", "shop/0002_b"}, Problem: "running: migration 0002_b of set shop is half done, and up of its program goes on with it"}},
		{"golang-migrate", "schema_migrations: version dirty", database{"schema_migrations": {{"version": 7, "dirty": false}}}, migrate.ForeignHistory{Tool: "golang-migrate", Table: "schema_migrations", Version: "7"}},
		{"golang-migrate dirty", "schema_migrations: version dirty", database{"schema_migrations": {{"version": 7, "dirty": true}}},
			migrate.ForeignHistory{Tool: "golang-migrate", Table: "schema_migrations", Version: "7", Problem: "dirty: version 7 has failed half way; repair the database, then migrate force"}},
		{"golang-migrate under another name", "billing_migrations: version dirty", database{"billing_migrations": {{"version": 7, "dirty": false}}}, migrate.ForeignHistory{Tool: "golang-migrate", Table: "billing_migrations", Version: "7"}},
		{"golang-migrate at its first file", "schema_migrations: version dirty", database{"schema_migrations": {{"version": 0, "dirty": false}}}, migrate.ForeignHistory{Tool: "golang-migrate", Table: "schema_migrations", Version: "0"}},
		{"golang-migrate on its way down from the first file", "schema_migrations: version dirty", database{"schema_migrations": {{"version": -1, "dirty": true}}},
			migrate.ForeignHistory{Tool: "golang-migrate", Table: "schema_migrations", Problem: "dirty: version -1 has failed half way; repair the database, then migrate force"}},
		{"golang-migrate at its beginning", "schema_migrations: version dirty", nil, migrate.ForeignHistory{Tool: "golang-migrate", Table: "schema_migrations"}},
		{"dbmate", "schema_migrations: version", database{"schema_migrations": {{"version": "20240102"}, {"version": "20230102"}}}, migrate.ForeignHistory{Tool: "dbmate", Table: "schema_migrations", Version: "20240102", Applied: []string{"20230102", "20240102"}}},
		{"rails", "schema_migrations: version; ar_internal_metadata: key value", database{"schema_migrations": {{"version": "1"}}}, migrate.ForeignHistory{Tool: "rails", Table: "schema_migrations", Version: "1", Applied: []string{"1"}}},
		{"ecto", "schema_migrations: version inserted_at", database{"schema_migrations": {{"version": 2}, {"version": 1}}}, migrate.ForeignHistory{Tool: "ecto", Table: "schema_migrations", Version: "2", Applied: []string{"1", "2"}}},
		{"atlas", "atlas_schema_revisions.atlas_schema_revisions: version type applied total error hash", database{"atlas_schema_revisions.atlas_schema_revisions": {
			{"version": ".atlas_cloud_identifier", "applied": 0, "total": 0}, {"version": "2", "applied": 1, "total": 3, "error": "no"}, {"version": "1", "applied": 2, "total": 2, "error": ""}}},
			migrate.ForeignHistory{Tool: "atlas", Table: "atlas_schema_revisions.atlas_schema_revisions", Version: "2", Applied: []string{"1", "2"}, Problem: "partially applied: 1 of 3 statements of version 2"}},
		{"atlas resolved by hand", "atlas_schema_revisions: version type applied total error hash", database{"atlas_schema_revisions": {
			{"version": "1", "type": 6, "applied": 1, "total": 3, "error": "no"}, {"version": "2", "type": 4, "applied": 0, "total": 0}}},
			migrate.ForeignHistory{Tool: "atlas", Table: "atlas_schema_revisions", Version: "2", Applied: []string{"1", "2"}}},
		{"bun", "bun_migrations: id name group_id migrated_at; bun_migration_locks: id table_name", database{"bun_migrations": {{"name": "2024"}, {"name": "2023"}}},
			migrate.ForeignHistory{Tool: "bun", Table: "bun_migrations", Version: "2024", Applied: []string{"2023", "2024"}}},
		{"bun locked", "bun_migrations: id name group_id migrated_at; bun_migration_locks: id table_name", database{"bun_migration_locks": {{"id": 1}}},
			migrate.ForeignHistory{Tool: "bun", Table: "bun_migrations", Problem: "locked: bun is running, or has left its lock in bun_migration_locks"}},
		{"sql-migrate", "gorp_migrations: id applied_at", database{"gorp_migrations": {{"id": "2_b.sql"}, {"id": "10_c.sql"}}}, migrate.ForeignHistory{Tool: "sql-migrate", Table: "gorp_migrations", Version: "10_c.sql", Applied: []string{"2_b.sql", "10_c.sql"}}},
		{"gormigrate", "migrations: id", database{"migrations": {{"id": "SCHEMA_INIT"}, {"id": "20160830"}}}, migrate.ForeignHistory{Tool: "gormigrate", Table: "migrations", Version: "20160830", Applied: []string{"20160830"}}},
		{"tern", "schema_version: version", database{"schema_version": {{"version": 3}}}, migrate.ForeignHistory{Tool: "tern", Table: "schema_version", Version: "3"}},
		{"flyway", "flyway_schema_history: installed_rank version description type script checksum success", database{"flyway_schema_history": {
			{"installed_rank": 1, "version": "1", "type": "BASELINE", "success": true}, {"installed_rank": 2, "version": "1.10", "type": "SQL", "success": true}, {"installed_rank": 3, "version": "1.9", "type": "SQL", "success": true},
			{"installed_rank": 4, "type": "SQL", "success": true}, {"installed_rank": 5, "version": "2", "type": "SQL", "success": true}, {"installed_rank": 6, "version": "2", "type": "UNDO_SQL", "success": true}}},
			migrate.ForeignHistory{Tool: "flyway", Table: "flyway_schema_history", Version: "1.10", Baseline: "1", Applied: []string{"1", "1.9", "1.10"}}},
		{"flyway failed", "flyway_schema_history: installed_rank version type script checksum success", database{"flyway_schema_history": {{"installed_rank": 1, "version": "1", "type": "SQL", "success": false}}},
			migrate.ForeignHistory{Tool: "flyway", Table: "flyway_schema_history", Problem: "failed: version 1; flyway repair takes it out of the history"}},
		{"flyway with a file that stands for others", "flyway_schema_history: installed_rank version type script checksum success", database{"flyway_schema_history": {
			{"installed_rank": 0, "type": "SCHEMA", "success": true}, {"installed_rank": 1, "version": "7", "type": "SQL_BASELINE", "success": true}, {"installed_rank": 2, "type": "SQL", "script": "R__views.sql", "success": false}}},
			migrate.ForeignHistory{Tool: "flyway", Table: "flyway_schema_history", Version: "7", Baseline: "7", Applied: []string{"7"}, Problem: "failed: R__views.sql; flyway repair takes it out of the history"}},
		{"tern at its beginning", "schema_version: version", database{"schema_version": {{"version": 0}}}, migrate.ForeignHistory{Tool: "tern", Table: "schema_version"}},
		{"goose at its beginning", "goose_db_version: id version_id is_applied tstamp", nil, migrate.ForeignHistory{Tool: "goose", Table: "goose_db_version"}},
		{"liquibase", "databasechangelog: id author filename orderexecuted exectype; databasechangeloglock: id locked", database{
			"databasechangelog": {{"id": "b", "author": "me", "filename": "x.xml", "orderexecuted": 2, "exectype": "EXECUTED"}, {"id": "a", "author": "me", "filename": "x.xml", "orderexecuted": 1, "exectype": "EXECUTED"}}, "databasechangeloglock": {{"locked": true}}},
			migrate.ForeignHistory{Tool: "liquibase", Table: "databasechangelog", Version: "x.xml::b::me", Applied: []string{"x.xml::a::me", "x.xml::b::me"}, Problem: "locked: liquibase is running, or has left its lock in databasechangeloglock"}},
		{"alembic", "alembic_version: version_num", database{"alembic_version": {{"version_num": "b2"}, {"version_num": "a1"}}}, migrate.ForeignHistory{Tool: "alembic", Table: "alembic_version", Version: "a1, b2"}},
		{"django", "django_migrations: id app name applied", database{"django_migrations": {{"id": 2, "app": "blog", "name": "0001_initial"}, {"id": 1, "app": "auth", "name": "0001_initial"}}},
			migrate.ForeignHistory{Tool: "django", Table: "django_migrations", Version: "blog.0001_initial", Applied: []string{"auth.0001_initial", "blog.0001_initial"}}},
		{"prisma", "_prisma_migrations: migration_name started_at finished_at rolled_back_at", database{"_prisma_migrations": {
			{"migration_name": "1_a", "finished_at": "x"}, {"migration_name": "2_b", "rolled_back_at": "x"}, {"migration_name": "2_b", "finished_at": "x"}, {"migration_name": "3_c"}}},
			migrate.ForeignHistory{Tool: "prisma", Table: "_prisma_migrations", Version: "2_b", Applied: []string{"1_a", "2_b"}, Problem: "failed: 3_c; prisma migrate resolve says what is to be done"}},
		{"sqlx-cli", "_sqlx_migrations: version description success", database{"_sqlx_migrations": {{"version": 1, "success": true}, {"version": 2, "success": 0}}},
			migrate.ForeignHistory{Tool: "sqlx-cli", Table: "_sqlx_migrations", Version: "2", Applied: []string{"1", "2"}, Problem: "failed: version 2"}},
		{"typeorm", "migrations: id timestamp name", database{"migrations": {{"timestamp": 2, "name": "A2"}, {"timestamp": 1, "name": "B1"}}}, migrate.ForeignHistory{Tool: "typeorm", Table: "migrations", Version: "A2", Applied: []string{"B1", "A2"}}},
		{"knex", "knex_migrations: id name batch; knex_migrations_lock: index is_locked", database{"knex_migrations": {{"name": "1.js"}}, "knex_migrations_lock": {{"is_locked": 0}}}, migrate.ForeignHistory{Tool: "knex", Table: "knex_migrations", Version: "1.js", Applied: []string{"1.js"}}},
	} {
		columns := map[string][]string{"users": {"id", "name"}}
		for part := range strings.SplitSeq(x.columns, "; ") {
			name, list, _ := strings.Cut(part, ": ")
			columns[name] = strings.Fields(list)
		}
		got, left := tell(x.rows, columns)
		if d := cmp.Diff([]migrate.ForeignHistory{x.want}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, d)
		}
		for name := range columns {
			if slices.Contains(left, name) != (name != "users") {
				t.Errorf("%s: %s is left out: %v", x.name, name, left)
			}
		}
	}
}

func TestNoHistory(t *testing.T) {
	got, _ := tell(nil, map[string][]string{"migrations": {"id", "bird", "place"}, "schema_migrations": {"id"}, "schema_version": {"version", "note"}, "pages": {"version", "dirty", "text"}})
	if len(got) > 0 {
		t.Errorf("tables of an application are histories: %v", got)
	}
	for _, other := range []Table{
		{Name: "schema_version", Columns: []string{"version"}, Types: map[string]Class{"version": Text}},
		{Name: "schema_migrations", Columns: []string{"version"}, Types: map[string]Class{"version": Number}},
		{Name: "migrations", Columns: []string{"id"}, Types: map[string]Class{"id": Number}},
		{Name: "migrations", Columns: []string{"id", "applied_at"}, Types: map[string]Class{"id": Number}},
	} {
		if h := Find([]Table{other}); len(h) > 0 {
			t.Errorf("%v is taken for the history of %s", other, h[0].tool.name)
		}
		for _, class := range []Class{Text, Number} {
			other.Types[other.Columns[0]] = class
			if h := Find([]Table{other}); len(h) != 1 && class != Text && other.Name == "schema_version" || len(h) != 1 && class == Text && other.Name != "schema_version" {
				t.Errorf("%v is no history", other)
			}
		}
	}
	for _, h := range Find([]Table{{Name: "gorp_migrations", Columns: []string{"id", "applied_at"}, Unreadable: true}}) {
		if f := h.Tell(nil); len(h.Reads()) > 0 || !f.Unreadable || !strings.Contains(f.Problem, "GRANT SELECT") {
			t.Errorf("one that cannot be read: %v", f)
		}
	}
}
