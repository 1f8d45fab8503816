// Package schema describes tables as values: columns, constraints, indexes and enums, independent of any database.
//
// It is the leaf of the project: migrations are written in its words ([Integer], [Text], [Index], ...), the generator compares
// two values of [Schema], and the dialects turn them into SQL. It knows no SQL dialect, opens nothing and reads no file.
//
// Names of tables may carry a schema ("billing.invoices"); all other names are single identifiers. Names are kept as they are
// written, quoted by the dialects everywhere, and never folded.
package schema
