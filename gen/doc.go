// Package gen is the pipeline from models to a migration: load, compare with the snapshot, ask or write.
//
// [Generate] works out everything and writes nothing; [Result.Commit] writes all of it or nothing. So one function serves the commands
// that write, that only show, and that check. The package knows no SQL dialect: those that a project targets are handed in as
// planners, which refuse what their database cannot have.
package gen
