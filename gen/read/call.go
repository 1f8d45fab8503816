package read

import (
	"go/ast"
	"go/constant"
	"reflect"
)

// call evaluates a constructor, a method of a column under construction, a conversion, or new(...).
func (ev *evaluator) call(c *ast.CallExpr, want reflect.Type) (reflect.Value, error) {
	if id, ok := c.Fun.(*ast.Ident); ok && id.Name == "new" && len(c.Args) == 1 && want != nil && want.Kind() == reflect.Pointer {
		v, err := ev.value(c.Args[0], want.Elem())
		if err != nil {
			return v, err
		}
		p := reflect.New(want.Elem())
		p.Elem().Set(v)
		return p, nil
	}
	if t, ok := ev.typeOf(c.Fun); ok && len(c.Args) == 1 {
		v, err := ev.conversion(c, t)
		if err != nil {
			return v, err
		}
		return ev.assign(c, v, want)
	}
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return ev.no(c, "%s is not known without compiling", ev.shown(c.Fun))
	}
	var overloads []any
	if n, ok := ev.name(sel); ok {
		if overloads = ev.known().functions[n]; overloads == nil {
			return ev.no(c, "%s is not known without compiling", ev.shown(c.Fun))
		}
	} else {
		method, err := ev.method(sel)
		if err != nil {
			return method, err
		}
		overloads = []any{method.Interface()}
	}
	var err error
	for _, f := range overloads {
		var v reflect.Value
		if v, err = ev.apply(c, reflect.ValueOf(f)); err == nil {
			return ev.assign(c, v, want)
		}
	}
	return reflect.Value{}, err
}

// method returns a bound method of a column.
func (ev *evaluator) method(sel *ast.SelectorExpr) (reflect.Value, error) {
	recv, err := ev.value(sel.X, nil)
	if err != nil {
		return recv, err
	}
	if !recv.Type().Implements(defType) {
		return ev.no(sel, "%s is not known without compiling", ev.shown(sel))
	}
	m := recv.MethodByName(sel.Sel.Name)
	if !m.IsValid() {
		return ev.no(sel, "%s has no method %s", recv.Type(), sel.Sel.Name)
	}
	return m, nil
}

func (ev *evaluator) apply(c *ast.CallExpr, f reflect.Value) (reflect.Value, error) {
	t := f.Type()
	if t.NumIn() != len(c.Args) || t.IsVariadic() || t.NumOut() != 1 || c.Ellipsis.IsValid() {
		return ev.no(c, "%s does not take %d arguments", ev.shown(c.Fun), len(c.Args))
	}
	args := make([]reflect.Value, len(c.Args))
	for i, a := range c.Args {
		var err error
		if args[i], err = ev.value(a, t.In(i)); err != nil {
			return args[i], err
		}
	}
	return f.Call(args)[0], nil
}

// conversion takes []byte("..."), int32(5) and schema.Decimal("0.10").
func (ev *evaluator) conversion(c *ast.CallExpr, t reflect.Type) (reflect.Value, error) {
	if t == reflect.TypeFor[[]byte]() {
		x, err := ev.constant(c.Args[0])
		if err != nil {
			return reflect.Value{}, err
		}
		if x.Kind() == constant.String {
			return reflect.ValueOf([]byte(constant.StringVal(x))), nil
		}
	}
	x, err := ev.constant(c.Args[0])
	if err != nil {
		return ev.value(c.Args[0], t)
	}
	return ev.convert(c, x, t)
}
