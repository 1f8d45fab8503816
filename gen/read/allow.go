package read

import (
	"go/ast"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/goedit"
)

// allowed returns every //modelgen:allow to what it stands on: an op when it is within its lines or above it, else the migration.
func (p *pkg) allowed(f source, m *Migration, decl *ast.GenDecl, lit *ast.CompositeLit) {
	type span struct{ first, last int }
	line := func(n ast.Node) span { return span{p.fset.Position(n.Pos()).Line, p.fset.Position(n.End()).Line} }
	var ops []span
	var list span
	if field, c, _ := goedit.OpsOf(lit); c != nil {
		list = line(c)
		for _, e := range c.Elts {
			ops = append(ops, line(e))
		}
	} else if field != nil {
		list = line(field.Value)
	}
	first := p.fset.Position(decl.Pos()).Line
	if decl.Doc != nil {
		first = p.fset.Position(decl.Doc.Pos()).Line
	}
	last := p.fset.Position(lit.End()).Line
	for _, g := range f.ast.Comments {
		for _, c := range g.List {
			a, ok := allow(c.Text)
			if !ok {
				continue
			}
			a.Pos = p.fset.Position(c.Pos())
			at := a.Pos.Line
			header := c.Pos() < f.ast.Package
			if !header && (at < first || at > last) {
				continue // of another migration in the same file
			}
			to := &m.Allow
			if at > list.first && at <= list.last {
				for i, op := range ops {
					if at <= op.last {
						to = &m.Ops[i].Allow
						break
					}
				}
			}
			*to = append(*to, a)
		}
	}
}

func keyOf(kv *ast.KeyValueExpr, ok bool) (string, bool) {
	if !ok {
		return "", false
	}
	id, ok := kv.Key.(*ast.Ident)
	if !ok {
		return "", false
	}
	return id.Name, true
}

// AllowComment is how a comment begins that silences checks of lint.
const AllowComment = "//modelgen:allow"

// allow reads "//modelgen:allow MG101,MG301 nothing reads it any more".
func allow(comment string) (Allow, bool) {
	rest, ok := strings.CutPrefix(comment, AllowComment)
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return Allow{}, false
	}
	codes, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
	a := Allow{Reason: strings.TrimSpace(reason)}
	for c := range strings.SplitSeq(codes, ",") {
		if c = strings.TrimSpace(c); c != "" {
			a.Codes = append(a.Codes, c)
		}
	}
	return a, true
}
