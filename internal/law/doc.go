// Package law holds the differ and the dialects to one law, on random pairs of schemas and a real database: to create A and migrate it to B
// gives the same catalog as to create B, and keeps the rows of what stays; down gives A back; up again gives B.
//
// A pair is made from a seed: a random schema, and a random list of changes to it, each of which is fixed as a person would who makes it.
// Questions are answered. Then rows are made that meet the constraints of A and, as far as the ops lead there, those of B, with other values in
// each column, so that a value that goes astray is noticed; what no rows could meet is taken out of the pair. What fails is shrunk by leaving
// out changes, tables, columns and constraints for as long as it still fails.
//
// Declared rows have a law of their own, see lookups.go: each row is what the schema says after every way up and down, and after a cut at any statement.
package law
