package migrate

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocNamesInterfaces: whoever writes a dialect finds in the documentation of the package what it may implement.
func TestDocNamesInterfaces(t *testing.T) {
	fset := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	all, err := doc.NewFromFiles(fset, files, "github.com/modelgen/modelgen/runtime")
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(all.Doc, func(r rune) bool { return r != '_' && (r < 'A' || r > 'z') }) {
		words[strings.Trim(w, "[]")] = true
	}
	for _, x := range all.Types {
		spec, _ := x.Decl.Specs[0].(*ast.TypeSpec)
		if _, is := spec.Type.(*ast.InterfaceType); is && !words[x.Name] {
			t.Errorf("the documentation of the package does not name %s", x.Name)
		}
	}
}
