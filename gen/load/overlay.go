package load

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"os"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// With an overlay, package packages takes all export data for outdated, and checks all of Go's library from source to read one package of models. The
// go command knows better: it has compiled again what the overlay concerns. So the packages themselves are parsed and checked here, and what they
// import comes from the compiler.

// overlaid loads the packages of a configuration with an overlay. It reports false where package packages has to do it: it says what is wrong.
func (l *loader) overlaid(ctx context.Context, cfg *packages.Config, patterns []string) ([]*packages.Package, bool) {
	c := *cfg
	c.Context = ctx
	c.Mode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedModule | packages.NeedDeps | packages.NeedExportFile
	c.ParseFile = nil
	roots, err := packages.Load(&c, patterns...)
	if err != nil || len(roots) == 0 {
		return nil, false
	}
	o := &overlay{l: l, roots: map[string]*packages.Package{}, compiled: map[string]*types.Package{}, beside: map[string]bool{}}
	for _, p := range roots {
		o.roots[p.PkgPath] = p
	}
	for _, p := range roots {
		if err := o.load(p); err != nil {
			return nil, false
		}
	}
	return roots, true
}

// overlay is one call of overlaid on its way.
type overlay struct {
	l        *loader
	roots    map[string]*packages.Package
	compiled map[string]*types.Package // from the compiler, by import path
	beside   map[string]bool           // whether a package that is none of the roots leads to one: its types would not be those of the source
}

// load parses and checks a package that was asked for, once.
func (o *overlay) load(p *packages.Package) error {
	if p.Types != nil {
		return nil
	}
	if len(p.Errors) > 0 || len(p.CompiledGoFiles) == 0 {
		return errors.New("it has errors")
	}
	for _, dep := range p.Imports {
		if o.roots[dep.PkgPath] != nil {
			if err := o.load(dep); err != nil {
				return err
			}
		} else if o.leadsToRoot(dep) {
			return errors.New("what it imports has to be read from source as well")
		}
	}
	for _, name := range p.CompiledGoFiles {
		src, ok := o.l.cfg.Overlay[name]
		if !ok {
			var err error
			if src, err = os.ReadFile(name); err != nil {
				return err
			}
		}
		file, err := parseFile(o.l.fset, name, src)
		if err != nil {
			return err
		}
		p.Syntax = append(p.Syntax, file)
	}
	conf := types.Config{
		Importer: importing{o, p}, FakeImportC: true, Sizes: types.SizesFor("gc", "amd64"),
		Error: func(err error) {
			if e, ok := errors.AsType[types.Error](err); ok {
				p.TypeErrors = append(p.TypeErrors, e)
			}
		},
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		conf.GoVersion = "go" + p.Module.GoVersion
	}
	p.Fset = o.l.fset
	p.Types, _ = conf.Check(p.PkgPath, o.l.fset, p.Syntax, nil) // what is wrong is in TypeErrors
	return nil
}

// leadsToRoot reports whether a package imports one that was asked for, by however many others.
func (o *overlay) leadsToRoot(p *packages.Package) bool {
	known, ok := o.beside[p.PkgPath]
	if ok {
		return known
	}
	o.beside[p.PkgPath] = false
	for _, dep := range p.Imports {
		if o.roots[dep.PkgPath] != nil || o.leadsToRoot(dep) {
			o.beside[p.PkgPath] = true
		}
	}
	return o.beside[p.PkgPath]
}

// importing finds what one package imports.
type importing struct {
	o *overlay
	p *packages.Package
}

// Import implements [types.Importer].
func (i importing) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	dep := i.p.Imports[path]
	if dep == nil {
		return nil, fmt.Errorf("no package %s", path)
	}
	if root := i.o.roots[dep.PkgPath]; root != nil {
		return root.Types, nil
	}
	if p := i.o.compiled[dep.PkgPath]; p != nil && p.Complete() {
		return p, nil
	}
	f, err := os.Open(dep.ExportFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(r, i.o.l.fset, i.o.compiled, dep.PkgPath)
}
