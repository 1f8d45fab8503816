package squash

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/internal/typecheck"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
)

// deletion is the files of a squash on their way out.
type deletion struct {
	*squasher
	squash   read.Migration
	gone     map[string]string
	files    map[string]bool
	changed  map[string][]goedit.Edit // by base name
	src      map[string][]byte
	fset     *token.FileSet
	problems finding.Problems
}

// look finds everything that refers to the files.
func (d *deletion) look() error {
	for _, m := range d.all {
		if d.files[m.File] && d.gone[m.Var] == "" {
			d.problems = append(d.problems, fmt.Sprintf("%s: %s stands in a file with %s, which would go; move it to a file of its own", m.Pos, m.Name, m.File))
		}
	}
	entries, err := os.ReadDir(d.Dir)
	if err != nil {
		return paths.Error(d.shown, err)
	}
	d.fset, d.src = token.NewFileSet(), map[string][]byte{}
	var inside, outside []*ast.File
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || name == migrations.ListName || !strings.HasSuffix(name, ".go") || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
			continue
		}
		src, err := read.Text(filepath.Join(d.Dir, name))
		if err != nil {
			return paths.Error(d.path(name), err)
		}
		file, err := parser.ParseFile(d.fset, d.path(name), src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return finding.Problems{err.Error()}
		}
		if d.src[name] = src; file.Name.Name == d.Package {
			inside = append(inside, file)
		} else {
			outside = append(outside, file)
		}
	}
	d.inside(inside)
	if err := d.outside(outside); err != nil {
		return err
	}
	if len(d.problems) > 0 {
		return d.problems
	}
	return nil
}

// inside looks at the package itself: parents follow, all else is refused.
func (d *deletion) inside(files []*ast.File) {
	r := typecheck.Resolve(d.fset, files)
	for _, f := range files {
		name := path.Base(d.fset.Position(f.Pos()).Filename)
		if d.files[name] {
			for _, decl := range f.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					d.no(fn.Name, "init runs whether or not the migration does, and would go with %s; move it to a file of its own", name)
				}
			}
			continue
		}
		parents := map[*ast.Ident]bool{}
		for _, m := range d.all {
			if m.File == name {
				d.reparent(name, f, m, parents)
			}
		}
		r.Each(f, func(id *ast.Ident, o types.Object) {
			if o.Parent() == r.Scope && d.files[d.fileOf(o)] && !parents[id] {
				d.no(id, "%s is used here and stands in %s, which would go; move it to a file that stays", id.Name, d.fileOf(o))
			}
		})
	}
}

func (d *deletion) fileOf(o types.Object) string {
	return path.Base(d.fset.Position(o.Pos()).Filename)
}

func (d *deletion) no(n ast.Node, format string, args ...any) {
	d.problems = append(d.problems, fmt.Sprintf("%s: %s", d.fset.Position(n.Pos()), fmt.Sprintf(format, args...)))
}

// reparent puts the squash in the place of those of its members that a migration follows.
func (d *deletion) reparent(name string, f *ast.File, m read.Migration, seen map[*ast.Ident]bool) {
	list := goedit.ListField(f, m.Var, "Parents")
	if list == nil {
		return
	}
	var words []string
	follows := false
	for _, e := range list.Elts {
		from, to := d.fset.Position(e.Pos()).Offset, d.fset.Position(e.End()).Offset
		word := string(d.src[name][from:to])
		if id, ok := e.(*ast.Ident); ok && d.gone[id.Name] != "" {
			seen[id], follows, word = true, true, d.squash.Var
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	if follows {
		from, to := d.fset.Position(list.Lbrace).Offset, d.fset.Position(list.Rbrace).Offset
		d.changed[name] = append(d.changed[name], goedit.Replace(from+1, to, strings.Join(words, ", ")))
	}
}

// outside looks at the packages of the module that import this one.
func (d *deletion) outside(tests []*ast.File) error {
	files, imported, err := migrations.Importers(d.fset, d.Dir, false)
	if err != nil || imported == "" {
		return err
	}
	for _, f := range append(tests, files...) {
		d.uses(f, imported)
	}
	return nil
}

// uses finds what another package takes from the files.
func (d *deletion) uses(f *ast.File, imported string) {
	dot := goedit.Selections(f, imported, d.Package, func(s *ast.SelectorExpr, name string) {
		for file := range d.files {
			if declares(d.fset, d.src[file], s.Sel.Name) {
				d.no(s, "%s.%s is used here and stands in %s, which would go; put %s in its place", name, s.Sel.Name, file, d.squash.Var)
			}
		}
	})
	if dot {
		d.no(f.Name, "it imports the migrations with a dot, so that it cannot be told what it uses of those that go; give the import a name")
	}
}

// declares reports whether a file declares a name of its package.
func declares(fset *token.FileSet, src []byte, name string) bool {
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == name {
				return true
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					if s.Name.Name == name {
						return true
					}
				case *ast.ValueSpec:
					if slices.ContainsFunc(s.Names, func(n *ast.Ident) bool { return n.Name == name }) {
						return true
					}
				}
			}
		}
	}
	return false
}

// write works out the files.
func (d *deletion) write() error {
	var sources []read.File
	for _, name := range slices.Sorted(maps.Keys(d.src)) {
		src := d.src[name]
		switch {
		case d.files[name]:
			d.result.Add(filepath.Join(d.Dir, name), nil, src)
			continue
		case d.changed[name] != nil:
			now := formatted(goedit.Apply(src, d.changed[name]))
			d.result.Add(filepath.Join(d.Dir, name), now, src)
			src = now
		}
		if !strings.HasSuffix(name, "_test.go") {
			sources = append(sources, read.File{Name: d.path(name), Src: src})
		}
	}
	d.Migrations = slices.DeleteFunc(d.Migrations, func(m migrations.Declaration) bool { return d.gone[m.Var] != "" })
	for i := range d.Migrations {
		m := &d.Migrations[i]
		for k, p := range m.Parents {
			if d.gone[p] != "" {
				m.Parents[k] = d.squash.Var
			}
		}
	}
	d.result.Migration = d.squash.Name
	return d.settle(sources)
}
