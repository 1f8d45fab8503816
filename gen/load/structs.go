package load

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// DeclaredStruct is a struct of a package, be it a model or not, with what it takes to give its fields tags where it stands.
type DeclaredStruct struct {
	Name      string
	Pos       token.Position // of the name
	File      string         // absolute
	Generated bool           // the file says that it is generated and is not to be edited (go.dev/s/generatedcode)
	Above     int            // offset of its declaration, before which a directive goes
	Open      int            // offset in bytes behind the brace that its fields begin with
	Close     int            // offset of the brace that they end with
	Table     string         // what a table tag or a TableName method that returns a constant says; "" without one
	Tagged    bool           // that was a tag or a directive: it is a model
	Said      []string       // the directives above type _ = NAME beside it, as the source has them
	SaidAt    token.Position // of the first of them
	Fields    []*DeclaredField
	Methods   []string // of the type and of a pointer to it, promoted ones too
}

// DeclaredField is a field of a struct.
type DeclaredField struct {
	Name     string // "_" for a blank one
	Pos      token.Position
	Go       string // its type, as the source writes it
	Tag      string // the text of the tag, without its quotes
	Said     string // that of a directive, which comes before it
	From, To int    // offsets in bytes of the tag with its quotes; both are the place where one goes when there is none
	Shared   bool   // it is declared with others of the same type, which a tag would be for as well
	Exported bool
	Embedded *DeclaredStruct // the struct whose fields are columns, when it is embedded and its source was read
	Skipped  bool            // a tag says that it is no column

	Type    schema.Type // of a column of that Go type; KindInvalid when there is none without a word
	TypeFor map[string]string
	Null    bool     // it holds NULL
	Values  []string // the constants of its named text type
	Array   bool     // it is a slice, and Type is that of an array, which takes the word array
}

// Declared is what packages declare, be it of models or not.
type Declared struct {
	Structs []*DeclaredStruct   // in the order of their files
	Names   []string            // that the packages have
	Values  map[string][]string // constants by their named text type, in the order of the source
}

// ReadDeclared returns what the packages declare. Nothing is checked but that they can be read.
func ReadDeclared(ctx context.Context, cfg Config) (*Declared, error) {
	l, err := newLoader(cfg, token.NewFileSet())
	if err != nil {
		return nil, err
	}
	roots, err := l.list(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range roots {
		if err := l.addPackage(p); err != nil {
			return nil, err
		}
	}
	if len(l.problems) > 0 {
		return nil, l.problems.sorted()
	}
	all := &Declared{Values: map[string][]string{}}
	known := map[*types.TypeName]*DeclaredStruct{}
	for _, s := range l.order {
		tables := tableNames(l, s)
		all.Names = append(all.Names, s.pkg.Types.Scope().Names()...)
		for obj := range l.packageConstants(s.pkg.Types) {
			if b, ok := obj.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 && obj.Pkg() == s.pkg.Types {
				all.Values[obj.Name()] = valueTexts(l.constants(obj))
			}
		}
		for _, d := range s.structs {
			obj, _ := s.pkg.Types.Scope().Lookup(d.spec.Name.Name).(*types.TypeName)
			if obj == nil || d.spec.TypeParams != nil || d.spec.Assign.IsValid() || IsGuard(l.fset.Position(d.spec.Pos()).Filename) {
				continue
			}
			st := d.spec.Type.(*ast.StructType)
			x := &DeclaredStruct{
				Name: obj.Name(), Pos: l.position(obj.Pos()), File: l.fset.Position(d.file.Package).Filename, Generated: ast.IsGenerated(d.file),
				Open:  l.fset.Position(st.Fields.Opening).Offset + 1,
				Close: l.fset.Position(st.Fields.Closing).Offset, Table: tables[obj.Name()],
			}
			if f := l.tableField(st); f != nil {
				at, _ := lookup(l.tagOf(f), "table")
				x.Table, _, _ = strings.Cut(at.s, ",")
				x.Tagged = true
			}
			if name := l.tableDirective(obj); name != "" && !x.Tagged {
				x.Table, x.Tagged = name, true
			}
			x.Above = l.fset.Position(declared(d)).Offset
			for _, b := range s.decls[obj.Name()].beside {
				for _, o := range ours(b.doc) {
					if len(x.Said) == 0 {
						x.SaidAt = l.position(o.Slash)
					}
					x.Said = append(x.Said, strings.TrimSpace("//"+tool+":"+o.Name+" "+strings.TrimSpace(o.Args)))
				}
			}
			known[obj] = x
			all.Structs = append(all.Structs, x)
		}
	}
	for _, s := range l.order {
		for _, d := range s.structs {
			obj, _ := s.pkg.Types.Scope().Lookup(d.spec.Name.Name).(*types.TypeName)
			if x := known[obj]; x != nil {
				if st, ok := obj.Type().Underlying().(*types.Struct); ok {
					x.Fields = l.structFields(obj, st, known)
					for m := range types.NewMethodSet(types.NewPointer(obj.Type())).Methods() {
						x.Methods = append(x.Methods, m.Obj().Name())
					}
				}
			}
		}
	}
	return all, nil
}

// declared returns where the declaration of a type begins, behind its doc comment.
func declared(d *decl) token.Pos {
	for _, x := range d.file.Decls {
		if g, ok := x.(*ast.GenDecl); ok && !g.Lparen.IsValid() && len(g.Specs) == 1 && g.Specs[0] == ast.Spec(d.spec) {
			return g.Pos()
		}
	}
	return d.spec.Pos()
}

func (l *loader) structFields(obj *types.TypeName, st *types.Struct, known map[*types.TypeName]*DeclaredStruct) []*DeclaredField {
	var all []*DeclaredField
	for v := range st.Fields() {
		decl := l.field(v)
		if decl == nil {
			continue
		}
		f := &DeclaredField{Name: v.Name(), Pos: l.position(v.Pos()), Go: types.ExprString(decl.Type), Shared: len(decl.Names) > 1, Exported: v.Exported()}
		f.From = l.fset.Position(decl.Type.End()).Offset
		f.To = f.From
		if decl.Tag != nil {
			f.From, f.To = l.fset.Position(decl.Tag.Pos()).Offset, l.fset.Position(decl.Tag.End()).Offset
			f.Tag, _ = strconv.Unquote(decl.Tag.Value)
		}
		keys, _ := splitStructTag(text{s: f.Tag})
		if s := l.sources[v.Pkg()]; s != nil && s.tags[v.Pos()] != nil {
			f.Said = s.tags[v.Pos()].tag.s
		}
		keys = l.withDirective(v, keys)
		own, _ := lookup(keys, l.cfg.Tag)
		more, _ := lookup(keys, tool)
		f.Skipped = own.s == "-" || strings.TrimSpace(more.s) == "-"
		g, ok := l.resolve(v.Type())
		f.Null = g.null // a pointer to what has no column type holds NULL, too
		if ok {
			f.Type, f.TypeFor = g.typ, g.typeFor
			if g.enum != nil {
				f.Values = valueTexts(l.constants(g.enum))
			}
		} else if a, err := (&model{l: l, obj: obj}).arrayOf(v); err == nil {
			f.Type, f.Array = a.typ, true
			f.Type.Array = true
		}
		if v.Embedded() && !ok {
			t := types.Unalias(v.Type())
			if p, isPointer := t.(*types.Pointer); isPointer {
				t = types.Unalias(p.Elem())
			}
			if n, isNamed := t.(*types.Named); isNamed {
				f.Embedded = known[n.Obj()]
			}
		}
		all = append(all, f)
	}
	return all
}

// tableNames returns the constants that TableName methods of a package return, by the type of their receiver.
func tableNames(l *loader, s *source) map[string]string {
	names := map[string]string{}
	for _, file := range s.pkg.Syntax {
		name := l.fset.Position(file.Package).Filename
		var src any
		if text, ok := l.cfg.Overlay[name]; ok {
			src = text
		}
		whole, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution) // package load reads files without the bodies of functions
		if err != nil {
			continue
		}
		for _, d := range whole.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Name.Name != "TableName" || f.Recv == nil || len(f.Recv.List) != 1 || f.Body == nil || len(f.Body.List) != 1 {
				continue
			}
			r, ok := f.Body.List[0].(*ast.ReturnStmt)
			if !ok || len(r.Results) != 1 {
				continue
			}
			receiver := f.Recv.List[0].Type
			if p, ok := receiver.(*ast.StarExpr); ok {
				receiver = p.X
			}
			id, ok := receiver.(*ast.Ident)
			if lit, isText := r.Results[0].(*ast.BasicLit); ok && isText && lit.Kind == token.STRING {
				names[id.Name], _ = strconv.Unquote(lit.Value)
			}
		}
	}
	return names
}
