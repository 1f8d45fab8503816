package migrations

import (
	"slices"

	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
)

// Fingerprint returns what the list of the migrations is to state; "" when only a compiled program can tell, as where an op is opaque, or when a step is still to be written.
func Fingerprint(all []read.Migration) string {
	hashes := map[string]string{}
	for _, m := range WithoutReplaced(all) {
		if hashes[m.Name] = recordOf(m); hashes[m.Name] == snapshot.Open || m.Opaque() {
			return ""
		}
	}
	return migrate.FingerprintOf(hashes)
}

// Recorded returns the fingerprint of the migrations in the folder by what a snapshot records of them; "" when it does not record all.
func (f *Folder) Recorded(records map[string]string) string {
	replaced := map[string]bool{}
	for _, m := range f.Migrations {
		for _, name := range m.Replaces {
			replaced[name] = true
		}
	}
	hashes := map[string]string{}
	for _, m := range f.Migrations {
		if replaced[m.Name] {
			continue
		}
		hash, ok := records[m.Name]
		if !ok || hash == snapshot.Open {
			return ""
		}
		hashes[m.Name] = hash
	}
	return migrate.FingerprintOf(hashes)
}

// Without returns the folder without the migration of a name.
func (f *Folder) Without(name string) *Folder {
	out := *f
	out.Migrations = slices.DeleteFunc(slices.Clone(f.Migrations), func(m Declaration) bool { return m.Name == name })
	return &out
}

// Read returns the migrations as they stand in the files.
func (f *Folder) Read() ([]read.Migration, error) {
	if f.Parsed != nil {
		return f.Parsed, nil
	}
	var files []read.File
	for _, s := range f.Sources {
		files = append(files, read.File{Name: s.Name, Src: s.Text})
	}
	return read.Files(files)
}
