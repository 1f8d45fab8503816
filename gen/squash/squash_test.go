package squash

import (
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"testing"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/optimize/optimizetest"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// past writes a folder with a random history of n migrations, as generate would have left it.
func past(t testing.TB, seed uint64, n int) gen.Config {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "migrations")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	all := optimizetest.History(seed, optimizetest.List(seed, &schema.Schema{}, 2*n, optimizetest.Options{Real: true}))
	if len(all) < n {
		t.Fatalf("there are %d migrations only", len(all))
	}
	all = all[:n]
	var vars []string
	for _, m := range all {
		v := migrations.VarName(m.Name)
		e := emit.Migration{Package: "migrations", Name: m.Name, Var: v, Doc: v + " is a step.", Ops: m.Ops}
		for _, p := range m.Parents {
			e.Parents = append(e.Parents, migrations.VarName(p.Name))
		}
		raw, err := e.File()
		if err != nil {
			t.Fatal(err)
		}
		src, err := format.Source(raw)
		if err != nil {
			t.Fatal(err)
		}
		write(m.Name+".go", src)
		vars = append(vars, v)
	}
	list, err := emit.List("migrations", "past", vars, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	write(migrations.ListName, list)
	set := migrate.NewSet("past", all...)
	if err := set.Err(); err != nil {
		t.Fatal(err)
	}
	snap := &snapshot.Snapshot{Set: "past", Models: []string{"example.com/past"}, Dialects: []string{"sqlite"}, Schema: *set.Schema()}
	snap.SetHead(all[n-1].Name, migrate.HashOps(all[n-1].Ops))
	data, err := snap.Encode()
	if err != nil {
		t.Fatal(err)
	}
	write(snapshot.Name, data)
	return gen.Config{Out: dir}
}

// TestSquashHistory squashes ranges of a history of two hundred migrations, and the squashes once more, down to one migration without Replaces. Each
// step leaves a folder that makes a valid set.
func TestSquashHistory(t *testing.T) {
	cfg := past(t, 7, 200)
	valid := func(n int) {
		t.Helper()
		all, err := read.Folder(cfg.Out, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := setOf(all).Err(); err != nil {
			t.Fatal(err)
		}
		if len(all) != n {
			t.Fatalf("there are %d migrations, not %d", len(all), n)
		}
		f, err := migrations.Read(cfg.Out, "migrations")
		if err != nil {
			t.Fatal(err)
		}
		if p := f.Problems("migrations"); len(p) > 0 {
			t.Fatal(p)
		}
	}
	commit := func(r *gen.Result, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	squash := func(text string) string {
		t.Helper()
		r, err := Squash(Config{Config: cfg, Range: text})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d migrations with %d ops became %d", text, len(r.Replaced), r.Before, r.After)
		commit(r.Result, nil)
		return r.Migration
	}
	valid(200)
	first := squash("..0060")
	valid(201)
	second := squash("0100..0150")
	valid(202)
	for _, name := range []string{first, second} {
		commit(Finish(cfg, name, nil))
		commit(Forget(cfg, name, nil))
	}
	valid(200 - 60 - 51 + 2)
	all := squash("0200")
	valid(200 - 60 - 51 + 3)
	commit(Finish(cfg, all, nil))
	valid(1)
	commit(Forget(cfg, all, nil))
	valid(1)
}

// BenchmarkSquash squashes 500 migrations, with everything that the command does but to write the files.
func BenchmarkSquash(b *testing.B) {
	cfg := past(b, 9, 500)
	for b.Loop() {
		r, err := Squash(Config{Config: cfg, Range: "0500"})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(r.After), "ops")
		if r.Before == 0 {
			b.Fatal(fmt.Errorf("nothing was read"))
		}
	}
}
