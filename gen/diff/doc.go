// Package diff compares two schemas and returns the ops that lead from one to the other.
//
// It is pure: schemas, rename hints and answers in, ops, the resulting schema and open questions out. It reads no file, no
// model and no database, and knows no SQL dialect. It never guesses: what could be a rename, what loses data by narrowing, what
// needs a value for existing rows is a [Question] until an answer is given, and with open questions its ops are not to be used.
//
// The order of the ops is fixed: foreign keys that go, tables that go, other constraints and columns that go, renames, then what
// is new, columns before what is built on them, foreign keys last. Ops before the renames use old names, ops after them new ones.
package diff
