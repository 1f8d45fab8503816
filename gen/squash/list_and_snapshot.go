package squash

import (
	"fmt"
	"path/filepath"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/internal/bug"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
)

// settle adds list and snapshot, and makes sure that what comes of it is a set that works.
func (q *squasher) settle(sources []read.File) error {
	all, err := read.Files(sources)
	if err != nil {
		return bug.Error("what was to be written does not parse", err)
	}
	if err := compare(q.all, all); err != nil {
		return err
	}
	list, err := emit.List(q.Package, q.Snapshot.Set, q.Ordered(), migrations.Fingerprint(all), q.Snapshot.ViewStructs(), q.Snapshot.Allow...)
	if err != nil {
		return err
	}
	q.result.Add(filepath.Join(q.Dir, migrations.ListName), list, q.List)
	head := migrations.GraphOf(all).Newest()
	if len(head) != 1 {
		return bug.Error(fmt.Sprintf("there would be %d newest migrations", len(head)), nil)
	}
	snap := *q.Snapshot
	if m := all[head[0]]; m.Name != snap.HeadName() {
		snap.SetHead(m.Name, m.Hash())
	}
	snap.Migrations = migrations.Records(all, nil, snap.Migrations) // what a squash replaces is not recorded when its file is gone
	data, err := snap.Encode()
	if err != nil {
		return err
	}
	q.result.Add(filepath.Join(q.Dir, snapshot.Name), data, q.SnapshotText)
	return nil
}

// compare makes sets of the migrations before and after, as the program will, and holds the second to the result of the first. What only
// compiling tells is not known to either, so a set that does not fit without it is not compared.
func compare(before, after []read.Migration) error {
	old := setOf(before)
	if old.Err() != nil {
		return nil
	}
	if err := setOf(after).Err(); err != nil {
		return bug.Error("what comes of it does not fit", err)
	}
	return nil
}

func setOf(all []read.Migration) *migrate.Set {
	byVar := map[string]*migrate.Migration{}
	var list []*migrate.Migration
	for _, m := range all {
		byVar[m.Var] = &migrate.Migration{Name: m.Name, Replaces: m.Replaces, Ops: m.Values()}
		list = append(list, byVar[m.Var])
	}
	for _, m := range all {
		for _, p := range m.Parents {
			if parent := byVar[p]; parent != nil {
				byVar[m.Var].Parents = append(byVar[m.Var].Parents, parent)
			}
		}
	}
	return migrate.NewSet("compared", list...)
}
