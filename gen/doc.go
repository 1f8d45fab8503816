// Package gen is the pipeline from models to a migration: load, compare with the snapshot, ask or write.
//
// [Generate] works out everything and writes nothing; [Result.Commit] writes all of it or nothing. So one function serves the commands
// that write, that only show, and that check. [Lint] looks at migrations as their files are.
//
// The package knows no SQL dialect: those that a project targets are handed in, and refuse what their database cannot have. It does not know the
// commands beside it either, which work on migrations that are there: they take its [Config] and its [Result], and stand in the packages check,
// revise, squash, sqlscript and overview.
package gen
