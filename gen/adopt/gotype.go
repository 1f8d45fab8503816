package adopt

import (
	"path"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// goType is what a field is declared as.
type goType struct {
	text    string      // int64, time.Time, *string
	imports []string    // that it needs
	typ     schema.Type // that the column has without an option
	null    bool        // it can hold NULL
}

// plainTypes are the Go types of the kinds, as package load reads them. The others are text, which every driver reads.
var plainTypes = map[schema.Kind]goType{
	schema.KindBoolean:     {text: "bool", typ: schema.Type{Kind: schema.KindBoolean}},
	schema.KindSmallInt:    {text: "int16", typ: schema.Type{Kind: schema.KindSmallInt}},
	schema.KindInteger:     {text: "int32", typ: schema.Type{Kind: schema.KindInteger}},
	schema.KindBigInt:      {text: "int64", typ: schema.Type{Kind: schema.KindBigInt}},
	schema.KindReal:        {text: "float32", typ: schema.Type{Kind: schema.KindReal}},
	schema.KindDouble:      {text: "float64", typ: schema.Type{Kind: schema.KindDouble}},
	schema.KindBytes:       {text: "[]byte", typ: schema.Type{Kind: schema.KindBytes}},
	schema.KindDate:        {text: "time.Time", typ: schema.Type{Kind: schema.KindTimestampTZ}, imports: []string{"time"}},
	schema.KindTimestamp:   {text: "time.Time", typ: schema.Type{Kind: schema.KindTimestampTZ}, imports: []string{"time"}},
	schema.KindTimestampTZ: {text: "time.Time", typ: schema.Type{Kind: schema.KindTimestampTZ}, imports: []string{"time"}},
	schema.KindJSON:        {text: "json.RawMessage", typ: schema.Type{Kind: schema.KindJSONB}, imports: []string{"encoding/json"}},
	schema.KindJSONB:       {text: "json.RawMessage", typ: schema.Type{Kind: schema.KindJSONB}, imports: []string{"encoding/json"}},
}

// known are types of other modules, which are taken where the module is required.
var known = []struct {
	kind       schema.Kind
	module     string
	text, null string
}{
	{schema.KindUUID, "github.com/google/uuid", "uuid.UUID", "uuid.NullUUID"},
	{schema.KindUUID, "github.com/gofrs/uuid/v5", "uuid.UUID", "uuid.NullUUID"},
	{schema.KindUUID, "github.com/gofrs/uuid", "uuid.UUID", "uuid.NullUUID"},
	{schema.KindNumeric, "github.com/shopspring/decimal", "decimal.Decimal", "decimal.NullDecimal"},
}

// sqlNull are the structs of database/sql.
var sqlNull = map[string]string{
	"string": "sql.NullString", "int16": "sql.NullInt16", "int32": "sql.NullInt32", "int64": "sql.NullInt64", "bool": "sql.NullBool", "float64": "sql.NullFloat64", "time.Time": "sql.NullTime",
}

// typeOf returns the Go type of a column. valueType is the name of the Go type that has its values as constants, "" without one.
func (w *writer) typeOf(c schema.Column, valueType string) goType {
	typ := c.Type.Plain()
	if c.Type.Array {
		elem := c
		elem.Type.Array, elem.Nullable = false, false
		g := w.typeOf(elem, valueType)
		g.text, g.typ.Array = "[]"+g.text, true
		return g
	}
	g, ok := plainTypes[typ.Kind]
	if !ok {
		g = goType{text: "string", typ: schema.Type{Kind: schema.KindText}}
	}
	if valueType != "" {
		g = goType{text: valueType, typ: g.typ}
	}
	for _, k := range known {
		if k.kind == typ.Kind && valueType == "" && slices.Contains(w.cfg.Requires, k.module) {
			g = goType{text: k.text, typ: schema.Type{Kind: k.kind}, imports: []string{k.module}}
			if c.Nullable && w.cfg.Null == NullSQL {
				g.text, g.null = k.null, true
			}
			break
		}
	}
	if !c.Nullable || g.null || strings.HasPrefix(g.text, "[]") || g.text == "json.RawMessage" {
		return g // bytes have nil already
	}
	g.null = true
	switch {
	case w.cfg.Null != NullSQL:
		g.text = "*" + g.text
	case sqlNull[g.text] != "":
		g.text, g.imports = sqlNull[g.text], []string{"database/sql"}
	default:
		g.text, g.imports = "sql.Null["+g.text+"]", append([]string{"database/sql"}, g.imports...)
	}
	return g
}

// isStandard reports whether an import is of the standard library.
func isStandard(imp string) bool {
	first, _, _ := strings.Cut(imp, "/")
	return !strings.Contains(first, ".") && path.Base(imp) != ""
}
