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

// Empty works out a migration without ops, for steps that a person writes. tables get a struct that holds a row as the migration finds it.
func Empty(cfg gen.Config, tables []string) (*gen.Result, error) {
	text := migrations.Words(cfg.Name)
	if text == "" {
		return nil, fmt.Errorf("an empty migration needs a name: -name backfill_slugs")
	}
	b, err := readBranches(cfg)
	if err != nil {
		return nil, err
	}
	last, err := b.newest()
	if err != nil {
		return nil, err
	}
	s, err := b.recorded(last)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		if s.Table(t) == nil {
			var have []string
			for _, o := range s.Tables {
				have = append(have, o.Name)
			}
			slices.Sort(have)
			return nil, finding.Problems{fmt.Sprintf("-rows %s: there is no such table; there are %s", t, strings.Join(have, ", "))}
		}
	}
	name := migrations.FileName(migrations.NextNumber(migrations.Names(b.All)), text)
	v := migrations.VarName(name)
	src, err := emit.Migration{
		Package: b.Package, Name: name, Var: v, Doc: v + " is written by hand: put its steps into Ops, such as Fill, Backfill, SQL or Go.", Parents: []string{last.Var}, Before: s, Rows: tables,
	}.File()
	if err != nil {
		return nil, err
	}
	sources := maps.Clone(b.Sources)
	sources[name+".go"] = src
	all, err := b.Parse(sources)
	if err != nil {
		return nil, bug.Error("what was written does not parse", err)
	}
	r := &gen.Result{Migration: name, Folder: &migrations.Folder{Dir: b.Dir, Package: b.Package}}
	r.Add(filepath.Join(b.Dir, name+".go"), src, b.Sources[name+".go"])
	if err := b.finish(r, all, s); err != nil {
		return nil, err
	}
	return r, nil
}

// recorded returns the schema of the snapshot as it is, when it ends at the head: it may hold what the migrations do not say without being compiled.
// One in the middle of a conflict, or before the head, is worked out.
func (b *branches) recorded(head read.Migration) (*schema.Schema, error) {
	if s, err := snapshot.Decode(b.SnapshotText); err == nil && s.HeadName() == head.Name {
		return s.Schema.Clone(), nil
	}
	if lines := migrations.Unread(migrations.WithoutReplaced(b.All)); len(lines) > 0 {
		return nil, finding.Problems(lines)
	}
	s := &schema.Schema{}
	if misfits := migrations.Replay(s, migrations.WithoutReplaced(b.All)); len(misfits) > 0 {
		return nil, finding.Problems(misfits)
	}
	return s, nil
}
