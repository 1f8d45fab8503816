// Package gormschema reads Go structs as gorm does (gorm.io/gorm/schema, version 1.31): names, types, keys, indexes, constraints and relations.
// It works on types as the type checker knows them, where gorm works on values, and holds no dialect: what a driver makes of a type is said by
// whoever asks. Each rule names the file of gorm that it is taken from, as field.go; a test compares them with gorm itself.
package gormschema

import (
	"go/token"
	"go/types"
)

// The data types of gorm that each driver spells in its own way (schema/field.go). Any other is SQL as it stands in the tag.
const (
	Bool   = "bool"
	Int    = "int"
	Uint   = "uint"
	Float  = "float"
	String = "string"
	Time   = "time"
	Bytes  = "bytes"
)

// Problem is something in a struct that gorm refuses, or that is not known without running the program.
type Problem struct {
	Path []*types.Var // the fields on the way to it, the innermost last; empty when it is about a struct
	Pos  token.Pos    // of that struct
	At   int          // where in the gorm tag of the innermost field, in bytes; -1 is the field itself
	Msg  string
}

// Method is what is known of a method that returns a text.
type Method func(typ *types.Named, name string) (value func(driver string) string, known bool)

// Parser reads structs. Its fields are set before the first call of [Parser.Schema].
type Parser struct {
	Names  Names
	Method Method                      // evaluates methods of types such as TableName, whose source it knows
	Typed  func(t types.Type) bool     // reports whether somebody else says which column a type is
	Table  func(t *types.Named) string // the table of a type that says so elsewhere, "" of others

	Problems []Problem

	schemas map[string]*Schema // by the text of the type
}

// Schema is a struct as gorm knows it.
type Schema struct {
	Name   string
	Named  *types.Named // nil of a join table
	Table  string
	Fields []*Field // those of embedded structs in place

	DBNames   []string // in the order of the columns
	ByDBName  map[string]*Field
	ByName    map[string]*Field
	ByPath    map[string]*Field // by the names of the fields on the way, with dots
	Primary   []*Field
	Prior     *Field // gorm's PrioritizedPrimaryField
	Relations []*Relation
	Structs   []*types.Struct // itself, and those that are embedded
	StructsOf []types.Type    // the types of Structs

	embedded bool
	outer    *Schema // of an embedded one
	relation map[string]*Relation
}
