// Package optimize makes lists of ops shorter: the result leads to the same schema and does the same to the data.
//
// Two ops are joined when one op does what both do, and when they can be brought side by side: what stands between them passes one or the
// other. Ops pass each other when what one changes is nothing the other reads or changes, and when one is a rename that the other can be
// written without: then it comes out under the older or the newer name. So a list is changed by steps of two kinds only, each of which is right
// by itself, and an order is changed only where that makes the list shorter.
//
// Steps over data stay where they are. SQL, Go code, backfills and all that is unknown are passed by nothing; a Fill is passed by what has
// nothing to do with its table, and two Rows of one table that stand side by side become one. That a table is empty counts as known only when it is created by the very op that another one is folded into.
//
// The package looks at ops alone. It reads no files, knows no dialect, and does not decide which steps can be left out.
package optimize
