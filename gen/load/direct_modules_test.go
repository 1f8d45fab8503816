package load

import (
	"go/token"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestDirectlyModules: build tags, workspaces, vendor directories and modules that are not tidy are read as package packages reads them.
func TestDirectlyModules(t *testing.T) {
	const model = "package models\n\nimport \"example.com/kinds\"\n\ntype Thing struct {\n\t_ struct{} `table:\"things\"`\n\n\tID int64\n\tKind kinds.Kind\n}\n"
	const kinds = "package kinds\n\ntype Kind string\n\nconst One Kind = \"one\"\n"
	const tagged = "//go:build extra\n\npackage models\n\ntype More struct {\n\t_ struct{} `table:\"more\"`\n\n\tID int64\n}\n"
	const replaced = "module test\n\ngo 1.26\n\nrequire example.com/kinds v0.0.0\n\nreplace example.com/kinds => ./kinds\n"
	for _, tt := range []struct {
		name   string
		goMod  string
		files  map[string]string
		env    []string
		tags   string
		run    []string // of the go command, before
		direct bool
		tables string
		fails  string
	}{
		{name: "tags of the flag", goMod: replaced, tags: "extra", direct: true, tables: "more things"},
		{name: "tags of GOFLAGS", goMod: replaced, env: []string{"GOFLAGS=-mod=mod '-tags=other extra'"}, direct: true, tables: "more things"},
		{name: "tags that are missing", goMod: replaced, direct: true, fails: "build constraint extra"},
		{name: "a workspace", goMod: "module test\n\ngo 1.26\n", files: map[string]string{"go.work": "go 1.26\n\nuse (\n\t.\n\t./kinds\n)\n"}, env: []string{"GOFLAGS=", "GOWORK="}, direct: true, tables: "things"},
		{name: "a vendor directory", goMod: replaced, run: []string{"mod", "vendor"}, env: []string{"GOFLAGS=-mod=vendor"}, direct: true, tables: "things"},
		{name: "a vendor directory that is out of date", goMod: replaced, files: map[string]string{"vendor/modules.txt": "# example.com/other v1.0.0\n"}, env: []string{"GOFLAGS="}, fails: "inconsistent vendoring"},
		{name: "a module that is not required", goMod: "module test\n\ngo 1.26\n", env: []string{"GOFLAGS="}, fails: "Kind"},
		{name: "a go.mod that needs an update", goMod: strings.Replace(replaced, "1.26", "1.25", 1), env: []string{"GOFLAGS="}, fails: "go.mod"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			files := map[string]string{"go.mod": tt.goMod, "kinds/go.mod": "module example.com/kinds\n\ngo 1.26\n", "kinds/kinds.go": kinds, "models/m.go": model}
			if strings.Contains(tt.name, "tags") {
				files["models/more.go"] = tagged
			}
			maps.Copy(files, tt.files)
			for name, text := range files {
				write(t, filepath.Join(dir, name), []byte(text))
			}
			env := append(offline(), tt.env...)
			if len(tt.run) > 0 {
				cmd := exec.Command("go", tt.run...)
				cmd.Dir, cmd.Env = dir, env[:len(env)-len(tt.env)]
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
			}
			cfg := Config{Dir: dir, Patterns: []string{"./models"}, Env: env, BuildTags: tt.tags, Dialects: []migrate.Capabilities{postgres.Dialect{}.Capabilities()}}
			direct, err := Load(t.Context(), cfg)
			l, newErr := newLoader(cfg, token.NewFileSet())
			if newErr != nil {
				t.Fatal(newErr)
			}
			l.foresee()
			if _, ok := l.directly(t.Context()); ok != tt.direct {
				t.Errorf("it was listed directly: %v", ok)
			}
			cfg.GoList = packagesOnly
			other, otherErr := Load(t.Context(), cfg)
			if tt.fails != "" {
				if err == nil || otherErr == nil || err.Error() != otherErr.Error() || !strings.Contains(err.Error(), tt.fails) {
					t.Errorf("directly: %v\npackage packages: %v", err, otherErr)
				}
				return
			}
			if err != nil || otherErr != nil {
				t.Fatalf("directly: %v\npackage packages: %v", err, otherErr)
			}
			var tables []string
			for _, table := range direct.Schema.Tables {
				tables = append(tables, table.Name)
			}
			if got := strings.Join(tables, " "); got != tt.tables {
				t.Errorf("tables %s, not %s", got, tt.tables)
			}
			if a, b := schema.Facts(direct.Schema), schema.Facts(other.Schema); !slices.Equal(a, b) {
				t.Errorf("directly: %v\npackage packages: %v", a, b)
			}
		})
	}
}
