package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/ptytest"
)

// TestInitOnTerminal: a person is asked for what neither flags nor the module say, in one conversation; an empty line ends it before anything is written.
func TestInitOnTerminal(t *testing.T) {
	t.Setenv("CI", "")
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "1")
	t.Setenv("GOWORK", "off")
	for _, c := range []struct {
		name, flags, types string
		code               int
		asked              []string // in this order
		files              []string
		has                map[string]string // parts of files
	}{
		{"all", "", "3\n2\n1\n2\n", 0, []string{"Which database?", "Which driver for PostgreSQL?", "Which driver for SQLite?", "Where does the code live"},
			[]string{".gitlab-ci.yml", "main.go", "migrate.go", "migrations_test.go", "models/models.go"}, map[string]string{"migrate.go": `"pgx"`, ".gitlab-ci.yml": "postgres:17"}},
		{"not a choice", "-ci none", "nine\n1\n2\n", 0, []string{"Which database?", "1-3, or nothing to stop: ", "1-3, or nothing to stop: ", "Which driver for SQLite?"},
			[]string{"main.go", "migrate.go", "migrations_test.go", "models/models.go"}, map[string]string{"migrate.go": `"sqlite3"`}},
		{"nothing", "", "2\n\n", 1, []string{"Which database?", "Which driver for PostgreSQL?", "nothing was written"}, nil, nil},
		{"flags", "-database sqlite -driver mattn -ci github", "", 0, nil, []string{".github/workflows/migrations.yml", "main.go", "migrate.go", "migrations_test.go", "models/models.go"}, nil},
		{"yes", "-y", "", 0, nil, []string{".github/workflows/migrations.yml", "main.go", "migrate.go", "migrations_test.go", "models/models.go"}, map[string]string{"migrate.go": `"sqlite"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/shop\n\ngo 1.26\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			slave, types, written := ptytest.OpenTyped(t, 120)
			types(c.types)
			var out strings.Builder
			code := run(t.Context(), env{dir: dir, stdin: slave, stdout: &out, stderr: slave}, append([]string{"init"}, strings.Fields(c.flags)...))
			text := strings.ReplaceAll(written(), "\r\n", "\n")
			if code != c.code {
				t.Errorf("exit status %d: %s", code, text)
			}
			rest := text
			for _, q := range c.asked {
				i := strings.Index(rest, q)
				if i < 0 {
					t.Fatalf("%q is not asked, or not in its place: %s", q, text)
				}
				rest = rest[i+len(q):]
			}
			if len(c.asked) == 0 && strings.Contains(text, "or nothing to stop") {
				t.Errorf("there was nothing to ask: %s", text)
			}
			var files []string
			err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if rel, e := filepath.Rel(dir, path); e == nil && !d.IsDir() && rel != "go.mod" {
					files = append(files, filepath.ToSlash(rel))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if strings.Join(files, " ") != strings.Join(c.files, " ") {
				t.Errorf("the files are %q, not %q", files, c.files)
			}
			for file, part := range c.has {
				if data, err := os.ReadFile(filepath.Join(dir, file)); err != nil || !strings.Contains(string(data), part) {
					t.Errorf("%s has no %s: %v\n%s", file, part, err, data)
				}
			}
		})
	}
}
