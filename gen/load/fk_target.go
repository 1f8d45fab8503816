package load

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// target finds out what a reference means: a model by its Go name, Model or pkg.Model, or a table, table.column, schema.table or
// schema.table.column. Go names come first. The columns are those written after a dot, or nil.
func (m *model) target(sc *scope, name text) (*schema.Table, []string, error) {
	obj, qualified := m.goName(sc, name)
	if obj != nil {
		if other := m.l.byType[obj]; other != nil {
			return other.table, nil, nil
		}
	}
	if t := m.l.schema.Table(name.s); t != nil {
		return t, nil, nil
	}
	if i := strings.LastIndexByte(name.s, '.'); i >= 0 {
		if t := m.l.schema.Table(name.s[:i]); t != nil {
			return t, []string{name.s[i+1:]}, nil
		}
	}
	if obj != nil {
		if n, ok := obj.Type().(*types.Named); ok {
			if st, ok := n.Underlying().(*types.Struct); ok && m.isModel(obj, st) {
				if m.l.given != nil && obj.Pkg() != m.obj.Pkg() {
					return m.l.otherTable(modelTable(st))
				}
				if !m.l.asked(obj.Pkg()) {
					return nil, nil, fmt.Errorf("%s is a model of another package: give that one too, as in modelgen . %s", name.s, obj.Pkg().Path())
				}
				return nil, nil, &posError{} // the model itself has a problem, which is said there
			}
		}
		return nil, nil, fmt.Errorf("%s is no model: it has no table tag%s", name.s, m.l.modelHint(name.s))
	}
	if m.l.given != nil && len(m.l.given.Others) > 0 {
		return m.l.otherTable(name.s)
	}
	if qualified != "" {
		return nil, nil, fmt.Errorf("package %s has no type %s", qualified, name.s[strings.IndexByte(name.s, '.')+1:])
	}
	return nil, nil, fmt.Errorf("%s is neither a model nor a table%s", name.s, m.l.modelHint(name.s))
}

// asked reports whether the models of a package are read.
func (l *loader) asked(pkg *types.Package) bool {
	return slices.ContainsFunc(l.order, func(s *source) bool { return s.pkg.Types == pkg })
}

func (l *loader) modelHint(name string) string {
	var names []string
	for _, m := range l.models {
		names = append(names, m.obj.Name())
	}
	for _, t := range l.schema.Tables {
		names = append(names, t.Name)
	}
	if i := strings.LastIndexByte(name, '.'); i >= 0 && nearest(name, names, reach(name)) == "" {
		name = name[:i]
	}
	if n := nearest(name, names, reach(name)); n != "" && n != name {
		return ": did you mean " + n + "?"
	}
	return ""
}

// goName looks up a type by the name it has in the package of the scope. For pkg.Name with an import pkg but no such type it
// returns the package.
func (m *model) goName(sc *scope, name text) (*types.TypeName, string) {
	first, second, qualified := strings.Cut(name.s, ".")
	scopes := []*types.Package{sc.pkg}
	if sc.pkg != m.obj.Pkg() {
		scopes = append(scopes, m.obj.Pkg())
	}
	for _, pkg := range scopes {
		if !qualified {
			if t := typeName(pkg, first); t != nil {
				return t, ""
			}
			continue
		}
		if imported := m.l.importCalled(pkg, first, name.pos); imported != nil {
			if t := typeName(imported, second); t != nil {
				return t, ""
			}
			if token.IsExported(second) && m.l.schema.Table(first) == nil {
				return nil, imported.Path()
			}
		}
	}
	return nil, ""
}

func typeName(pkg *types.Package, name string) *types.TypeName {
	t, ok := pkg.Scope().Lookup(name).(*types.TypeName)
	if !ok {
		return nil
	}
	if n, ok := types.Unalias(t.Type()).(*types.Named); ok {
		return n.Obj()
	}
	return t
}

// importCalled returns the package that has the name in the file at pos, or else in another file of the package, or else among the
// packages of the models.
func (l *loader) importCalled(pkg *types.Package, name string, pos token.Pos) *types.Package {
	if src := l.sources[pkg]; src != nil {
		var other *types.Package
		for _, f := range src.pkg.Syntax {
			for _, spec := range f.Imports {
				p := importedBy(spec, src)
				if p == nil || importName(spec, src) != name {
					continue
				}
				if f.FileStart <= pos && pos <= f.FileEnd {
					return p
				}
				other = p
			}
		}
		if other != nil {
			return other
		}
	}
	for _, s := range l.order {
		if s.pkg.Name == name {
			return s.pkg.Types
		}
	}
	return nil
}

func importedBy(spec *ast.ImportSpec, src *source) *types.Package {
	ipath, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return nil
	}
	if p := src.pkg.Imports[ipath]; p != nil && p.Types != nil && p.Types.Complete() {
		return p.Types
	}
	for _, p := range src.pkg.Types.Imports() {
		if p.Path() == ipath {
			return p
		}
	}
	return nil
}

// importName returns the name that an import has in its file.
func importName(spec *ast.ImportSpec, src *source) string {
	if spec.Name != nil && spec.Name.Name != "_" && spec.Name.Name != "." {
		return spec.Name.Name
	}
	if p := importedBy(spec, src); p != nil && p.Name() != "" {
		return p.Name()
	}
	ipath, _ := strconv.Unquote(spec.Path.Value)
	return path.Base(basePath(ipath))
}
