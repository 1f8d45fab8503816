package vet_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"log"

	"golang.org/x/tools/go/analysis"

	"github.com/modelgen/modelgen/gen/vet"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// The analyzer fits into every driver of the analysis framework, such as multichecker.Main of golang.org/x/tools, beside your other
// checks. Here it is called for one file.
func ExampleNew() {
	const src = "package models\n\ntype Product struct {\n\t_ struct{} `table:\"products\"`\n\n\tID    int64\n\tName  string `db:\"name,sise:100\"`\n\tStock int32  `db:\"stock,default:none\"`\n}\n"
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "models.go", src, parser.ParseComments)
	if err != nil {
		log.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	pkg, err := new(types.Config).Check("example.com/shop/models", fset, []*ast.File{file}, info)
	if err != nil {
		log.Fatal(err)
	}
	analyzer := vet.New(postgres.Dialect{}, sqlite.Dialect{})
	pass := &analysis.Pass{
		Analyzer: analyzer, Fset: fset, Files: []*ast.File{file}, Pkg: pkg, TypesInfo: info,
		Report: func(d analysis.Diagnostic) {
			fmt.Printf("%s: %s\n", fset.Position(d.Pos), d.Message)
			for _, f := range d.SuggestedFixes {
				fmt.Printf("    %s: %s\n", f.Message, f.TextEdits[0].NewText)
			}
		},
	}
	if _, err := analyzer.Run(pass); err != nil {
		log.Fatal(err)
	}
	// Output:
	// models.go:7:25: unknown option "sise": did you mean size?
	//     Write size: size
	// models.go:8:34: default none is not a whole number
}
