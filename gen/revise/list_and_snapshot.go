package revise

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/bug"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	"github.com/modelgen/modelgen/runtime/schema"
)

// settle works out all files from the new sources: those given, the list, the snapshot. nil removes a file.
func (b *branches) settle(cfg gen.Config, changed map[string][]byte) (*gen.Result, error) {
	r := &gen.Result{Folder: &migrations.Folder{Dir: b.Dir, Package: b.Package}}
	sources := map[string][]byte{}
	maps.Copy(sources, b.Sources)
	for name, src := range changed {
		if src == nil {
			delete(sources, name)
		} else {
			sources[name] = src
		}
	}
	all, err := b.Parse(sources)
	if err != nil {
		return nil, bug.Error("what was written does not parse", err)
	}
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		r.Add(filepath.Join(b.Dir, name), changed[name], b.Sources[name])
	}
	if lines := b.broken(cfg, r); len(lines) > 0 {
		return nil, finding.Problems(lines)
	}
	if len(all) == 0 {
		r.Add(filepath.Join(b.Dir, migrations.ListName), nil, b.List)
		r.Add(filepath.Join(b.Dir, snapshot.Name), nil, b.SnapshotText)
		return r, nil
	}
	if lines := migrations.Unread(migrations.WithoutReplaced(all)); len(lines) > 0 {
		return nil, finding.Problems(lines)
	}
	s := &schema.Schema{}
	if misfits := migrations.Replay(s, migrations.WithoutReplaced(all)); len(misfits) > 0 {
		return nil, finding.Problems(misfits)
	}
	if err := b.finish(r, all, s); err != nil {
		return nil, err
	}
	return r, nil
}

// finish adds the list, and a snapshot with the schema s.
func (b *branches) finish(r *gen.Result, all []read.Migration, s *schema.Schema) error {
	h := migrations.Heads(all)
	if len(h) != 1 {
		return fmt.Errorf("there would be %d newest migrations: %s", len(h), strings.Join(migrations.Names(h), ", "))
	}
	var vars []string
	for _, m := range all {
		vars = append(vars, m.Var)
	}
	snap, err := b.snapshot(s, h[0], all)
	if err != nil {
		return err
	}
	list, err := emit.List(b.Package, snap.Set, vars, migrations.Fingerprint(all), snap.ViewStructs(), snap.Allow...)
	if err != nil {
		return err
	}
	r.Add(filepath.Join(b.Dir, migrations.ListName), list, b.List)
	data, err := snap.Encode()
	if err != nil {
		return err
	}
	r.Add(filepath.Join(b.Dir, snapshot.Name), data, b.SnapshotText)
	r.Folder.List, r.Folder.Snapshot, r.Folder.SnapshotText = list, snap, data
	for _, m := range all {
		r.Folder.Migrations = append(r.Folder.Migrations, migrations.Declaration{File: m.File, Var: m.Var, Name: m.Name, Parents: m.Parents, Replaces: m.Replaces, Pos: m.Pos})
	}
	return nil
}

// snapshot puts the settings of the old snapshot and the result of the migrations, which are all that there are from now on, together.
func (b *branches) snapshot(s *schema.Schema, head read.Migration, all []read.Migration) (*snapshot.Snapshot, error) {
	out, err := b.settings()
	if err != nil {
		return nil, err
	}
	out.Schema = *s.Clone()
	for _, side := range b.Sides { // hints that were used up, and whose an enum is, stand in no migration
		undone := follow()
		if slices.ContainsFunc(b.undone, func(m read.Migration) bool { return m.Name == side.HeadName() }) {
			undone = follow(b.undone...)
		}
		remember(&out.Schema, &side.Schema, undone)
	}
	out.SetHead(head.Name, head.Hash())
	dropped := map[string]bool{}
	for _, m := range b.All {
		dropped[m.Name] = true
	}
	var sides []map[string]string
	for _, side := range b.Sides {
		sides = append(sides, side.Migrations)
		for name := range side.Migrations {
			dropped[name] = dropped[name] || len(migrations.Heads(b.All)) > 1 // it is settled again, from the files that are there
		}
	}
	out.Migrations = migrations.Records(all, dropped, sides...)
	return out, nil
}
