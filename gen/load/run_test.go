package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

const oneModel = "package models\n\ntype A struct {\n\t_ struct{} `table:\"as\"`\n\n\tID int64\n}\n"

// tree writes files into a new module and returns its folder.
func tree(t testing.TB, files map[string]string) string {
	dir := module(t)
	for name, data := range files {
		write(t, filepath.Join(dir, name), []byte(data))
	}
	return dir
}

// TestErrors shows what it says when the models cannot be read at all.
func TestErrors(t *testing.T) {
	dir := tree(t, map[string]string{
		"go.mod":             "module test\n\ngo 1.26\n",
		"main.go":            "package main\n\nfunc main() {}\n",
		"models/models.go":   oneModel,
		"empty/README":       "",
		"tests/x_test.go":    "package tests\n",
		"none/none.go":       "package none\n",
		"two/a.go":           "package a\n",
		"two/b.go":           "package b\n",
		"missing/models.go":  "package missing\n\nimport \"example.com/nowhere\"\n\ntype A struct {\n\t_ struct{} `table:\"as\"`\n\n\tID int64\n\tP nowhere.Place\n}\n",
		"unneeded/models.go": "package unneeded\n\nimport _ \"example.com/nowhere\"\n\ntype A struct {\n\t_ struct{} `table:\"as\"`\n\n\tID int64\n}\n",
	})
	tests := []struct {
		name     string
		patterns []string
		want     string // "" for none
	}{
		{"no folder", []string{"./modles"}, "./modles: there is no such folder; give the folder with the models, as in modelgen ./models"},
		{"no Go files", []string{"./empty"}, "./empty: no Go files in empty; give the folder with the models, as in modelgen ./models"},
		{"only tests", []string{"./tests"}, "test/tests: the package has no Go files; give the folder with the models, as in modelgen ./models"},
		{"no models", []string{"./none"}, "no models in ./none: a model is a struct with a field like _ struct{} `table:\"products\"`"},
		{"no such package", []string{"example.com/nowhere"}, "example.com/nowhere: cannot find module providing package example.com/nowhere: import lookup disabled by -mod=readonly; give the folder with the models, as in modelgen ./models"},
		{"nothing matches", []string{"./empty/..."}, "no package matches ./empty/..."},
		{"one of two", []string{"./models", "./modles"}, "./modles: there is no such folder; give the folder with the models, as in modelgen ./models"},
		{"missing module", []string{"./missing"}, "missing/models.go:9:2: P: cannot find module providing package example.com/nowhere: import lookup disabled by -mod=readonly"},
		{"missing module that no model needs", []string{"./unneeded"}, ""},
		{"no models where it was called", []string{"."}, "no models in .: a model is a struct with a field like _ struct{} `table:\"products\"`; give the folder with the models, as in modelgen ./models, or begin with modelgen init where there are none"},
		{"two packages", []string{"./two"}, "test/two: found packages a (a.go) and b (b.go) in two"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := append(offline(), "GOFLAGS=-mod=readonly")
			_, err := Load(context.Background(), Config{Dir: dir, Patterns: test.patterns, Env: env})
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

// TestModuleErrors shows that what the go command says about go.mod comes through, in one line and without the machine's paths.
func TestModuleErrors(t *testing.T) {
	const withUUID = "package models\n\nimport \"github.com/google/uuid\"\n\ntype A struct {\n\t_ struct{} `table:\"as\"`\n\n\tID uuid.UUID\n}\n"
	for name, test := range map[string]struct{ mod, models, want string }{
		"syntax":    {"module test\n\ngo 1.26\n\nrequire (\n", oneModel, "go.mod:6: syntax error"},
		"no module": {"", oneModel, "there is no go.mod here or above: run it in your module, or begin one with go mod init"},
		"no sum":    {"module test\n\ngo 1.26\n\nrequire github.com/google/uuid v1.6.0\n", withUUID, "missing go.sum entry"},
		"untidy":    {"module test\n\ngo 1.26\n\nrequire example.com/nowhere v0.0.0\n\nreplace example.com/nowhere => ./nowhere\n", withUUID, "nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, filepath.Join(dir, "models.go"), []byte(test.models))
			if test.mod != "" {
				write(t, filepath.Join(dir, "go.mod"), []byte(test.mod))
			}
			env := append(offline(), "GOFLAGS=-mod=readonly")
			for _, pattern := range []string{"./...", "."} {
				_, err := Load(context.Background(), Config{Dir: dir, Patterns: []string{pattern}, Env: env})
				if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), dir) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%s: got %v", pattern, err)
				}
			}
		})
	}
}

// TestLoad goes through everything around the schema: several packages, tags, extra packages, guards.
func TestLoad(t *testing.T) {
	dir := tree(t, map[string]string{
		"models/models.go":         "package models\n\nimport (\n\t\"test/models/base\"\n\t\"time\"\n\ttime2 \"test/models/time\"\n)\n\ntype status string\n\nconst (\n\tdraft status = \"draft\"\n\tLive  status = \"live\"\n)\n\ntype A struct {\n\t_ struct{} `table:\"as\"`\n\n\tID int64 `db:\"id,pk\" json:\"id\"`\n\tstate int\n\tAt time.Time\n\tAt2 time2.Time\n\tStatus status\n\tKind base.Kind\n\tbase.Stamps\n\tbase.Hidden\n}\n\nfunc (A) Label() string { return undefined }\n",
		"models/base/base.go":      "package base\n\nimport \"time\"\n\ntype Kind int\n\nconst K1 Kind = 1\n\ntype Stamps struct{ Created time.Time `db:\"created\"` }\n\ntype Hidden struct{ Seen int64; n int }\n",
		"models/time/time.go":      "package time\n\ntype Time string\n",
		"models/modelgen_guard.go": "// Code generated by modelgen. DO NOT EDIT.\n\n//go:build !modelgen\n\npackage models\n\nvar _ struct{} = A{}\nthis is broken\n",
		"models/custom.go":         "//go:build custom\n\npackage models\n\ntype B struct {\n\t_ struct{} `table:\"bs\"`\n\n\tID int64\n}\n",
		"models/flagged.go":        "//go:build flagged\n\npackage models\n\ntype C struct {\n\t_ struct{} `table:\"cs\"`\n\n\tID int64\n}\n",
	})
	env := append(offline(), "GOFLAGS=-mod=mod -tags=flagged")
	res, err := Load(context.Background(), Config{
		Dir: dir, Patterns: []string{"./models"}, BuildTags: "custom", Env: env,
		Extra: []string{"github.com/modelgen/modelgen/runtime/schema", "example.com/nowhere"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for _, table := range res.Schema.Tables {
		tables = append(tables, table.Name)
	}
	if got := strings.Join(tables, " "); got != "as bs cs" {
		t.Errorf("tables %s", got)
	}
	if res.Types["github.com/modelgen/modelgen/runtime/schema"] == nil || res.Types["test/models"] == nil || res.Types["time"] == nil {
		t.Errorf("types are missing")
	}
	if res.Failed["example.com/nowhere"] == nil || len(res.Failed) != 1 {
		t.Errorf("failed: %v", res.Failed)
	}
	for _, test := range []struct{ object, want string }{
		{"as", "models/models.go:16:6"}, {"as.id", "models/models.go:19:2"}, {"as.created", "models/base/base.go:9:21"}, {"nothing", "-"}, {"as.nothing", "-"},
	} {
		if got := res.Pos(test.object); got.String() != test.want {
			t.Errorf("%s is at %s, not at %s", test.object, got, test.want)
		}
	}
	if len(res.Packages) != 1 || res.Packages[0].Path != "test/models" || res.Packages[0].Module != "test" || res.Packages[0].Dir == "" {
		t.Errorf("packages: %+v", res.Packages)
	}
	m := *res.Models[0]
	m.Package = nil
	got, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/guard.json", append(got, '\n'))
}

// TestTwice holds the result to be the same each time.
func TestTwice(t *testing.T) {
	a, err := txtar.ParseFile("testdata/embedded.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := module(t)
	for _, f := range a.Files {
		if name, ok := strings.CutPrefix(f.Name, "good/"); ok && strings.HasSuffix(name, ".go") {
			write(t, filepath.Join(dir, "embedded/good", name), f.Data)
		}
	}
	var before []byte
	for range 3 {
		res, err := Load(context.Background(), Config{Dir: dir, Patterns: []string{"./..."}, Env: offline()})
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal([]any{res.Schema, res.Models})
		if err != nil {
			t.Fatal(err)
		}
		if before != nil && !bytes.Equal(got, before) {
			t.Errorf("not the same:\n%s\n%s", before, got)
		}
		before = got
	}
}

// TestPatterns shows that the schema does not depend on which packages are named: types, directives and constants of all others are read from
// their source as well, also through an alias of a package in between and in another module.
func TestPatterns(t *testing.T) {
	dir := tree(t, map[string]string{
		"go.mod":           "module test\n\ngo 1.26\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ./lib\n",
		"lib/go.mod":       "module example.com/lib\n\ngo 1.26\n",
		"lib/lib.go":       "package lib\n\n// Sum is an amount.\n//\n//modelgen:type numeric(20,4)\ntype Sum struct{ hi, lo uint64 }\n\ntype Mode string\n\nconst (\n\tOn Mode = \"on\"\n\toff Mode = \"off\"\n)\n",
		"b/b.go":           "package b\n\nimport \"time\"\n\ntype Kind string\n\nconst (\n\tTwo Kind = \"two\"\n\tOne Kind = \"one\"\n)\n\ntype Level int8\n\nconst Low, high Level = 1, 2\n\n// Base is in every table.\ntype Base struct {\n\t// Made is when.\n\tMade  *time.Time `db:\"made\"`\n\tLevel Level `db:\"level,default:1\"`\n}\n",
		"a/a.go":           "package a\n\nimport \"test/b\"\n\ntype Kind = b.Kind\n\nconst One = b.One\n",
		"models/models.go": "package models\n\nimport (\n\t\"test/a\"\n\t\"test/b\"\n\t\"example.com/lib\"\n)\n\ntype Row struct {\n\t_ struct{} `table:\"rows_of\"`\n\n\tID   int64  `db:\"id,pk\"`\n\tKind a.Kind `db:\"kind,default:one\"`\n\tSum  *lib.Sum\n\tMode lib.Mode\n\tb.Base\n}\n",
	})
	const want = "level IN (1, 2)|kind IN ('two', 'one')|mode IN ('on', 'off')"
	for _, patterns := range [][]string{{"./models"}, {"./..."}, {"./models", "./b"}, {"test/models"}, {"./models", "./a", "./b", "example.com/lib"}} {
		t.Run(strings.Join(patterns, " "), func(t *testing.T) {
			t.Parallel()
			env := append(offline(), "GOFLAGS=-mod=mod")
			res, err := Load(context.Background(), Config{Dir: dir, Patterns: patterns, Env: env, Comments: true})
			if err != nil {
				t.Fatal(err)
			}
			table := res.Schema.Table("rows_of")
			if len(res.Schema.Tables) != 1 || table.Column("sum").Type.String() != "numeric(20,4)" || table.Column("made").Comment != "Made is when." {
				t.Errorf("got %+v", table)
			}
			got := map[string]bool{}
			for _, c := range table.Checks {
				got[c.Expr] = true
			}
			for c := range strings.SplitSeq(want, "|") {
				if !got[c] {
					t.Errorf("there is no check %s: %v", c, got)
				}
			}
		})
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Load(ctx, Config{Dir: tree(t, map[string]string{"models.go": oneModel}), Env: offline()}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func golden(t *testing.T, file string, got []byte) {
	want, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	if !*update {
		t.Errorf("%s: got\n%s", file, got)
	} else if err := os.WriteFile(file, got, 0o644); err != nil {
		t.Fatal(err)
	}
}
