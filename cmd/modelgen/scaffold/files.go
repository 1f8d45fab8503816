package scaffold

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"golang.org/x/mod/module"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/migrations"
)

// The CI services that there are files for.
const (
	GitHub = "github"
	GitLab = "gitlab"
	NoCI   = "none"
)

// Services are the values of -ci.
var Services = []string{GitHub, GitLab, NoCI}

// Config is what is to be written.
type Config struct {
	Database string // SQLite, Postgres or Both
	Drivers  []Driver
	Models   string // directories, from where init was called
	Out      string
	Main     string // directory of the program, as [Module.Mains] returns them; "" where there is none yet
	CI       string
}

// modelsFile is the name of the file with the example of a model.
const modelsFile = "models.go"

// File is one file to be written.
type File struct {
	Path    string
	Content []byte
}

// Plan is what init writes, and what is to be said of it.
type Plan struct {
	Files   []File
	Main    string // directory of the program, as the go command takes it
	Call    string // the lines for a function main that was there; "" when it is written, too
	Include string // the line for a file of the CI service that was there; "" when none is needed
}

// values are what the templates know.
type values struct {
	Name, Database               string
	Package, Line                string // of the models
	Runtime                      string
	Migrations, MigrationsName   string
	SQLiteDriver, PostgresDriver *Driver
	Command, Open                string // names of functions
	OpenSQLite, OpenPostgres     string
	TestSQLite, TestPostgres     string
	In                           string // the module in its repository, "" where it is the whole
	Out                          string // the migrations in their module
}

// Plan works out the files. What stands in the way is all returned at once, as [finding.Problems].
func (m *Module) Plan(cfg Config) (*Plan, error) {
	var problems finding.Problems
	fail := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	models, out := m.place("-models", cfg.Models, fail), m.place("-out", cfg.Out, fail)
	if w := m.workspace(); w != "" {
		fail("%s", w)
	}
	dir := cfg.Main
	if dir == "" {
		dir = m.newMain(models)
	} else if !filepath.IsAbs(dir) {
		dir = filepath.Join(m.base, dir)
	}
	var dirs []string // which get a file
	if models != "" && models == out {
		fail("-models and -out are both %s: models and migrations are two packages", m.shown(models))
	}
	if models != "" && (models == dir || out == dir) {
		fail("%s is the directory of the program: models and migrations are packages of their own; name others with -models and -out", m.shown(dir))
	}
	var prog *program
	if m.inModule("-main", dir, fail) {
		var err error
		if prog, err = m.readProgram(dir); err != nil {
			fail("%v", err)
		}
	}
	for _, path := range m.paths(cfg, models, prog) {
		if exists(path) {
			fail("%s is there already, and no file is overwritten: move it away, or %s", m.shown(path), elsewhere(path))
		}
		if d := filepath.Dir(path); !slices.Contains(dirs, d) {
			dirs = append(dirs, d)
		}
	}
	m.writable(dirs, fail)
	if len(problems) > 0 {
		return nil, problems
	}
	return m.files(cfg, models, out, prog)
}

// paths returns where the files go, in the order in which they are read; those of a program only when there is one to be had.
func (m *Module) paths(cfg Config, models string, prog *program) (all []string) {
	if models != "" {
		all = append(all, filepath.Join(models, modelsFile))
	}
	if prog != nil {
		if !prog.there {
			all = append(all, filepath.Join(prog.dir, "main.go"))
		}
		all = append(all, filepath.Join(prog.dir, "migrate.go"), filepath.Join(prog.dir, "migrations_test.go"))
	}
	if path, _ := m.servicePath(cfg.CI); path != "" {
		all = append(all, path)
	}
	return all
}

// place returns the directory that a flag names, after it was looked at; "" when no package can be there.
func (m *Module) place(flag, value string, fail func(string, ...any)) string {
	dir := filepath.FromSlash(value)
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(m.base, dir)
	}
	dir = filepath.Clean(dir)
	if !m.inModule(flag, dir, fail) {
		return ""
	}
	entries, err := os.ReadDir(dir)
	if i := slices.IndexFunc(entries, isGo); err == nil && i >= 0 && entries[i].Name() != modelsFile {
		fail("%s %s: the directory has Go files already (%s): name another one with %[1]s", flag, m.shown(dir), entries[i].Name())
	}
	return dir
}

// inModule reports whether the go command finds a package of the module in a directory.
func (m *Module) inModule(flag, dir string, fail func(string, ...any)) bool {
	rel, err := filepath.Rel(m.Root, dir)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		fail("%s %s: it is outside of the module %s", flag, m.shown(dir), m.Path)
		return false
	}
	at := m.Root
	for word := range strings.SplitSeq(filepath.ToSlash(rel), "/") {
		if word == "." {
			break
		}
		at = filepath.Join(at, word)
		info, err := os.Lstat(at)
		switch {
		case skipped(word):
			fail("%s %s: the go command leaves out directories called %s", flag, m.shown(dir), word)
			return false
		case err == nil && info.Mode()&os.ModeSymlink != 0:
			fail("%s %s: %s is a symbolic link, which ./... does not follow", flag, m.shown(dir), m.shown(at))
			return false
		case err == nil && !info.IsDir():
			fail("%s %s: %s is a file and no directory", flag, m.shown(dir), m.shown(at))
			return false
		case exists(filepath.Join(at, "go.mod")):
			fail("%s %s: %s is a module of its own: run init in it", flag, m.shown(dir), m.shown(at))
			return false
		}
	}
	imported, err := m.importPath(dir)
	if err == nil {
		err = module.CheckImportPath(imported)
	}
	if invalid, ok := errors.AsType[*module.InvalidPathError](err); ok {
		err = invalid.Err
	}
	if err != nil {
		fail("%s %s: no package can be imported from there: %v", flag, m.shown(dir), err)
	}
	return err == nil
}

// newMain returns the directory of a new program: where init was called, or below cmd where that has another package.
func (m *Module) newMain(models string) string {
	entries, err := os.ReadDir(m.base)
	if err == nil && !holdsGo(entries) && models != m.base {
		return m.base
	}
	return filepath.Join(m.base, "cmd", m.Name())
}

// elsewhere says how a file gets another place.
func elsewhere(path string) string {
	switch {
	case filepath.Ext(path) == ".yml":
		return "leave it out with -ci none"
	case filepath.Base(path) == modelsFile:
		return "name another directory with -models"
	}
	return "name another directory with -main"
}

// writable notes each directory in which no file can be made.
func (m *Module) writable(dirs []string, fail func(string, ...any)) {
	seen := map[string]bool{}
	for _, to := range dirs {
		dir := to
		for !exists(dir) {
			dir = filepath.Dir(dir)
		}
		if seen[dir] {
			continue
		}
		seen[dir] = true
		if info, err := os.Stat(dir); err == nil && !info.IsDir() {
			fail("%s is a file and no directory, so nothing can be in %s", m.shown(dir), m.shown(to))
			continue
		}
		probe, err := os.CreateTemp(dir, ".modelgen-*")
		if err != nil {
			if p, ok := errors.AsType[*os.PathError](err); ok {
				err = p.Err
			}
			fail("%s: no file can be made in it: %v", m.shown(dir), err)
			continue
		}
		_ = probe.Close()
		_ = os.Remove(probe.Name())
	}
}

// files returns the files, in the order in which they are read.
func (m *Module) files(cfg Config, models, out string, prog *program) (*Plan, error) {
	v := values{Name: m.Name(), Database: cfg.Database, Runtime: ownModule + "/runtime", Package: m.packageName(models, "models")}
	for _, d := range cfg.Drivers {
		if d.Database == SQLite {
			v.SQLiteDriver = &d
		} else {
			v.PostgresDriver = &d
		}
	}
	rel, err := filepath.Rel(models, out)
	if err != nil {
		return nil, err
	}
	v.Line = "-out " + filepath.ToSlash(rel)
	if cfg.Database != Both {
		v.Line += " -dialects " + cfg.Database
	}
	if v.Migrations, err = m.importPath(out); err != nil {
		return nil, err
	}
	v.MigrationsName = migrations.PackageName(filepath.Base(out))
	v.Command, v.Open = prog.function("migrateCommand"), prog.function("openDatabase")
	v.OpenSQLite, v.OpenPostgres = prog.function("openSQLite"), prog.function("openPostgres")
	v.TestSQLite, v.TestPostgres = prog.function("TestMigrations"), prog.function("TestMigrations")
	if cfg.Database == Both {
		v.TestPostgres = prog.function("TestMigrationsOnPostgres")
	}
	if in, err := filepath.Rel(m.Repo, m.Root); err == nil && in != "." {
		v.In = filepath.ToSlash(in)
	}
	if v.Out, err = filepath.Rel(m.Root, out); err != nil {
		return nil, err
	}
	v.Out = filepath.ToSlash(v.Out)

	plan := &Plan{Main: m.Shown(prog.dir)}
	if prog.there {
		plan.Call = fmt.Sprintf("if len(os.Args) > 1 && os.Args[1] == \"migrate\" {\n\tos.Exit(%s(os.Args[2:]))\n}", v.Command)
	}
	var include string
	for _, path := range m.paths(cfg, models, prog) {
		var content []byte
		switch name := filepath.Base(path); {
		case filepath.Ext(path) == ".yml":
			content, err = serviceFile(cfg.CI, v)
			_, include = m.servicePath(cfg.CI)
		case name == modelsFile:
			content, err = goFile(name, v.Package, func(string) bool { return false }, v)
		default:
			content, err = goFile(name, "main", func(n string) bool { return prog.declared[n] }, v)
		}
		if err != nil {
			return nil, err
		}
		plan.Files = append(plan.Files, File{path, content})
	}
	plan.Include = include
	return plan, nil
}

// servicePath returns the path of the file for a CI service, "" for none, and the lines with which a file that is there includes it.
func (m *Module) servicePath(ci string) (path, include string) {
	switch ci {
	case GitHub:
		return filepath.Join(m.Repo, ".github", "workflows", "migrations.yml"), ""
	case GitLab:
		if path = filepath.Join(m.Repo, ".gitlab-ci.yml"); !exists(path) {
			return path, ""
		}
		return filepath.Join(m.Repo, ".gitlab", "migrations.yml"), "include:\n  - local: .gitlab/migrations.yml"
	}
	return "", ""
}

// serviceFile returns the file for a CI service.
func serviceFile(ci string, v values) ([]byte, error) {
	t, err := template.ParseFS(templates, "templates/"+ci+".yml.tmpl")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, v)
	return b.Bytes(), err
}

// packageName returns the name of the package in a directory, or other where the directory's own name can be none.
func (m *Module) packageName(dir, other string) string {
	name := m.Name()
	if dir != m.Root {
		name = filepath.Base(dir)
	}
	name = strings.ToLower(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, name))
	if name == "" || name[0] <= '9' || token.IsKeyword(name) || name == "main" {
		return other
	}
	return name
}
