package main

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/modelgen/modelgen/cmd/modelgen/cache"
)

// recorded is a workspace in which generate finds nothing to do, with the record of that.
type recorded struct {
	root  string
	light string // the folder of modelgen, which its go.mod replaces
	args  []string
	files map[string]string // as they were when it was recorded; see isLink
	store string
}

// isLink stands before what a symbolic link leads to.
const isLink = "link to "

const recordedFiles = `
-- go.work --
go 1.26

use ./shop
use ./shared
-- shared/go.mod --
module example.com/shared

go 1.26
-- shared/code/code.go --
package code

type Code string
-- lib/go.mod --
module example.com/lib

go 1.26
-- lib/lib.go --
package lib

type Money int64
-- lib2/go.mod --
module example.com/lib

go 1.26
-- lib2/lib.go --
package lib

type Money string
-- shop/go.mod --
module example.com/shop

go 1.26

require (
	example.com/lib v0.0.0
	github.com/modelgen/modelgen v0.0.0
)

replace (
	example.com/lib => ../lib
	github.com/modelgen/modelgen => MODELGEN
)
-- shop/kinds/kinds.go --
//go:build !extra

package kinds

type Kind string
-- shop/kinds/extra.go --
//go:build extra

package kinds

type Kind int64
-- shop/kinds/colour.go --
package kinds

type Colour string
-- shop/sizes/sizes_linux.go --
package sizes

type Size string
-- shop/sizes/sizes_darwin.go --
package sizes

type Size string
-- shop/sizes/sizes_windows.go --
package sizes

type Size int64
-- shop/models/models.go --
package models

import (
	"example.com/lib"
	"example.com/shared/code"
	"example.com/shop/kinds"
	"example.com/shop/sizes"
)

type Product struct {
	_ struct{} ~table:"products"~

	ID     int64        ~db:"id,pk,identity"~
	Kind   kinds.Kind   ~db:"kind"~
	Colour kinds.Colour ~db:"colour"~
	Price  lib.Money    ~db:"price"~
	Code   code.Code    ~db:"code"~
	Size   sizes.Size   ~db:"size"~
}
-- shop/models/label.go --
package models

type Label struct {
	_ struct{} ~table:"labels"~

	ID int64 ~db:"id,pk,identity"~
}
-- shop/sql/views.sql --
CREATE VIEW names AS SELECT id, colour FROM products;
-- outside.go.txt --
package models

type Note struct {
	_ struct{} ~table:"notes"~

	ID int64 ~db:"id,pk,identity"~
}
-- goenv --
`

// recordRun makes the workspace, its first migration, and the record of a run that finds nothing to do.
func recordRun(t *testing.T, args ...string) *recorded {
	r := &recorded{root: t.TempDir(), args: args, store: t.TempDir()}
	for name, value := range map[string]string{
		"GOFLAGS": "", "GOWORK": "", "GOPROXY": "off", "GOTOOLCHAIN": "local", "CI": "", "GOENV": filepath.Join(r.root, "goenv"), cache.Variable: r.store, "GOFILE": "",
	} {
		t.Setenv(name, value)
	}
	m := newModule(t)
	lightModule(t, m)
	r.light = m.folders[len(m.folders)-1]
	for _, f := range txtar.Parse([]byte(strings.NewReplacer("~", "`", "MODELGEN", r.light).Replace(recordedFiles))).Files {
		r.write(t, f.Name, string(f.Data))
	}
	if err := os.Symlink(filepath.Join(r.root, "outside.go.txt"), r.path("shop/models/note.go")); err != nil {
		t.Fatal(err)
	}
	if got := r.run(t); !strings.Contains(got, "0001_initial.go") {
		t.Fatalf("the first migration: %s", got)
	}
	if got := r.run(t); got != "exit 0\n" || r.known() {
		t.Fatalf("right behind it: %s, and that is recorded: %v, although the files have just been written", got, r.known())
	}
	r.settle(t)
	if got := r.run(t); got != "exit 0\n" || !r.known() {
		t.Fatalf("nothing is to be done: %s, and that is recorded: %v", got, r.known())
	}
	r.files = r.read(t)
	return r
}

func (r *recorded) path(name string) string { return filepath.Join(r.root, filepath.FromSlash(name)) }

func (r *recorded) dir() string { return r.path("shop/models") }

// known reports whether the run would be taken from the record. The test is the executable that runs.
func (r *recorded) known() bool { return cache.Begin(r.dir(), r.args).Known() }

// run runs the command and returns what it prints, without the root.
func (r *recorded) run(t *testing.T) string {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return r.runWith(t, exe)
}

func (r *recorded) runWith(t *testing.T, exe string) string {
	cmd := exec.Command(exe)
	cmd.Args = append([]string{"modelgen"}, r.args...)
	cmd.Dir = r.dir()
	out, err := cmd.CombinedOutput()
	exit, failed := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil:
		out = append(out, "exit 0\n"...)
	case failed:
		out = append(out, exit.String()+"\n"...)
	default:
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(out), r.root, "ROOT")
}

// settle makes all files old enough to be recorded.
func (r *recorded) settle(t *testing.T) {
	age(t, r.root)
	age(t, r.light)
}

// age makes all files of a folder an hour old.
func age(t *testing.T, root string) {
	old := time.Now().Add(-time.Hour)
	if err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 {
			return err
		}
		return os.Chtimes(path, old, old)
	}); err != nil {
		t.Fatal(err)
	}
}

func (r *recorded) read(t *testing.T) map[string]string {
	all := map[string]string{}
	if err := filepath.WalkDir(r.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(r.root, path)
		if err != nil {
			return err
		}
		if d.Type()&fs.ModeSymlink != 0 {
			to, err := os.Readlink(path)
			all[filepath.ToSlash(name)] = isLink + to
			return err
		}
		text, err := os.ReadFile(path)
		all[filepath.ToSlash(name)] = string(text)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// restore puts the files back as they were when the run was recorded.
func (r *recorded) restore(t *testing.T) {
	is := r.read(t)
	folders := map[string]bool{".": true}
	for name := range r.files {
		for name != "." {
			name = path.Dir(name)
			folders[name] = true
		}
	}
	for name := range is {
		if _, was := r.files[name]; !was {
			r.remove(t, name)
		}
		for name = path.Dir(name); !folders[name]; name = path.Dir(name) {
			r.remove(t, name)
		}
	}
	for name, text := range r.files {
		if was, there := is[name]; there && was == text {
			continue
		}
		r.remove(t, name)
		if to, is := strings.CutPrefix(text, isLink); is {
			if err := os.Symlink(to, r.path(name)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		r.write(t, name, text)
	}
	r.settle(t)
}

func (r *recorded) remove(t *testing.T, name string) {
	if err := os.RemoveAll(r.path(name)); err != nil {
		t.Fatal(err)
	}
}

func (r *recorded) write(t *testing.T, name, text string) {
	if err := errors.Join(os.MkdirAll(filepath.Dir(r.path(name)), 0o755), os.WriteFile(r.path(name), []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func (r *recorded) edit(t *testing.T, name, old, now string) {
	text, err := os.ReadFile(r.path(name))
	if err != nil || !bytes.Contains(text, []byte(old)) {
		t.Fatalf("%s has no %q: %v", name, old, err)
	}
	r.write(t, name, strings.Replace(string(text), old, now, 1))
}

// noticedChange is something that a run with a record must notice.
type noticedChange struct {
	name  string
	make  func(t *testing.T, r *recorded)
	quiet bool // generate finds nothing to do all the same
}

func edits(file, old, now string) func(*testing.T, *recorded) {
	return func(t *testing.T, r *recorded) { r.edit(t, file, old, now) }
}

func writes(file, text string) func(*testing.T, *recorded) {
	return func(t *testing.T, r *recorded) { r.write(t, file, strings.ReplaceAll(text, "~", "`")) }
}

func removes(file string) func(*testing.T, *recorded) {
	return func(t *testing.T, r *recorded) { r.remove(t, file) }
}

func sets(name, value string) func(*testing.T, *recorded) {
	return func(t *testing.T, r *recorded) { t.Setenv(name, strings.ReplaceAll(value, "ROOT", r.root)) }
}

func runs(args ...string) func(*testing.T, *recorded) {
	return func(t *testing.T, r *recorded) {
		before := slices.Clone(r.args)
		t.Cleanup(func() { r.args = before })
		if !slices.Equal(before[max(len(before)-len(args), 0):], args) { // not yet
			r.args = append(slices.Clone(before), args...)
		}
	}
}

const another = "package models\n\ntype Another struct {\n\t_ struct{} ~table:\"another\"~\n\n\tID int64 ~db:\"id,pk,identity\"~\n}\n"

var noticedChanges = []noticedChange{
	{name: "a model", make: edits("shop/models/models.go", "Kind   kinds", "Stock  int32 `db:\"stock\"`\n\tKind   kinds")},
	{name: "a comment of a model", make: edits("shop/models/models.go", "type Product", "// Product is.\ntype Product"), quiet: true},
	{name: "a new file", make: writes("shop/models/another.go", another)},
	{name: "a file less", make: removes("shop/models/label.go")},
	{name: "a file that a link leads to", make: edits("outside.go.txt", "ID int64", "No int64 `db:\"no\"`\n\tID int64")},
	{name: "a link less", make: removes("shop/models/note.go")},
	{name: "a test file", make: writes("shop/models/models_test.go", "package models\n"), quiet: true},
	{name: "a test file that does not parse", make: writes("shop/models/models_test.go", "pack\n"), quiet: true},
	{name: "the package is gone", make: func(t *testing.T, r *recorded) {
		for _, name := range []string{"models.go", "label.go", "note.go"} {
			r.remove(t, "shop/models/"+name)
		}
	}},
	{name: "a type of another package", make: edits("shop/kinds/colour.go", "string", "int64")},
	{name: "a second file of another package", make: writes("shop/kinds/more.go", "package kinds\n\nconst Red Colour = \"red\"\n")},
	{name: "a file of another package less", make: removes("shop/kinds/colour.go")},
	{name: "a file with C", make: writes("shop/kinds/c.go", "package kinds\n\nimport \"C\"\n"), quiet: true},
	{name: "an embedded file that is not there", make: writes("shop/kinds/embed.go", "package kinds\n\nimport _ \"embed\"\n\n//go:embed nothing.txt\nvar text string\n"), quiet: true},
	{name: "a type of a replaced module", make: edits("lib/lib.go", "int64", "string")},
	{name: "a type of a module of the workspace", make: edits("shared/code/code.go", "string", "int64")},
	{name: "go.mod", make: edits("shop/go.mod", "../lib", "../lib2")},
	{name: "go.mod, the version", make: edits("shop/go.mod", "go 1.26", "go 1.25"), quiet: true},
	{name: "go.mod does not parse", make: edits("shop/go.mod", "require", "requires")},
	{name: "go.mod of a replaced module", make: writes("lib/go.mod", "module example.com/lib\n\ngo 1.99\n")},
	{name: "go.mod less", make: removes("shop/go.mod")},
	{name: "go.sum", make: writes("shop/go.sum", "example.com/x v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"), quiet: true},
	{name: "the folder becomes a module", make: writes("shop/models/go.mod", "module example.com/models\n\ngo 1.26\n")},
	{name: "a folder of another package becomes a module", make: writes("shop/kinds/go.mod", "module example.com/shop/kinds\n\ngo 1.26\n")},
	{name: "go.work", make: edits("go.work", "use ./shared\n", "")},
	{name: "go.work less", make: removes("go.work")},
	{name: "a nearer go.work", make: writes("shop/go.work", "go 1.26\n\nuse .\n")},
	{name: "vendor", make: writes("vendor/modules.txt", "## workspace\n")},
	{name: "the snapshot", make: edits("shop/migrations/snapshot.json", "colour", "color")},
	{name: "the snapshot, laid out otherwise", make: edits("shop/migrations/snapshot.json", "{", "{\n")},
	{name: "the snapshot less", make: removes("shop/migrations/snapshot.json")},
	{name: "a migration", make: edits("shop/migrations/0001_initial.go", "migrate.Migration{", "migrate.Migration{ // edited"), quiet: true},
	{name: "a migration that does not parse", make: edits("shop/migrations/0001_initial.go", "package", "packages")},
	{name: "a migration less", make: removes("shop/migrations/0001_initial.go")},
	{name: "a migration more", make: writes("shop/migrations/0002_more.go", "package migrations\n\nimport migrate \"github.com/modelgen/modelgen/runtime\"\n\nvar M0002More = &migrate.Migration{Name: \"0002_more\"}\n")},
	{name: "the list", make: edits("shop/migrations/migrations.go", "// Code", "//  Code")},
	{name: "the list less", make: removes("shop/migrations/migrations.go")},
	{name: "the guard", make: edits("shop/models/modelgen_guard.go", "Product", "Products")},
	{name: "the guard less", make: removes("shop/models/modelgen_guard.go")},
	{name: "a guard of tests", make: writes("shop/models/modelgen_guard_test.go", "package models\n"), quiet: true},
	{name: "an SQL file", make: edits("shop/sql/views.sql", "id, colour", "id")},
	{name: "a new SQL file", make: writes("shop/sql/more/more.sql", "CREATE VIEW more AS SELECT id FROM labels;\n")},
	{name: "an SQL file less", make: removes("shop/sql/views.sql")},
	{name: "the SQL files are gone", make: removes("shop/sql")},
	{name: "settings", make: writes("shop/modelgen.json", "{\"lint\": {\"MG1\": \"note\"}}\n")},
	{name: "settings beside the migrations", make: writes("shop/migrations/modelgen.json", "{}x\n")},
	{name: "build tags in GOFLAGS", make: sets("GOFLAGS", "-tags=extra")},
	{name: "build tags by go env -w", make: writes("goenv", "GOFLAGS=-tags=extra\n")},
	{name: "build tags by a flag", make: runs("-tags", "extra")},
	{name: "another system", make: sets("GOOS", "windows")},
	{name: "no workspace", make: sets("GOWORK", "off")},
	{name: "another workspace", make: func(t *testing.T, r *recorded) {
		r.write(t, "other.work", "go 1.26\n\nuse ./shop\n")
		t.Setenv("GOWORK", r.path("other.work"))
	}},
	{name: "no go command", make: sets("PATH", "ROOT")},
	{name: "another flag", make: runs("-dialects", "sqlite")},
	{name: "another directory of migrations", make: runs("-out", "../elsewhere")},
	{name: "comments", make: runs("-comments")},
	{name: "a setting that nobody knows", make: sets("GOX", "1"), quiet: true},
}

// Each change of what generate looks at is noticed behind the record of a run that found nothing to do: it prints and writes what it does without a record.
func TestRecordNotices(t *testing.T) {
	r := recordRun(t, "-out", "../migrations", "-dialects", "postgres@14,sqlite", "-sql", "../sql")
	for _, c := range noticedChanges {
		t.Run(c.name, func(t *testing.T) {
			defer r.restore(t)
			if !r.known() {
				t.Fatal("there is no record to begin with")
			}
			c.make(t, r)
			if r.known() {
				t.Error("the record is taken for what it was")
			}
			said := r.run(t)
			files := r.read(t)
			r.restore(t)
			t.Setenv(cache.Variable, "off")
			c.make(t, r)
			want, wanted := r.run(t), r.read(t)
			if said != want || !maps.Equal(files, wanted) {
				t.Errorf("with a record it prints\n%s\nwithout one\n%s\nand the same files: %v", said, want, maps.Equal(files, wanted))
			}
			if quiet := want == "exit 0\n" && maps.Equal(wanted, r.changed(t, c)); quiet != c.quiet {
				t.Errorf("there is nothing to be done: %v\n%s", quiet, want)
			}
		})
	}
}

// changed returns the files with nothing but the change.
func (r *recorded) changed(t *testing.T, c noticedChange) map[string]string {
	r.restore(t)
	c.make(t, r)
	return r.read(t)
}
