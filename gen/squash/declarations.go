package squash

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// declare copies a declaration, and the methods of a type.
func (c *copier) declare(id *ast.Ident, o types.Object) {
	for _, file := range slices.Sorted(maps.Keys(c.src)) {
		for _, d := range c.files[file].Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && c.Info.Defs[d.Name] == o || d.Recv != nil && c.receives(d, o) {
					from := d.Pos()
					if d.Doc != nil {
						from = d.Doc.Pos()
					}
					at := len(c.decls)
					c.decls = append(c.decls, "")
					c.decls[at] = c.renamedDoc(o, c.text(file, from, d.End(), d))
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					c.spec(id, file, d, s, o)
				}
			}
		}
	}
}

// receives reports whether a function is a method of a type.
func (c *copier) receives(d *ast.FuncDecl, o types.Object) bool {
	if len(d.Recv.List) != 1 {
		return false
	}
	t := d.Recv.List[0].Type
	if s, ok := t.(*ast.StarExpr); ok {
		t = s.X
	}
	if x, ok := t.(*ast.IndexExpr); ok {
		t = x.X
	}
	id, ok := t.(*ast.Ident)
	return ok && c.Info.Uses[id] == o
}

// spec copies a declaration of a type, a variable or constants when it declares o.
func (c *copier) spec(id *ast.Ident, file string, d *ast.GenDecl, s ast.Spec, o types.Object) {
	var doc *ast.CommentGroup
	switch s := s.(type) {
	case *ast.TypeSpec:
		if c.Info.Defs[s.Name] != o {
			return
		}
		doc = s.Doc
	case *ast.ValueSpec:
		if !slices.ContainsFunc(s.Names, func(n *ast.Ident) bool { return c.Info.Defs[n] == o }) {
			return
		}
		if len(s.Names) > 1 {
			c.no(id, "%s is declared together with others", o.Name())
			return
		}
		if d.Tok == token.CONST && (len(s.Values) == 0 || usesIota(s)) {
			c.no(id, "%s is a constant whose value comes from its place in a list", o.Name())
			return
		}
		doc = s.Doc
	default:
		return
	}
	if doc == nil && len(d.Specs) == 1 {
		doc = d.Doc
	}
	text := ""
	if doc != nil {
		text = c.text(file, doc.Pos(), doc.End()) + "\n"
		if strings.Contains(text, "//go:embed") {
			c.no(id, "%s embeds a file", o.Name())
			return
		}
	}
	at := len(c.decls)
	c.decls = append(c.decls, "")
	c.decls[at] = c.renamedDoc(o, text) + d.Tok.String() + " " + c.text(file, s.Pos(), s.End(), s)
}

// renamedDoc lets a comment begin with the new name, if it begins with the name.
func (c *copier) renamedDoc(o types.Object, text string) string {
	if rest, ok := strings.CutPrefix(text, "// "+o.Name()+" "); ok {
		return "// " + c.names[o] + " " + rest
	}
	return text
}

func usesIota(s *ast.ValueSpec) bool {
	found := false
	for _, v := range s.Values {
		ast.Inspect(v, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name == "iota" {
				found = true
			}
			return true
		})
	}
	return found
}
