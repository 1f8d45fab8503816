package migrate

import (
	"fmt"
	"reflect"

	"github.com/modelgen/modelgen/runtime/schema"
)

var (
	columnDef  = reflect.TypeFor[schema.ColumnDef]()
	columnDefs = reflect.TypeFor[[]schema.ColumnDef]()
)

// columnsGiven returns an error for an op written by hand that leaves out a column: every use of it would have nothing to ask.
func columnsGiven(op Op) error {
	v := reflect.ValueOf(op)
	if v.Kind() != reflect.Struct {
		return nil
	}
	for i := range v.NumField() {
		switch f := v.Field(i); {
		case f.Type() == columnDef && f.IsNil():
			return fmt.Errorf("%s has no %s", v.Type().Name(), v.Type().Field(i).Name)
		case f.Type() == columnDefs:
			for n := range f.Len() {
				if f.Index(n).IsNil() {
					return fmt.Errorf("%s: entry %d of %s is nil", v.Type().Name(), n+1, v.Type().Field(i).Name)
				}
			}
		}
	}
	return nil
}
