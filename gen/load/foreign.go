package load

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A type that a model uses may be declared in a package that no pattern names. Of such a package the compiler tells the types and the exported
// constants, but not the directives above types, nor the constants that are not exported: the schema would depend on the patterns. So it is read
// from its source as well, by another call of the go command where it was not foreseen.

// foresee looks into the folders of the patterns, without the go command, for what it will be asked.
//
// The packages of the same module that the models import become siblings: their types may be those of columns, and to read them at once spares a second
// call of the go command. What they and the models import from elsewhere is foreseen. It is a guess that may return too little, or what a build
// constraint leaves out.
func (l *loader) foresee() {
	root, module := l.moduleOf(l.dirs[0])
	if module == "" {
		return
	}
	dirOf := func(path string) (string, bool) {
		rest, ok := strings.CutPrefix(path, module)
		return filepath.Join(root, filepath.FromSlash(rest)), ok && (rest == "" || rest[0] == '/')
	}
	found := map[string]bool{}
	imported := func(dir string) {
		for path := range l.importsIn(dir) {
			found[path] = true
		}
	}
	for _, pattern := range l.cfg.Patterns {
		dir, ok := dirOf(pattern)
		if !ok {
			dir = filepath.Join(l.dirs[0], pattern)
		}
		if !strings.Contains(pattern, "...") {
			imported(dir)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(found)) {
		if dir, ok := dirOf(path); ok && path != module && isDir(dir) {
			l.siblings = append(l.siblings, path)
			imported(dir)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(found)) {
		if path != "unsafe" && path != "C" && !slices.Contains(l.siblings, path) {
			l.foreseen = append(l.foreseen, path)
		}
	}
}

// importsIn returns the import paths in the files of a folder, and notes when the newest of these was changed.
func (l *loader) importsIn(dir string) map[string]bool {
	found := map[string]bool{}
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") || IsGuard(f.Name()) {
			continue
		}
		if info, err := f.Info(); err == nil && info.ModTime().After(l.newest) {
			l.newest = info.ModTime()
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, f.Name()), nil, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, spec := range file.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil {
				found[path] = true
			}
		}
	}
	return found
}

// moduleOf returns the folder and the path of the module that a folder belongs to, "" when there is none.
func (l *loader) moduleOf(dir string) (root, path string) {
	for {
		data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil {
			for line := range strings.Lines(string(data)) {
				if words := strings.Fields(line); len(words) > 1 && words[0] == "module" {
					return dir, strings.Trim(words[1], `"`)
				}
			}
			return dir, ""
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", ""
		}
		dir = up
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// sibling reports whether a package was listed for its types alone. One that a pattern names as well has models of its own.
func (l *loader) sibling(path string) bool {
	return slices.Contains(l.siblings, path) && !slices.ContainsFunc(l.cfg.Patterns, func(p string) bool { return l.matches(p, path) }) &&
		!slices.Contains(l.cfg.Extra, path)
}

// matches reports whether a pattern names a package.
func (l *loader) matches(pattern, path string) bool {
	if rel := pattern; strings.HasPrefix(rel, ".") || filepath.IsAbs(rel) {
		root, module := l.moduleOf(l.dirs[0])
		if !filepath.IsAbs(rel) {
			rel = filepath.Join(l.dirs[0], rel)
		}
		below, err := filepath.Rel(root, rel)
		if err != nil || module == "" {
			return false
		}
		pattern = strings.TrimSuffix(module+"/"+filepath.ToSlash(below), "/.")
	}
	if base, all := strings.CutSuffix(pattern, "/..."); all {
		return path == base || strings.HasPrefix(path, base+"/")
	}
	return path == pattern
}

// unread returns the import paths of the packages that turned out to be needed and have not been listed yet.
func (l *loader) unread() []string {
	more := slices.Sorted(maps.Keys(l.wanted))
	return slices.DeleteFunc(more, func(path string) bool { return slices.Contains(l.siblings, path) })
}

// lookInto returns the source of the package that declares obj, if it was not read with the models: where the packages are given, what can be
// read of it; else nil, and the package is noted as wanted. The types that are known by name need none, nor do those of Go itself.
func (l *loader) lookInto(obj *types.TypeName) *source {
	pkg := obj.Pkg()
	if pkg == nil || l.sources[pkg] != nil || l.knownByName(obj) {
		return nil
	}
	return l.foreignSource(obj)
}

// foreignSource is lookInto of a package that was not read with the models, whatever is known of the type.
func (l *loader) foreignSource(obj *types.TypeName) *source {
	pkg := obj.Pkg()
	if l.given == nil {
		l.wanted[pkg.Path()] = true
		return nil
	}
	s, done := l.foreign[pkg]
	if !done {
		s = l.readForeign(obj)
		l.foreign[pkg] = s
	}
	return s
}

// knownByName reports whether the source of a type says nothing more than its name: one of Go's own, or of the tables of types.
func (l *loader) knownByName(obj *types.TypeName) bool {
	if obj.Pkg() == nil || l.goOwn(obj) {
		return true
	}
	_, known := lookupType(obj.Pkg().Path(), obj.Name())
	return known || wrappers[basePath(obj.Pkg().Path())+"."+obj.Name()]
}

// saysNothing reports whether the folder of a package that was not read has no directive in it, so that it need not be read for one.
func (l *loader) saysNothing(obj *types.TypeName) bool {
	if obj.Pkg() == nil || l.goOwn(obj) {
		return true
	}
	silent, done := l.silent[obj.Pkg()]
	if !done {
		name := l.declaredIn(obj)
		files, err := os.ReadDir(filepath.Dir(name))
		silent = filepath.IsAbs(name) && err == nil && !slices.ContainsFunc(files, func(f os.DirEntry) bool {
			if !strings.HasSuffix(f.Name(), ".go") {
				return false
			}
			src, err := os.ReadFile(filepath.Join(filepath.Dir(name), f.Name()))
			return err != nil || bytes.Contains(src, []byte("//"+tool+":"))
		})
		l.silent[obj.Pkg()] = silent
	}
	return silent
}

// goOwn reports whether a type is one of Go's standard library, by where export data say that it is declared.
func (l *loader) goOwn(obj types.Object) bool {
	own, ok := l.std[obj.Pkg()]
	if !ok {
		name := l.declaredIn(obj)
		own = strings.HasPrefix(name, "$GOROOT") || build.Default.GOROOT != "" && strings.HasPrefix(name, filepath.Join(build.Default.GOROOT, "src")+string(filepath.Separator))
		l.std[obj.Pkg()] = own
	}
	return own
}

// readForeign reads the package that declares obj from the folder in which export data say that it is. It returns nil where that cannot be done.
func (l *loader) readForeign(obj *types.TypeName) *source {
	name := l.declaredIn(obj)
	if !filepath.IsAbs(name) {
		return nil
	}
	dir := filepath.Dir(name)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	ctx := build.Default
	ctx.BuildTags = append(strings.Split(withGuardTag(l.cfg.BuildTags, l.goflags()), ","), ctx.BuildTags...)
	var files []*ast.File
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "_test.go") || !strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		if ok, err := ctx.MatchFile(dir, e.Name()); err != nil || !ok {
			continue
		}
		src, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil
		}
		file, err := parseFile(l.fset, filepath.Join(dir, e.Name()), src)
		if err != nil {
			return nil
		}
		if file.Name.Name == obj.Pkg().Name() {
			files = append(files, file)
		}
	}
	known := map[string]*types.Package{}
	addTypes(known, l.given.Types)
	for _, p := range obj.Pkg().Imports() {
		addTypes(known, p)
	}
	conf := types.Config{IgnoreFuncBodies: true, FakeImportC: true, Error: func(error) {}, Importer: importer(known)}
	pkg, _ := conf.Check(obj.Pkg().Path(), l.fset, files, nil) // what is missing of what it imports does not matter here
	if pkg == nil || pkg.Scope().Lookup(obj.Name()) == nil {
		return nil
	}
	s := newSource(&packages.Package{PkgPath: obj.Pkg().Path(), Name: obj.Pkg().Name(), Types: pkg, Syntax: files})
	s.types = pkg
	return s
}

// importer knows the packages that were type-checked already.
type importer map[string]*types.Package

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := i[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("package %s is not known here", path)
}
