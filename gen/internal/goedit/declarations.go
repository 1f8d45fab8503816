package goedit

import (
	"go/ast"
	"go/parser"
	"go/token"
)

// Parse parses a file with its comments.
func Parse(name string, src []byte) (*token.FileSet, *ast.File, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	return fset, file, err
}

// Declarations returns the names that a file declares for its package, with their places.
func Declarations(file *ast.File) map[string]token.Pos {
	names := map[string]token.Pos{}
	add := func(n *ast.Ident) {
		if n.Name != "_" {
			names[n.Name] = n.Pos()
		}
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					add(s.Name)
				case *ast.ValueSpec:
					for _, n := range s.Names {
						add(n)
					}
				}
			}
		}
	}
	return names
}
