package scaffold

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// ownModule is the module of modelgen.
const ownModule = "github.com/modelgen/modelgen"

// Tool is the package that a go.mod has as a tool.
const Tool = ownModule + "/cmd/modelgen"

// Module is the module that a directory belongs to.
type Module struct {
	Root   string // the directory with its go.mod
	Path   string
	Vendor bool   // it keeps what it depends on in vendor
	Repo   string // root of the repository that it is in: the module's where there is none
	Host   string // the CI service that the repository seems to be for: [GitHub], [GitLab] or ""

	base string // where init was called, in the module
	file *modfile.File
	sums string
}

// Open reads what there is to know of the module that a directory belongs to.
func Open(base string) (*Module, error) {
	base, err := filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(base); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("there is no directory %s", filepath.ToSlash(base))
	}
	m := &Module{base: base, Root: above(base, "go.mod")}
	if m.Root == "" {
		return nil, errors.New("there is no go.mod here: run go mod init with the path of your module first, as in go mod init example.com/shop")
	}
	data, err := os.ReadFile(filepath.Join(m.Root, "go.mod"))
	if err != nil {
		return nil, err
	}
	if m.file, err = modfile.Parse("go.mod", data, nil); err != nil {
		if m.file, err = modfile.ParseLax("go.mod", data, nil); err != nil { // of a newer Go, perhaps
			return nil, err
		}
	}
	if m.file.Module == nil || m.file.Module.Mod.Path == "" {
		return nil, errors.New("go.mod names no module: its first line is module example.com/shop")
	}
	m.Path = m.file.Module.Mod.Path
	if sums, err := os.ReadFile(filepath.Join(m.Root, "go.sum")); err == nil {
		m.sums = string(sums)
	}
	_, err = os.Stat(filepath.Join(m.Root, "vendor", "modules.txt"))
	m.Vendor = err == nil
	if m.Repo = above(m.Root, ".git"); m.Repo == "" {
		m.Repo = m.Root
	}
	m.Host = host(m.Repo)
	return m, nil
}

// above returns the directory, or the nearest one above it, that has a file of that name; "" when there is none.
func above(dir, name string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// host returns the CI service that a repository seems to be for.
func host(repo string) string {
	for _, h := range []struct{ file, host string }{{".gitlab-ci.yml", GitLab}, {".github", GitHub}} {
		if _, err := os.Stat(filepath.Join(repo, h.file)); err == nil {
			return h.host
		}
	}
	config, err := os.ReadFile(filepath.Join(repo, ".git", "config"))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(config)) {
		switch key, url, _ := strings.Cut(line, "="); {
		case strings.TrimSpace(key) != "url":
		case strings.Contains(url, "gitlab"):
			return GitLab
		case strings.Contains(url, "github.com"):
			return GitHub
		}
	}
	return ""
}

// Name returns a name for the program: the last word of the module's path that is no version.
func (m *Module) Name() string {
	name := path.Base(m.Path)
	if regexp.MustCompile(`^v[0-9]+$`).MatchString(name) && strings.Contains(m.Path, "/") {
		name = path.Base(path.Dir(m.Path))
	}
	name = strings.Trim(regexp.MustCompile(`[^a-z0-9_-]+`).ReplaceAllString(strings.ToLower(name), "-"), "-_")
	if name == "" {
		return "app"
	}
	return name
}

// importPath returns the path that a directory of the module is imported by.
func (m *Module) importPath(dir string) (string, error) {
	rel, err := filepath.Rel(m.Root, dir)
	if err != nil {
		return "", err
	}
	return path.Join(m.Path, filepath.ToSlash(rel)), nil
}

// DriverOf returns the driver of a database that the module uses, the later one of [Drivers] where there are several, and whether it uses one: go.mod
// requires it for the module's own code, or a file imports it, as go get leaves a requirement without that note.
func (m *Module) DriverOf(database string) (Driver, bool) {
	all := DriversOf(database)
	for _, d := range slices.Backward(all) {
		for _, r := range m.file.Require {
			if r.Mod.Path == d.Modules[0] && !r.Indirect {
				return d, true
			}
		}
	}
	used := map[string]bool{}
	_ = m.walk(m.Root, func(dir string, entries []fs.DirEntry) {
		for _, e := range entries {
			if e.IsDir() || !strings.HasSuffix(e.Name(), ".go") {
				continue
			}
			src, _ := os.ReadFile(filepath.Join(dir, e.Name()))
			for _, d := range all {
				used[d.Name] = used[d.Name] || bytes.Contains(src, []byte(`"`+d.Import+`"`))
			}
		}
	})
	for _, d := range slices.Backward(all) {
		if used[d.Name] {
			return d, true
		}
	}
	return Driver{}, false
}

// Gets returns the go get commands for what the program needs and go.mod lacks. A driver may bring newer versions of packages that the tool needs too, and
// go get adds to go.sum what the packages need that it names: so the tool comes behind the drivers, or is named with them.
func (m *Module) Gets(drivers []Driver) (commands []string) {
	hasTool := slices.ContainsFunc(m.file.Tool, func(t *modfile.Tool) bool { return t.Path == Tool })
	needsTool := m.Path != ownModule && (!hasTool || !m.provides(ownModule))
	var packages []string
	for _, d := range drivers {
		if slices.ContainsFunc(d.Modules, func(path string) bool { return !m.provides(path) }) {
			packages = append(packages, d.Import)
		}
	}
	if len(packages) > 0 {
		if hasTool && !needsTool && !m.replaced(ownModule) {
			for _, r := range m.file.Require {
				if r.Mod.Path == ownModule {
					packages = append(packages, Tool+"@"+r.Mod.Version)
				}
			}
		}
		commands = append(commands, "go get "+strings.Join(packages, " "))
	}
	if needsTool {
		commands = append(commands, "go get -tool "+Tool)
	}
	return commands
}

// provides reports whether a build finds a module: go.mod requires it, and go.sum has what it is, or it is in a directory.
func (m *Module) provides(path string) bool {
	for _, r := range m.file.Replace {
		if r.Old.Path == path && r.New.Version == "" {
			return slices.ContainsFunc(m.file.Require, func(x *modfile.Require) bool { return x.Mod.Path == path })
		}
	}
	for _, r := range m.file.Require {
		if r.Mod.Path == path {
			return strings.Contains("\n"+m.sums, "\n"+path+" "+r.Mod.Version+" h1:") || m.replaced(path)
		}
	}
	return false
}

func (m *Module) replaced(path string) bool {
	return slices.ContainsFunc(m.file.Replace, func(r *modfile.Replace) bool { return r.Old.Path == path })
}

// workspace returns what is wrong when a go.work stands above the module and does not use it: the go command finds no package then.
func (m *Module) workspace() string {
	at := os.Getenv("GOWORK")
	switch at {
	case "off":
		return ""
	case "":
		dir := above(m.Root, "go.work")
		if dir == "" {
			return ""
		}
		at = filepath.Join(dir, "go.work")
	}
	data, err := os.ReadFile(at)
	if err != nil {
		return ""
	}
	work, err := modfile.ParseWork("go.work", data, nil)
	if err != nil {
		return err.Error()
	}
	for _, u := range work.Use {
		dir := filepath.FromSlash(u.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(at), dir)
		}
		if filepath.Clean(dir) == m.Root {
			return ""
		}
	}
	return fmt.Sprintf("the workspace %s does not have this module, so the go command finds no package of it: run go work use %s", m.shown(at), m.shown(m.Root))
}

// shown returns a path as seen from where init was called.
func (m *Module) shown(p string) string {
	if rel, err := filepath.Rel(m.base, p); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(p)
}

// walk calls do for each directory of the module that the go command looks at, in the order of their names.
func (m *Module) walk(root string, do func(dir string, entries []fs.DirEntry)) error {
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if p != root && (skipped(d.Name()) || exists(filepath.Join(p, "go.mod"))) {
			return fs.SkipDir
		}
		entries, err := os.ReadDir(p)
		if err == nil {
			do(p, entries)
		}
		return err
	})
}

// skipped reports whether ./... leaves out a directory of that name.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "vendor" || name == "testdata" || name == "node_modules"
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
