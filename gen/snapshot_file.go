package gen

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
)

// record adds the new migration to what the snapshot records, and what it does not record yet. The second is known to be no difference, as in a
// project whose snapshot is older than its records, and so are other import paths of the same models.
func (r *Result) record(schemaText []byte) error {
	before, models := r.snap.Migrations, r.snap.Models
	r.snap.Migrations = maps.Clone(before)
	if r.moved {
		r.snap.Models = r.recorded
	}
	if r.Migration != "" {
		if r.snap.Migrations == nil {
			r.snap.Migrations = map[string]string{}
		}
		r.snap.Migrations[r.Migration] = migrations.RecordOfOps(r.Ops, r.hash())
	}
	without, err := r.snap.EncodeWith(schemaText)
	if err != nil {
		return err
	}
	missing := func(m migrations.Declaration) bool {
		hash, ok := before[m.Name]
		return m.Name != r.Migration && (!ok || hash == snapshot.Open)
	}
	r.snap.Models = models
	same := !r.moved
	if len(r.Folder.Sources) > 0 && slices.ContainsFunc(r.Folder.Migrations, missing) {
		if all, err := r.Folder.Read(); err == nil { // else it was said
			r.snap.Migrations, same = migrations.Records(all, nil, r.snap.Migrations), false
		}
	}
	with := without
	if !same {
		if with, err = r.snap.EncodeWith(schemaText); err != nil {
			return err
		}
	}
	r.catchesUp = r.Folder.SnapshotText != nil && string(without) == string(read.Unix(r.Folder.SnapshotText)) && string(with) != string(without)
	r.Add(filepath.Join(r.Folder.Dir, snapshot.Name), with, r.Folder.SnapshotText)
	return nil
}

// CatchesUp reports whether a file is a snapshot that only records more migrations than it did: that is no difference for anybody who looks.
func (r *Result) CatchesUp(f File) bool { return r.catchesUp && filepath.Base(f.Path) == snapshot.Name }

// snapshot writes the snapshot when anything in it changed, be it a setting only. schemaText is what [Result.schemaText] returns.
func (r *Result) snapshot(out *diff.Result, schemaText []byte) error {
	if len(out.Ops) > 0 {
		r.snap.Schema = *out.Schema
		r.snap.SetHead(r.Migration, r.hash())
	}
	if r.Folder.Snapshot == nil && r.Migration == "" {
		return nil
	}
	return r.record(schemaText)
}

// schemaText returns the schema as the snapshot will have it, nil where none is written.
func (r *Result) schemaText(out *diff.Result) ([]byte, error) {
	switch {
	case len(out.Ops) > 0:
		return snapshot.EncodeSchema(out.Schema)
	case r.Folder.Snapshot == nil && r.Migration == "":
		return nil, nil
	}
	return snapshot.EncodeSchema(&r.snap.Schema)
}

// hash returns the hash of the ops of the new migration, which three places record.
func (r *Result) hash() string {
	if r.hashed == "" {
		r.hashed = migrate.HashOps(r.Ops)
	}
	return r.hashed
}
