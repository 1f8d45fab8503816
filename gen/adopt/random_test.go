package adopt_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/adopt"
	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/internal/law"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// read writes the models of a schema, reads them again, and returns what they say otherwise.
func read(t *testing.T, s *schema.Schema, dialect string, cfg adopt.Config) ([]migrate.Unexpressed, *adopt.Result) {
	t.Helper()
	cfg.Package = "models"
	res, err := adopt.Models(&migrate.Inspection{Format: migrate.InspectionFormat, Dialect: dialect, Version: 15, Schema: s}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", []byte("module models\n\ngo 1.26\n"))
	for _, f := range res.Files {
		write(f.Name, f.Content)
	}
	all := map[string]migrate.Capabilities{"postgres": postgres.Dialect{}.Capabilities(), "sqlite": sqlite.Dialect{}.Capabilities()}
	models, err := load.Load(t.Context(), load.Config{
		Dir: dir, Comments: res.Comments, Dialects: []migrate.Capabilities{all[dialect]}, Known: []migrate.Capabilities{all["postgres"], all["sqlite"]},
	})
	var source strings.Builder
	for _, f := range res.Files {
		source.WriteString(string(f.Content))
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, source.String())
	}
	out, err := diff.Diff(diff.Input{Old: &schema.Schema{}, New: models.Schema, Dialects: []migrate.Capabilities{all[dialect]}})
	if err != nil || len(out.Questions) > 0 {
		t.Fatalf("%v %v\n%s", err, out, source.String())
	}
	left, err := adopt.Differences(res.Schema, nil, out.Ops)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Log(source.String())
	}
	return left, res
}

// TestRandom writes models of random schemas and reads them again: they say the same.
func TestRandom(t *testing.T) {
	for seed := range uint64(24) {
		dialect := []string{"postgres", "sqlite"}[seed%2]
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := law.NewPair(seed+1, dialect, 15).A
			for _, t := range s.Tables {
				if strings.Contains(t.Name, `"`) {
					return
				}
				for _, c := range t.Columns {
					if strings.Contains(c.Name, `"`) {
						return // no tag can hold it, which TestNames shows
					}
				}
			}
			left, _ := read(t, s, dialect, adopt.Config{Split: seed%3 == 0, Embed: seed%4 < 2, Null: []adopt.Null{"", adopt.NullSQL}[seed/2%2]})
			for _, u := range left {
				t.Errorf("seed %d: %s: %s", seed, u.Object, u.Why)
			}
		})
	}
}
