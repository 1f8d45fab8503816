package read

import (
	"go/ast"
	"go/constant"
	"go/token"
	"math"
	"reflect"
)

// constant evaluates an expression of literals and constants of the package, exactly, as the compiler does.
func (ev *evaluator) constant(e ast.Expr) (constant.Value, error) {
	switch x := e.(type) {
	case *ast.ParenExpr:
		return ev.constant(x.X)
	case *ast.BasicLit:
		if c := constant.MakeFromLiteral(x.Value, x.Kind, 0); c.Kind() != constant.Unknown {
			return c, nil
		}
	case *ast.UnaryExpr:
		c, err := ev.constant(x.X)
		if err != nil {
			return nil, err
		}
		switch numeric := c.Kind() == constant.Int || c.Kind() == constant.Float; {
		case numeric && (x.Op == token.ADD || x.Op == token.SUB), c.Kind() == constant.Bool && x.Op == token.NOT:
			return constant.UnaryOp(x.Op, c, 0), nil
		}
	case *ast.BinaryExpr:
		a, err := ev.constant(x.X)
		if err != nil {
			return nil, err
		}
		b, err := ev.constant(x.Y)
		if err != nil {
			return nil, err
		}
		numbers := (a.Kind() == constant.Int || a.Kind() == constant.Float) && (b.Kind() == constant.Int || b.Kind() == constant.Float)
		switch {
		case a.Kind() == constant.String && b.Kind() == constant.String && x.Op == token.ADD,
			numbers && (x.Op == token.ADD || x.Op == token.SUB || x.Op == token.MUL):
			return constant.BinaryOp(a, x.Op, b), nil
		}
	case *ast.Ident:
		switch x.Name {
		case "true", "false":
			return constant.MakeBool(x.Name == "true"), nil
		}
		if c, ok := ev.pkg.consts[x.Name]; ok && ev.depth < 20 {
			ev.depth++
			defer func() { ev.depth-- }()
			return ev.constant(c)
		}
	}
	_, err := ev.no(e, "%s is not known without compiling", ev.shown(e))
	return nil, err
}

// convert makes a constant a value of the type that is wanted.
func (ev *evaluator) convert(e ast.Expr, c constant.Value, want reflect.Type) (reflect.Value, error) {
	if want == nil || want.Kind() == reflect.Interface && want.NumMethod() == 0 {
		switch c.Kind() {
		case constant.String:
			want = reflect.TypeFor[string]()
		case constant.Bool:
			want = reflect.TypeFor[bool]()
		case constant.Int:
			want = reflect.TypeFor[int]()
		default:
			want = reflect.TypeFor[float64]()
		}
	}
	v := reflect.New(want).Elem()
	switch want.Kind() {
	case reflect.String:
		if c.Kind() == constant.String {
			v.SetString(constant.StringVal(c))
			return v, nil
		}
	case reflect.Bool:
		if c.Kind() == constant.Bool {
			v.SetBool(constant.BoolVal(c))
			return v, nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if n, exact := constant.Int64Val(constant.ToInt(c)); exact && isNumber(c) && !v.OverflowInt(n) {
			v.SetInt(n)
			return v, nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if n, exact := constant.Uint64Val(constant.ToInt(c)); exact && isNumber(c) && !v.OverflowUint(n) {
			v.SetUint(n)
			return v, nil
		}
	case reflect.Float32:
		if f, _ := constant.Float32Val(c); isNumber(c) && !math.IsInf(float64(f), 0) {
			v.SetFloat(float64(f))
			return v, nil
		}
	case reflect.Float64:
		if f, _ := constant.Float64Val(c); isNumber(c) && !math.IsInf(f, 0) {
			v.SetFloat(f)
			return v, nil
		}
	}
	return ev.no(e, "%s is no %s", c, want)
}

func isNumber(c constant.Value) bool { return constant.ToFloat(c).Kind() == constant.Float }

// basic returns the types of Go's own that columns have as defaults, and those that go into them.
func basic(name string) (reflect.Type, bool) {
	t, ok := map[string]reflect.Type{
		"string": reflect.TypeFor[string](), "bool": reflect.TypeFor[bool](), "byte": reflect.TypeFor[byte](), "int": reflect.TypeFor[int](),
		"int16": reflect.TypeFor[int16](), "int32": reflect.TypeFor[int32](), "int64": reflect.TypeFor[int64](),
		"float32": reflect.TypeFor[float32](), "float64": reflect.TypeFor[float64](),
	}[name]
	return t, ok
}
