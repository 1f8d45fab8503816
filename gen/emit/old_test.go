package emit_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	branches "github.com/modelgen/modelgen/gen/emit/testdata/old/branches"
	first "github.com/modelgen/modelgen/gen/emit/testdata/old/first"
	online "github.com/modelgen/modelgen/gen/emit/testdata/old/online"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestOld: what earlier versions wrote compiles, as it is imported here; it fits, has the hashes that databases know it by, results in the schema of
// the snapshot that was written with it, is read from its text as the same ops, and is planned by both dialects.
func TestOld(t *testing.T) {
	for name, set := range map[string]*migrate.Set{"first": first.All, "branches": branches.All, "online": online.All} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join("testdata", "old", name)
			if err := set.Err(); err != nil {
				t.Fatal(err)
			}
			var hashes strings.Builder
			for _, m := range set.Migrations() {
				hashes.WriteString(m.Name + " " + migrate.HashOps(m.Ops) + "\n")
			}
			if d := cmp.Diff(content(t, dir, "hashes.txt"), hashes.String()); d != "" {
				t.Errorf("hashes of ops that databases have in their history have changed (-then +now):\n%s", d)
			}
			snap, err := snapshot.Decode([]byte(content(t, dir, snapshot.Name)))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(plain(t, &snap.Schema), plain(t, set.Schema())); d != "" {
				t.Errorf("the migrations result in another schema (-then +now):\n%s", d)
			}
			if head := set.Head(); snap.HeadName() != head.Name {
				t.Errorf("the newest is %s, and was %s", head.Name, snap.HeadName())
			}
			readAgain(t, dir, set)
			for _, m := range set.Migrations() {
				for _, dialect := range []migrate.Dialect{postgres.Dialect{}, sqlite.Dialect{}} {
					if _, err := set.Stages(dialect, 0, m.Name, false); err != nil {
						t.Errorf("%s: %s: %v", dialect.Name(), m.Name, err)
					}
				}
			}
		})
	}
}

// readAgain compares the text of the files with what was compiled.
func readAgain(t *testing.T, dir string, set *migrate.Set) {
	t.Helper()
	all, err := read.Folder(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]read.Migration{}
	for _, m := range all {
		text[m.Name] = m
	}
	for _, m := range set.Migrations() {
		r := text[m.Name]
		if len(r.Ops) != len(m.Ops) || len(r.Parents) != len(m.Parents) || len(r.Replaces) != len(m.Replaces) || !r.Exact {
			t.Errorf("%s is read with %d ops of %d", m.Name, len(r.Ops), len(m.Ops))
			continue
		}
		for i, op := range r.Ops {
			switch {
			case op.Rows: // a Backfill, whose rows are of a type of the file
			case op.Value == nil:
				t.Errorf("%s: an op is not read: %s", op.Pos, op.Why)
			case migrate.HashOps([]migrate.Op{op.Value}) != migrate.HashOps(m.Ops[i:i+1]):
				t.Errorf("%s: it is read as %#v", op.Pos, op.Value)
			}
		}
	}
}

func content(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// plain returns a schema as JSON, without what only the generator notes.
func plain(t *testing.T, s *schema.Schema) string {
	t.Helper()
	s = s.Clone()
	for _, table := range s.Tables {
		table.Was = ""
		for i := range table.Columns {
			table.Columns[i].Was, table.Columns[i].ValueWas = "", nil
		}
	}
	for _, e := range s.Enums {
		e.Was, e.Owner, e.ValueWas = "", "", nil
	}
	data, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
