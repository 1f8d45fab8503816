package gen

import (
	"fmt"
	"maps"
	"path/filepath"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/internal/bug"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/internal/typecheck"
	"github.com/modelgen/modelgen/gen/migrations"
)

// newMigration names what the ops are to be written to.
func (r *Result) newMigration(cfg Config) (m emit.Migration, err error) {
	if len(r.Ops) == 0 {
		return m, nil
	}
	words := migrations.OpsWords(r.Ops)
	if len(r.Folder.Migrations) == 0 {
		words = "initial"
	}
	if cfg.Name != "" {
		if words = migrations.Words(cfg.Name); words == "" {
			return m, fmt.Errorf("-name %s: a name needs letters or digits", cfg.Name)
		}
	}
	name := migrations.FileName(r.Folder.NextNumber(), words)
	if r.Folder.Package == "" {
		abs, err := filepath.Abs(r.Folder.Dir)
		if err != nil {
			return m, err
		}
		r.Folder.Package = migrations.PackageName(filepath.Base(abs))
	}
	v := migrations.VarName(name)
	m = emit.Migration{Package: r.Folder.Package, Name: name, Var: v, Doc: migrations.Sentence(v, r.Ops), Sources: r.snap.Models, Ops: r.Ops, Before: r.old()}
	for _, h := range r.Folder.Heads() {
		m.Parents = append(m.Parents, h.Var)
	}
	r.Migration = name
	return m, nil
}

// migration adds the new migration, if there is one, and the list to the files.
func (r *Result) migration(m emit.Migration) error {
	if m.Name != "" {
		src, err := m.File()
		if err != nil {
			return err
		}
		fset, file, err := goedit.Parse(m.Name+".go", src)
		if err != nil {
			return bug.Error("the migration does not parse", err)
		}
		if len(r.Folder.Migrations) == 0 {
			if err := migrations.Importable(r.Folder.Dir); err != nil {
				return err
			}
		}
		if err := r.Folder.Collisions(m.Name+".go", file); err != nil {
			return err
		}
		if err := r.models.Failed[emit.Imports]; err != nil {
			return fmt.Errorf("the module does not have %s, which migrations import: go get github.com/modelgen/modelgen (%w)", emit.Runtime, err)
		}
		if err := typecheck.Emitted(r.models.Types, m, fset, file); err != nil {
			return err
		}
		r.Add(filepath.Join(r.Folder.Dir, m.Name+".go"), src, nil)
		r.Folder.Migrations = append(r.Folder.Migrations, migrations.Declaration{File: m.Name + ".go", Var: m.Var, Name: m.Name, Parents: m.Parents})
	}
	if len(r.Folder.Migrations) == 0 {
		return nil
	}
	src, err := emit.List(r.Folder.Package, r.snap.Set, r.Folder.Ordered(), r.fingerprint(), r.snap.ViewStructs(), r.snap.Allow...)
	if err != nil {
		return err
	}
	if emit.IsList(r.Folder.List, src) {
		return nil // one in the form of an earlier release stays until it gets a migration
	}
	r.Add(filepath.Join(r.Folder.Dir, migrations.ListName), src, r.Folder.List)
	return nil
}

// fingerprint returns what the list is to state. One that states nothing goes on so until it gets a migration: to be without one is no fault.
func (r *Result) fingerprint() string {
	stated, known := emit.Stated(r.Folder.List), r.snap.Migrations
	old := r.Folder.Without(r.Migration)
	recorded := old.Recorded(known)
	if r.Migration == "" && (stated == "" || recorded == "" || recorded == stated) {
		return stated
	}
	if (stated == "" || recorded != stated) && len(old.Migrations) > 0 {
		all, err := r.Folder.Read()
		if err != nil || migrations.Fingerprint(all) == "" {
			return "" // only a compiled program can tell
		}
		known = migrations.Records(all, nil)
	}
	known = maps.Clone(known)
	if known == nil {
		known = map[string]string{}
	}
	if r.Migration != "" {
		known[r.Migration] = migrations.RecordOfOps(r.Ops, r.hash())
	}
	return r.Folder.Recorded(known)
}
