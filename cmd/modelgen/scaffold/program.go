package scaffold

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Mains returns the directories, below the one where init was called, that have a main package: that directory alone when it is one.
func (m *Module) Mains() (dirs []string, err error) {
	err = m.walk(m.base, func(dir string, entries []fs.DirEntry) {
		if !holdsGo(entries) {
			return
		}
		if pkg, err := build.Default.ImportDir(dir, 0); err == nil && pkg.Name == "main" {
			dirs = append(dirs, dir)
		}
	})
	if slices.Contains(dirs, m.base) {
		return []string{m.base}, err
	}
	return dirs, err
}

func holdsGo(entries []fs.DirEntry) bool {
	return slices.ContainsFunc(entries, isGo)
}

func isGo(e fs.DirEntry) bool { return !e.IsDir() && strings.HasSuffix(e.Name(), ".go") }

// Shown returns a directory of the module as -main takes it.
func (m *Module) Shown(dir string) string { return pattern(m.shown(dir)) }

// program is the main package that gets the migrations.
type program struct {
	dir   string
	there bool // it has a function main

	declared map[string]bool // names of its package
	imported map[string]bool // names that its files have for imports
}

// readProgram reads the names that are taken in a main package.
func (m *Module) readProgram(dir string) (*program, error) {
	p := &program{dir: dir, declared: map[string]bool{}, imported: map[string]bool{}}
	pkg, err := build.Default.ImportDir(dir, 0)
	if _, none := err.(*build.NoGoError); none || !exists(dir) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %s", m.shown(dir), strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), ""))
	}
	if pkg.Name != "main" {
		return nil, fmt.Errorf("%s is the package %s, which is no program: name the directory of one with -main, as in -main cmd/%s; it need not be there", m.shown(dir), pkg.Name, m.Name())
	}
	p.there = true
	for _, name := range slices.Concat(pkg.GoFiles, pkg.CgoFiles, pkg.TestGoFiles, pkg.IgnoredGoFiles) {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if f == nil {
			return nil, err
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					p.declared[d.Name.Name] = true
				}
			case *ast.GenDecl:
				p.declare(d)
			}
		}
	}
	return p, nil
}

func (p *program) declare(d *ast.GenDecl) {
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			p.declared[s.Name.Name] = true
		case *ast.ValueSpec:
			for _, n := range s.Names {
				p.declared[n.Name] = true
			}
		case *ast.ImportSpec:
			imported, _ := strconv.Unquote(s.Path.Value)
			name := path.Base(imported)
			if s.Name != nil {
				name = s.Name.Name
			}
			p.imported[name] = true
		}
	}
}

// function returns a name for a function, another one where that is taken.
func (p *program) function(name string) string {
	return free(name, func(n string) bool { return p.declared[n] || p.imported[n] })
}

// free returns a name that is not taken.
func free(name string, taken func(string) bool) string {
	n := name
	for i := 2; taken(n); i++ {
		n = name + strconv.Itoa(i)
	}
	return n
}
