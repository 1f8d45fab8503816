package load

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/modelgen/modelgen/internal/everyop"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

var update = flag.Bool("update", false, "write what comes out into testdata")

// A case is a folder in one of testdata/*.txtar: Go files, perhaps a file config, and the file want with the schema, or the problems.
// All cases are listed and type-checked in one go, which is what takes the time; then each is read alone.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	dir := module(t)
	archives := map[string]*txtar.Archive{}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		archives[file] = a
		base := strings.TrimSuffix(filepath.Base(file), ".txtar")
		for _, f := range a.Files {
			if strings.HasSuffix(f.Name, ".go") {
				write(t, filepath.Join(dir, base, f.Name), f.Data)
			}
		}
	}
	fset := token.NewFileSet()
	all, err := newLoader(Config{Dir: dir, Patterns: []string{"./..."}, Env: offline()}, fset)
	if err != nil {
		t.Fatal(err)
	}
	all.siblings = mapped
	roots, err := all.list(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ran, cases := 0, 0
	for _, file := range files {
		a := archives[file]
		base := strings.TrimSuffix(filepath.Base(file), ".txtar")
		changed := false
		for _, name := range caseNames(a) {
			cases++
			t.Run(base+"/"+name, func(t *testing.T) {
				ran++
				got := runCase(t, filepath.Join(dir, base, name), "test/"+base+"/"+name, configOf(a, name), fset, roots)
				i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == name+"/want" })
				if i < 0 {
					last := 0
					for k, f := range a.Files {
						if strings.HasPrefix(f.Name, name+"/") {
							last = k
						}
					}
					i = last + 1
					a.Files = slices.Insert(a.Files, i, txtar.File{Name: name + "/want"})
				}
				if want := string(a.Files[i].Data); got != want {
					if *update {
						a.Files[i].Data, changed = []byte(got), true
						return
					}
					t.Errorf("got:\n%s\nwant:\n%s", got, want)
				}
			})
		}
		if changed {
			if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if ran == cases { // and not some of them
		everyField(t)
	}
}

// mapped are packages that are read from source when a type of theirs is a column of gorm's.
var mapped = []string{"gorm.io/datatypes"}

func caseNames(a *txtar.Archive) []string {
	var names []string
	for _, f := range a.Files {
		if name, _, _ := strings.Cut(f.Name, "/"); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func both() []migrate.Capabilities {
	return []migrate.Capabilities{postgres.Dialect{}.Capabilities(), sqlite.Dialect{}.Capabilities()}
}

// configOf reads the file config of a case: one "word values..." a line.
func configOf(a *txtar.Archive, name string) Config {
	cfg := Config{Dialects: both(), Known: both()}
	for _, f := range a.Files {
		if f.Name != name+"/config" {
			continue
		}
		for line := range strings.Lines(string(f.Data)) {
			words := strings.Fields(line)
			switch words[0] {
			case "dialects":
				cfg.Dialects = slices.DeleteFunc(both(), func(c migrate.Capabilities) bool { return !slices.Contains(words[1:], c.Name) })
			case "comments":
				cfg.Comments = true
			case "tag":
				cfg.Tag = words[1]
			case "only":
				cfg.Patterns = words[1:]
			}
		}
	}
	return cfg
}

func runCase(t *testing.T, dir, path string, cfg Config, fset *token.FileSet, roots []*packages.Package) string {
	cfg.Dir = dir
	l, err := newLoader(cfg, fset)
	if err != nil {
		t.Fatal(err)
	}
	var mine []*packages.Package
	if l.mapper != nil {
		l.siblings = mapped
	}
	for _, p := range roots {
		if l.mapper != nil && slices.Contains(mapped, p.PkgPath) {
			mine = append(mine, p)
		}
		if p.PkgPath != path && !strings.HasPrefix(p.PkgPath, path+"/") {
			continue
		}
		if rel := strings.TrimPrefix(strings.TrimPrefix(p.PkgPath, path), "/"); len(cfg.Patterns) == 0 || slices.Contains(cfg.Patterns, "./"+rel) {
			mine = append(mine, p)
		}
	}
	l.cfg.Patterns = []string{"./..."}
	res, err := l.run(mine)
	if ps := (Problems)(nil); errors.As(err, &ps) {
		return ps.Error() + "\n"
	}
	if err != nil {
		return err.Error() + "\n"
	}
	for _, f := range everyop.Said(res.Schema) {
		said[f] = true
	}
	return render(t, res)
}

// said are the fields of a schema in which the models of a case have something.
var said = map[string]bool{}

// notModeled are the fields that no model fills, with the reason.
var notModeled = map[string]string{
	"Schema.Objects":   "steps written by hand declare them",
	"Object.Kind":      "steps written by hand declare it",
	"Object.Name":      "steps written by hand declare it",
	"Object.Table":     "steps written by hand declare it",
	"Object.Only":      "steps written by hand declare it",
	"SQLObject.Head":   "the SQL files say it",
	"SQLObject.Was":    "the SQL files say it",
	"Table.DualWrites": "-online makes them",
	"DualWrite.Name":   "-online makes it",
	"DualWrite.From":   "-online makes it",
	"DualWrite.To":     "-online makes it",
	"DualWrite.Up":     "-online makes it",
	"DualWrite.Down":   "-online makes it",
	"DualWrite.Column": "-online makes it",
}

// everyField holds the cases to having every field of a schema in some model: a field that no tag can fill is named.
func everyField(t *testing.T) {
	for _, f := range everyop.Fields() {
		if _, skip := notModeled[f]; said[f] == skip {
			t.Errorf("%s: a model of testdata has it: %v; notModeled lists it: %v", f, said[f], skip)
		}
	}
}

// render writes a result with one fact a line.
func render(t *testing.T, r *Result) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	js := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(text))
	}
	if len(r.Schema.Namespaces) > 0 {
		line("schemas %s", strings.Join(r.Schema.Namespaces, " "))
	}
	for _, e := range r.Schema.Enums {
		line("enum %s", js(e))
	}
	for _, v := range r.Views {
		line("view %s of %s, partial %v", v.Table, v.Struct(), v.Partial)
		for _, c := range v.Columns {
			if p := r.ViewPos(v, c.Name); !p.IsValid() {
				t.Errorf("column %s of %s has no place", c.Name, v.Struct())
			}
			line("  %s", js(c))
		}
	}
	for _, tab := range r.Schema.Tables {
		head := *tab // without what has lines of its own
		head.Columns, head.PrimaryKey, head.Uniques, head.Checks, head.ForeignKeys, head.Indexes = nil, nil, nil, nil, nil, nil
		line("table %s", strings.Replace(js(head), `,"columns":null`, "", 1))
		for _, c := range tab.Columns {
			if p := r.ColumnPos(tab.Name, c.Name); !p.IsValid() {
				t.Errorf("column %s.%s has no place", tab.Name, c.Name)
			}
			line("  %s", js(c))
		}
		if tab.PrimaryKey != nil {
			line("  pk %s", js(tab.PrimaryKey))
		}
		objects := map[string]int{"unique": len(tab.Uniques), "check": len(tab.Checks), "fk": len(tab.ForeignKeys), "index": len(tab.Indexes)}
		for kind, n := range objects {
			for i := range n {
				if p := r.ObjectPos(tab.Name, kind, i); !p.IsValid() {
					t.Errorf("%s %d of %s has no place", kind, i, tab.Name)
				}
			}
		}
		for _, u := range tab.Uniques {
			line("  unique %s", js(u))
		}
		for _, c := range tab.Checks {
			line("  check %s", js(c))
		}
		for _, f := range tab.ForeignKeys {
			line("  fk %s", js(f))
		}
		for _, x := range tab.Indexes {
			line("  index %s", js(x))
		}
		if slices.Contains(r.NoKey, tab.Name) {
			line("  no key")
		}
	}
	for _, o := range r.Schema.SQLObjects {
		if p := r.Pos(o.String()); !p.IsValid() {
			t.Errorf("%s has no place", o)
		}
		line("object %s", js(o))
	}
	for _, h := range r.Hints {
		line("hint %s %s.%s was %s at %s", h.Kind, h.Table, h.Name, h.Was, h.Pos)
	}
	return b.String()
}

// module makes a module named test that can import fakes of well-known modules and this module, without network.
func module(t testing.TB) string {
	dir := t.TempDir()
	fakes, err := txtar.ParseFile("testdata/fakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	mod := "module test\n\ngo 1.26\n"
	replace := func(path, folder string) {
		mod += fmt.Sprintf("\nrequire %s v%s.0.0\n\nreplace %[1]s => %[3]s\n", path, map[bool]string{true: "5", false: "0"}[strings.HasSuffix(path, "/v5")], folder)
	}
	replace("github.com/modelgen/modelgen", root)
	other := t.TempDir() // not below dir: patterns would match it
	for _, f := range fakes.Files {
		path := filepath.ToSlash(filepath.Dir(f.Name))
		folder := filepath.Join(other, path)
		path = strings.TrimSuffix(path, "/pgtype")
		write(t, filepath.Join(other, f.Name), f.Data)
		write(t, filepath.Join(other, path, "go.mod"), []byte("module "+path+"\n\ngo 1.26\n"))
		replace(path, strings.TrimSuffix(folder, "pgtype"))
	}
	write(t, filepath.Join(dir, "go.mod"), []byte(mod))
	if sum, err := os.ReadFile("../../go.sum"); err == nil {
		write(t, filepath.Join(dir, "go.sum"), sum)
	}
	return dir
}

func offline() []string {
	return append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GOTOOLCHAIN=local")
}

func write(t testing.TB, name string, data []byte) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
