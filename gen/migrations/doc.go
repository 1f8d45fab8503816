// Package migrations reads a directory of migrations as one thing: what its files declare, which migration follows which, and what the snapshot
// records of them. Package read, below it, reads the files one by one.
//
// There are two views of a directory. A [Folder], from [Read], is what the pipeline adds a migration to: it has one newest migration, and a list and a
// snapshot that fit it, or [Folder.Findings] says what is wrong. [Branches], from [ReadBranches], are what other commands work on: they
// have the ops, may have several newest migrations, and files in the middle of a merge.
//
// Names of migrations ([OpsWords], [FileName], [VarName]), the graph of those that replace others ([GraphOf]), the hashes that a snapshot records
// ([Records]) and the names that flags take ([Find], [Applied]) are here too, so that all commands understand them alike.
//
// The package writes no file, compares no models, and runs no migration but on a schema in memory.
package migrations
