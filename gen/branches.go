package gen

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

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// branches is a folder of migrations for the commands that change the history: they look at the migrations alone, so that a snapshot and a
// list in the middle of a conflict are in nobody's way. Both are rewritten from the migrations.
type branches struct {
	dir, shown string
	targets    map[string]migrate.Dialect
	pkg        string
	sources    map[string][]byte // the files with migrations, by base name
	all        []read.Migration  // parents first
	sides      []*snapshot.Snapshot
	base       *snapshot.Snapshot // what the sides come from, as far as the snapshot says it
	list, snap []byte             // as they are on disk
	undone     []read.Migration   // those that go, or are worked out again: the hints that they have used are unused again
}

func readBranches(cfg Config) (*branches, error) {
	b := &branches{dir: cfg.outDir(), shown: cfg.Out, targets: cfg.Targets, sources: map[string][]byte{}}
	if b.shown == "" {
		b.shown = "migrations"
	}
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return nil, paths.Error(b.shown, err)
	}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
			continue
		}
		src, err := read.Text(filepath.Join(b.dir, name))
		if err != nil {
			return nil, paths.Error(filepath.Join(b.shown, name), err)
		}
		if name == ListName {
			b.list = src
			continue
		}
		if file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.PackageClauseOnly); err == nil {
			b.pkg = file.Name.Name
		}
		b.sources[name] = src
	}
	if b.all, err = b.parse(b.sources); err != nil {
		for _, name := range sortedKeys(b.sources) {
			if line := marker(b.sources[name]); line > 0 {
				err = bothChanged(filepath.Join(b.shown, name), line)
				break
			}
		}
		return nil, finding.Problems{err.Error()}
	}
	if lines := b.orphans(); len(lines) > 0 {
		return nil, finding.Problems(lines)
	}
	if len(b.all) == 0 {
		return nil, fmt.Errorf("there are no migrations in %s", b.shown)
	}
	b.snap, err = read.Text(filepath.Join(b.dir, snapshot.Name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, paths.Error(filepath.Join(b.shown, snapshot.Name), err)
	}
	shown := filepath.ToSlash(filepath.Join(b.shown, snapshot.Name))
	if b.snap == nil {
		return nil, finding.Problems{fmt.Sprintf("%s is missing although there are migrations; restore it from version control", shown)}
	}
	sides, err := snapshot.ReadSides(b.snap)
	if err != nil {
		return nil, finding.Problems{fmt.Sprintf("%s:%s", shown, err)}
	}
	b.sides, b.base = sides.All, sides.Base
	return b, nil
}

func (b *branches) parse(sources map[string][]byte) ([]read.Migration, error) {
	var files []read.File
	for _, name := range sortedKeys(sources) {
		files = append(files, read.File{Name: filepath.ToSlash(filepath.Join(b.shown, name)), Src: sources[name]})
	}
	return read.Files(files)
}

// heads returns those that nothing comes after.
func heads(all []read.Migration) []read.Migration {
	var out []read.Migration
	for _, i := range graphOf(all).newest() {
		out = append(out, all[i])
	}
	return out
}

// ancestors returns the variables of a migration and of all before it.
func ancestors(all []read.Migration, of string) map[string]bool {
	need := map[string]bool{of: true}
	for _, m := range slices.Backward(all) {
		if !need[m.Var] {
			continue
		}
		for _, p := range m.Parents {
			need[p] = true
		}
		for _, o := range all {
			if slices.Contains(m.Replaces, o.Name) {
				need[o.Var] = true
			}
		}
	}
	return need
}

// find resolves a name, or a beginning of it.
func find(all []read.Migration, word string) (read.Migration, error) {
	var begin []read.Migration
	var names []string
	for _, m := range all {
		if m.Name == word {
			return m, nil
		}
		if strings.HasPrefix(m.Name, word) {
			begin = append(begin, m)
			names = append(names, m.Name)
		}
	}
	switch len(begin) {
	case 1:
		return begin[0], nil
	case 0:
		return read.Migration{}, fmt.Errorf("there is no migration %q", word)
	}
	return read.Migration{}, fmt.Errorf("%q is the beginning of several migrations: %s; write more of the name", word, strings.Join(names, ", "))
}

// replay applies migrations to a schema, and says of each op that does not fit where it stands.
func replay(s *schema.Schema, all []read.Migration) (misfits []string) {
	for _, f := range misfitsOf(s, all) {
		misfits = append(misfits, f.String())
	}
	return misfits
}

// misfitsOf does the same with what is known of each.
func misfitsOf(s *schema.Schema, all []read.Migration) (misfits []finding.Finding) {
	for _, m := range all {
		for _, op := range m.Ops {
			if op.Value == nil {
				continue
			}
			if err := op.Value.Apply(s); err != nil {
				misfits = append(misfits, finding.Finding{Place: op.Pos.String(), Reason: fmt.Sprintf("%s does not fit: %s", m.Name, err), Migration: m.Name})
			}
		}
	}
	return misfits
}

// without leaves out what a squash that is there replaces.
func without(all []read.Migration) []read.Migration {
	return slices.DeleteFunc(slices.Clone(all), func(m read.Migration) bool {
		return slices.ContainsFunc(all, func(o read.Migration) bool { return slices.Contains(o.Replaces, m.Name) })
	})
}

// settle works out all files from the new sources: those given, the list, the snapshot. nil removes a file.
func (b *branches) settle(cfg Config, changed map[string][]byte) (*Result, error) {
	r := &Result{folder: &folder{dir: b.dir, pkg: b.pkg}}
	sources := map[string][]byte{}
	maps.Copy(sources, b.sources)
	for name, src := range changed {
		if src == nil {
			delete(sources, name)
		} else {
			sources[name] = src
		}
	}
	all, err := b.parse(sources)
	if err != nil {
		return nil, fmt.Errorf("what was written does not parse, please report it: %w", err)
	}
	for _, name := range sortedKeys(changed) {
		r.add(filepath.Join(b.dir, name), changed[name], b.sources[name])
	}
	if lines := b.broken(cfg, r); len(lines) > 0 {
		return nil, finding.Problems(lines)
	}
	if len(all) == 0 {
		r.add(filepath.Join(b.dir, ListName), nil, b.list)
		r.add(filepath.Join(b.dir, snapshot.Name), nil, b.snap)
		return r, nil
	}
	if lines := unread(without(all)); len(lines) > 0 {
		return nil, finding.Problems(lines)
	}
	s := &schema.Schema{}
	if misfits := replay(s, without(all)); len(misfits) > 0 {
		return nil, finding.Problems(misfits)
	}
	if err := b.finish(r, all, s); err != nil {
		return nil, err
	}
	return r, nil
}

// finish adds the list, and a snapshot with the schema s.
func (b *branches) finish(r *Result, all []read.Migration, s *schema.Schema) error {
	h := heads(all)
	if len(h) != 1 {
		return fmt.Errorf("there would be %d newest migrations: %s", len(h), strings.Join(names(h), ", "))
	}
	var vars []string
	for _, m := range all {
		vars = append(vars, m.Var)
	}
	snap, err := b.snapshot(s, h[0], all)
	if err != nil {
		return err
	}
	list, err := emit.List(b.pkg, snap.Set, vars, snap.Allow...)
	if err != nil {
		return err
	}
	r.add(filepath.Join(b.dir, ListName), list, b.list)
	data, err := snap.Encode()
	if err != nil {
		return err
	}
	r.add(filepath.Join(b.dir, snapshot.Name), data, b.snap)
	r.folder.list, r.folder.snap, r.folder.snapBytes = list, snap, data
	for _, m := range all {
		r.folder.migrations = append(r.folder.migrations, found{File: m.File, Var: m.Var, Name: m.Name, Parents: m.Parents, Replaces: m.Replaces, Pos: m.Pos})
	}
	return nil
}

// snapshot puts the settings of the old snapshot and what the migrations, which are all that there are from now on, come to together.
func (b *branches) snapshot(s *schema.Schema, head read.Migration, all []read.Migration) (*snapshot.Snapshot, error) {
	out, err := b.settings()
	if err != nil {
		return nil, err
	}
	out.Schema = *s.Clone()
	for _, side := range b.sides { // hints that were used up, and whose an enum is, stand in no migration
		undone := follow()
		if slices.ContainsFunc(b.undone, func(m read.Migration) bool { return m.Name == side.HeadName() }) {
			undone = follow(b.undone...)
		}
		remember(&out.Schema, &side.Schema, undone)
	}
	out.SetHead(head.Name, head.Hash())
	dropped := map[string]bool{}
	for _, m := range b.all {
		dropped[m.Name] = true
	}
	var sides []map[string]string
	for _, side := range b.sides {
		sides = append(sides, side.Migrations)
		for name := range side.Migrations {
			dropped[name] = dropped[name] || len(heads(b.all)) > 1 // the history is settled again, from the files that are there
		}
	}
	out.Migrations = records(all, dropped, sides...)
	return out, nil
}

func names(all []read.Migration) []string {
	var out []string
	for _, m := range all {
		out = append(out, m.Name)
	}
	return out
}

func sortedKeys(m map[string][]byte) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
