// Package lint finds in migrations what loses data, stops a database that is in use, or breaks the binary that still runs while the next
// one is rolled out. It needs no database: it looks at the ops, at the schema they find, and at the facts of the stages that the dialects
// plan for them, so that it is silent about what a dialect does in a safe way by itself.
//
// A check is one file, called by its code, and one line in [All]. Codes are never reused; their first digit is the group. The package reads
// no files and prints nothing.
package lint
