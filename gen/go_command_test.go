//go:build unix

package gen_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/internal/gentest"
)

// TestGoCommands counts how often a generate starts the go command, which takes most of its time, and whether for what migrations import.
func TestGoCommands(t *testing.T) {
	dir := gentest.Module(t, 3)
	goPath, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	bin, log := t.TempDir(), filepath.Join(t.TempDir(), "log")
	gentest.Write(t, filepath.Join(bin, "go"), "#!/bin/sh\necho \"$*\" >>"+log+"\nexec "+goPath+" \"$@\"\n")
	if err := os.Chmod(filepath.Join(bin, "go"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	models, change := filepath.Join(dir, "models", "models.go"), gentest.Models(3, 1)
	for _, step := range []struct {
		name          string
		change        func()
		check         bool
		runs, imports int
	}{
		{"the first migration", func() {}, false, 2, 1},
		{"no change", func() {}, false, 2, 0},
		{"no change, looked at by check", func() {}, true, 2, 1},
		{"a column more", func() { gentest.Write(t, models, change) }, false, 2, 1},
		{"another column in a file that looks old", func() {
			gentest.Write(t, models, gentest.Models(3, 2))
			if err := os.Chtimes(models, time.Unix(0, 0), time.Unix(0, 0)); err != nil {
				t.Fatal(err)
			}
		}, false, 3, 1},
	} {
		step.change()
		if err := os.RemoveAll(log); err != nil {
			t.Fatal(err)
		}
		cfg := config(dir)
		cfg.Checked = step.check
		r, err := gen.Generate(t.Context(), cfg)
		if err == nil && step.check {
			err = r.TypeCheck(t.Context(), cfg)
		}
		if err == nil {
			err = r.Commit()
		}
		if err != nil {
			t.Fatal(step.name, ": ", err)
		}
		said, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		if runs, imports := strings.Count(string(said), "\n"), strings.Count(string(said), emit.Imports); runs != step.runs || imports != step.imports {
			t.Errorf("%s: %d runs of the go command, %d of them for what migrations import, not %d and %d:\n%s", step.name, runs, imports, step.runs, step.imports, said)
		}
	}
}
