package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
)

// TestInitNext does what a person does who begins: init in a module with nothing but a go.mod, then the commands that it prints, as they stand, and
// then those of the CI service's file in a clone. What is written is green at once on the database.
func TestInitNext(t *testing.T) {
	for _, c := range []struct {
		name, flags, in string
		files           string
	}{
		{"sqlite", "-database sqlite -ci github", "", ".github/workflows/migrations.yml main.go migrate.go migrations_test.go models/models.go"},
		{"postgres", "-database postgres -ci gitlab -models internal/db/models -out internal/db/migrations", "", ".gitlab-ci.yml internal/db/models/models.go main.go migrate.go migrations_test.go"},
		{"both", "-driver pgx,modernc -ci github -main cmd/server", "services/shop", ".github/workflows/migrations.yml services/shop/cmd/server/main.go services/shop/cmd/server/migrate.go services/shop/cmd/server/migrations_test.go services/shop/models/models.go"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newBeginner(t, c.in)
			out, next := n.initialise(c.flags)
			for file := range strings.FieldsSeq(c.files) {
				if _, err := os.Stat(filepath.Join(n.repo, file)); err != nil {
					t.Errorf("%v; init said\n%s", err, out)
				}
			}
			var gets, vendor int
			for _, command := range next {
				if strings.HasPrefix(command, "go get ") {
					gets++
				}
				if strings.Contains(command, "vendor") {
					vendor++
				}
				if out := n.run(command); command == "go test ./..." && (strings.Contains(out, "FAIL") || !strings.Contains(out, "ok ")) {
					t.Errorf("%s: %s", command, out)
				}
			}
			if gets != 2 || vendor != 0 || len(next) < 5 {
				t.Errorf("the commands are %q", next)
			}
			n.run("go vet ./...")
			if out := n.run("gofmt -l ."); out != "" {
				t.Errorf("not formatted: %s", out)
			}
			if out := n.run("go test -v ./..."); strings.Contains(out, "SKIP") || !strings.Contains(out, "--- PASS: TestMigrations") {
				t.Errorf("go test -v: %s", out)
			}
			n.service(strings.Fields(c.files)[0])
		})
	}
}

// TestInitVendored: a module that keeps what it needs in vendor gets commands that fill it.
func TestInitVendored(t *testing.T) {
	n := newBeginner(t, "")
	n.write("main.go", "package main\n\nimport _ \"github.com/lib/pq\"\n\nfunc main() {}\n")
	n.run("go get github.com/lib/pq")
	n.run("go mod vendor")
	out, next := n.initialise("-ci none")
	_, call, ok := strings.Cut(out, "before it opens the database:\n\n")
	call, _, _ = strings.Cut(call, "\n\n")
	if !ok {
		t.Fatalf("the line for main is not said: %s", out)
	}
	n.write("main.go", "package main\n\nimport \"os\"\n\nfunc main() {\n"+call+"\n\tpanic(\"not called\")\n}\n")
	for _, command := range next {
		n.run(command)
	}
	if strings.Join(next, "\n") != "go get -tool github.com/modelgen/modelgen/cmd/modelgen\ngo mod vendor -e\ngo generate ./...\ngo mod vendor\ngo test ./...\n"+
		"export DATABASE_URL='postgres://user:password@localhost/new?sslmode=disable'\ngo run . migrate up" {
		t.Errorf("the commands are %q", next)
	}
}

// beginner is somebody with a go.mod, in a repository.
type beginner struct {
	t         *testing.T
	repo, dir string
	env       []string
	versions  map[string]string // of the drivers, as the go.mod of this module has them: nothing is fetched
	databases []string          // lines that set variables, for one shell each
}

func newBeginner(t *testing.T, in string) *beginner {
	m := newModule(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	n := &beginner{t: t, repo: filepath.Join(t.TempDir(), "repo"), versions: map[string]string{}}
	n.dir = filepath.Join(n.repo, in)
	if err := os.MkdirAll(filepath.Join(n.repo, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	n.write("go.mod", fmt.Sprintf("module example.com/new\n\ngo 1.26\n\nreplace github.com/modelgen/modelgen => %q\n", root))
	n.write("go.sum", string(m.sum))
	for _, v := range regexp.MustCompile(`(?m)^\t(\S+) (v\S+)`).FindAllStringSubmatch(string(m.mod), -1) {
		n.versions[v[1]] = v[2]
	}
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "DATABASE_URL=") && !strings.HasPrefix(e, "GITHUB_") && !strings.HasPrefix(e, "GIT_") && !strings.HasPrefix(e, "CI=") {
			n.env = append(n.env, e)
		}
	}
	n.env = append(append(n.env, m.env...), "GOFLAGS=-ldflags=-w", "GONOSUMDB=*", "GOSUMDB=off", "TEST_DATABASE_URL="+pgtest.Database(t), "CI_DEFAULT_BRANCH=main",
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com")
	n.databases = []string{"DATABASE_URL=" + pgtest.Database(t)}
	return n
}

func (n *beginner) write(name, text string) {
	n.t.Helper()
	path := filepath.Join(n.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		n.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		n.t.Fatal(err)
	}
}

// initialise runs init and returns what it prints, and the commands in that.
func (n *beginner) initialise(flags string) (out string, next []string) {
	n.t.Helper()
	out = n.run("modelgen init " + flags)
	_, list, ok := strings.Cut(out, "\nNext:\n\n")
	if !ok {
		n.t.Fatalf("no commands: %s", out)
	}
	list, _, _ = strings.Cut(list, "\n\n")
	for line := range strings.Lines(list) {
		next = append(next, strings.TrimSpace(line))
	}
	return out, next
}

// run runs a command as it was printed; the address in it becomes that of the test's database, the packages that it gets have the versions of this module.
func (n *beginner) run(command string) string {
	n.t.Helper()
	if strings.HasPrefix(command, "export DATABASE_URL=") {
		n.env = append(n.env, n.databases...)
		return ""
	}
	if rest, ok := strings.CutPrefix(command, "go get "); ok && !strings.HasPrefix(rest, "-tool") {
		words := strings.Fields(rest)
		for i, w := range words {
			for path, version := range n.versions {
				if w == path || strings.HasPrefix(w, path+"/") {
					words[i] += "@" + version
				}
			}
		}
		command = "go get " + strings.Join(words, " ")
	}
	cmd := exec.CommandContext(n.t.Context(), "sh", "-c", command)
	cmd.Dir, cmd.Env = n.dir, n.env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		n.t.Fatalf("%s: %v\n%s", command, err, &out)
	}
	return out.String()
}

var githubDirectory = regexp.MustCompile(`(?m)^        working-directory: (.+)$`)

// service runs the commands of a CI service's file in the repository, as a job does.
func (n *beginner) service(file string) {
	n.t.Helper()
	at := n.dir
	n.dir = n.repo
	n.run("rm -rf .git && git init -q -b main && git add . && git commit -q -m all && git remote add origin . && git fetch -q origin")
	text, err := os.ReadFile(filepath.Join(n.repo, file))
	if err != nil {
		n.t.Fatal(err)
	}
	if m := githubDirectory.FindStringSubmatch(string(text)); m != nil {
		n.dir = filepath.Join(n.repo, m[1])
	}
	if n.dir != at {
		n.t.Errorf("%s runs in %s", file, n.dir)
	}
	ran := 0
	script := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		command := ""
		if m := runLine.FindStringSubmatch(line); m != nil {
			command = strings.ReplaceAll(m[1], "${{ github.event.repository.default_branch }}", "main")
		} else if m := scriptLine.FindStringSubmatch(line); m != nil && script {
			command = m[1]
		} else {
			script = strings.TrimSpace(line) == "script:"
		}
		if command != "" {
			ran++
			n.run(command)
		}
	}
	if ran < 4 {
		n.t.Errorf("%s has %d commands", file, ran)
	}
	n.run("git diff --exit-code")
}
