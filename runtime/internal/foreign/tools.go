package foreign

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// tool is a migration tool, as far as its history goes.
type tool struct {
	name    string
	table   string   // its name, "" when the columns alone tell it
	columns []string // that it has
	only    bool     // and no others
	version Class    // of the first column: other tables of that name are the application's own
	with    string   // a table that is beside it
	reads   []string // columns to read
	besides []string // tables of the tool
	ends    []string // of the names of those that are called after its history
	locks   string   // the table of its lock
	locked  string   // the column that says whether it is locked, "" when it is as long as there is a row
	each    string   // the column of its versions when it keeps a row for each migration, and nothing else; else
	tell    func(*migrate.ForeignHistory, []Row)
}

// is reports whether a table is the history of the tool.
func (x tool) is(t Table, all []Table) bool {
	_, base := schema.SplitName(t.Name)
	if x.table != "" && x.table != base || x.only && len(t.Columns) != len(x.columns) || x.with != "" && index(all, beside(t.Name, x.with)) < 0 {
		return false
	}
	if c := t.Types[x.columns[0]]; x.version != "" && c != "" && c != x.version {
		return false
	}
	return !slices.ContainsFunc(x.columns, func(c string) bool { return !slices.Contains(t.Columns, c) })
}

func words(w ...string) []string { return w }

// tools are those that are known, in the order in which a table is tried. Where two have one name of table the columns tell them apart.
var tools = []tool{
	{name: migrate.OwnHistory, columns: words("id", "set", "name", "hash", "state", "stage", "started", "tool"), ends: words("_protection", "_log", "_lease"), reads: words("id", "set", "name", "state"), tell: own},
	{name: "goose", columns: words("version_id", "is_applied", "tstamp"), reads: words("id", "version_id", "is_applied"), tell: goose},
	{name: "golang-migrate", columns: words("version", "dirty"), only: true, version: Number, reads: words("version", "dirty"), tell: golangMigrate},
	{name: "supabase", table: "schema_migrations", columns: words("version", "statements"), reads: words("version"), each: "version"},
	{name: "ecto", table: "schema_migrations", columns: words("version", "inserted_at"), reads: words("version"), each: "version"},
	{name: "rails", table: "schema_migrations", columns: words("version"), with: "ar_internal_metadata", besides: words("ar_internal_metadata"), reads: words("version"), each: "version"},
	{name: "dbmate", table: "schema_migrations", columns: words("version"), only: true, version: Text, reads: words("version"), each: "version"},
	{name: "pop", table: "schema_migration", columns: words("version"), version: Text, reads: words("version"), each: "version"},
	{name: "atlas", table: "atlas_schema_revisions", columns: words("version", "applied", "total", "hash"), reads: words("version", "type", "applied", "total", "error"), tell: atlas},
	{name: "bun", columns: words("id", "name", "group_id", "migrated_at"), locks: "bun_migration_locks", reads: words("name"), each: "name"},
	{name: "sql-migrate", table: "gorp_migrations", columns: words("id", "applied_at"), reads: words("id"), each: "id"},
	{name: "sql-migrate", table: "migrations", columns: words("id", "applied_at"), only: true, version: Text, reads: words("id"), each: "id"},
	{name: "gormigrate", table: "migrations", columns: words("id"), only: true, version: Text, reads: words("id"), tell: gormigrate},
	{name: "tern", table: "schema_version", columns: words("version"), only: true, version: Number, reads: words("version"), tell: tern},
	{name: "flyway", columns: words("installed_rank", "version", "script", "checksum", "success"), reads: words("installed_rank", "version", "type", "script", "success"), tell: flyway},
	{name: "liquibase", table: "databasechangelog", columns: words("id", "author", "filename", "orderexecuted"), locks: "databasechangeloglock", locked: "locked",
		reads: words("id", "author", "filename", "orderexecuted", "exectype"), tell: liquibase},
	{name: "alembic", table: "alembic_version", columns: words("version_num"), reads: words("version_num"), tell: alembic},
	{name: "django", table: "django_migrations", columns: words("id", "app", "name", "applied"), reads: words("id", "app", "name"), tell: django},
	{name: "prisma", table: "_prisma_migrations", columns: words("migration_name", "finished_at", "rolled_back_at"), reads: words("migration_name", "started_at", "finished_at", "rolled_back_at"), tell: prisma},
	{name: "laravel", table: "migrations", columns: words("id", "migration", "batch"), reads: words("migration"), each: "migration"},
	{name: "typeorm", table: "migrations", columns: words("id", "timestamp", "name"), reads: words("name", "timestamp"), tell: typeorm},
	{name: "knex", table: "knex_migrations", columns: words("name", "batch"), locks: "knex_migrations_lock", locked: "is_locked", reads: words("name"), each: "name"},
	{name: "sequelize", table: "SequelizeMeta", columns: words("name"), reads: words("name"), each: "name"},
	{name: "entity framework", table: "__EFMigrationsHistory", columns: words("MigrationId"), reads: words("MigrationId"), each: "MigrationId"},
	{name: "diesel", table: "__diesel_schema_migrations", columns: words("version"), reads: words("version"), each: "version"},
	{name: "sqlx-cli", table: "_sqlx_migrations", columns: words("version", "success"), reads: words("version", "success"), tell: sqlxCLI},
	{name: "drizzle", table: "__drizzle_migrations", columns: words("hash", "created_at"), reads: words("created_at"), each: "created_at"},
	{name: "node-pg-migrate", table: "pgmigrations", columns: words("name", "run_on"), reads: words("name"), each: "name"},
}
