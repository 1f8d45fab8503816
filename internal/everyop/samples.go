package everyop

import (
	"fmt"
	"reflect"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

type sampleRow struct {
	ID int64 `db:"id"`
}

// Samples returns one of each op, in which every text is a word of its own and every list has one element. They fit no schema.
func Samples() (all []migrate.Op) {
	op := reflect.TypeFor[migrate.Op]()
	for m := range reflect.TypeFor[migrate.Planner]().Methods() {
		if m.Type.NumIn() != 1 {
			continue
		}
		in := m.Type.In(0)
		if in == reflect.TypeFor[migrate.RowStep]() {
			in = reflect.TypeFor[migrate.Backfill[sampleRow]]()
		}
		if in.Implements(op) {
			v := reflect.New(in).Elem()
			n := 0
			sample(v, &n)
			all = append(all, v.Interface().(migrate.Op))
		}
	}
	for _, op := range migrate.ObjectOps() {
		v := reflect.New(reflect.TypeOf(op)).Elem()
		n := 0
		sample(v, &n)
		all = append(all, v.Interface().(migrate.Op))
	}
	return all
}

func sample(v reflect.Value, n *int) {
	switch v.Kind() {
	case reflect.String:
		*n++
		v.SetString(fmt.Sprintf("w%d", *n))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				sample(v.Field(i), n)
			}
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		sample(v.Index(0), n)
	case reflect.Map:
		*n++
		value := reflect.New(v.Type().Elem()).Elem()
		sample(value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(fmt.Sprintf("w%d", *n)).Convert(v.Type().Key()), value)
	case reflect.Interface:
		switch v.Type() {
		case reflect.TypeFor[schema.ColumnDef]():
			*n++
			v.Set(reflect.ValueOf(schema.Text(fmt.Sprintf("w%d", *n)).Def()))
		case reflect.TypeFor[migrate.Op]():
			*n++
			v.Set(reflect.ValueOf(migrate.CommentTable{Table: fmt.Sprintf("w%d", *n), To: "about it"}))
		}
	}
}
