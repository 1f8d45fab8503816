package vet

import (
	"reflect"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// object returns what an op is about, by the fields with which ops name their tables, columns and enums: "products" or "products.label".
func object(op migrate.Op) string {
	v := reflect.ValueOf(op)
	field := func(name string) string {
		f := v.FieldByName(name)
		if !f.IsValid() {
			return ""
		}
		switch x := f.Interface().(type) {
		case string:
			return x
		case schema.ColumnDef:
			return x.Def().Name
		}
		return ""
	}
	table, column := field("Table"), field("Column")
	if table == "" {
		if to := field("To"); to != "" {
			return to
		}
		return field("Name")
	}
	if column == "" {
		column = field("To")
	}
	if column == "" {
		return table
	}
	return table + "." + column
}
