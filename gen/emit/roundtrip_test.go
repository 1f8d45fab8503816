package emit_test

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/emit"
	migrate "github.com/modelgen/modelgen/runtime"
)

// formatted returns the text of a migration as it is committed. It must be the same every time, and nothing for gofmt to change.
func formatted(t *testing.T, m emit.Migration) []byte {
	t.Helper()
	raw, err := m.File()
	if err != nil {
		t.Fatalf("%s: %v", m.Name, err)
	}
	if again, err := m.File(); err != nil || !bytes.Equal(raw, again) {
		t.Fatalf("%s comes out different the second time, error %v", m.Name, err)
	}
	if src, err := format.Source(raw); err != nil || !bytes.Equal(src, raw) {
		t.Fatalf("gofmt changes %s, error %v:\n%s\ninto\n%s", m.Name, err, raw, src)
	}
	return raw
}

// module makes a module that uses this repository, with the files given by their paths.
func module(t *testing.T, files map[string][]byte) (dir string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	files["go.mod"] = []byte("module example.com/app\n\ngo 1.26\n\nrequire github.com/modelgen/modelgen v0.0.0\n\n" +
		"replace github.com/modelgen/modelgen => " + root + "\n")
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// goRun runs the main package of the module in dir and returns what it prints.
func goRun(t *testing.T, dir string) string {
	t.Helper()
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go run: %v\n%s", err, stderr.String())
	}
	return string(out)
}

// emittedMigrations returns a migration for every op with all fields filled, several times over, and one for all columns.
func emittedMigrations(t *testing.T) []emit.Migration {
	t.Helper()
	var all []emit.Migration
	add := func(ops ...migrate.Op) {
		name := fmt.Sprintf("%04d_case", len(all)+1)
		m := emit.Migration{Package: "migrations", Name: name, Var: fmt.Sprintf("M%04dCase", len(all)+1), Ops: ops}
		m.Doc = m.Var + ": " + odd[len(all)%len(odd)]
		m.Sources = []string{"example.com/app/models", "example.com/app/größe"}[:len(all)%3]
		for i := range len(all) % 3 {
			m.Parents = append(m.Parents, all[len(all)-1-i].Var)
			m.Answers = append(m.Answers, "-fill "+odd[(len(all)+i)%len(odd)])
		}
		all = append(all, m)
	}
	f := &filler{}
	for _, typ := range opTypes(t) {
		var ops []migrate.Op
		for range 4 {
			op := reflect.New(typ).Elem()
			f.fill(op)
			ops = append(ops, op.Interface().(migrate.Op))
		}
		add(ops...)
	}
	var ops []migrate.Op
	for _, c := range columns() {
		ops = append(ops, migrate.AddColumn{Table: "products", Column: c})
	}
	add(ops...)
	add() // a migration without ops is what -empty is for
	return all
}

// guardCompiles adds a package of models with its guard, whose tags and constants are odd ones.
func guardCompiles(t *testing.T, files map[string][]byte) {
	t.Helper()
	model := emit.GuardModel{Name: "Model", Structs: []emit.GuardStruct{{Type: "Model"}}, Imports: map[string]string{"time": "time", "os": "os"}}
	var models strings.Builder
	models.WriteString("package models\n\nimport \"time\"\n\ntype Model struct {\n")
	for i, tag := range odd {
		f := emit.GuardField{Name: fmt.Sprintf("Größe%d", i), Type: "*time.Time", Tag: tag}
		model.Structs[0].Fields = append(model.Structs[0].Fields, f)
		fmt.Fprintf(&models, "%s %s %q\n", f.Name, f.Type, f.Tag)
		model.Constants = append(model.Constants, emit.GuardConstant{Name: fmt.Sprintf("C%d", i), Value: fmt.Sprintf("%q", tag)})
	}
	models.WriteString("}\n\nconst (\n")
	for _, c := range model.Constants {
		fmt.Fprintf(&models, "%s = %s\n", c.Name, c.Value)
	}
	models.WriteString(")\n")
	guard, err := emit.Guard("models", "go generate ./models", []emit.GuardModel{model})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := format.Source(guard); err != nil || !bytes.Equal(guard, again) {
		t.Errorf("gofmt changes the guard, error %v:\n%s", err, again)
	}
	files["models/models.go"], files["models/modelgen_guard.go"] = []byte(models.String()), guard
}

// TestCompiledOpsHaveTheHash holds the emitted text to what it was made of: compiled and run, it gives ops with the same hash, which
// covers every field.
func TestCompiledOpsHaveTheHash(t *testing.T) {
	all := emittedMigrations(t)
	files := map[string][]byte{}
	var vars []string
	var want, main strings.Builder
	set := `a "set" of mine`
	fmt.Fprintf(&want, "%q\n", set)
	for _, m := range all {
		files["migrations/"+m.Name+".go"] = formatted(t, m)
		vars = append(vars, m.Var)
		for i, op := range m.Ops {
			fmt.Fprintf(&want, "%s %d %T %s\n", m.Name, i, op, migrate.HashOps(m.Ops[i:i+1]))
		}
		fmt.Fprintf(&want, "%s %d parents %s\n", m.Name, len(m.Parents), migrate.HashOps(m.Ops))
	}
	list, err := emit.List("migrations", set, vars, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	files["migrations/migrations.go"] = list
	guardCompiles(t, files)
	main.WriteString(`package main

import (
	"fmt"

	"example.com/app/migrations"
	_ "example.com/app/models"
	migrate "github.com/modelgen/modelgen/runtime"
)

func main() {
	fmt.Printf("%q\n", migrations.All.Name())
	for _, m := range all {
		ops := m.Ops
		if m.OpsFunc != nil {
			ops = m.OpsFunc()
		}
		for i, op := range ops {
			fmt.Printf("%s %d %T %s\n", m.Name, i, op, migrate.HashOps(ops[i:i+1]))
		}
		fmt.Printf("%s %d parents %s\n", m.Name, len(m.Parents), migrate.HashOps(ops))
	}
}

var all = []*migrate.Migration{
`)
	for _, v := range vars {
		main.WriteString("\tmigrations." + v + ",\n")
	}
	main.WriteString("}\n")
	files["main.go"] = []byte(main.String())

	got := strings.Split(goRun(t, module(t, files)), "\n")
	lines := strings.Split(want.String(), "\n")
	if len(got) != len(lines) {
		t.Fatalf("%d lines were printed, not %d", len(got), len(lines))
	}
	for i, line := range lines {
		if got[i] != line {
			t.Errorf("the compiled op is another one:\n got %s\nwant %s", got[i], line)
		}
	}
}
