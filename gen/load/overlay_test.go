package load_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/load"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestOverlay: models that are not on disk say what they say on disk, be it of packages beside them or of Go's own; and what is wrong with them is said alike.
func TestOverlay(t *testing.T) {
	const base = "package base\n\nimport \"time\"\n\ntype Times struct {\n\tMadeAt time.Time `db:\"made_at,default:(now())\"`\n}\n\ntype Kind string\n\nconst (\n\tKindOne Kind = \"one\"\n\tKindTwo Kind = \"two\"\n)\n"
	const models = "package models\n\nimport (\n\t\"database/sql\"\n\t\"encoding/json\"\n\n\t\"example.com/app/base\"\n)\n\ntype Thing struct {\n\t_ struct{} `table:\"things\"`\n\n\tID int64 `db:\"id,pk\"`\n" +
		"\tName sql.NullString `db:\"name,index\"`\n\tMeta json.RawMessage\n\tKind base.Kind\n\tbase.Times\n}\n"
	for _, tt := range []struct{ name, models, fails string }{
		{"right", models, ""},
		{"an unknown type", strings.Replace(models, "base.Kind\n", "base.Knd\n", 1), "base.Knd"},
		{"it does not parse", strings.Replace(models, "type Thing struct", "type Thing stuct", 1), "models.go"},
		{"an unknown package", strings.Replace(models, "app/base\"", "app/bas\"", 1), "undefined: base"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var said [2][]schema.Fact
			var wrong [2]string
			for i, overlaid := range []bool{false, true} {
				dir := t.TempDir()
				cfg := load.Config{Dir: dir, Patterns: []string{"./models"}, Dialects: []migrate.Capabilities{postgres.Dialect{}.Capabilities()}, Overlay: map[string][]byte{}}
				for name, text := range map[string]string{"go.mod": "module example.com/app\n\ngo 1.26\n", "base/base.go": base, "models/models.go": tt.models} {
					path := filepath.Join(dir, name)
					if overlaid && strings.HasPrefix(name, "models") {
						cfg.Overlay[path] = []byte(text)
						continue
					}
					if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				r, err := load.Load(t.Context(), cfg)
				if err != nil {
					wrong[i] = err.Error()
				} else {
					said[i] = schema.Facts(r.Schema)
				}
			}
			if !slices.Equal(said[0], said[1]) || wrong[0] != wrong[1] || tt.fails == "" != (wrong[0] == "") || !strings.Contains(wrong[0], tt.fails) {
				t.Errorf("on disk: %v %s\nin an overlay: %v %s", said[0], wrong[0], said[1], wrong[1])
			}
		})
	}
}

// TestOverlayOfGoflags: an overlay that every go command gets counts for models as one of the configuration does, for files that are there and for others, be it said by
// the environment or by go env -w.
func TestOverlayOfGoflags(t *testing.T) {
	const head = "package models\n\nimport \"example.com/app/base\"\n\n"
	thing := func(name, field string) string {
		return "type " + name + " struct {\n\t_ struct{} `table:\"" + strings.ToLower(name) + "\"`\n\n\tID int64 `db:\"id,pk\"`\n" + field + "}\n"
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("go.mod", "module example.com/app\n\ngo 1.26\n")
	base, models := write("base/base.go", "package base\n\ntype Kind string\n"), write("models/models.go", head+thing("Old", "\tKind base.Kind\n"))
	quoted := func(path string) string {
		text, err := json.Marshal(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	write("over.json", `{"Replace": {`+quoted(models)+`: `+quoted(write("o/models.go", head+thing("New", "\tKind base.Kind\n")))+`, "models/more.go": "o/more.go", `+
		quoted(base)+`: "o/base.go"}}`)
	write("o/more.go", "package models\n\n"+thing("More", ""))
	write("o/base.go", "package base\n\ntype Kind int32\n")
	write("away.json", `{"Replace": {`+quoted(models)+`: ""}}`)
	file := write("env", "GOFLAGS=-overlay="+filepath.Join(dir, "over.json")+"\n")
	for _, tt := range []struct {
		name, flags, file, fails string
		tables                   []string
	}{
		{"none", "", "off", "", []string{"old"}},
		{"GOFLAGS", "-mod=mod -overlay=over.json", "off", "", []string{"more", "new"}},
		{"go env -w", "", file, "", []string{"more", "new"}},
		{"the environment goes first", "-mod=mod", file, "", []string{"old"}},
		{"a file is taken away", "-overlay=away.json", "off", "takes " + models + " away", nil},
		{"it is not there", "-overlay=none.json", "off", "none.json", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := load.Config{
				Dir: dir, Patterns: []string{"./models"}, Dialects: []migrate.Capabilities{postgres.Dialect{}.Capabilities()},
				Env: append(os.Environ(), "GOFLAGS="+tt.flags, "GOENV="+tt.file, "GOWORK=off"),
			}
			r, err := load.Load(t.Context(), cfg)
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) {
					t.Error(err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var tables []string
			for _, m := range r.Models {
				tables = append(tables, m.Table)
			}
			if !slices.Equal(tables, tt.tables) {
				t.Errorf("%v, not %v", tables, tt.tables)
			}
			if kind := r.Schema.Table(tables[len(tables)-1]).Column("kind"); kind == nil || (kind.Type.Kind == schema.KindInteger) != (len(tables) == 2) {
				t.Errorf("the column is %v", kind)
			}
			if _, certain := r.Listed(); certain != (len(tables) == 1) {
				t.Errorf("what was looked at is certain: %v", certain)
			}
		})
	}
}
