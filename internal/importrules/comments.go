package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

const commentReason = "\twhy: what is exported is part of a page of documentation, and a method without a word there is one that nobody can rely on"

// uncommented returns a message for each exported name that has no comment: functions, methods, types, constants and variables of packages, without
// commands and tests.
func uncommented(root string) ([]string, error) {
	var problems []string
	err := eachFile(root, func(fset *token.FileSet, file string, f *ast.File) {
		if f.Name.Name == "main" || strings.HasSuffix(file, "_test.go") {
			return
		}
		report := func(n ast.Node, name string) {
			problems = append(problems, fmt.Sprintf("%s:%d: %s is exported and has no comment\n%s", file, fset.Position(n.Pos()).Line, name, commentReason))
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
					report(d, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					for _, name := range names(s) {
						if name.IsExported() && d.Doc == nil && !commented(s) {
							report(s, name.Name)
						}
					}
				}
			}
		}
	})
	return problems, err
}

// exportedReceiver reports whether a function is none of a type that is not exported.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	if star, is := t.(*ast.StarExpr); is {
		t = star.X
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	id, is := t.(*ast.Ident)
	return is && id.IsExported()
}

func names(s ast.Spec) []*ast.Ident {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return []*ast.Ident{s.Name}
	case *ast.ValueSpec:
		return s.Names
	}
	return nil
}

func commented(s ast.Spec) bool {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return s.Doc != nil
	case *ast.ValueSpec:
		return s.Doc != nil || s.Comment != nil
	}
	return true
}
