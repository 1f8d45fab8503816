package load

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
)

// constantMethods are methods whose bodies are kept, as what they return is a part of the schema.
var constantMethods = map[string]bool{"TableName": true, "GormDataType": true, "GormDBDataType": true}

// methodKey is under which a source has a method of a type.
func methodKey(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) != 1 {
		return ""
	}
	typ := d.Recv.List[0].Type
	for {
		switch t := typ.(type) {
		case *ast.StarExpr:
			typ = t.X
			continue
		case *ast.ParenExpr:
			typ = t.X
			continue
		case *ast.IndexExpr:
			typ = t.X
			continue
		case *ast.IndexListExpr:
			typ = t.X
			continue
		case *ast.Ident:
			return t.Name + "." + d.Name.Name
		}
		return ""
	}
}

// method evaluates a method that returns a text: known is false when that is not a constant, or depends on more than the name of a driver.
func (l *loader) method(typ *types.Named, name string) (value func(driver string) string, known bool) {
	obj, _, _ := types.LookupFieldOrMethod(typ, true, nil, name)
	fn, ok := obj.(*types.Func)
	if !ok {
		return nil, false
	}
	recv := deref(fn.Signature().Recv().Type())
	n, ok := types.Unalias(recv).(*types.Named)
	if !ok {
		return nil, false
	}
	src := l.sourceOf(n.Obj())
	if src == nil {
		// The package will be read, and then all of it again.
		return func(string) string { return "text" }, l.given == nil && !slices.Contains(l.siblings, n.Obj().Pkg().Path())
	}
	d := src.methods[n.Obj().Name()+"."+name]
	if d == nil || d.Body == nil {
		return nil, false
	}
	e := evaluator{src, ""}
	if _, ok := e.body(d.Body.List); !ok {
		return nil, false
	}
	return func(driver string) string {
		text, _ := evaluator{src, driver}.body(d.Body.List)
		return text
	}, true
}

// sourceOf returns the source of the package that declares a type, which may be one of those that are known by name.
func (l *loader) sourceOf(obj *types.TypeName) *source {
	pkg := obj.Pkg()
	if pkg == nil {
		return nil
	}
	if s := l.sources[pkg]; s != nil {
		return s
	}
	return l.foreignSource(obj)
}

// evaluator runs the few statements of which such methods are made.
type evaluator struct {
	src    *source
	driver string // the name of the database's driver
}

// body returns what the statements return.
func (e evaluator) body(list []ast.Stmt) (string, bool) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ReturnStmt:
			if len(s.Results) != 1 {
				return "", false
			}
			return e.text(s.Results[0])
		case *ast.SwitchStmt:
			if s.Init != nil || s.Tag == nil || !isDriverName(s.Tag) {
				return "", false
			}
			if text, done, ok := e.choose(s.Body.List); done || !ok {
				return text, ok
			}
		case *ast.IfStmt:
			cond, ok := s.Cond.(*ast.BinaryExpr)
			if !ok || s.Init != nil || s.Else != nil || cond.Op != token.EQL || !isDriverName(cond.X) {
				return "", false
			}
			name, ok := e.text(cond.Y)
			if !ok {
				return "", false
			}
			if text, ok := e.body(s.Body.List); !ok || name == e.driver {
				return text, ok
			}
		default:
			return "", false
		}
	}
	return "", false
}

// choose runs the clause of a switch over the driver's name that fits; done says that it returned.
func (e evaluator) choose(clauses []ast.Stmt) (text string, done, ok bool) {
	var chosen, other *ast.CaseClause
	for _, c := range clauses {
		c := c.(*ast.CaseClause)
		if _, ok := e.body(c.Body); !ok && len(c.Body) > 0 {
			return "", false, false
		}
		if c.List == nil {
			other = c
		}
		for _, x := range c.List {
			name, ok := e.text(x)
			if !ok {
				return "", false, false
			}
			if name == e.driver && chosen == nil {
				chosen = c
			}
		}
	}
	if chosen == nil {
		chosen = other
	}
	if chosen == nil || len(chosen.Body) == 0 {
		return "", false, true
	}
	text, ok = e.body(chosen.Body)
	return text, true, ok
}

// isDriverName reports whether an expression is db.Dialector.Name() or db.Name().
func isDriverName(x ast.Expr) bool {
	call, ok := x.(*ast.CallExpr)
	if !ok || len(call.Args) != 0 {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Name"
}

// text returns the value of a constant text.
func (e evaluator) text(x ast.Expr) (string, bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(x.Value)
		return s, err == nil && x.Kind == token.STRING
	case *ast.ParenExpr:
		return e.text(x.X)
	case *ast.BinaryExpr:
		a, ok := e.text(x.X)
		b, ok2 := e.text(x.Y)
		return a + b, ok && ok2 && x.Op == token.ADD
	case *ast.Ident:
		return constantText(e.pkg(), x.Name)
	case *ast.SelectorExpr:
		id, ok := x.X.(*ast.Ident)
		if !ok {
			return "", false
		}
		for _, f := range e.src.pkg.Syntax {
			for _, spec := range f.Imports {
				if f.FileStart <= x.Pos() && x.Pos() <= f.FileEnd && importName(spec, e.src) == id.Name {
					if p := importedBy(spec, e.src); p != nil {
						return constantText(p, x.Sel.Name)
					}
				}
			}
		}
	case *ast.CallExpr: // string(x)
		if id, ok := x.Fun.(*ast.Ident); ok && id.Name == "string" && len(x.Args) == 1 {
			return e.text(x.Args[0])
		}
	}
	return "", false
}

func (e evaluator) pkg() *types.Package {
	if e.src.types != nil {
		return e.src.types
	}
	return e.src.pkg.Types
}

func constantText(p *types.Package, name string) (string, bool) {
	if p == nil {
		return "", false
	}
	c, ok := p.Scope().Lookup(name).(*types.Const)
	if !ok || c.Val().Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(c.Val()), true
}
