//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/modelgen/modelgen/cmd/modelgen/cache"
)

// notedGo puts a go command into PATH that notes what it is asked, in the folder of a Go of the same version, and returns the file with the notes.
func notedGo(t *testing.T) (root, notes string) {
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	root = t.TempDir()
	notes = filepath.Join(root, "notes")
	script := fmt.Sprintf("#!/bin/sh\necho \"$*\" >>'%s'\nexec '%s' \"$@\"\n", notes, real)
	for name, text := range map[string]string{"bin/go": script, "VERSION": runtime.Version() + "\n", "notes": ""} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOROOT", "")
	t.Setenv("PATH", filepath.Join(root, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return root, notes
}

// With a record nothing is run. Another version of Go, and another executable of modelgen, look at everything.
func TestRecordRunsNothing(t *testing.T) {
	root, notes := notedGo(t)
	age(t, root)
	r := recordRun(t)
	runs := func(exe string) int {
		before, err := os.ReadFile(notes)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.runWith(t, exe); got != "exit 0\n" {
			t.Fatal(got)
		}
		after, err := os.ReadFile(notes)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(after, []byte("\n")) - bytes.Count(before, []byte("\n"))
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if n := runs(exe); n != 0 {
		t.Errorf("with a record the go command runs %d times", n)
	}
	other := filepath.Join(t.TempDir(), "modelgen")
	text, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(text, []byte("\x04\x00\x00\x00Go\x00\x00"))
	if marker := []byte("\xff Go build ID: \""); at < 0 {
		at = bytes.Index(text, marker) + len(marker)
	}
	text[at+8+4*20]++ // in the last part of the build ID, which is of the contents
	if err := os.WriteFile(other, text, 0o755); err != nil {
		t.Fatal(err)
	}
	if runs(other) == 0 {
		t.Error("another executable takes the record for its own")
	}
	if runs(other) != 0 {
		t.Error("another executable makes no record of its own")
	}
	if err := os.WriteFile(filepath.Join(root, "VERSION"), []byte("go1.99.9\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if runs(exe) == 0 {
		t.Error("another version of Go is not noticed")
	}
	t.Setenv("CI", "true")
	for range 2 {
		if runs(exe) == 0 {
			t.Error("in CI a record is taken for what was looked at")
		}
	}
	t.Setenv("CI", "")
	for _, args := range [][]string{{"-diff"}, {"-sql"}} {
		r.args = args
		r.settle(t)
		for range 2 {
			if runs(exe) == 0 {
				t.Errorf("%s is recorded", args)
			}
		}
	}
	if entries, err := os.ReadDir(os.Getenv(cache.Variable)); err != nil || len(entries) != 3 { // two executables, and when it was tidied
		t.Errorf("%v, %v", entries, err)
	}
}
