// Package migrate carries a database to the migrations that modelgen wrote. Its import path ends in runtime; generated files
// import it under the name migrate.
//
// A [Migration] is a named list of typed operations ([Op]) with its parents; a [Set] is all migrations of one application;
// a [Migrator] brings a database to a set through a [Dialect]:
//
//	m, err := migrate.New(db, postgres.Dialect{}, migrations.All, nil)
//	if err != nil { ... }
//	res, err := m.Up(ctx)
//
// The package uses the standard library only. It takes a *sql.DB that the caller opened and never closes it, logs neither
// secrets nor values of rows, and knows no dialect: those are in the packages postgres and sqlite beside it. It does not read
// models and writes no files; that is the generator's work.
package migrate
