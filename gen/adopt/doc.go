// Package adopt writes the models of a database that is there already: from what the runtime's Inspect has read of it to Go source, as a
// person would write it. What the tags leave out is what the loader of the models takes for granted, so that reading them again leads to the
// schema of the database, with the names that everything has in it.
//
// It reads no database and no file, and it writes none. It does not know which Go files there are, and nothing of a database that the
// inspection does not say.
package adopt
