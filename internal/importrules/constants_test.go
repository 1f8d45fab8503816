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

const (
	lazyregexp = module + "/internal/lazyregexp"
	wordMap    = module + "/internal/sqllex.WordMap"
)

// TestEveryConstant compiles each regular expression of lazyregexp.New, which a program finds wrong only when it uses it, and looks for words that a sqllex.WordMap has
// twice, which the compiler finds in a map.
func TestEveryConstant(t *testing.T) {
	var dirs []string
	written := 0
	err := eachFile(repository, func(_ *token.FileSet, file string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			var text string
			switch n := n.(type) {
			case *ast.CallExpr:
				text = types.ExprString(n.Fun)
			case *ast.CompositeLit:
				text = types.ExprString(n.Type)
			}
			if slices.Contains([]string{"lazyregexp.New", "sqllex.WordMap", "WordMap"}, text) && !strings.HasSuffix(file, "_test.go") {
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
		n, problems := constants(p.Fset, p.Syntax, p.TypesInfo)
		found += n
		for _, problem := range problems {
			t.Error(problem)
		}
	}
	if found != written || found == 0 {
		t.Errorf("%d were looked at, of %d", found, written)
	}
}

// constants counts the regular expressions and the word maps of files, and says which of them are wrong, or not known before a program runs.
func constants(fset *token.FileSet, files []*ast.File, info *types.Info) (n int, problems []string) {
	say := func(at ast.Node, format string, args ...any) {
		problems = append(problems, fset.Position(at.Pos()).String()+": "+fmt.Sprintf(format, args...))
	}
	for _, f := range files {
		ast.Inspect(f, func(node ast.Node) bool {
			switch x := node.(type) {
			case *ast.CallExpr:
				sel, ok := x.Fun.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if fn, ok := info.Uses[sel.Sel].(*types.Func); !ok || fn.FullName() != lazyregexp+".New" {
					return true
				}
				n++
				if text := info.Types[x.Args[0]].Value; text == nil {
					say(x, "the expression is no constant")
				} else if _, err := regexp.Compile(constant.StringVal(text)); err != nil {
					say(x, "%v", err)
				}
			case *ast.CompositeLit:
				if types.TypeString(info.Types[x].Type, nil) != wordMap {
					return true
				}
				n++
				has := map[string]bool{}
				for _, e := range x.Elts {
					switch word := info.Types[e.(*ast.CompositeLit).Elts[0]].Value; {
					case word == nil:
						say(e, "the word is no constant")
					case has[constant.StringVal(word)]:
						say(e, "%s is there already", word)
					default:
						has[constant.StringVal(word)] = true
					}
				}
			}
			return true
		})
	}
	return n, problems
}

func TestConstants(t *testing.T) {
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
	_, sql := check(path.Dir(wordMap)+"/sqllex", "package sqllex; type WordMap [][2]string", nil, nil)
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	files, _ := check("a", `package a
import "`+lazyregexp+`"
import "`+sql.Path()+`"
const open = "("
var all = []*lazyregexp.Regexp{
	lazyregexp.New(open + "a)"),
	lazyregexp.New(open + "a"),
	lazyregexp.New(text),
}
var text = "a"
var words = sqllex.WordMap{
	{"(", "x"}, {text, "x"},
	{open, "y"},
}
`, info, importer{lazyregexp: lazy, sql.Path(): sql})
	n, problems := constants(fset, files, info)
	want := []string{"a.go:7:2: error parsing regexp: missing closing ): `(a`", "a.go:8:2: the expression is no constant",
		"a.go:12:14: the word is no constant", `a.go:13:2: "(" is there already`}
	if n != 4 || !slices.Equal(problems, want) {
		t.Errorf("%d: %q, want %q", n, problems, want)
	}
}

// importer has packages by their paths.
type importer map[string]*types.Package

func (i importer) Import(path string) (*types.Package, error) { return i[path], nil }
