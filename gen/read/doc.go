// Package read reads migration files without compiling them: it evaluates the literals and typed constructors that they are made of, so
// that what gen/emit writes comes back as the ops it was written from.
//
// What takes running code to know (a call of a function of the user's, a variable, an op of a type that it does not know) becomes an
// opaque op: its place and its text are there, its value is not. The package decides nothing about migrations and writes nothing.
package read
