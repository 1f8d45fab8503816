package load

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"os"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// checker type-checks packages from source, against the export data of what they import.
type checker struct {
	l        *loader
	roots    map[string]*packages.Package
	begun    map[string]bool           // of the roots
	compiled map[string]*types.Package // from the compiler, by import path
	unread   error                     // of export data, as when somebody cleans the cache meanwhile
	beside   map[string]bool           // whether a package that is none of the roots leads to one: its types would not be those of the source
}

func (l *loader) newChecker(roots []*packages.Package) *checker {
	c := &checker{l: l, roots: map[string]*packages.Package{}, begun: map[string]bool{}, compiled: map[string]*types.Package{}, beside: map[string]bool{}}
	for _, p := range roots {
		c.roots[p.PkgPath] = p
	}
	return c
}

// parse reads the files of a package, several at once.
func (l *loader) parse(p *packages.Package) error {
	p.Syntax = make([]*ast.File, len(p.CompiledGoFiles))
	errs := make([]error, len(p.CompiledGoFiles))
	var wg sync.WaitGroup
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, name := range p.CompiledGoFiles {
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			src, ok := l.cfg.Overlay[name]
			if !ok {
				if src, errs[i] = os.ReadFile(name); errs[i] != nil {
					return
				}
			}
			p.Syntax[i], errs[i] = parseFile(l.fset, name, src)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// check checks packages that were parsed, each after those of them that it imports. An error means that package packages has to do it.
func (c *checker) check(roots []*packages.Package) error {
	for _, p := range roots {
		if err := c.checkOne(p); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) checkOne(p *packages.Package) error {
	if p.Types != nil {
		return nil
	}
	if c.begun[p.PkgPath] {
		return errors.New("it imports itself")
	}
	c.begun[p.PkgPath] = true
	for _, dep := range p.Imports {
		if c.roots[dep.PkgPath] != nil {
			if err := c.checkOne(dep); err != nil {
				return err
			}
		} else if c.leadsToRoot(dep) {
			return errors.New("what it imports has to be read from source as well")
		}
	}
	conf := types.Config{
		Importer: importing{c, p}, FakeImportC: true, Sizes: types.SizesFor("gc", "amd64"), // what a smaller int does not hold, the compiler says
		Error: func(err error) {
			if e, ok := errors.AsType[types.Error](err); ok {
				p.TypeErrors = append(p.TypeErrors, e)
			}
		},
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		conf.GoVersion = "go" + p.Module.GoVersion
	}
	p.Fset = c.l.fset
	p.Types, _ = conf.Check(p.PkgPath, c.l.fset, p.Syntax, nil) // what is wrong is in TypeErrors
	return c.unread
}

// leadsToRoot reports whether a package imports one that was asked for, by however many others.
func (c *checker) leadsToRoot(p *packages.Package) bool {
	known, ok := c.beside[p.PkgPath]
	if ok {
		return known
	}
	c.beside[p.PkgPath] = false
	for _, dep := range p.Imports {
		if c.roots[dep.PkgPath] != nil || c.leadsToRoot(dep) {
			c.beside[p.PkgPath] = true
		}
	}
	return c.beside[p.PkgPath]
}

// read returns the types of a package from its export data.
func (c *checker) read(p *packages.Package) (*types.Package, error) {
	if known := c.compiled[p.PkgPath]; known != nil && known.Complete() {
		return known, nil
	}
	f, err := os.Open(p.ExportFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(r, c.l.fset, c.compiled, p.PkgPath)
}

// extra reads a package that was asked for beside the models, and what it imports, be it for nothing but that.
func (c *checker) extra(p *packages.Package) error {
	if c.leadsToRoot(p) {
		return errors.New("it imports what is read from source")
	}
	var imports []*types.Package
	for _, path := range slices.Sorted(maps.Keys(p.Imports)) {
		t, err := c.read(p.Imports[path])
		if err != nil {
			return err
		}
		imports = append(imports, t)
	}
	pkg, err := c.read(p)
	if err != nil {
		return err
	}
	pkg.SetImports(imports)
	p.Types = pkg
	return nil
}

// importing finds what one package imports.
type importing struct {
	c *checker
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
	if root := i.c.roots[dep.PkgPath]; root != nil {
		return root.Types, nil
	}
	var err error
	if dep.Types, err = i.c.read(dep); err != nil {
		i.c.unread = err
	}
	return dep.Types, err
}
