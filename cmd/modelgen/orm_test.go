package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// orms are the corpora: the folder in testdata/orm with the models, that with the program of the library, what -tag is, and the databases.
var orms = []ormCorpus{
	{"gorm", "gorm", "gorm", []string{"postgres", "sqlite"}},
	{"gorm-postgres", "gorm", "gorm", []string{"postgres@15"}},
	{"gorm-sqlite", "gorm", "gorm", []string{"sqlite"}},
	{"gorm-named", "gorm", "gorm,prefix:app_,singular,maxlength:30,nofk", []string{"postgres", "sqlite"}},
	{"bun", "bun", "bun,fk", []string{"postgres", "sqlite"}},
}

type ormCorpus struct {
	name, auto, tag string
	dialects        []string
}

// names returns the dialects without their versions.
func (c ormCorpus) names() []string {
	var all []string
	for _, d := range c.dialects {
		name, _, _ := strings.Cut(d, "@")
		all = append(all, name)
	}
	return all
}

// TestORM reads a corpus of gorm's and of bun's models, and compares the migration with what the library itself made of them: recorded.sqlite.sql and
// recorded.postgres.sql are its own statements, which -update records again where the library is to be had.
func TestORM(t *testing.T) {
	for _, orm := range orms {
		t.Run(orm.name, func(t *testing.T) {
			p := newORMProject(t, orm.name)
			p.modelgen(0, "generate", "-tag", orm.tag, "-set", "shop", "-name", "initial", "-dialects", strings.Join(orm.dialects, ","), "-out", "migrations", "./models")
			p.modelgen(0, "check", "migrations")
			for _, dialect := range orm.names() {
				t.Run(dialect, func(t *testing.T) {
					p := p.of(t)
					db, d, _ := ormDatabase(t, dialect)
					recorded, err := os.ReadFile(filepath.Join("testdata/orm", orm.name, "recorded."+dialect+".sql"))
					if err != nil {
						t.Fatal(err)
					}
					execSQL(t, db, strings.Split(strings.TrimSpace(string(recorded)), ";\n\n")...)
					p.adopted(db, d)
				})
			}
		})
	}
}

// TestORMItself does the same with the databases that the libraries make, and changes gorm's models: its AutoMigrate and the second migration lead to
// the same. It does not run where their modules are not to be had.
func TestORMItself(t *testing.T) {
	for _, orm := range orms {
		t.Run(orm.name, func(t *testing.T) {
			auto := buildAuto(t, orm.name, orm.auto, nil)
			p := newORMProject(t, orm.name)
			p.modelgen(0, "generate", "-tag", orm.tag, "-set", "shop", "-name", "initial", "-dialects", strings.Join(orm.dialects, ","), "-out", "migrations", "./models")
			type made struct {
				by   *sql.DB
				name string
			}
			theirs := map[string]made{}
			for _, dialect := range orm.names() {
				db, d, name := ormDatabase(t, dialect)
				out := auto(dialect, name)
				if *update {
					if err := os.WriteFile(filepath.Join("testdata/orm", orm.name, "recorded."+dialect+".sql"), out, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				p.adopted(db, d)
				theirs[dialect] = made{db, name}
			}
			if orm.name != "gorm" {
				return // bun makes tables, and changes none
			}
			p.change(ormChanges)
			auto = buildAuto(t, orm.name, orm.auto, ormChanges)
			p.modelgen(0, "generate", "-name", "changed")
			for _, dialect := range orm.names() {
				// Theirs.
				d := ormDialect(dialect)
				auto(dialect, theirs[dialect].name)
				if _, err := p.migrator(theirs[dialect].by, d).Fake(t.Context(), "0002_changed"); err != nil {
					t.Fatal(err)
				}
				p.settled(theirs[dialect].by, d)
				// Ours.
				db, d, _ := ormDatabase(t, dialect)
				if _, err := p.migrator(db, d).Up(t.Context()); err != nil {
					t.Fatal(err)
				}
				p.settled(db, d)
			}
		})
	}
}

// ormChanges are edits of gorm's models about which its AutoMigrate does something: old and new text.
var ormChanges = []string{
	"Text Text\n", "Text Text\n\tNick *string `gorm:\"size:20;index:idx_nick\"`\n",
	"Number string\n", "Number string `gorm:\"index\"`\n",
	"type Tag struct {\n", "type Added struct {\n\tID uint\n\tTagID uint\n\tTag Tag `gorm:\"constraint:OnDelete:CASCADE\"`\n}\n\ntype Tag struct {\n",
	"&Tag{},", "&Tag{}, &Added{},",
}

func (p sqlProject) change(edits []string) {
	p.t.Helper()
	name := filepath.Join(p.dir, "models", "models.go")
	text, err := os.ReadFile(name)
	if err != nil {
		p.t.Fatal(err)
	}
	p.write("models/models.go", edited(p.t, string(text), edits))
}

// edited replaces one text after the other; blanks between the words of the old one may be of any number, as gofmt aligns them.
func edited(t *testing.T, text string, edits []string) string {
	t.Helper()
	for i := 0; i+1 < len(edits); i += 2 {
		words := strings.Split(strings.TrimSuffix(edits[i], "\n"), " ")
		done := false
		lines := strings.SplitAfter(text, "\n")
		for k, line := range lines {
			if !done && strings.Join(strings.Fields(line), " ") == strings.Join(words, " ") {
				lines[k], done = edits[i+1], true
			}
		}
		if text = strings.Join(lines, ""); !done {
			if !strings.Contains(text, edits[i]) {
				t.Fatalf("the models have no %q", edits[i])
			}
			text = strings.Replace(text, edits[i], edits[i+1], 1)
		}
	}
	return text
}

// newORMProject makes a module with the models of testdata/orm and fakes of what they import.
func newORMProject(t *testing.T, name string) sqlProject {
	p := sqlProject{t, t.TempDir()}
	m := newModule(t)
	for _, kv := range m.env {
		key, value, _ := strings.Cut(kv, "=")
		t.Setenv(key, value)
	}
	mod := bytes.Replace(m.mod, []byte("module example.com/shop"), []byte("module example.com/corpus"), 1)
	p.write("go.mod", string(withFakes(t, mod)))
	p.write("go.sum", string(m.sum))
	models, err := os.ReadFile(filepath.Join("testdata/orm", name, "models", "models.go"))
	if err != nil {
		t.Fatal(err)
	}
	p.write("models/models.go", string(models))
	return p
}

// withFakes adds fakes of gorm and bun to a go.mod.
func withFakes(t *testing.T, mod []byte) []byte {
	fakes, err := txtar.ParseFile("testdata/orm/fakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	other := sqlProject{t, t.TempDir()}
	for _, f := range fakes.Files {
		other.write(f.Name, string(f.Data))
		path := strings.TrimSuffix(filepath.ToSlash(filepath.Dir(f.Name)), "/schema")
		if file := filepath.Join(other.dir, path, "go.mod"); !exists(file) {
			own := "module " + path + "\n\ngo 1.26\n"
			if path == "gorm.io/datatypes" {
				own += "\nrequire gorm.io/gorm v0.0.0\n"
			}
			other.write(path+"/go.mod", own)
			if !bytes.Contains(mod, []byte("\t"+path+" v")) {
				mod = fmt.Appendf(mod, "\nrequire %s v0.0.0\n", path)
			}
			mod = fmt.Appendf(mod, "\nreplace %s => %q\n", path, filepath.Join(other.dir, path))
		}
	}
	return mod
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// adopted records the first migration in a database that has everything, and wants no difference.
func (p sqlProject) adopted(db *sql.DB, d migrate.Dialect) {
	p.t.Helper()
	m, err := migrate.New(db, d, p.set(), &migrate.Options{FakeInitial: true})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := m.Up(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	p.settled(db, d)
}

func ormDialect(name string) migrate.Dialect {
	if name == "postgres" {
		return postgres.Dialect{}
	}
	return sqlite.Dialect{}
}

// ormDatabase returns an empty database, and where it is.
func ormDatabase(t *testing.T, dialect string) (*sql.DB, migrate.Dialect, string) {
	t.Helper()
	if dialect == "postgres" {
		url := pgtest.Database(t)
		return openDB(t, "postgres", url), ormDialect(dialect), url
	}
	file := filepath.Join(t.TempDir(), "corpus.db")
	return openDB(t, "sqlite", "file:"+file+"?_pragma=busy_timeout(1000)"), ormDialect(dialect), file
}

// buildAuto builds the program that makes the tables with the library itself, in a module that requires it, and returns how it is run: what it
// prints are the statements.
func buildAuto(t *testing.T, name, auto string, edits []string) func(dialect, database string) []byte {
	t.Helper()
	p := sqlProject{t, t.TempDir()}
	for file, folder := range map[string]string{"models/models.go": name, "auto/main.go": auto, "go.mod.txt": auto} {
		text, err := os.ReadFile(filepath.Join("testdata/orm", folder, file))
		if err != nil {
			t.Fatal(err)
		}
		p.write(strings.TrimSuffix(file, ".txt"), string(text))
	}
	p.change(edits)
	build := exec.CommandContext(t.Context(), "go", "build", "-o", "auto.exe", "./auto")
	build.Dir, build.Env = p.dir, append(os.Environ(), "GOFLAGS=-mod=mod -ldflags=-w", "GOWORK=off", "GOTOOLCHAIN=local", "GOPROXY="+moduleProxy)
	if out, err := build.CombinedOutput(); err != nil {
		if text := string(out); strings.Contains(text, "dial tcp") || strings.Contains(text, "module lookup disabled") || strings.Contains(text, "server response") || strings.Contains(text, "missing go.sum entry") {
			t.Skipf("%s itself was not run, as its modules are not to be had here; TestORM compares with what it made elsewhere", name)
		}
		t.Fatalf("building with %s: %v\n%s", name, err, out)
	}
	return func(dialect, database string) []byte {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), filepath.Join(p.dir, "auto.exe"), dialect, database).CombinedOutput()
		if err != nil {
			t.Fatalf("%s on %s: %v\n%s", name, dialect, err, out)
		}
		return out
	}
}

// moduleProxy is the setting of the machine, which the tests around this one do not use. [tests] asks for it, and so not each command of a script, which is
// a process of this binary.
var moduleProxy string

func machineProxy() string {
	out, err := exec.Command("go", "env", "GOPROXY").Output()
	if err != nil {
		return "off"
	}
	return strings.TrimSpace(string(out))
}
