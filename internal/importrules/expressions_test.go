package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

const lazyregexp = module + "/internal/lazyregexp"

// TestEveryExpression compiles each regular expression of lazyregexp.New, which a program finds wrong only when it uses it.
func TestEveryExpression(t *testing.T) {
	var dirs []string
	written := 0
	err := eachFile(repository, func(_ *token.FileSet, file string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "New" && fmt.Sprint(sel.X) == "lazyregexp" && !strings.HasSuffix(file, "_test.go") {
				written++
				dirs = append(dirs, "./"+path.Dir(file))
			}
			return true
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(dirs)
	all, err := packages.Load(&packages.Config{Dir: repository, Mode: packages.NeedName | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo}, slices.Compact(dirs)...)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, p := range all {
		for _, err := range p.Errors {
			t.Error(err)
		}
		n, problems := expressions(p.Fset, p.Syntax, p.TypesInfo)
		found += n
		for _, problem := range problems {
			t.Error(problem)
		}
	}
	if found != written || found == 0 {
		t.Errorf("%d expressions were looked at, of %d", found, written)
	}
}

// expressions counts the regular expressions of files, and says of which no program can be made, or nobody knows before it runs.
func expressions(fset *token.FileSet, files []*ast.File, info *types.Info) (n int, problems []string) {
	for _, f := range files {
		ast.Inspect(f, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if fn, ok := info.Uses[sel.Sel].(*types.Func); !ok || fn.FullName() != lazyregexp+".New" {
				return true
			}
			n++
			text := info.Types[call.Args[0]].Value
			if text == nil {
				problems = append(problems, fmt.Sprintf("%s: the expression is no constant", fset.Position(call.Pos())))
			} else if _, err := regexp.Compile(constant.StringVal(text)); err != nil {
				problems = append(problems, fmt.Sprintf("%s: %v", fset.Position(call.Pos()), err))
			}
			return true
		})
	}
	return n, problems
}

func TestExpressions(t *testing.T) {
	fset := token.NewFileSet()
	check := func(pkg, src string, info *types.Info, imports importer) ([]*ast.File, *types.Package) {
		f, err := parser.ParseFile(fset, path.Base(pkg)+".go", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		p, err := (&types.Config{Importer: imports}).Check(pkg, fset, []*ast.File{f}, info)
		if err != nil {
			t.Fatal(err)
		}
		return []*ast.File{f}, p
	}
	_, lazy := check(lazyregexp, "package lazyregexp; type Regexp struct{}; func New(text string) *Regexp { return nil }", nil, nil)
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	files, _ := check("a", `package a
import "`+lazyregexp+`"
const open = "("
var all = []*lazyregexp.Regexp{
	lazyregexp.New(open + "a)"),
	lazyregexp.New(open + "a"),
	lazyregexp.New(text),
}
var text = "a"
`, info, importer{lazyregexp: lazy})
	n, problems := expressions(fset, files, info)
	want := []string{"a.go:6:2: error parsing regexp: missing closing ): `(a`", "a.go:7:2: the expression is no constant"}
	if n != 3 || !slices.Equal(problems, want) {
		t.Errorf("%d: %q, want %q", n, problems, want)
	}
}

// importer has packages by their paths.
type importer map[string]*types.Package

func (i importer) Import(path string) (*types.Package, error) { return i[path], nil }
