package gen

import (
	"bytes"

	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/runtime/schema"
)

// handObjects returns what steps of the migrations that are written by hand say that they make, and have not dropped. It is in no snapshot, so the migrations are read.
func (r *Result) handObjects() []schema.Object {
	var files []read.File
	says := false
	for _, f := range r.Folder.Sources {
		files = append(files, read.File{Name: f.Name, Src: f.Text})
		says = says || bytes.Contains(f.Text, []byte("Objects:"))
	}
	if !says {
		return nil
	}
	all, err := read.Files(files)
	if err != nil {
		return nil // which was said
	}
	s := &schema.Schema{}
	migrations.Misfits(s, migrations.WithoutReplaced(all))
	return s.Objects
}
