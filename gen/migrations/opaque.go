package migrations

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/read"
)

// Unread says which ops cannot be read, so that what they make of the schema is unknown without compiling them. A snapshot that was worked
// out without them would lack their tables and columns. Steps over rows are no matter, as they leave the schema as it is.
func Unread(all []read.Migration) (lines []string) {
	for _, m := range all {
		for _, op := range m.Ops {
			if op.Value == nil && !op.Rows {
				lines = append(lines, fmt.Sprintf("%s: what this op of %s makes of the schema cannot be read without compiling it (%s), and the snapshot would lack it; "+
					"nothing was written: write the op out as modelgen does, with literals, then run the command again", op.Pos, m.Name, strings.TrimPrefix(op.Why, op.Pos.String()+": ")))
			}
		}
	}
	return lines
}

// variables are those of the package by their names: migrations, and what may be one, as a function makes it.
type variables map[string]token.Position

// add takes those that a file declares.
func (v variables) add(fset *token.FileSet, file *ast.File) {
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			for _, n := range s.(*ast.ValueSpec).Names {
				v[n.Name] = fset.Position(n.Pos())
			}
		}
	}
}

// without returns those that have no literal of a migration. known are those that have one.
func (v variables) without(known map[string]bool) variables {
	others := maps.Clone(v)
	maps.DeleteFunc(others, func(name string, _ token.Position) bool { return known[name] })
	return others
}

func (v variables) line(name string) string {
	return fmt.Sprintf("%s: %s is a migration, but no literal that can be read without compiling it; write it as modelgen does: var %s = &migrate.Migration{...}", v[name], name, name)
}

// missing says that a parent is not there, or why it is not seen.
func (v variables) missing(pos token.Position, parent, of string) string {
	if _, there := v[parent]; there {
		return v.line(parent)
	}
	return fmt.Sprintf("%s: the parent %s of %s is not there; restore its file from version control", pos, parent, of)
}

// listed says which of the variables the list has, which holds nothing but migrations. One that does not parse is rewritten.
func (v variables) listed(list []byte) (lines []string) {
	file, err := parser.ParseFile(token.NewFileSet(), ListName, list, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	ast.Inspect(file, func(n ast.Node) bool {
		var elements []ast.Expr
		switch n := n.(type) {
		case *ast.CompositeLit:
			elements = n.Elts
		case *ast.CallExpr: // where earlier releases had them
			if !n.Ellipsis.IsValid() {
				elements = n.Args
			}
		}
		for _, a := range elements {
			if id, ok := a.(*ast.Ident); ok {
				if _, there := v[id.Name]; there {
					lines = append(lines, v.line(id.Name))
				}
			}
		}
		return true
	})
	return lines
}

// unique leaves out what was said before.
func unique(lines []string) (out []string) {
	for _, l := range lines {
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}
