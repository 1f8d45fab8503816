package gen

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// directiveOut returns the directory of migrations that a go:generate line of a package names, as a path that can be opened; "" when none does.
func directiveOut(dir string) (out string) {
	sourcesIn(dir, func(_ string, src []byte) bool {
		if !bytes.Contains(src, []byte("//go:generate ")) {
			return true
		}
		words, ok := load.DirectiveIn(src)
		if !ok {
			return true
		}
		out = filepath.Join(dir, "migrations")
		for i, w := range words {
			name, value, joined := strings.Cut(strings.TrimLeft(w, "-"), "=")
			if name != "out" || !strings.HasPrefix(w, "-") {
				continue
			}
			if !joined && i+1 < len(words) {
				value = words[i+1]
			}
			out = filepath.Join(dir, filepath.FromSlash(value))
		}
		return false
	})
	return out
}

// modelsFor returns the directories below root whose go:generate lines run modelgen for a directory of migrations.
func modelsFor(root, out string) (dirs []string) {
	out, err := filepath.Abs(out)
	if err != nil {
		return nil
	}
	_ = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		if n := d.Name(); p != root && (strings.HasPrefix(n, ".") || strings.HasPrefix(n, "_") || n == "vendor" || n == "testdata" || n == "node_modules") {
			return fs.SkipDir
		}
		if to, err := filepath.Abs(directiveOut(p)); err == nil && directiveOut(p) != "" && to == out {
			dirs = append(dirs, p)
		}
		return nil
	})
	return dirs
}

// Out returns the directory of the migrations for a package of models whose command names none: that of its go:generate line, or that of the snapshot
// that records the package; relative to dir, "" when neither says. It is an error when several snapshots record it. It reports whether it had to search the
// module for snapshots.
func Out(dir, pkg string) (out string, searched bool, err error) {
	if dir == "" {
		dir = "."
	}
	at := filepath.Join(dir, pkg)
	relative := func(out string) string {
		base, err := filepath.Abs(dir)
		if err != nil {
			return out
		}
		if out, err = filepath.Abs(out); err != nil {
			return out
		}
		if rel, err := filepath.Rel(base, out); err == nil {
			return rel
		}
		return out
	}
	if out := directiveOut(at); out != "" {
		return relative(out), false, nil
	}
	root := paths.ModuleRoot(at)
	if root == "" {
		return "", true, nil
	}
	path, err := goedit.ImportPath(root, at)
	if err != nil || path == "" {
		return "", true, nil
	}
	var outs []string
	_ = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir() && p != root && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_") || d.Name() == "vendor" || d.Name() == "testdata"):
			return fs.SkipDir
		case d.Name() != snapshot.Name:
			return nil
		}
		if data, err := os.ReadFile(p); err == nil {
			if s := snapshot.Settings(data); s != nil && slices.Contains(s.Models, path) {
				outs = append(outs, relative(filepath.Dir(p)))
			}
		}
		return nil
	})
	switch len(outs) {
	case 0:
		return "", true, nil
	case 1:
		return outs[0], true, nil
	}
	return "", true, fmt.Errorf("the models of %s are in the snapshots of %s: say with -out which directory is meant", path, filepath.ToSlash(strings.Join(outs, " and ")))
}
