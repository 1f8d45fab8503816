// Package load reads Go packages and returns the schema that the models in them describe.
//
// A model is a package-level struct with a blank field that carries a table tag:
//
//	type Product struct {
//		_ struct{} `table:"products"`
//		_ struct{} `index:"category_id,price desc,where:stock > 0"`
//
//		ID         int64 `db:"id,pk,identity"`
//		CategoryID int64 `db:"category_id,fk:Category,ondelete:restrict"`
//		Stock      int32 `db:"stock,default:0"`
//	}
//
// [Load] type-checks the packages without the bodies of their functions, reads the tags, maps Go types to column types by one
// table (types.go), normalises defaults and expressions, resolves references, and checks everything that can be checked without
// a database. What is wrong with the models comes back all at once, each with its place ([Problems]).
//
// It does not compare with a snapshot, gives no names to constraints and indexes that have none in a tag (the differ does, because
// old names must stay), runs no code of the user, opens no database, writes no file, and asks nothing. Errors elsewhere in the
// packages, in functions or in types that no model uses, are not its business: generated code may be missing while it runs.
package load
