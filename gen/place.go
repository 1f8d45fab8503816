package gen

import (
	"go/token"
	"reflect"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// opPos gives the place in the models that an op is about, by the fields that ops name their tables and columns with.
func (r *Result) opPos(op migrate.Op) token.Position {
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
	table := field("Table")
	if table == "" {
		return r.pos(field("To"))
	}
	column := field("Column")
	if column == "" {
		column = field("To")
	}
	if column == "" {
		return r.pos(table)
	}
	return r.pos(table + "." + column)
}
