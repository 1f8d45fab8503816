package migrations

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// Branches is a directory of migrations with what they do, parents first. It is read from the migrations alone, so that a snapshot and a list in the middle of
// a conflict are in nobody's way: there may be several newest migrations, and two sides of the snapshot.
type Branches struct {
	Dir, Shown         string            // as it can be opened, and as messages name it
	Package            string            // name of the Go package
	Sources            map[string][]byte // the files with migrations, by base name
	All                []read.Migration  // parents first
	Sides              []*snapshot.Snapshot
	Base               *snapshot.Snapshot // what the sides come from, as far as the snapshot says it
	List, SnapshotText []byte             // as they are on disk
}

// ReadBranches reads a directory of migrations. shown is how messages name it. It is an error when there are none.
func ReadBranches(dir, shown string) (*Branches, error) {
	b := &Branches{Dir: dir, Shown: shown, Sources: map[string][]byte{}}
	entries, err := os.ReadDir(b.Dir)
	if err != nil {
		return nil, paths.Error(b.Shown, err)
	}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !read.IsSource(name) {
			continue
		}
		src, err := read.Text(filepath.Join(b.Dir, name))
		if err != nil {
			return nil, paths.Error(filepath.Join(b.Shown, name), err)
		}
		if name == ListName {
			b.List = src
			continue
		}
		if file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.PackageClauseOnly); err == nil {
			b.Package = file.Name.Name
		}
		b.Sources[name] = src
	}
	if b.All, err = b.Parse(b.Sources); err != nil {
		for _, name := range slices.Sorted(maps.Keys(b.Sources)) {
			if line := marker(b.Sources[name]); line > 0 {
				err = bothChanged(filepath.Join(b.Shown, name), line)
				break
			}
		}
		return nil, finding.Problems{err.Error()}
	}
	if lines := b.orphans(); len(lines) > 0 {
		return nil, finding.Problems(lines)
	}
	if len(b.All) == 0 {
		return nil, fmt.Errorf("there are no migrations in %s", b.Shown)
	}
	b.SnapshotText, err = read.Text(filepath.Join(b.Dir, snapshot.Name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, paths.Error(filepath.Join(b.Shown, snapshot.Name), err)
	}
	at := filepath.ToSlash(filepath.Join(b.Shown, snapshot.Name))
	if b.SnapshotText == nil {
		return nil, finding.Problems{fmt.Sprintf("%s is missing although there are migrations; restore it from version control", at)}
	}
	sides, err := snapshot.ReadSides(b.SnapshotText)
	if err != nil {
		return nil, finding.Problems{fmt.Sprintf("%s:%s", at, err)}
	}
	b.Sides, b.Base = sides.All, sides.Base
	return b, nil
}

// Parse reads the migrations of files, which have their base names as keys, parents first.
func (b *Branches) Parse(sources map[string][]byte) ([]read.Migration, error) {
	var files []read.File
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		files = append(files, read.File{Name: filepath.ToSlash(filepath.Join(b.Shown, name)), Src: sources[name]})
	}
	return read.Files(files)
}

// orphans says which parents are gone: what comes after them looks like a branch of its own, and is none.
func (b *Branches) orphans() (lines []string) {
	vars := map[string]bool{}
	for _, m := range b.All {
		vars[m.Var] = true
	}
	fset := token.NewFileSet()
	others := variables{}
	for _, name := range slices.Sorted(maps.Keys(b.Sources)) {
		if f, err := parser.ParseFile(fset, filepath.ToSlash(filepath.Join(b.Shown, name)), b.Sources[name], parser.SkipObjectResolution); err == nil {
			others.add(fset, f)
		}
	}
	others = others.without(vars)
	lines = others.listed(b.List)
	for _, m := range b.All {
		if m.Name == "" {
			lines = append(lines, fmt.Sprintf("%s: %s has no Name that is a plain string", m.Pos, m.Var))
		}
		for _, p := range m.Parents {
			if !strings.HasPrefix(p, ".") && !vars[p] {
				lines = append(lines, others.missing(m.Pos, p, m.Name))
			}
		}
	}
	return unique(lines)
}

// Names returns the names of migrations.
func Names(all []read.Migration) []string {
	var out []string
	for _, m := range all {
		out = append(out, m.Name)
	}
	return out
}
