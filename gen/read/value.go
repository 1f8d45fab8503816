package read

import (
	"fmt"
	"go/ast"
	"go/token"
	"reflect"

	migrate "github.com/modelgen/modelgen/runtime"
)

// evaluator evaluates expressions of one file.
type evaluator struct {
	pkg     *pkg
	imports map[string]string
	depth   int // of constants that stand for constants
}

type tables struct {
	types     map[name]reflect.Type
	functions map[name][]any
	constants map[name]any
}

// known returns the tables; they are built once for each folder.
func (ev *evaluator) known() *tables {
	if ev.pkg.tables == nil {
		ev.pkg.tables = &tables{types(), functions(), constants()}
	}
	return ev.pkg.tables
}

// no says that an expression takes more than reading.
func (ev *evaluator) no(e ast.Expr, format string, args ...any) (reflect.Value, error) {
	return reflect.Value{}, fmt.Errorf("%s: %s", ev.pkg.fset.Position(e.Pos()), fmt.Sprintf(format, args...))
}

func (ev *evaluator) op(e ast.Expr) (migrate.Op, error) {
	v, err := ev.value(e, opType)
	if err != nil {
		return nil, err
	}
	op, ok := v.Interface().(migrate.Op)
	if !ok {
		_, err := ev.no(e, "it is nil")
		return nil, err
	}
	return op, nil
}

func (ev *evaluator) text(e ast.Expr) (string, error) {
	v, err := ev.value(e, reflect.TypeFor[string]())
	if err != nil {
		return "", err
	}
	return v.String(), nil
}

// value evaluates e as a value that can be assigned to want; nil wants whatever it is.
func (ev *evaluator) value(e ast.Expr, want reflect.Type) (reflect.Value, error) {
	if want != nil && want.Kind() == reflect.Func {
		if id, ok := e.(*ast.Ident); ok && id.Name == "nil" {
			return reflect.Zero(want), nil
		}
		return stub(want), nil
	}
	switch x := e.(type) {
	case *ast.ParenExpr:
		return ev.value(x.X, want)
	case *ast.CompositeLit:
		return ev.composite(x, want)
	case *ast.CallExpr:
		return ev.call(x, want)
	case *ast.UnaryExpr:
		if lit, ok := x.X.(*ast.CompositeLit); ok && x.Op == token.AND {
			return ev.address(x, lit, want)
		}
	case *ast.Ident:
		if x.Name == "nil" && want != nil {
			switch want.Kind() {
			case reflect.Slice, reflect.Map, reflect.Pointer, reflect.Interface:
				return reflect.Zero(want), nil
			}
			return ev.no(e, "nil is no %s", want)
		}
	case *ast.SelectorExpr:
		if n, ok := ev.name(x); ok {
			if c, ok := ev.known().constants[n]; ok {
				return ev.assign(e, reflect.ValueOf(c), want)
			}
		}
		return ev.no(e, "%s is not known without compiling", ev.shown(e))
	}
	c, err := ev.constant(e)
	if err != nil {
		return reflect.Value{}, err
	}
	return ev.convert(e, c, want)
}

// address takes &T{...}: as a pointer where one is wanted, else, for an op or a column, as the value it points to.
func (ev *evaluator) address(e ast.Expr, lit *ast.CompositeLit, want reflect.Type) (reflect.Value, error) {
	elem := want
	if want != nil && want.Kind() == reflect.Pointer {
		elem = want.Elem()
	}
	v, err := ev.composite(lit, elem)
	if err != nil || want == nil || want.Kind() != reflect.Pointer {
		return v, err
	}
	p := reflect.New(elem)
	p.Elem().Set(v)
	return p, nil
}

// name returns the name of another package that a selector stands for.
func (ev *evaluator) name(s *ast.SelectorExpr) (name, bool) {
	x, ok := s.X.(*ast.Ident)
	if !ok {
		return name{}, false
	}
	path, ok := ev.imports[x.Name]
	return name{path, s.Sel.Name}, ok
}

// assign checks that v fits where want stands.
func (ev *evaluator) assign(e ast.Expr, v reflect.Value, want reflect.Type) (reflect.Value, error) {
	switch {
	case want == nil || v.Type() == want:
		return v, nil
	case want.Kind() == reflect.Interface && v.Type().Implements(want):
		return v, nil
	case v.Type().AssignableTo(want):
		return v.Convert(want), nil
	}
	return ev.no(e, "a %s is no %s", v.Type(), want)
}

func (ev *evaluator) typeOf(e ast.Expr) (reflect.Type, bool) {
	switch t := e.(type) {
	case *ast.Ident:
		return basic(t.Name)
	case *ast.SelectorExpr:
		n, ok := ev.name(t)
		if !ok {
			return nil, false
		}
		typ, ok := ev.known().types[n]
		return typ, ok
	case *ast.ArrayType:
		if t.Len != nil {
			return nil, false
		}
		elem, ok := ev.typeOf(t.Elt)
		if !ok {
			return nil, false
		}
		return reflect.SliceOf(elem), true
	case *ast.MapType:
		key, ok := ev.typeOf(t.Key)
		value, ok2 := ev.typeOf(t.Value)
		if !ok || !ok2 {
			return nil, false
		}
		return reflect.MapOf(key, value), true
	case *ast.StarExpr:
		elem, ok := ev.typeOf(t.X)
		if !ok {
			return nil, false
		}
		return reflect.PointerTo(elem), true
	}
	return nil, false
}

// shown returns an expression for a message.
func (ev *evaluator) shown(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return ev.shown(x.X) + "." + x.Sel.Name
	case *ast.IndexExpr:
		return ev.shown(x.X) + "[" + ev.shown(x.Index) + "]"
	case *ast.CallExpr:
		return ev.shown(x.Fun) + "(...)"
	case *ast.StarExpr:
		return "*" + ev.shown(x.X)
	case *ast.ArrayType:
		return "[]" + ev.shown(x.Elt)
	}
	return "the expression"
}
