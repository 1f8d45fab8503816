package vet

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// found is a snapshot that knows the models of a package.
type found struct {
	data  []byte // nil when there is none
	shown string // its path below the module
	tag   string // that the directive gives, for a package that has no snapshot yet
}

// find looks for the snapshot of a package with models: where its //go:generate directive says, beside it and above it, and at last in all of
// the module. Whether it is the right one stands in the snapshot.
func (v *pass) find() found {
	words, directive := load.Directive(v.files)
	at := found{tag: flagOf(words, "tag")}
	if directive {
		out := flagOf(words, "out")
		if out == "" {
			out = "migrations"
		}
		if !filepath.IsAbs(out) {
			out = filepath.Join(v.dir, out)
		}
		if v.read(&at, out, !elsewhere(words)) {
			return at
		}
	}
	if v.root == "" {
		v.read(&at, filepath.Join(v.dir, "migrations"), false)
		return at
	}
	for dir := v.dir; ; dir = filepath.Dir(dir) {
		for _, below := range []string{"migrations", "db/migrations", "."} {
			if v.read(&at, filepath.Join(dir, below), false) {
				return at
			}
		}
		if dir == v.root || dir == filepath.Dir(dir) {
			break
		}
	}
	Snapshots(v.root, func(path string) bool { return !v.read(&at, filepath.Dir(path), false) })
	return at
}

// read takes the snapshot in a folder if it names the package, or in any case.
func (v *pass) read(at *found, dir string, always bool) bool {
	path := filepath.Join(dir, snapshot.Name)
	data, err := os.ReadFile(path)
	if err != nil || !always && !bytes.Contains(data, []byte(`"`+v.path+`"`)) {
		return false
	}
	at.data, at.shown = data, path
	if rel, err := filepath.Rel(v.root, path); err == nil && v.root != "" && !strings.HasPrefix(rel, "..") {
		at.shown = filepath.ToSlash(rel)
	}
	return true
}

// Snapshots calls yield with the path of each snapshot below a folder, in the order of their names, until it says no.
func Snapshots(root string, yield func(path string) bool) {
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := ""
		if d != nil {
			name = d.Name()
		}
		switch {
		case err != nil:
			if d != nil && d.IsDir() {
				return fs.SkipDir // what cannot be read is not ours
			}
			return nil
		case d.IsDir() && path != root && (name[0] == '.' || name[0] == '_' || name == "vendor" || name == "testdata" || name == "node_modules"):
			return fs.SkipDir
		case !d.IsDir() && name == snapshot.Name && !yield(path):
			return fs.SkipAll
		}
		return nil
	})
}

// flagOf returns the value of a flag among the words of a directive, "" without one.
func flagOf(words []string, name string) string {
	for i, w := range words {
		w, ok := strings.CutPrefix(w, "-")
		if !ok {
			continue
		}
		w = strings.TrimPrefix(w, "-")
		if value, ok := strings.CutPrefix(w, name+"="); ok {
			return strings.Trim(value, `"`)
		}
		if w == name && i+1 < len(words) {
			return strings.Trim(words[i+1], `"`)
		}
	}
	return ""
}

// elsewhere reports whether a directive names packages, so that it may not be about the one in which it stands.
func elsewhere(words []string) bool {
	for i, w := range words {
		value := i > 0 && strings.HasPrefix(words[i-1], "-") && !strings.Contains(words[i-1], "=")
		if !value && (strings.HasPrefix(w, ".") || strings.Contains(w, "/")) && !strings.HasPrefix(w, "-") && w != "." {
			return true
		}
	}
	return false
}
