package cache

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// local is a module whose folder is on this machine to be edited: the main one, those of a workspace, and those that stand in for others.
type local struct{ path, dir string }

// localModules returns the modules that a go command in dir may take packages from, other than those of the module cache. It is an error when a file cannot be read.
func localModules(dir string) (all []local, err error) {
	var mains []string
	replace := func(at string, list []*modfile.Replace) {
		for _, r := range list {
			if r.New.Version == "" {
				all = append(all, local{r.Old.Path, under(at, r.New.Path)})
			}
		}
	}
	works := []string{above(dir, "go.work")}
	switch set := setting("GOWORK"); {
	case set == "off":
		works = nil
	case set != "":
		works = append(works, set)
	}
	for _, path := range works {
		if path == "" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		work, err := modfile.ParseWork(path, text, nil)
		if err != nil {
			return nil, err
		}
		for _, u := range work.Use {
			mains = append(mains, under(filepath.Dir(path), u.Path))
		}
		replace(filepath.Dir(path), work.Replace)
	}
	if mod := above(dir, "go.mod"); mod != "" {
		mains = append(mains, filepath.Dir(mod))
	}
	for _, main := range mains {
		text, err := os.ReadFile(filepath.Join(main, "go.mod"))
		if err != nil {
			return nil, err
		}
		mod, err := modfile.Parse("go.mod", text, nil)
		if err != nil {
			return nil, err
		}
		if mod.Module == nil {
			return nil, errors.New("a module without a name")
		}
		all = append(all, local{mod.Module.Mod.Path, main})
		replace(main, mod.Replace)
	}
	return all, nil
}

// under returns a path that a file in dir names.
func under(dir, path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// above returns the file of that name in dir or the nearest folder above it, "" when there is none.
func above(dir, name string) string {
	for ; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// in returns the folder that a package would have in the module, and whether it could be there.
func (m local) in(pkg string) (dir string, may bool) {
	rest, ok := strings.CutPrefix(pkg, m.path)
	if !ok || m.path == "" || rest != "" && rest[0] != '/' {
		return "", false
	}
	return filepath.Join(m.dir, filepath.FromSlash(rest)), true
}
