package migrate

import (
	"fmt"
	"reflect"

	"github.com/modelgen/modelgen/runtime/schema"
)

// columnsGiven returns an error for an op written by hand that leaves out a column: every use of it would have nothing to ask.
func columnsGiven(op Op) error {
	v := reflect.ValueOf(op)
	if v.Kind() != reflect.Struct {
		return nil
	}
	column, columns := reflect.TypeFor[schema.ColumnDef](), reflect.TypeFor[[]schema.ColumnDef]()
	for i := range v.NumField() {
		switch f := v.Field(i); {
		case f.Type() == column && f.IsNil():
			return fmt.Errorf("%s has no %s", v.Type().Name(), v.Type().Field(i).Name)
		case f.Type() == columns:
			for n := range f.Len() {
				if f.Index(n).IsNil() {
					return fmt.Errorf("%s: entry %d of %s is nil", v.Type().Name(), n+1, v.Type().Field(i).Name)
				}
			}
		}
	}
	return nil
}
