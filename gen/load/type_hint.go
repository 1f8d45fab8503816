package load

import (
	"fmt"
	"go/ast"
	"go/types"
	"regexp"
	"strconv"

	"github.com/modelgen/modelgen/runtime/schema"
)

// noType says that a field's type has no column type, and what to write.
func (m *model) noType(c *column) error {
	t := types.Unalias(c.field.Type())
	name, key := c.Name, m.l.cfg.Tag
	say := func(format string, args ...any) error {
		return fmt.Errorf("%s: %s has no column type: %s", c.field.Name(), m.typeString(c.field.Type()), fmt.Sprintf(format, args...))
	}
	elem := t
	if p, ok := t.(*types.Pointer); ok {
		elem = types.Unalias(p.Elem())
	}
	if n, ok := elem.(*types.Named); ok {
		if n.Obj().Pkg() != nil && typeID(n.Obj()) == "math/big.Int" {
			return say(`write %s:"%s,type:numeric(78,0)" if the type is one that a driver can read and write`, key, name)
		}
		if st, ok := n.Underlying().(*types.Struct); ok && m.isModel(n.Obj(), st) {
			return say(`it is a model; skip the field with %s:"-" and keep the key in a column of its own, as in %s_id,fk:%s`, key, name, n.Obj().Name())
		}
		if isValuer(elem) {
			return say(`it writes itself with a method Value, so say as what: %s:"%s,type:text", or //modelgen:type text above the type`, key, name)
		}
	}
	switch u := elem.Underlying().(type) {
	case *types.Struct:
		return say(`write json to keep it as JSON, embed:%s_ to give each of its fields a column, or type:... if it reads and writes itself`, name)
	case *types.Slice:
		if n, ok := types.Unalias(deref(u.Elem())).(*types.Named); ok {
			if st, ok := n.Underlying().(*types.Struct); ok && m.isModel(n.Obj(), st) {
				return say(`it holds models; skip the field with %s:"-", or write %s:"%s,many2many:name_of_the_join_table"`, key, key, name)
			}
		}
		if g, ok := m.l.resolve(u.Elem()); ok && !g.typ.Array && g.typ.Kind != schema.KindInvalid {
			return say(`write %s:"%s,array" for an array, or %s:"%s,json" to keep it as JSON`, key, name, key, name)
		}
		return say(`write %s:"%s,json" to keep it as JSON`, key, name)
	case *types.Map, *types.Interface:
		return say(`write %s:"%s,json" to keep it as JSON`, key, name)
	case *types.Array:
		if isByte(u.Elem()) {
			return say(`write %s:"%s,type:bytea" if it reads and writes itself, or make it a []byte`, key, name)
		}
		return say(`write %s:"%s,json" to keep it as JSON, or make it a slice`, key, name)
	case *types.Pointer:
		return say(`a pointer to a pointer cannot be scanned into`)
	case *types.Chan, *types.Signature:
		return say(`skip the field with %s:"-"`, key)
	case *types.Basic:
		return say(`databases have nothing like it; write type:... or skip the field with %s:"-"`, key)
	}
	return say(`write type:...`)
}

func deref(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// typeString returns a type as the model's file would write it.
func (m *model) typeString(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == m.obj.Pkg() {
			return ""
		}
		return p.Name()
	})
}

// invalidType notes a field whose type the type checker could not find, unless it says so itself.
func (l *loader) invalidType(f *types.Var, decl *ast.Field) {
	src := l.sources[f.Pkg()]
	if src == nil || decl == nil {
		l.failf(f.Pos(), "%s: its type is not known", f.Name())
		return
	}
	for _, e := range src.pkg.TypeErrors {
		if decl.Pos() <= e.Pos && e.Pos <= decl.End() {
			return
		}
	}
	why := l.importError(src, decl)
	if why == "" {
		why = "its type is not known"
	}
	l.failf(decl.Pos(), "%s: %s", f.Name(), why)
}

var errorPlace = regexp.MustCompile(`^\S+\.go:[0-9:]+ `)

// importError returns what the go command says about the import that the type of a field needs.
func (l *loader) importError(src *source, decl *ast.Field) string {
	name := ""
	ast.Inspect(decl.Type, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && name == "" {
				name = x.Name
			}
		}
		return true
	})
	for _, f := range src.pkg.Syntax {
		if name == "" || decl.Pos() < f.FileStart || f.FileEnd < decl.Pos() {
			continue
		}
		for _, spec := range f.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if p := src.pkg.Imports[path]; p != nil && len(p.Errors) > 0 && importName(spec, src) == name {
				return errorPlace.ReplaceAllString(l.goMessage(p.Errors[0].Msg), "")
			}
		}
	}
	return ""
}
