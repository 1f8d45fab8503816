package load

import (
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"time"

	"github.com/modelgen/modelgen/runtime/schema"
)

func errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }

// constructors are functions whose argument is the text of the value, by import path and name. Major versions behind a path are left out.
var constructors = map[string]bool{
	"github.com/shopspring/decimal.RequireFromString": true,
	"github.com/shopspring/decimal.NewFromInt":        true,
	"github.com/shopspring/decimal.NewFromInt32":      true,
	"github.com/govalues/decimal.MustParse":           true,
	"github.com/google/uuid.MustParse":                true,
	"net/netip.MustParseAddr":                         true,
	"net/netip.MustParsePrefix":                       true,
}

// value returns what an expression writes into a column, as the text of a literal; nil is NULL.
func (r *rowReader) value(c *column, e ast.Expr) (*string, error) {
	if t := deref(c.field.Type()); r.writesItself(t) {
		return nil, r.writes(t)
	}
	return r.expr(c, e)
}

func (r *rowReader) writes(t types.Type) error {
	return errorf("%s writes itself with its method Value, which is not run here: put the rows into a step written by hand, with migrate.Rows", r.m.typeString(t))
}

// writesItself reports whether values of a type go through code that is not known.
func (r *rowReader) writesItself(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || !isValuer(t) {
		return false
	}
	path := named.Obj().Pkg().Path()
	if _, known := lookupType(path, named.Obj().Name()); known || wrappers[basePath(path)+"."+named.Obj().Name()] {
		return false
	}
	return true
}

func (r *rowReader) expr(c *column, e ast.Expr) (*string, error) {
	e = ast.Unparen(e)
	tv := r.info.Types[e]
	switch {
	case tv.IsNil():
		return nil, nil
	case tv.Value != nil:
		return r.constant(c, e, tv.Value)
	}
	switch x := e.(type) {
	case *ast.CallExpr:
		return r.call(c, x)
	case *ast.UnaryExpr:
		if lit := composite(x); x.Op == token.AND && lit != nil {
			return r.literal(c, lit)
		}
	case *ast.CompositeLit:
		return r.literal(c, x)
	}
	return nil, r.notConstant(c, e)
}

func (r *rowReader) notConstant(c *column, e ast.Expr) error {
	return &posError{e.Pos(), errorf("%s is no constant: no code is run to read rows; write the value itself, a constant, new(x) for a pointer, or time.Date in time.UTC", c.field.Name())}
}

// constant returns a constant as the text of a literal of the column.
func (r *rowReader) constant(c *column, e ast.Expr, v constant.Value) (*string, error) {
	form, wrong := c.Type.Literal(), func() (*string, error) {
		return nil, &posError{e.Pos(), errorf("%s is %s, and column %s is %s", c.field.Name(), v.ExactString(), c.Name, c.Type)}
	}
	if c.Type.Array {
		return wrong()
	}
	switch v.Kind() {
	case constant.Bool:
		if form != schema.BoolLiteral {
			return wrong()
		}
		return new(strconv.FormatBool(constant.BoolVal(v))), nil
	case constant.String:
		s := constant.StringVal(v)
		switch {
		case form == schema.BoolLiteral:
			return wrong()
		case form == schema.BytesLiteral:
			s = hex.EncodeToString([]byte(s))
		}
		return &s, nil
	case constant.Int:
		if form == schema.BoolLiteral || form == schema.BytesLiteral {
			return wrong()
		}
		return new(v.ExactString()), nil
	case constant.Float:
		if form == schema.BoolLiteral || form == schema.BytesLiteral {
			return wrong()
		}
		bits := 64
		if b, ok := r.info.Types[e].Type.Underlying().(*types.Basic); ok && b.Kind() == types.Float32 {
			bits = 32
		}
		f, _ := constant.Float64Val(v)
		return new(strconv.FormatFloat(f, 'g', -1, bits)), nil
	}
	return wrong()
}

// call reads a conversion, new(x), a function like func ptr[T any](v T) *T, time.Date, and the constructors that are known.
func (r *rowReader) call(c *column, x *ast.CallExpr) (*string, error) {
	fun := r.info.Types[x.Fun]
	switch {
	case fun.IsType() && len(x.Args) == 1:
		return r.expr(c, x.Args[0])
	case fun.IsBuiltin() && len(x.Args) == 1 && isIdent(x.Fun, "new"):
		if r.info.Types[x.Args[0]].IsType() {
			return nil, &posError{x.Pos(), errorf("%s: write the value, as in new(%q) of Go 1.26", c.field.Name(), "text")}
		}
		return r.expr(c, x.Args[0])
	}
	f := r.callee(x.Fun)
	if f == nil || f.Pkg() == nil {
		return nil, r.notConstant(c, x)
	}
	name := basePath(f.Pkg().Path()) + "." + f.Name()
	switch {
	case name == "time.Date" && len(x.Args) == 8:
		return r.date(c, x)
	case constructors[name] && len(x.Args) == 1 && r.info.Types[x.Args[0]].Value != nil:
		v := r.info.Types[x.Args[0]].Value
		if v.Kind() == constant.String {
			return new(constant.StringVal(v)), nil
		}
		return r.constant(c, x.Args[0], v)
	case pointerTo(f) && len(x.Args) == 1:
		return r.expr(c, x.Args[0])
	}
	return nil, r.notConstant(c, x)
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && id.Name == name
}

// callee returns the function that is called, nil for anything else.
func (r *rowReader) callee(fun ast.Expr) *types.Func {
	switch x := ast.Unparen(fun).(type) {
	case *ast.Ident:
		f, _ := r.info.Uses[x].(*types.Func)
		return f
	case *ast.SelectorExpr:
		f, _ := r.info.Uses[x.Sel].(*types.Func)
		return f
	case *ast.IndexExpr:
		return r.callee(x.X)
	}
	return nil
}

// pointerTo reports whether a function is generic and returns a pointer to its argument's type, whatever that is: there is nothing else that it can
// point to.
func pointerTo(f *types.Func) bool {
	sig := f.Origin().Signature()
	if sig.TypeParams().Len() != 1 || sig.Params().Len() != 1 || sig.Results().Len() != 1 || sig.Variadic() {
		return false
	}
	p, ok := sig.Results().At(0).Type().(*types.Pointer)
	t := sig.TypeParams().At(0)
	return ok && types.Identical(p.Elem(), t) && types.Identical(sig.Params().At(0).Type(), t)
}

// date reads time.Date(...) in UTC.
func (r *rowReader) date(c *column, x *ast.CallExpr) (*string, error) {
	var n [7]int
	for i := range n {
		v := r.info.Types[x.Args[i]].Value
		if v == nil {
			return nil, r.notConstant(c, x.Args[i])
		}
		k, ok := constant.Int64Val(constant.ToInt(v))
		if !ok {
			return nil, r.notConstant(c, x.Args[i])
		}
		n[i] = int(k)
	}
	var zone types.Object
	switch z := ast.Unparen(x.Args[7]).(type) {
	case *ast.SelectorExpr:
		zone = r.info.Uses[z.Sel]
	case *ast.Ident:
		zone = r.info.Uses[z]
	}
	if zone == nil || zone.Pkg() == nil || zone.Pkg().Path() != "time" || zone.Name() != "UTC" {
		return nil, &posError{x.Args[7].Pos(), errorf("%s: write the time in time.UTC: what another zone is depends on where the program runs", c.field.Name())}
	}
	at := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6], time.UTC)
	layout, ok := map[schema.Kind]string{schema.KindDate: "2006-01-02", schema.KindTime: "15:04:05.999999999", schema.KindTimestamp: "2006-01-02 15:04:05.999999999",
		schema.KindTimestampTZ: "2006-01-02 15:04:05.999999999+00"}[c.Type.Kind]
	if !ok {
		return nil, &posError{x.Pos(), errorf("%s is a time, and column %s is %s", c.field.Name(), c.Name, c.Type)}
	}
	return new(at.Format(layout)), nil
}

// literal reads the struct of a value that may be NULL, a list of bytes, and an array.
func (r *rowReader) literal(c *column, lit *ast.CompositeLit) (*string, error) {
	switch t := deref(r.info.Types[lit].Type).Underlying().(type) {
	case *types.Struct:
		return r.nullable(c, lit, t)
	case *types.Slice, *types.Array:
		return r.list(c, lit)
	}
	return nil, r.notConstant(c, lit)
}

// nullable reads a struct with a value and a field Valid, as sql.NullString has them.
func (r *rowReader) nullable(c *column, lit *ast.CompositeLit, st *types.Struct) (*string, error) {
	if _, known := r.m.l.resolve(deref(c.field.Type())); !known {
		return nil, r.notConstant(c, lit)
	}
	valid, value := false, ast.Expr(nil)
	for i, e := range lit.Elts {
		name := ""
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, isName := kv.Key.(*ast.Ident); isName {
				name = id.Name
			}
			e = kv.Value
		} else if i < st.NumFields() {
			name = st.Field(i).Name()
		}
		if name != "Valid" {
			value = e
			continue
		}
		v := r.info.Types[e].Value
		if v == nil || v.Kind() != constant.Bool {
			return nil, r.notConstant(c, e)
		}
		valid = constant.BoolVal(v)
	}
	hasValid := false
	for f := range st.Fields() {
		hasValid = hasValid || f.Name() == "Valid"
	}
	switch {
	case !hasValid:
		return nil, r.notConstant(c, lit)
	case !valid:
		return nil, nil
	case value == nil:
		return nil, &posError{lit.Pos(), errorf("%s is Valid and leaves its value out: write it", c.field.Name())}
	}
	return r.expr(c, value)
}

// list reads bytes, or the elements of an array.
func (r *rowReader) list(c *column, lit *ast.CompositeLit) (*string, error) {
	var bytes []byte
	var elements []string
	for _, e := range lit.Elts {
		if _, keyed := e.(*ast.KeyValueExpr); keyed {
			return nil, r.notConstant(c, e)
		}
		v := r.info.Types[e].Value
		if v == nil {
			return nil, r.notConstant(c, e)
		}
		if c.Type.Literal() == schema.BytesLiteral && !c.Type.Array {
			n, ok := constant.Uint64Val(v)
			if !ok || n > 255 {
				return nil, r.notConstant(c, e)
			}
			bytes = append(bytes, byte(n))
			continue
		}
		element := *c
		element.Type.Array = false
		text, err := r.constant(&element, e, v)
		if err != nil {
			return nil, err
		}
		elements = append(elements, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(*text)+`"`)
	}
	switch {
	case c.Type.Array:
		return new("{" + strings.Join(elements, ",") + "}"), nil
	case c.Type.Literal() == schema.BytesLiteral:
		return new(hex.EncodeToString(bytes)), nil
	}
	return nil, r.notConstant(c, lit)
}
