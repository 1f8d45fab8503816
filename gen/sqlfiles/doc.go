// Package sqlfiles reads the SQL files that stand beside the models, and returns the objects that their CREATE statements declare: views, functions, triggers,
// policies, extensions and the like.
//
// [Read] cuts files into statements with a real lexer (strings, comments, dollar quotes, BEGIN ATOMIC, the body of a SQLite trigger) and reads the head of
// each: kind, name, arguments, table. What stands behind the head is kept as it is written. A statement that declares nothing the tool keeps, two of one name, or a head that is not understood comes
// back as a [Problem] with its place, all of them at once.
//
// The order of files and statements has no meaning. The package does not compare, knows nothing of what is in a database, and does not read what bodies say: package schema finds
// the names in them.
package sqlfiles
