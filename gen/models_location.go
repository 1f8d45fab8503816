package gen

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// A snapshot names the packages of models by their import paths. These change when the module gets another path or a directory moves, and the go
// command would then ask a module proxy for the old ones. Where they are now is found out from the tree alone.

// models returns the import paths of the packages of models that a snapshot records, as they are now, and whether any is another one.
func (c Config) models(s *snapshot.Snapshot) (now []string, moved bool, err error) {
	home := paths.ModuleRoot(c.OutDir())
	if home == "" || len(s.Models) == 0 {
		return s.Models, false, nil
	}
	modules := modulesOf(home, paths.ModuleRoot(c.dir()))
	var lost []string
	for _, recorded := range s.Models {
		is := modules.find(recorded)
		switch {
		case is == "":
			lost = append(lost, recorded)
		case !slices.Contains(now, is):
			now = append(now, is)
		}
		moved = moved || is != recorded
	}
	if len(lost) == 0 {
		return now, moved, nil
	}
	// What runs modelgen for these migrations says where it is; else it is the directory that modelgen runs in.
	var found []string
	for _, dir := range modelsFor(home, c.OutDir()) {
		if p, err := goedit.ImportPath(home, dir); err == nil && !slices.Contains(now, p) {
			found = append(found, p)
		}
	}
	if len(found) == 0 && holdsModels(c.dir()) && paths.ModuleRoot(c.dir()) == home {
		if p, err := goedit.ImportPath(home, c.dir()); err == nil && !slices.Contains(now, p) {
			found = append(found, p)
		}
	}
	if len(found) >= len(lost) {
		return append(now, found...), true, nil
	}
	if c.Only || len(c.Patterns) > 0 && len(lost) < len(s.Models) {
		return append(now, lost...), moved, nil
	}
	return nil, false, finding.Problems{fmt.Sprintf("the snapshot records models in %s, and there is no such package here: "+
		"if they have moved, run modelgen generate -only -out %s with the packages that have them now", strings.Join(lost, ", "), filepath.ToSlash(c.ShownOut()))}
}

func (c Config) dir() string {
	if c.Dir == "" {
		return "."
	}
	return c.Dir
}

// ShownOut returns the directory of the migrations as messages name it.
func (c Config) ShownOut() string {
	if c.Out == "" {
		return "migrations"
	}
	return c.Out
}

// modules are those that packages come from: those of this tree with their directories, and what they require.
type modules struct {
	home  string
	here  map[string]string // path -> directory
	other []string
}

func modulesOf(home, beside string) modules {
	m := modules{home: home, here: map[string]string{}}
	dirs := []string{home}
	if beside != "" {
		dirs = append(dirs, beside)
	}
	for up := home; os.Getenv("GOWORK") != "off"; up = filepath.Dir(up) {
		data, err := os.ReadFile(filepath.Join(up, "go.work"))
		if err == nil {
			if work, err := modfile.ParseWork("go.work", data, nil); err == nil {
				for _, u := range work.Use {
					dirs = append(dirs, filepath.Join(up, filepath.FromSlash(u.Path)))
				}
			}
		}
		if err == nil || up == filepath.Dir(up) {
			break
		}
	}
	for _, dir := range dirs {
		data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			continue
		}
		mod, err := modfile.ParseLax("go.mod", data, nil)
		if err != nil || mod.Module == nil {
			continue
		}
		m.here[mod.Module.Mod.Path] = dir
		for _, r := range mod.Require {
			m.other = append(m.other, r.Mod.Path)
		}
	}
	return m
}

// find returns the import path of a package as it is now, "" when it is not there. A module of this tree with another path than it had is found by
// the directory of the package below it.
func (m modules) find(pkg string) string {
	best := m.module(pkg)
	for _, module := range m.other {
		if below(pkg, module) && len(module) > len(best) {
			return pkg // a matter of the go command
		}
	}
	if best != "" {
		if holdsGo(filepath.Join(m.here[best], filepath.FromSlash(strings.TrimPrefix(pkg, best)))) {
			return pkg
		}
		return ""
	}
	module, err := goedit.ImportPath(m.home, m.home)
	if err != nil || module == "" {
		return ""
	}
	for rest, more := pkg, true; more; {
		if _, rest, more = strings.Cut(rest, "/"); holdsModels(filepath.Join(m.home, filepath.FromSlash(rest))) {
			return path.Join(module, rest)
		}
	}
	return ""
}

func below(pkg, module string) bool { return pkg == module || strings.HasPrefix(pkg, module+"/") }

// sourcesIn calls yield with the text of each Go file of a directory that is no test, until it says no.
func sourcesIn(dir string, yield func(name string, src []byte) bool) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		if src, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil && !yield(e.Name(), src) {
			return
		}
	}
}

// holdsGo reports whether a directory has Go files of somebody: a guard that models have left behind is none.
func holdsGo(dir string) (yes bool) {
	sourcesIn(dir, func(name string, _ []byte) bool { yes = !load.IsGuard(name); return !yes })
	return yes
}

// module returns the module of this tree that a package is in, "" when it is in none.
func (m modules) module(pkg string) (best string) {
	for module := range m.here {
		if below(pkg, module) && len(module) > len(best) {
			best = module
		}
	}
	return best
}

// directory returns the directory of a package of this tree, "" for others.
func (m modules) directory(pkg string) string {
	best := m.module(pkg)
	if best == "" {
		return ""
	}
	return filepath.Join(m.here[best], filepath.FromSlash(strings.TrimPrefix(pkg, best)))
}

// leftBehind removes the guards of packages that the snapshot does not record any more: they would not compile, and nothing brings them up to date.
func (r *Result) leftBehind(cfg Config) (files []File) {
	if r.Folder.Snapshot == nil {
		return nil
	}
	for _, pkg := range r.Folder.Snapshot.Models {
		if slices.Contains(r.snap.Models, pkg) {
			continue
		}
		dir := modulesOf(paths.ModuleRoot(cfg.OutDir()), paths.ModuleRoot(cfg.dir())).directory(pkg)
		if dir == "" || slices.ContainsFunc(r.models.Packages, func(p *load.Package) bool { return p.Dir == dir }) {
			continue
		}
		for _, name := range []string{guardName, guardTestName} {
			path := filepath.Join(dir, name)
			old, err := os.ReadFile(path)
			if err == nil && emit.StateOfGuard(old, "", "", nil) != emit.GuardForeign {
				files = append(files, File{Path: path, Old: old})
			}
		}
	}
	return files
}

func holdsModels(dir string) (yes bool) {
	sourcesIn(dir, func(name string, src []byte) bool {
		yes = !load.IsGuard(name) && bytes.Contains(src, []byte(`table:"`))
		return !yes
	})
	return yes
}
