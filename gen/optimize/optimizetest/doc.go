// Package optimizetest makes random lists of ops that fit, for the tests of gen/optimize and of squash. The same seed returns the same list.
//
// Names come from small pools, so that what is renamed or dropped leaves a name that something else takes. The lists are such that they also
// run on a database with rows: what an op asks of rows, they meet.
package optimizetest
