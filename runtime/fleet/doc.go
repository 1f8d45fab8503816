// Package fleet carries many databases to one set of migrations: a schema for each tenant on a PostgreSQL server, a database for each tenant, a
// directory of SQLite files.
//
//	targets := fleet.Schemas(db, postgres.Dialect{}, "SELECT schema_name FROM tenants")
//	report, err := fleet.Up(ctx, targets, migrations.All, nil)
//
// # What a run does
//
// The list of targets is read whole, before anything is touched. Each target then gets what [migrate.Migrator.Up] does, and has a history of its own: one
// that is done is skipped at one small query, so that a run which was stopped, or killed, is gone on with by the same call, which repeats nothing. At the
// end the list is read again until it has nothing new: a tenant made meanwhile is not missed.
//
// A failure concerns its target alone: what is done of it is whole, and the others go on, until [Options.MaxFailures] is reached. Every target has one
// [Result], which is handed to [Options.Each] as soon as it is known, and stands in the [Report]. The error of a run is a [*LeftError] when anything is left
// to do, and says what, grouped by reason; other errors come before anything was touched.
//
// # Bounds
//
// [Options.Jobs] targets are at work at a time, each on one connection, and [Options.PerServer] of them on one server. A server that has no connection
// free is asked again, by fewer. With [Options.Canary] so many targets are changed first and then looked at; when one of them fails, no other is touched.
//
// # Schemas
//
// With [Schemas] the tables of the set that have no schema in their names, and the history, are in that of the tenant; views, functions and enums as well.
// The search path is set for each transaction, and again for each tenant where a statement runs outside one; what is left of a step written by hand ends with its connection. A set with
// names of schemas, or with what belongs to the whole database, such as an extension, is refused: two tenants would have it in common. It belongs in a set
// of its own, which is applied first, by [migrate.Migrator.Up].
//
// # A new tenant
//
// [Provision] creates the schema and applies all migrations. It is for the program that makes tenants: call it before the tenant is put into the list that
// the targets are read from, or behind that. A program that serves tenants asks [migrate.Migrator.Check] when it opens one: an older release may have made it.
//
// Package fleet opens what it is told to open with the drivers of the program, and knows no dialect.
package fleet
