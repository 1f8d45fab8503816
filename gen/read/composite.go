package read

import (
	"go/ast"
	"reflect"
)

// composite evaluates a literal of a struct, a list or a map.
func (ev *evaluator) composite(lit *ast.CompositeLit, want reflect.Type) (reflect.Value, error) {
	t := want
	if lit.Type != nil {
		var ok bool
		if t, ok = ev.typeOf(lit.Type); !ok {
			return ev.no(lit, "the type %s is not known here", ev.shown(lit.Type))
		}
	}
	if t == nil {
		return ev.no(lit, "the literal has no type")
	}
	if lit.Type == nil && t.Kind() == reflect.Pointer {
		return ev.address(lit, lit, t)
	}
	v := reflect.New(t).Elem()
	var err error
	switch t.Kind() {
	case reflect.Struct:
		err = ev.structure(lit, v)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(t, 0, len(lit.Elts)))
		for _, el := range lit.Elts {
			if _, ok := el.(*ast.KeyValueExpr); ok {
				return ev.no(el, "a list with keys is not read")
			}
			var x reflect.Value
			if x, err = ev.value(el, t.Elem()); err != nil {
				return v, err
			}
			v.Set(reflect.Append(v, x))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		for _, el := range lit.Elts {
			kv, ok := el.(*ast.KeyValueExpr)
			if !ok {
				return ev.no(el, "an entry without a key")
			}
			var key, x reflect.Value
			if key, err = ev.value(kv.Key, t.Key()); err != nil {
				return v, err
			}
			if x, err = ev.value(kv.Value, t.Elem()); err != nil {
				return v, err
			}
			v.SetMapIndex(key, x)
		}
	default:
		return ev.no(lit, "a literal of %s is not read", t)
	}
	if err != nil {
		return v, err
	}
	return ev.assign(lit, v, want)
}

// structure fills the fields of a struct, with or without their names.
func (ev *evaluator) structure(lit *ast.CompositeLit, v reflect.Value) error {
	for i, el := range lit.Elts {
		var f reflect.Value
		kv, ok := el.(*ast.KeyValueExpr)
		switch {
		case ok:
			key, isIdent := kv.Key.(*ast.Ident)
			if isIdent {
				f = v.FieldByName(key.Name)
			}
			el = kv.Value
		case i < v.NumField():
			f = v.Field(i)
		}
		if !f.IsValid() || !f.CanSet() {
			_, err := ev.no(el, "%s has no such field", v.Type())
			return err
		}
		x, err := ev.value(el, f.Type())
		if err != nil {
			return err
		}
		f.Set(x)
	}
	return nil
}
