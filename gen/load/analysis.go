package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Given is a package that somebody else has parsed and type-checked, as the driver of an analyzer does. Other packages are known by their types
// alone, so that what their comments and their unexported constants say is not.
type Given struct {
	Path    string // import path
	Module  string // path of its module, "" without one
	Fset    *token.FileSet
	Files   []*ast.File // with comments; those of tests are left out, and so are guards
	Types   *types.Package
	Errors  []types.Error  // of the type checker; nobody is told of them again
	Ignored []string       // files that build constraints leave out
	Others  []string       // import paths of the packages with the other models
	Known   *schema.Schema // where the tables of those are looked up; nil knows none
}

// Read reads the models of one package that is loaded already, as [Load] does, without the go command. Of cfg it takes Tag, Comments and
// Dialects. A package without models returns an empty schema.
func Read(g Given, cfg Config) (*Result, error) {
	cfg.Patterns, cfg.AllowEmpty, cfg.Extra = []string{g.Path}, true, nil
	l, err := newLoader(cfg, g.Fset)
	if err != nil {
		return nil, err
	}
	l.given = &g
	p := &packages.Package{PkgPath: g.Path, Name: g.Types.Name(), Types: g.Types, Fset: g.Fset, TypeErrors: g.Errors, IgnoredFiles: g.Ignored}
	if g.Module != "" {
		p.Module = &packages.Module{Path: g.Module}
	}
	for _, f := range g.Files {
		name := g.Fset.Position(f.Package).Filename
		if strings.HasSuffix(name, "_test.go") || IsGuard(filepath.Base(name)) || notForUs(f) {
			continue
		}
		p.Dir = filepath.Dir(name)
		p.Syntax = append(p.Syntax, f)
	}
	if len(p.Syntax) == 0 {
		return l.result(nil), nil
	}
	return l.run([]*packages.Package{p})
}

// notForUs reports whether a file is one that [Load] does not see, as its constraint says !modelgen.
func notForUs(f *ast.File) bool {
	expr := buildLine(f)
	return expr != nil && slices.Contains(tagsOf(expr), guardTag) && !expr.Eval(func(string) bool { return true })
}

// elsewhere reports whether a type is declared in a package that was not given and whose source cannot be read, so that a directive above it and
// constants that are not exported are not known. The schema is not known in full then.
func (l *loader) elsewhere(t types.Type) bool {
	if l.given == nil {
		return false
	}
	found := false
	var look func(t types.Type)
	name := func(obj *types.TypeName, args *types.TypeList) {
		found = found || obj.Pkg() != nil && l.sources[obj.Pkg()] == nil && !l.knownByName(obj) && l.lookInto(obj) == nil
		for a := range args.Types() {
			look(a)
		}
	}
	look = func(t types.Type) {
		switch t := t.(type) {
		case *types.Alias:
			name(t.Obj(), t.TypeArgs())
			look(t.Rhs())
		case *types.Named:
			name(t.Obj(), t.TypeArgs())
		case *types.Pointer:
			look(t.Elem())
		case *types.Slice:
			look(t.Elem())
		}
	}
	look(t)
	l.partial = l.partial || found
	return found
}

// otherTable returns a table of a model that was not given, or of a package that was not, with the columns behind a dot.
func (l *loader) otherTable(name string) (*schema.Table, []string, error) {
	if known := l.given.Known; known != nil {
		if t := known.Table(name); t != nil {
			return t, nil, nil
		}
		if i := strings.LastIndexByte(name, '.'); i >= 0 && known.Table(name[:i]) != nil {
			return known.Table(name[:i]), []string{name[i+1:]}, nil
		}
	}
	l.partial = true
	return nil, nil, &posError{} // it may be new: nothing is known of it, and nothing is said
}

// modelTable returns the name in the table tag of a model.
func modelTable(st *types.Struct) string {
	for i := range st.NumFields() {
		if st.Field(i).Name() == "_" {
			if tag, ok := reflect.StructTag(st.Tag(i)).Lookup("table"); ok {
				name, _, _ := strings.Cut(tag, ",")
				return strings.TrimSpace(name)
			}
		}
	}
	return ""
}

// inTestFile reports whether a place is in the tests of a package, which its driver checks together with it.
func (l *loader) inTestFile(pos token.Pos) bool {
	if l.given == nil {
		return false
	}
	f := l.fset.File(pos)
	return f != nil && strings.HasSuffix(f.Name(), "_test.go")
}

// hintAt notes where the option was stands.
func (l *loader) hintAt(object string, opts options) {
	if o, ok := opts.get("was"); ok && o.at.exact {
		l.hintsAt[object] = span{o.at.pos, o.at.pos + token.Pos(len(o.at.s))}
	}
}

// valueHintsAt notes where the hints of constants stand.
func (l *loader) valueHintsAt(prefix string, values []constantValue) {
	for _, v := range values {
		if v.old {
			l.hintsAt[prefix+v.val] = v.at
		}
	}
}

// directiveSpan returns the place of a whole directive.
func directiveSpan(d ast.Directive) span {
	if d.Slash == token.NoPos {
		return span{}
	}
	return span{d.Slash, d.ArgsPos + token.Pos(len(d.Args))}
}
