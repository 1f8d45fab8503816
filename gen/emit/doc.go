// Package emit writes ops as Go: the migration file, the list of migrations and the guard beside the models.
//
// It is generic over ops: any op is written from its value by reflection, so that a new op needs no change here. What it writes is
// formatted; whether it compiles is for the caller to check. It reads and writes no files, and is the only user of jennifer.
package emit
