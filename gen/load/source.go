package load

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/packages"
)

// source is a package that was read from its files, with what is needed to go from types back to the text.
type source struct {
	pkg     *packages.Package
	structs []*decl                     // of struct types, in the order of the files
	above   []*decl                     // all that have a doc comment, in the order of the files
	vars    []*varDecl                  // with a doc comment, in the order of the files
	tags    map[token.Pos]*fieldTag     // what directives say of fields, by the place of the field's name
	decls   map[string]*decl            // type declarations of the package by name
	fields  map[token.Pos]*ast.Field    // by the place of the name
	consts  map[token.Pos]*constDecl    // by the place of the name
	types   *types.Package              // what the package was checked to be, where that is not pkg.Types
	docs    map[*ast.CommentGroup]uint8 // what a comment belongs to
	methods map[string]*ast.FuncDecl    // those of constantMethods, as "Type.Method"
}

// What a doc comment can belong to.
const (
	docType = iota + 1
	docConst
	docVar
)

// decl is a declaration of a type.
type decl struct {
	file   *ast.File
	spec   *ast.TypeSpec
	doc    *ast.CommentGroup
	beside []*decl // type _ = NAME in the same package, with directives above
}

// constDecl is a declaration of constants.
type constDecl struct {
	spec  *ast.ValueSpec
	doc   *ast.CommentGroup
	value ast.Expr // also where the one of a line before is repeated; nil without one
}

func newSource(pkg *packages.Package) *source {
	s := &source{pkg: pkg, decls: map[string]*decl{}, fields: map[token.Pos]*ast.Field{}, consts: map[token.Pos]*constDecl{}, docs: map[*ast.CommentGroup]uint8{}, methods: map[string]*ast.FuncDecl{}}
	for _, file := range pkg.Syntax {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && constantMethods[f.Name.Name] {
				s.methods[methodKey(f)] = f
			}
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			var values []ast.Expr
			for _, spec := range g.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					s.addType(file, g, spec)
				case *ast.ValueSpec:
					if len(spec.Values) > 0 {
						values = spec.Values
					}
					s.addConst(g, spec, values)
					s.addVar(file, g, spec)
				}
			}
		}
	}
	s.readBeside()
	return s
}

func (s *source) addType(file *ast.File, g *ast.GenDecl, spec *ast.TypeSpec) {
	d := &decl{file: file, spec: spec, doc: docOf(g, spec.Doc)}
	if d.doc != nil {
		s.docs[d.doc] = docType
		s.above = append(s.above, d)
	}
	if spec.Name.Name != "_" && s.decls[spec.Name.Name] == nil {
		s.decls[spec.Name.Name] = d
	}
	if _, ok := spec.Type.(*ast.StructType); ok {
		s.structs = append(s.structs, d)
	}
	ast.Inspect(spec.Type, func(n ast.Node) bool {
		if st, ok := n.(*ast.StructType); ok {
			for _, f := range st.Fields.List {
				for _, name := range f.Names {
					s.fields[name.Pos()] = f
				}
				if len(f.Names) == 0 {
					s.fields[embeddedName(f.Type)] = f
				}
			}
		}
		return true
	})
}

func (s *source) addConst(g *ast.GenDecl, spec *ast.ValueSpec, values []ast.Expr) {
	if g.Tok != token.CONST {
		return
	}
	doc := docOf(g, spec.Doc)
	if doc != nil {
		s.docs[doc] = docConst
	}
	for i, name := range spec.Names {
		d := &constDecl{spec: spec, doc: doc}
		if i < len(values) {
			d.value = values[i]
		}
		s.consts[name.Pos()] = d
	}
}

func (s *source) addVar(file *ast.File, g *ast.GenDecl, spec *ast.ValueSpec) {
	doc := docOf(g, spec.Doc)
	if g.Tok == token.VAR && doc != nil {
		s.docs[doc] = docVar
		s.vars = append(s.vars, &varDecl{file, spec, doc})
	}
}

// docOf returns the doc comment of a declaration that may stand alone.
func docOf(g *ast.GenDecl, doc *ast.CommentGroup) *ast.CommentGroup {
	if doc == nil && !g.Lparen.IsValid() {
		return g.Doc
	}
	return doc
}

// embeddedName returns the place of the name of an embedded field.
func embeddedName(e ast.Expr) token.Pos {
	switch t := e.(type) {
	case *ast.StarExpr:
		return embeddedName(t.X)
	case *ast.SelectorExpr:
		return t.Sel.Pos()
	case *ast.IndexExpr:
		return embeddedName(t.X)
	case *ast.IndexListExpr:
		return embeddedName(t.X)
	case *ast.ParenExpr:
		return embeddedName(t.X)
	}
	return e.Pos()
}

// field returns the declaration of a field, or nil when its package was not read from source.
func (l *loader) field(v *types.Var) *ast.Field {
	if s := l.sources[v.Pkg()]; s != nil {
		return s.fields[v.Pos()]
	}
	return nil
}

// decl returns the declaration of a type, or nil.
func (l *loader) decl(obj *types.TypeName) *decl {
	if s := l.sources[obj.Pkg()]; s != nil {
		if d := s.decls[obj.Name()]; d != nil && d.spec.Name.Pos() == obj.Pos() {
			return d
		}
		return nil
	}
	if l.saysNothing(obj) {
		return nil
	}
	if s := l.lookInto(obj); s != nil {
		return s.decls[obj.Name()]
	}
	return nil
}
