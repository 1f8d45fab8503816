// Package law holds the differ and the dialects to one law, on random pairs of schemas and a real database: to create A and migrate it to B
// gives the same catalog as to create B, and keeps the rows of what stays; down gives A back; up again gives B.
//
// A pair is made from a seed: a random schema, and a random list of changes to it. What fails is shrunk by leaving changes out for as
// long as it still fails. Rows are made so that any key, check and reference that a change may add holds for them.
package law
