package everyop

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// few is how many ops a switch may be about as a type assertion is about one: more are a list that a new op is missing from.
const few = 2

// A TypeSwitch is a type switch over the ops.
type TypeSwitch struct {
	Func string   // where it is, as "gen/lint.pass.apply": the folder, the receiver and the function, or the variable
	Pos  string   // file:line
	Ops  []string // that have a case

	decides bool // its default returns an error, panics, or reads the effects
}

// Switches returns the type switches over ops in the Go files of a module, without tests.
func Switches(root fs.FS) (all []TypeSwitch, err error) {
	names := Names()
	err = fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && file != ".") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		src, err := fs.ReadFile(root, file)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			where := path.Dir(file)
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				where += "." + funcName(decl)
			case *ast.GenDecl:
				if spec, ok := decl.Specs[0].(*ast.ValueSpec); ok {
					where += "." + spec.Names[0].Name
				}
			}
			ast.Inspect(decl, func(n ast.Node) bool {
				if sw, ok := n.(*ast.TypeSwitchStmt); ok {
					if s := over(sw, f.Name.Name == "migrate", names); len(s.Ops) > 0 {
						s.Func, s.Pos = where, fmt.Sprintf("%s:%d", file, fset.Position(sw.Pos()).Line)
						all = append(all, s)
					}
				}
				return true
			})
		}
		return nil
	})
	return all, err
}

func funcName(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	recv := fn.Recv.List[0].Type
	if star, ok := recv.(*ast.StarExpr); ok {
		recv = star.X
	}
	if x, ok := recv.(*ast.IndexExpr); ok {
		recv = x.X
	}
	return recv.(*ast.Ident).Name + "." + fn.Name.Name
}

// over returns what is known of a type switch; it has no ops when it is over something else.
func over(sw *ast.TypeSwitchStmt, inside bool, names []string) (s TypeSwitch) {
	for _, stmt := range sw.Body.List {
		c := stmt.(*ast.CaseClause)
		if c.List == nil {
			s.decides = decides(c.Body)
		}
		for _, e := range c.List {
			if name := opName(e, inside); slices.Contains(names, name) {
				s.Ops = append(s.Ops, name)
			}
		}
	}
	slices.Sort(s.Ops)
	s.Ops = slices.Compact(s.Ops)
	return s
}

// opName returns the name of a type that may be an op. A backfill has a type of row, and is found by its method.
func opName(e ast.Expr, inside bool) string {
	switch e := e.(type) {
	case *ast.Ident:
		if inside {
			return e.Name
		}
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok && x.Name == "migrate" {
			return e.Sel.Name
		}
	case *ast.IndexExpr:
		return opName(e.X, inside)
	case *ast.InterfaceType:
		for _, m := range e.Methods.List {
			if len(m.Names) == 1 && m.Names[0].Name == "step" {
				return "Backfill"
			}
		}
	}
	return ""
}

// decides reports whether a default is no silence.
func decides(body []ast.Stmt) (found bool) {
	for _, stmt := range body {
		ast.Inspect(stmt, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				switch fn := call.Fun.(type) {
				case *ast.Ident:
					found = found || fn.Name == "panic"
				case *ast.SelectorExpr:
					x, ok := fn.X.(*ast.Ident)
					found = found || fn.Sel.Name == "Effects" || ok && (x.Name == "fmt" && fn.Sel.Name == "Errorf" || x.Name == "errors" && fn.Sel.Name == "New")
				}
			}
			return true
		})
	}
	return found
}

// Silent returns the problems of switches over ops that pass over a new op in silence: those that know more than two ops, not all, have no
// default that decides, and are not excused, which maps functions to reasons; and those that are excused in vain.
func Silent(all []TypeSwitch, excused map[string]string) (problems []string) {
	used := map[string]bool{}
	for _, s := range all {
		if len(s.Ops) <= few || s.decides || len(s.Ops) == len(Names()) {
			continue
		}
		if used[s.Func] = true; excused[s.Func] == "" {
			problems = append(problems, fmt.Sprintf("%s: the switch over ops in %s has %d of %d and passes over the others in silence: "+
				"read Effects, give it a default that returns an error, or excuse it in internal/everyop with the reason", s.Pos, s.Func, len(s.Ops), len(Names())))
		}
	}
	for fn := range excused {
		if !used[fn] {
			problems = append(problems, fn+" is excused, and has no silent switch over ops")
		}
	}
	slices.Sort(problems)
	return problems
}
