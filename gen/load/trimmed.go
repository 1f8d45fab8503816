package load

import (
	"go/build"
	"go/types"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	modpath "golang.org/x/mod/module"

	"github.com/modelgen/modelgen/internal/goenv"
)

// declaredIn returns the file that export data say an object is declared in, an absolute path where it is found. Of what was compiled with -trimpath they say
// the import path of the package instead of its folder, with the version of its module (go help build).
func (l *loader) declaredIn(obj types.Object) string {
	name := l.fset.Position(obj.Pos()).Filename
	if filepath.IsAbs(name) || name == "" || strings.HasPrefix(name, "$GOROOT") {
		return name
	}
	for _, file := range l.untrimmed(name) {
		if _, err := os.Stat(file); err == nil {
			return file
		}
	}
	return name
}

// untrimmed returns where the file of a trimmed path may be.
func (l *loader) untrimmed(name string) (files []string) {
	root, own := l.moduleOf(l.cfg.Dir)
	if l.given == nil && len(l.dirs) > 0 {
		root, own = l.moduleOf(l.dirs[0])
	}
	in := func(dir, rest string) { files = append(files, filepath.Join(dir, filepath.FromSlash(rest))) }
	path, rest, versioned := strings.Cut(name, "@")
	version, rest, _ := strings.Cut(rest, "/")
	switch after, ok := strings.CutPrefix(name, own+"/"); {
	case ok && own != "":
		in(root, after)
	case !versioned:
		in(filepath.Join(build.Default.GOROOT, "src"), name)
		path, rest = name, ""
	}
	if root == "" {
		return files
	}
	if versioned {
		in(filepath.Join(root, "vendor", filepath.FromSlash(path)), rest)
	} else {
		in(filepath.Join(root, "vendor"), name)
	}
	for _, dir := range replaced(root, path) {
		in(dir, rest)
	}
	escaped, err := modpath.EscapePath(path)
	if err != nil || !versioned {
		return files
	}
	if v, err := modpath.EscapeVersion(version); err == nil {
		in(filepath.Join(l.moduleCache(), filepath.FromSlash(escaped)+"@"+v), rest)
	}
	return files
}

// replaced returns the folders that go.mod has in the place of a module.
func replaced(root, path string) (dirs []string) {
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil
	}
	file, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		return nil
	}
	for _, r := range file.Replace {
		if r.Old.Path == path && r.New.Version == "" {
			dir := filepath.FromSlash(r.New.Path)
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(root, dir)
			}
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// moduleCache returns the folder of modules that were downloaded.
func (l *loader) moduleCache() string {
	if dir := goenv.Get(l.cfg.Env, "GOMODCACHE"); dir != "" {
		return dir
	}
	gopath := goenv.Get(l.cfg.Env, "GOPATH")
	if gopath == "" {
		gopath = build.Default.GOPATH
	}
	if list := filepath.SplitList(gopath); len(list) > 0 {
		return filepath.Join(list[0], "pkg", "mod")
	}
	return ""
}
