package bunschema

import (
	"go/types"
	"regexp"
	"strings"
)

// The types that bun finds for itself (dialect/sqltype).
const (
	Boolean   = "BOOLEAN"
	SmallInt  = "SMALLINT"
	Integer   = "INTEGER"
	BigInt    = "BIGINT"
	Real      = "REAL"
	Double    = "DOUBLE PRECISION"
	VarChar   = "VARCHAR"
	Blob      = "BLOB"
	Timestamp = "TIMESTAMP"
	JSON      = "JSON"
)

var version = regexp.MustCompile(`/v[0-9]+(/|$)`)

func typeID(t types.Type) string {
	n, ok := t.(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return version.ReplaceAllString(n.Obj().Pkg().Path(), "$1") + "." + n.Obj().Name()
}

// Discover is DiscoverSQLType (schema/sqltype.go): "" for what has no type.
func Discover(t types.Type) string {
	switch typeID(t) {
	case "time.Time", "database/sql.NullTime", "github.com/uptrace/bun/schema.NullTime":
		return Timestamp
	case "database/sql.NullBool":
		return Boolean
	case "database/sql.NullFloat64":
		return Double
	case "database/sql.NullInt64":
		return BigInt
	case "database/sql.NullString":
		return VarChar
	case "encoding/json.RawMessage":
		return JSON
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		if isByte(u.Elem()) {
			return Blob
		}
		return VarChar
	case *types.Map, *types.Struct:
		return VarChar
	case *types.Basic:
		switch u.Kind() {
		case types.Bool:
			return Boolean
		case types.Int, types.Int64, types.Uint, types.Uint64, types.Uintptr:
			return BigInt
		case types.Int8, types.Int16, types.Uint8, types.Uint16:
			return SmallInt
		case types.Int32, types.Uint32:
			return Integer
		case types.Float32:
			return Real
		case types.Float64:
			return Double
		case types.String:
			return VarChar
		}
	}
	return ""
}

// isByte reports whether the kind of a type is that of a byte.
func isByte(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Uint8
}

// Canonical is fieldSQLType of bun's dialect for PostgreSQL (pgdialect/sqltype.go), which spells types as they are canonical here.
func (f *Field) Canonical() string {
	if f.UserType != "" {
		return f.UserType
	}
	if o, ok := f.Tag.Get("composite"); ok {
		return o.Value
	}
	if f.Tag.Has("hstore") {
		return "HSTORE"
	}
	if f.Tag.Has("array") {
		switch u := f.Type.Underlying().(type) {
		case *types.Slice:
			return canonical(types.Unalias(u.Elem())) + "[]"
		case *types.Array:
			return canonical(types.Unalias(u.Elem())) + "[]"
		}
	}
	if Discover(f.Type) == Blob {
		return "BYTEA"
	}
	return canonical(f.Type)
}

func canonical(t types.Type) string {
	t = indirect(t)
	switch typeID(t) {
	case "database/sql.NullString":
		return VarChar
	case "net.IP":
		return "INET"
	case "net.IPNet":
		return "CIDR"
	case "encoding/json.RawMessage":
		return "JSONB"
	}
	found := Discover(t)
	if found == Timestamp {
		found = "TIMESTAMPTZ"
	}
	switch u := t.Underlying().(type) {
	case *types.Map, *types.Struct:
		if found == VarChar {
			return "JSONB"
		}
	case *types.Array:
		if isByte(u.Elem()) {
			return "BYTEA"
		}
		return "JSONB"
	case *types.Slice:
		if isByte(u.Elem()) {
			return "BYTEA"
		}
		return "JSONB"
	}
	return found
}

// Serial returns the serial that bun's dialect for PostgreSQL makes of a column that is numbered, "" for none: it looks for the type in capitals.
func (f *Field) Serial() string {
	if !f.Auto || f.Identity {
		return ""
	}
	switch f.Canonical() {
	case SmallInt:
		return "smallserial"
	case Integer:
		return "serial"
	case BigInt:
		return "bigserial"
	}
	return ""
}

// Plain is fieldSQLType of bun's other dialects: the type that was found, with one word for all integers.
func (f *Field) Plain() string {
	if f.UserType != "" {
		return f.UserType
	}
	found := Discover(f.Type)
	if found == SmallInt || found == BigInt {
		return Integer
	}
	return found
}

// Numbered reports whether the column is numbered as the whole key of the table where there is no serial.
func (t *Table) Numbered(f *Field) bool {
	return f.Auto && f.PK && len(t.Keys) == 1 && f.Plain() == Integer
}

// Literal reports whether the tag gives the type.
func (f *Field) Literal() bool { return strings.TrimSpace(f.UserType) != "" }
