package load

import (
	"context"
	"errors"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/go/packages"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// packagesOnly leaves all to package packages.
func packagesOnly(context.Context, string, []string) ([]byte, error) {
	return nil, errors.New("not directly")
}

// TestDirectly: what is loaded without package packages is what that loads, and where something is wrong it has the word.
func TestDirectly(t *testing.T) {
	const head = "package models\n\nimport \"test/kinds\"\n\n"
	const thing = "type Thing struct {\n\t_ struct{} `table:\"things\"`\n\n\tID int64\n\tKind kinds.Kind\n}\n"
	const kinds = "package kinds\n\nimport \"database/sql/driver\"\n\ntype Kind string\n\nconst (\n\tOne Kind = \"one\"\n\tTwo Kind = \"two\"\n)\n\nfunc (Kind) Value() (driver.Value, error) { return nil, nil }\n"
	const dotted = "package models\n\nimport . \"test/kinds\"\n\ntype Thing struct {\n\t_ struct{} `table:\"things\"`\n\n\tID int64\n\tKind Kind\n}\n"
	const generic = "package models\n\nimport \"database/sql\"\n\ntype Of[T any] struct {\n\tValue T\n\tMore sql.Null[int64]\n}\n\n" +
		"type Thing struct {\n\t_ struct{} `table:\"things\"`\n\n\tID int64\n\tOf[string]\n\tAt sql.Null[string]\n}\n"
	const cgo = "package models\n\n// static int two(void) { return 2; }\nimport \"C\"\n\nvar two = C.two()\n"
	for _, tt := range []struct {
		name     string
		files    map[string]string // beside kinds
		patterns []string
		extra    string
		direct   bool
		fails    string
	}{
		{"a package and one beside it", map[string]string{"models/m.go": head + thing}, []string{"./models"}, "", true, ""},
		{"no imports", map[string]string{"models/m.go": oneModel}, []string{"./models"}, "", true, ""},
		{"all packages", map[string]string{"models/m.go": head + thing}, []string{"./..."}, "", true, ""},
		{"types of others", map[string]string{"models/m.go": oneModel}, []string{"./models"}, "github.com/modelgen/modelgen/runtime/schema", true, ""},
		{"types of others that are not there", map[string]string{"models/m.go": oneModel}, []string{"./models"}, "example.com/nowhere", false, ""},
		{
			"a package between two that are read from source", map[string]string{
				"models/m.go": "package models\n\nimport (\n\t\"test/a\"\n\t\"test/kinds\"\n)\n\nvar _ a.A\n\n" + thing,
				"a/a.go":      "package a\n\nimport \"test/b\"\n\ntype A b.B\n", "b/b.go": "package b\n\nimport \"test/kinds\"\n\ntype B kinds.Kind\n",
			}, []string{"./models"}, "", false, "",
		},
		{"a package in a test", map[string]string{"models/m.go": head + thing, "models/m_test.go": "package models\n\nimport \"example.com/nowhere\"\n"}, []string{"./models"}, "", true, ""},
		{"a dot import", map[string]string{"models/m.go": dotted}, []string{"./models"}, "", true, ""},
		{"generic types", map[string]string{"models/m.go": generic}, []string{"./models"}, "", true, ""},
		{"files that are left out", map[string]string{
			"models/m.go": head + thing, "models/other_windows.go": "package models\n\ntype Thing int\n", "models/tool.go": "//go:build ignore\n\npackage main\n",
			"models/with.go": "//go:build extra\n\npackage models\n\nimport \"example.com/nowhere\"\n",
		}, []string{"./models"}, "", true, ""},
		{"cgo", map[string]string{"models/m.go": head + thing, "models/c.go": cgo}, []string{"./models"}, "", false, ""},
		{"what is imported is cgo", map[string]string{"models/m.go": head + thing, "kinds/other.go": "package kinds\n\nimport _ \"test/c\"\n", "c/c.go": strings.Replace(cgo, "models", "c", 1)}, []string{"./models"}, "", true, ""},
		{"a package of tests alone beside it", map[string]string{"models/m.go": head + thing, "tests/t_test.go": "package tests\n"}, []string{"./..."}, "", false, ""},
		{"a package of tests alone that is named", map[string]string{"models/m.go": head + thing, "tests/t_test.go": "package tests\n"}, []string{"./...", "./tests"}, "", false, "test/tests: the package has no Go files"},
		{"a file that embeds others", map[string]string{"models/m.go": head + thing, "models/e.go": "package models\n\nimport _ \"embed\"\n\n//go:embed m.go\nvar text string\n"}, []string{"./models"}, "", true, ""},
		{"a language of before", map[string]string{"models/m.go": "//go:build go1.21\n\n" + head + thing}, []string{"./models"}, "", true, ""},
		{"a type error beside the models", map[string]string{"models/m.go": head + thing + "\nvar x int = \"\"\n"}, []string{"./models"}, "", true, ""},
		{"a type error in a model", map[string]string{"models/m.go": head + strings.Replace(thing, "kinds.Kind", "kinds.Knd", 1)}, []string{"./models"}, "", true, "undefined: kinds.Knd"},
		{"it does not parse", map[string]string{"models/m.go": head + thing + "type"}, []string{"./models"}, "", false, "models/m.go:11:5: expected 'IDENT'"},
		{"an unknown package", map[string]string{"models/m.go": strings.Replace(head, "test/kinds", "test/knds", 1) + thing}, []string{"./models"}, "", false, "undefined: kinds"},
		{"a cycle", map[string]string{"models/m.go": head + thing, "kinds/more.go": "package kinds\n\nimport _ \"test/models\"\n"}, []string{"./models"}, "", false, "import cycle not allowed"},
		{"what is imported does not compile", map[string]string{
			"models/m.go": head + thing, "kinds/more.go": "package kinds\n\nimport _ \"test/other\"\n", "other/other.go": "package other\n\nvar x int = \"\"\n",
		}, []string{"./models"}, "", false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := module(t)
			write(t, filepath.Join(dir, "kinds/kinds.go"), []byte(kinds))
			for name, text := range tt.files {
				write(t, filepath.Join(dir, name), []byte(text))
			}
			cfg := Config{Dir: dir, Patterns: tt.patterns, Env: append(offline(), "GOFLAGS=-mod=mod"), Dialects: []migrate.Capabilities{postgres.Dialect{}.Capabilities()}}
			if tt.extra != "" {
				cfg.Extra = []string{tt.extra}
			}
			direct, err := Load(t.Context(), cfg)
			cfg.GoList = packagesOnly
			other, otherErr := Load(t.Context(), cfg)
			switch {
			case err != nil && otherErr != nil && err.Error() == otherErr.Error():
				if tt.fails == "" || !strings.Contains(err.Error(), tt.fails) {
					t.Fatal(err)
				}
			case err != nil || otherErr != nil || tt.fails != "":
				t.Fatalf("directly: %v\npackage packages: %v\nwant: %s", err, otherErr, tt.fails)
			default:
				if a, b := schema.Facts(direct.Schema), schema.Facts(other.Schema); !slices.Equal(a, b) || len(a) == 0 {
					t.Errorf("directly: %v\npackage packages: %v", a, b)
				}
				if got := direct.l.checker != nil; got != tt.direct {
					t.Errorf("it was loaded directly: %v", got)
				}
				if a, b := slices.Sorted(maps.Keys(direct.Failed)), slices.Sorted(maps.Keys(other.Failed)); !slices.Equal(a, b) {
					t.Errorf("failed directly: %v\npackage packages: %v", a, b)
				}
			}
			cfg.GoList = nil
			if l, err := newLoader(cfg, token.NewFileSet()); err == nil && tt.fails != "" {
				l.foresee()
				if _, ok := l.directly(t.Context()); ok != tt.direct {
					t.Errorf("it was listed directly: %v", ok)
				}
			}
		})
	}
}

// TestExtraLater: packages beside models that have not changed are loaded when they are asked for, with the types that the models have.
func TestExtraLater(t *testing.T) {
	dir := tree(t, map[string]string{
		"models/models.go": "package models\n\nimport \"time\"\n\ntype A struct {\n\t_ struct{} `table:\"as\"`\n\n\tID int64\n\tAt time.Time\n}\n",
		"other/other.go":   "package other\n\nimport \"time\"\n\nvar At time.Time\n",
	})
	cfg := Config{Dir: dir, Patterns: []string{"./models"}, Env: append(offline(), "GOFLAGS=-mod=mod"), Extra: []string{"test/other", "example.com/nowhere"}}
	for _, later := range []time.Time{{}, time.Now().Add(-time.Hour), time.Now().Add(time.Hour)} {
		cfg.ExtraLater = later
		r, err := Load(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if got, left := r.Types["test/other"] == nil, later.After(time.Now()); got != left {
			t.Errorf("models changed before %v: other packages are left for later: %v", later, got)
		}
		if err := r.LoadExtra(t.Context()); err != nil {
			t.Fatal(err)
		}
		a, _, _ := types.LookupFieldOrMethod(r.Types["test/models"].Scope().Lookup("A").Type(), false, nil, "At")
		if !types.Identical(a.Type(), r.Types["test/other"].Scope().Lookup("At").Type()) {
			t.Error("the packages do not have the same types")
		}
		if err := r.Failed["example.com/nowhere"]; len(r.Failed) != 1 || err == nil || !strings.Contains(err.Error(), "example.com/nowhere") {
			t.Errorf("failed: %v", r.Failed)
		}
	}
}

// TestExportDataIsGone: somebody may clean the cache of the go command meanwhile, which is no fault of the models.
func TestExportDataIsGone(t *testing.T) {
	l, err := newLoader(Config{Dir: t.TempDir(), Overlay: map[string][]byte{"m.go": []byte("package models\n\nimport \"time\"\n\nvar At time.Time\n")}}, token.NewFileSet())
	if err != nil {
		t.Fatal(err)
	}
	root := &packages.Package{PkgPath: "test/models", CompiledGoFiles: []string{"m.go"}, Imports: map[string]*packages.Package{"time": {PkgPath: "time", ExportFile: filepath.Join(l.dirs[0], "gone")}}}
	if err := l.parse(root); err != nil {
		t.Fatal(err)
	}
	if err := l.newChecker([]*packages.Package{root}).check([]*packages.Package{root}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
