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
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// Hash records migrations as they are, edits included, and forgets those of which only the record is there; without names it is the newest one.
// applied says what a database is known to have, which cannot be edited.
func Hash(cfg gen.Config, words []string, applied *migrations.Applied) (*gen.Result, error) {
	b, err := readBranches(cfg)
	if err != nil {
		return nil, err
	}
	has, err := applied.Resolve(b.Sides[0].Set, b.All)
	if err != nil {
		return nil, err
	}
	if len(b.Sides) > 1 {
		return nil, finding.Problems{fmt.Sprintf("%s is in the middle of a merge: settle that first, with modelgen merge or modelgen rebase", filepath.ToSlash(filepath.Join(b.Shown, snapshot.Name)))}
	}
	snap := *b.Sides[0]
	h := migrations.Heads(b.All)
	if len(words) == 0 {
		if len(h) != 1 {
			return nil, finding.Problems{fmt.Sprintf("there are %d newest migrations: %s; name what is to be recorded", len(h), strings.Join(migrations.Names(h), ", "))}
		}
		words = []string{h[0].Name}
	}
	dropped := map[string]bool{}
	before := maps.Clone(snap.Migrations)
	for _, word := range words {
		if _, known := before[word]; known && !slices.Contains(migrations.Names(b.All), word) {
			dropped[word] = true
			continue
		}
		m, err := migrations.Find(b.All, word)
		if err != nil {
			return nil, err
		}
		if hash, known := before[m.Name]; known && hash != m.Hash() && slices.Contains(has, m.Name) {
			return nil, finding.Problems{fmt.Sprintf("%s: %s is applied to a database, which refuses the edit: undo it and write a new migration", m.Pos, m.Name)}
		}
		delete(before, m.Name)
	}
	r := &gen.Result{Folder: &migrations.Folder{Dir: b.Dir, Package: b.Package, Snapshot: &snap, SnapshotText: b.SnapshotText}}
	snap.Migrations = migrations.Records(b.All, dropped, before)
	data, err := snap.Encode()
	if err != nil {
		return nil, err
	}
	r.Add(filepath.Join(b.Dir, snapshot.Name), data, b.SnapshotText)
	if emit.Stated(b.List) == "" {
		return r, nil
	}
	var vars []string
	for _, m := range b.All {
		vars = append(vars, m.Var)
	}
	list, err := emit.List(b.Package, snap.Set, vars, migrations.Fingerprint(b.All), snap.ViewStructs(), snap.Allow...)
	if err != nil {
		return nil, err
	}
	r.Add(filepath.Join(b.Dir, migrations.ListName), list, b.List)
	return r, nil
}
