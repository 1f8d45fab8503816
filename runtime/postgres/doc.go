// Package postgres is the dialect for PostgreSQL 14 and newer.
//
//	m, err := migrate.New(db, postgres.Dialect{}, migrations.All, nil)
//
// It turns ops into stages, keeps the history table, holds the lock that keeps two runners apart, and reads back what is in the
// database. It works with any driver for database/sql whose errors have a method SQLState() string, and that sends a statement
// without arguments through the simple query protocol; lib/pq and pgx (its stdlib package) both do. It imports neither.
//
// A migration without Go steps is two round trips: BEGIN, timeouts, the history row that claims the migration and the statements in one
// string, then COMMIT. When the string fails it is run again statement by statement, so that the error can name the one at fault.
// A run that is cancelled, or whose process dies, before COMMIT is sent leaves nothing behind.
//
// # Rules
//
//   - Every name is quoted, and tables, indexes, types and the history are qualified with their schema: that of the model
//     ("billing.invoices"), else [Dialect].Schema, else public.
//   - Statements run with search_path set to that schema alone. Functions, types and operator classes of extensions that live in
//     another schema must be written with it: extensions.uuid_generate_v4().
//   - The time zone is UTC while statements run, so that casts and literals without a zone mean the same on every machine.
//   - Nothing is ever dropped with CASCADE.
//   - When the type or the collation of a column changes, the checks and the indexes of the model whose SQL mentions the column are made
//     again, so that they read as on a fresh table; the server would scan and rebuild them anyway. Those made by hand are left to the
//     server, which keeps or refuses them.
//
// # Limits
//
//   - The lock belongs to a session, and so do a few settings: connect directly, not through a pooler in transaction mode.
//   - Go steps, and transactions that could not get a lock or met a deadlock, may run more than once; each run is rolled back first.
//   - All statements of a migration use their plain forms and hold their locks until it commits.
//   - The type of a column that a view, a rule, a policy or a generated column uses cannot be changed; the server says so
//     (SQLSTATE 0A000). Enums whose values go or change places must not be used by generated columns.
//   - A foreign key must be able to compare both sides at every moment; to change text into uuid on both, drop it and add it again.
//   - Recreating an enum makes foreign keys over its columns, and checks and indexes whose SQL mentions them, again as well, but
//     only those of the model. Comments that somebody put on what is recreated are lost. SQL that names the type with its schema
//     ('a'::billing.state) cannot be checked by Expected.
//   - Constraint triggers made by hand and INITIALLY DEFERRED can make a change of a table fail after a data step in the same
//     migration (SQLSTATE 55006).
//   - Expected needs the right to create schemas in the database; it makes them in a transaction that it rolls back.
//   - Casts, operators, text search, foreign servers and memberships of roles are not planned; use the SQL op for them.
package postgres
