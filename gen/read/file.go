package read

import (
	"cmp"
	"go/ast"
	"go/token"
	"path/filepath"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/goedit"
)

// pkg is the package of a folder of migrations.
type pkg struct {
	fset   *token.FileSet
	files  []source
	consts map[string]ast.Expr // constants of the package that stand for one expression, without iota
	tables *tables
	decls  map[string]declaration // what ops may take their values from
}

type source struct {
	File
	ast *ast.File
}

// constants finds the constants of the package: SQL of several lines is often one.
func (p *pkg) constants() {
	p.consts = map[string]ast.Expr{}
	for _, f := range p.files {
		for v := range goedit.Values(f.ast, token.CONST) {
			if v.Spec.Type == nil {
				p.consts[v.Name.Name] = v.Expr
			}
		}
	}
}

// migrations finds what a file declares: var M0001Initial = &migrate.Migration{...}.
func (p *pkg) migrations(f source) []Migration {
	var all []Migration
	for v := range goedit.Values(f.ast, token.VAR) {
		lit := goedit.Migration(v.Expr)
		if lit == nil {
			continue
		}
		m := Migration{Var: v.Name.Name, File: filepath.Base(f.Name), Pos: p.fset.Position(v.Name.Pos()), Answers: answers(f.ast)}
		p.fields(f, &m, lit)
		p.allowed(f, &m, v.Decl, lit)
		all = append(all, m)
	}
	return all
}

func (p *pkg) fields(f source, m *Migration, lit *ast.CompositeLit) {
	ev := &evaluator{pkg: p, imports: imports(f.ast)}
	if field, list, why := goedit.OpsOf(lit); field != nil {
		p.ops(f, m, ev, field.Value, list, why)
	}
	for _, el := range lit.Elts {
		kv, ok := el.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, _ := kv.Key.(*ast.Ident)
		if key == nil {
			continue
		}
		list, _ := kv.Value.(*ast.CompositeLit)
		switch {
		case key.Name == "Name":
			m.Name, _ = ev.text(kv.Value)
		case list == nil:
		case key.Name == "Parents":
			for _, e := range list.Elts {
				switch e := e.(type) {
				case *ast.Ident:
					m.Parents = append(m.Parents, e.Name)
				case *ast.SelectorExpr:
					m.Parents = append(m.Parents, "."+e.Sel.Name)
				}
			}
		case key.Name == "Replaces":
			for _, e := range list.Elts {
				if name, err := ev.text(e); err == nil {
					m.Replaces = append(m.Replaces, name)
				}
			}
		}
	}
}

// ops reads the ops of a migration. why is there when they are no list.
func (p *pkg) ops(f source, m *Migration, ev *evaluator, value ast.Expr, list *ast.CompositeLit, why string) {
	if list == nil {
		m.Ops = append(m.Ops, Op{Why: why, Source: p.text(f, value), Pos: p.fset.Position(value.Pos()),
			hashed: p.canonical(f, value, false)})
		return
	}
	for _, e := range list.Elts {
		op := Op{Source: p.text(f, e), Pos: p.fset.Position(e.Pos())}
		var err error
		if op.Value, err = ev.op(e); err != nil {
			op.Value, op.Why = nil, err.Error()
			op.Says, op.Rows = ev.rows(e)
			op.hashed = p.canonical(f, e, op.Rows)
		}
		m.Ops = append(m.Ops, op)
	}
}

// rows reports whether e is a step over rows, written out, whose parts are not known: it changes no schema, as far as it does not tell one. says is
// what it does.
func (ev *evaluator) rows(e ast.Expr) (says string, ok bool) {
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = u.X
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return "", false
	}
	t := lit.Type
	if x, ok := t.(*ast.IndexExpr); ok {
		t = x.X
	}
	sel, ok := t.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	n, ok := ev.name(sel)
	if !ok || n.path != runtimePath {
		return "", false
	}
	fields, keyed := map[string]string{}, true
	for _, el := range lit.Elts {
		kv, ok := el.(*ast.KeyValueExpr)
		key, isIdent := keyOf(kv, ok)
		if keyed = keyed && isIdent; isIdent {
			fields[key], _ = ev.text(kv.Value) // "" for what is no text
		}
	}
	switch n.name {
	case "Backfill":
		return cmp.Or(fields["Name"], strings.TrimSpace("Backfill "+fields["Table"])), true
	case "Go":
		return cmp.Or(fields["Name"], "Run Go code"), true
	case "Fill":
		if fields["Table"] == "" || fields["Column"] == "" {
			return "Fill a column", true
		}
		return "Fill " + fields["Table"] + "." + fields["Column"], true
	case "SQL":
		if _, tells := fields["Schema"]; tells || !keyed {
			return "", false
		}
		return "Run SQL", true
	}
	return "", false
}

// text returns the Go source of a node.
func (p *pkg) text(f source, n ast.Node) string {
	return string(f.Src[p.fset.Position(n.Pos()).Offset:p.fset.Position(n.End()).Offset])
}

// imports returns the paths of imports by the names that the file has for them.
func imports(f *ast.File) map[string]string {
	m := map[string]string{}
	for _, i := range f.Imports {
		path := strings.Trim(i.Path.Value, "\"`")
		switch {
		case i.Name != nil:
			m[i.Name.Name] = path
		case path == runtimePath:
			m["migrate"] = path
		default:
			m[path[strings.LastIndexByte(path, '/')+1:]] = path
		}
	}
	return m
}

// answers returns the flags in the header of a file.
func answers(f *ast.File) []string {
	var all []string
	for _, g := range f.Comments {
		if g.Pos() > f.Package {
			break
		}
		for _, c := range g.List {
			if a, ok := strings.CutPrefix(c.Text, "//modelgen:answer "); ok {
				all = append(all, strings.TrimSpace(a))
			}
		}
	}
	return all
}
