// Package sqlite carries SQLite databases to their migrations: a [migrate.Dialect] for SQLite 3.35 and newer, through any driver of
// database/sql (modernc.org/sqlite and mattn/go-sqlite3, say). It uses the standard library alone.
//
//	m, err := migrate.New(db, sqlite.Dialect{}, migrations.All, nil)
//
// # What becomes what
//
// Every name is quoted. boolean is BOOLEAN, the integers INTEGER, real and double REAL, numeric NUMERIC, bytea BLOB, date DATE, timestamps
// DATETIME (drivers make times of these words), everything else TEXT; arrays hold JSON. Two types of which the same comes out are one: widening
// an integer does nothing. type.sqlite: and default.sqlite: replace both. A column of an enum has a CHECK over the values. Unique constraints are
// unique indexes, which come and go without a new table. An identity column is INTEGER PRIMARY KEY AUTOINCREMENT. Comments are left out.
//
// Schemas, deferrable unique constraints, NULLS NOT DISTINCT, an order of NULL in an index that is not SQLite's own, INCLUDE, operator classes, access methods, and in expressions
// casts with ::, operators and functions that SQLite lacks give a [*migrate.UnsupportedError] that says what to write. now() becomes
// CURRENT_TIMESTAMP.
//
// # How a table changes
//
// What ALTER TABLE can do is done by it: adding a column that is nullable or has a literal default, with its foreign key and its
// check; dropping and renaming columns; renaming tables. For anything else the table is rebuilt, once for everything that a migration does to it: a
// new table, the rows copied and counted, the old one dropped, the new one renamed. Indexes, triggers, constraints, STRICT and WITHOUT ROWID that
// were made by hand, and the counter of AUTOINCREMENT, go over to the new table. A column made by hand stops the rebuild before anything is changed,
// and so do values that a new type would lose, and NULL where none is allowed any more. Views and triggers that worked before must work afterwards.
//
// # Tables that something else made
//
// [Dialect.InspectSchema] describes them, and the catalog takes as equal what is: a type in other words that mean the same (VARCHAR(20) and TEXT, INT and INTEGER but for a key) unless
// the model has a type.sqlite: of its own, DEFAULT NULL and none, DEFAULT '0' and 0 and FALSE, a default in double quotes, COLLATE BINARY and none, names in other letters, a key without NOT NULL, a unique
// constraint inside of the table and an index, a constraint without a name and one of the models. Not compared, and kept by a rebuild, is what models have no words for: STRICT, WITHOUT ROWID,
// ON CONFLICT, whether a generated value is stored, AUTOINCREMENT or none. A unique constraint inside of the table that is dropped takes a new table without it, which the printed DROP INDEX does not tell.
//
// Foreign keys are off while a table is rebuilt or dropped, else that would delete the rows of others; they are checked before the commit, and
// violations that are new undo everything. SQL and Go ops run with foreign keys as they are, so next to a rebuild they have transactions of their own.
//
// # Limits
//
//   - A transaction of a migration locks the whole database against other writers, and a rebuild rewrites a table: it needs room for a copy. BEGIN
//     IMMEDIATE is the lock of the migrations; between the transactions of one migration another runner may take over, and nothing is done twice. A
//     statement that must run outside any transaction (NoTx) is the exception: when it is cut off before it is recorded, it runs again.
//   - RENAME and DROP COLUMN make SQLite compile all views and triggers of the database; one that is broken, or that uses a function that only the
//     application registers, makes it refuse.
//   - A Fill is an UPDATE, for which triggers fire, or a part of the rebuild, for which they do not. In a rebuild it does not follow ON UPDATE CASCADE:
//     if it changes keys that rows refer to, the check of foreign keys undoes it.
//   - A second rebuild of a table in one migration is needed behind an SQL or Go op, when another table's Fill reads it in a subquery, and when an op
//     reads a column whose type the migration has changed.
//   - Rows get new rowids in a rebuild if the table has no INTEGER PRIMARY KEY.
//   - What was changed by hand in the definition of a column that migrations made (its type, default, collation) is set back by a rebuild.
//   - Values of a column whose type changes to a number must be numbers to the last; those of dates must be ones that date() reads, or end in +00 or
//     +0000 UTC. Without loss is without loss as SQLite counts: 15 digits of a REAL.
//   - The name of a primary key, and that of the check of an enum column whose table or column is renamed, may be an old one; the catalog leaves both out.
//   - Views are neither made nor kept track of; triggers on tables that are dropped are dropped with them.
//   - Virtual tables are left alone, and are no tables of a migration.
//   - A driver that takes no text in double quotes (ncruces) cannot rebuild a table of a database in which a check or an index has such a text.
package sqlite
