package check_test

import (
	"context"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/check"
	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/internal/gentest"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// history makes a module with so many models, whose tables came with so many files.
func history(tb testing.TB, models, files int) (dir string) {
	tb.Helper()
	dir = gentest.Module(tb, models)
	first, err := gen.Generate(context.Background(), config(dir))
	if err != nil {
		tb.Fatal(err)
	}
	if err := first.Commit(); err != nil {
		tb.Fatal(err)
	}
	out := filepath.Join(dir, "migrations")
	if err := os.Remove(filepath.Join(out, first.Migration+".go")); err != nil {
		tb.Fatal(err)
	}
	var vars []string
	head, hash := "", ""
	before := &schema.Schema{}
	for i := range files {
		ops := first.Ops[i*len(first.Ops)/files : (i+1)*len(first.Ops)/files]
		name, v := fmt.Sprintf("%04d_step", i+1), fmt.Sprintf("M%04dStep", i+1)
		m := emit.Migration{Package: "migrations", Name: name, Var: v, Doc: v + " is one of many.", Sources: []string{"example.com/shop/models"}, Ops: ops, Before: before.Clone()}
		if i > 0 {
			m.Parents = vars[i-1:]
		}
		raw, err := m.File()
		if err != nil {
			tb.Fatal(err)
		}
		src, err := format.Source(raw)
		if err != nil {
			tb.Fatal(err)
		}
		gentest.Write(tb, filepath.Join(out, name+".go"), string(src))
		for _, op := range ops {
			if err := op.Apply(before); err != nil {
				tb.Fatal(err)
			}
		}
		vars, head, hash = append(vars, v), name, migrate.HashOps(ops)
	}
	list, err := emit.List("migrations", "shop", vars, "", nil)
	if err != nil {
		tb.Fatal(err)
	}
	gentest.Write(tb, filepath.Join(out, migrations.ListName), string(list))
	data, err := os.ReadFile(filepath.Join(out, snapshot.Name))
	if err != nil {
		tb.Fatal(err)
	}
	snap, err := snapshot.Decode(data)
	if err != nil {
		tb.Fatal(err)
	}
	snap.SetHead(head, hash)
	snap.Migrations = nil // as in a project that is older than they are
	if data, err = snap.Encode(); err != nil {
		tb.Fatal(err)
	}
	gentest.Write(tb, filepath.Join(out, snapshot.Name), string(data))
	return dir
}

// checked makes sure that check finds nothing.
func checked(tb testing.TB, dir string) {
	tb.Helper()
	found, err := check.Run(context.Background(), config(dir))
	if err != nil || len(found) > 0 {
		tb.Fatal(found, err)
	}
}

// TestHistory: what the benchmarks measure is a module in which all agrees.
func TestHistory(t *testing.T) { checked(t, history(t, 20, 10)) }

// BenchmarkCheck is all that modelgen check does, the run of the go command included.
func BenchmarkCheck(b *testing.B) {
	for _, n := range []struct{ models, migrations int }{{1000, 1}, {10, 500}, {1000, 500}} {
		b.Run(fmt.Sprintf("models=%d/migrations=%d", n.models, n.migrations), func(b *testing.B) {
			dir := history(b, n.models, n.migrations)
			checked(b, dir) // warm
			b.ReportAllocs()
			for b.Loop() {
				checked(b, dir)
			}
		})
	}
}

// BenchmarkCheckCompiled is check when one of the migrations has an op that a function makes, so that they are compiled and asked.
func BenchmarkCheckCompiled(b *testing.B) {
	for _, n := range []struct{ models, migrations int }{{10, 10}, {1000, 500}} {
		b.Run(fmt.Sprintf("models=%d/migrations=%d", n.models, n.migrations), func(b *testing.B) {
			dir := helped(b, history(b, n.models, n.migrations))
			checked(b, dir) // warm
			b.ReportAllocs()
			for b.Loop() {
				checked(b, dir)
			}
		})
	}
}

// helped lets a function make one op of the first migration.
func helped(tb testing.TB, dir string) string {
	file := filepath.Join(dir, "migrations", "0001_step.go")
	src, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	const list = "return []migrate.Op{"
	if !strings.Contains(string(src), list) {
		tb.Fatalf("%s has no list of ops", file)
	}
	text := strings.Replace(string(src), list, list+"\n\t\t\tcounted(),", 1)
	gentest.Write(tb, file, text+"\nfunc counted() migrate.Op {\n\treturn migrate.SQL{Up: []string{\"SELECT count(*) FROM pg_class\"}, NoDown: \"it only looks\"}\n}\n")
	return dir
}

// TestHelped: a module with such an op agrees as well, and nothing is left in the directory for temporary files.
func TestHelped(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	dir := helped(t, history(t, 3, 3))
	checked(t, dir)
	list, err := os.ReadDir(temp)
	if err != nil || len(list) > 0 {
		t.Errorf("%s is left behind: %v", list, err)
	}
}

// BenchmarkGoBuild is what the guard of 1,000 models and the files of 500 migrations add to go build, when nothing has changed and when the
// package has to be compiled.
func BenchmarkGoBuild(b *testing.B) {
	dir := history(b, 1000, 500)
	source := gentest.Models(1000, 0)
	list := filepath.Join(dir, "migrations", migrations.ListName)
	for _, c := range []struct{ name, pkg, tags string }{
		{"models", "./models", "modelgen"}, {"models and guard", "./models", ""}, {"migrations", "./migrations", ""}, {"all", "./...", ""},
	} {
		build := func(b *testing.B) {
			cmd := exec.Command("go", "build", "-tags="+c.tags, c.pkg)
			cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
		}
		build(b) // what they import
		b.Run(c.name+"/same", func(b *testing.B) {
			for b.Loop() {
				build(b)
			}
		})
		n := 0
		b.Run(c.name+"/changed", func(b *testing.B) {
			text, err := os.ReadFile(list)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				b.StopTimer()
				n++
				more := fmt.Sprintf("\nconst change%d%s = %d\n", n, b.Name()[:1], os.Getpid())
				gentest.Write(b, filepath.Join(dir, "models", "models.go"), source+more)
				gentest.Write(b, list, string(text)+more)
				b.StartTimer()
				build(b)
			}
			gentest.Write(b, list, string(text))
			gentest.Write(b, filepath.Join(dir, "models", "models.go"), source)
		})
	}
}

func config(dir string) gen.Config {
	return gen.Config{
		Dir: filepath.Join(dir, "models"), Out: "../migrations", Dialects: []string{"postgres@14"},
		Targets: map[string]migrate.Dialect{"postgres": postgres.Dialect{}},
	}
}
