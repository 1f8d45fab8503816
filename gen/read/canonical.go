package read

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/goedit"
)

// canonical returns the text of an op that cannot be evaluated as it goes into the hash of its migration: its tokens, without comments, so that its
// layout is of no consequence, and the declarations of the folder that it takes values from. What is called in the body of a function is left out:
// a database does not know the code of a step either. Where a function makes the op itself, all that it calls counts.
func (p *pkg) canonical(f source, e ast.Expr, rows bool) string {
	var b strings.Builder
	b.WriteString(tokens(p.text(f, e)))
	seen := map[string]bool{}
	var add func(n ast.Node, all bool)
	add = func(n ast.Node, all bool) {
		for _, name := range p.uses(n, all) {
			d, ok := p.decls[name]
			if !ok || seen[name] {
				continue
			}
			seen[name] = true
			b.WriteString("\n" + tokens(p.text(d.source, d.node)))
			if !rows {
				add(d.node, true)
			}
		}
	}
	add(e, !rows)
	return b.String()
}

// declaration is one of the package, with the file that it stands in.
type declaration struct {
	source
	node ast.Node
}

// declarations finds what an op may take its values from: functions, variables that are no migrations, and constants.
func (p *pkg) declarations() map[string]declaration {
	all := map[string]declaration{}
	for _, f := range p.files {
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					all[d.Name.Name] = declaration{f, d}
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					v, ok := s.(*ast.ValueSpec)
					if !ok {
						continue
					}
					for i, n := range v.Names {
						if i < len(v.Values) && goedit.Migration(v.Values[i]) == nil {
							all[n.Name] = declaration{f, v}
						}
					}
				}
			}
		}
	}
	return all
}

// uses returns the names that stand in a node, sorted; those in the bodies of functions if all is set.
func (p *pkg) uses(n ast.Node, all bool) []string {
	var names []string
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return all
		case *ast.KeyValueExpr:
			names = append(names, p.uses(n.Value, all)...) // the key is a field
			return false
		case *ast.SelectorExpr:
			names = append(names, p.uses(n.X, all)...)
			return false
		case *ast.Ident:
			names = append(names, n.Name)
		}
		return true
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// tokens returns a text of Go without comments and layout.
func tokens(src string) string {
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("", fset.Base(), len(src)), []byte(src), nil, 0)
	var b strings.Builder
	end := "" // of an element or a statement, which means nothing in front of a bracket
	for {
		_, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return b.String()
		case tok == token.SEMICOLON, tok == token.COMMA:
			end = tok.String() + " "
			continue
		case lit == "":
			lit = tok.String()
		}
		if tok != token.RPAREN && tok != token.RBRACE && tok != token.RBRACK {
			b.WriteString(end)
		}
		end = ""
		b.WriteString(lit + " ")
	}
}
