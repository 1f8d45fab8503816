package scaffold

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write makes a module in a temporary directory, from names and texts.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A driver is known by its own name, and by the paths of its module and its package.
func TestFindDriver(t *testing.T) {
	for name, want := range map[string]string{
		"lib/pq": "lib/pq", "pq": "lib/pq", "github.com/lib/pq": "lib/pq", "pgx": "pgx", "github.com/jackc/pgx/v5": "pgx", "jackc/pgx/v5": "pgx", "github.com/jackc/pgx/v5/stdlib": "pgx",
		"modernc": "modernc", "modernc.org/sqlite": "modernc", "mattn": "mattn", "mattn/go-sqlite3": "mattn", "go-sqlite3": "mattn", "github.com/mattn/go-sqlite3": "mattn",
		"": "", "mysql": "", "postgres": "",
	} {
		if d, err := FindDriver(name); d.Name != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, not %q: %v", name, d.Name, want, err)
		}
	}
}

// The program is called as its module; the CI service is that of the repository's files, or of its remote.
func TestOpen(t *testing.T) {
	for _, c := range []struct {
		module, name, host string
		files              map[string]string
	}{
		{"example.com/shop", "shop", "", nil},
		{"example.com/Shop_API/v2", "shop_api", GitHub, map[string]string{".git/config": "[remote \"origin\"]\n\turl = git@github.com:me/shop.git\n"}},
		{"v2", "v2", GitLab, map[string]string{".git/config": "[remote \"origin\"]\n\turl = https://gitlab.example.com/me/shop.git\n"}},
		{"example.com/a.b", "a-b", GitLab, map[string]string{".git/config": "[remote \"origin\"]\n\turl = git@github.com:me/shop.git\n", ".gitlab-ci.yml": ""}},
		{"example.com/~x", "x", GitHub, map[string]string{".github/dependabot.yml": ""}},
	} {
		files := map[string]string{"go.mod": "module " + c.module + "\n", ".git/HEAD": ""}
		maps.Copy(files, c.files)
		m, err := Open(write(t, files))
		if err != nil || m.Name() != c.name || m.Host != c.host {
			t.Errorf("%s: %q on %q: %v", c.module, m.Name(), m.Host, err)
		}
	}
	for _, mod := range []string{"", "modul x\n", "go 1.26\n"} {
		if _, err := Open(write(t, map[string]string{"go.mod": mod})); err == nil {
			t.Errorf("go.mod with %q is no module", mod)
		}
	}
}

// What go.mod requires is there when go.sum knows it, too; what only a tool needs is no driver of the program.
func TestGets(t *testing.T) {
	const pq, tool = "github.com/lib/pq v1.12.3", "tool " + Tool + "\nrequire " + ownModule + " v0.1.0\n"
	for _, c := range []struct {
		mod, sum, src string
		driver        string // of PostgreSQL, that the module uses
		gets          string // for lib/pq
	}{
		{"", "", "", "", "go get github.com/lib/pq; go get -tool " + Tool},
		{tool, ownModule + " v0.1.0 h1:x\n", "", "", "go get github.com/lib/pq " + Tool + "@v0.1.0"},
		{tool + "require " + pq + "\n", ownModule + " v0.1.0 h1:x\n" + pq + " h1:x\n", "", "lib/pq", ""},
		{tool + "require " + pq + " // indirect\n", ownModule + " v0.1.0 h1:x\n" + pq + " h1:x\n", "", "", ""},
		{tool + "require " + pq + " // indirect\n", ownModule + " v0.1.0 h1:x\n" + pq + "/go.mod h1:x\n", "package main\n\nimport _ \"github.com/lib/pq\"\n", "lib/pq", "go get github.com/lib/pq " + Tool + "@v0.1.0"},
		{tool + "replace " + ownModule + " => ../modelgen\n", "", "", "", "go get github.com/lib/pq"},
	} {
		m, err := Open(write(t, map[string]string{"go.mod": "module example.com/shop\n\ngo 1.26\n" + c.mod, "go.sum": c.sum, "main.go": c.src}))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(m.Gets(Drivers[:1]), "; ")
		if d, _ := m.DriverOf(Postgres); d.Name != c.driver || got != c.gets {
			t.Errorf("%s: the driver is %q and the commands are %q", c.mod, d.Name, got)
		}
	}
}
