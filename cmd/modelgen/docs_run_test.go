package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
)

// notRun has the commands of the pages that are not run here, with the reason. make reads each, and says what it would do.
var notRun = map[string]string{
	"go tool modelgen adopt postgres://...":             "has no database in it; docs/guide/adopt.md runs it with one",
	"modelgen adopt postgres://...":                     "as above",
	"modelgen adopt -into ./internal/db postgres://...": "as above",
	"modelgen adopt sqlite:app.db":                      "as above",
	"modelgen adopt db.json":                            "the script adopt.txtar runs it with a file",
	"go test ./runtime/page -run TestLook -out DIR":     "it runs in the checkout, and writes pages to look at",
	"make test": "it runs the tests", "make docs": "it runs this test", "make programs": "it runs the tests", "app migrate status -watch": "it ends by a signal, which TestWatchSignals sends",
	"make lint verify test": "it runs the tests", "make matrix": "it runs the tests on servers from the network",
	"make matrix MATRIX=18": "it runs the tests on servers from the network", "make bench": "it takes minutes", "make vettool": "it fetches from the network", "make bench BENCH=stalls": "it takes 20 minutes",
	"go test ./runtime/dialecttest -run XXX -bench Far": "it takes a minute", "make bench BENCH=costs": "it takes minutes", "make bench BENCH=costs BENCHFLAGS='-page docs/performance.md'": "it takes minutes, and writes the page",
	"make bench BENCH=fleet": "it takes minutes", "make bench BENCH=fleet BENCHFLAGS='-files 500 -schemas 200'": "it takes a minute",
	"make bench BENCH=stalls BENCHFLAGS='-rows 100000 -hold 3s'": "it takes minutes", "make soak": "it takes hours",
	"make random": "it takes hours", "make fuzz": "it takes minutes",
	"go test -short ./gen/... ./runtime ./runtime/schema ./internal/everyop": "it runs the tests of the whole generator",
	"go test -short ./...": "it runs this test", "go test ./gen/lint -update": "it writes docs/lint.md; gen/lint compares it",
}

// completed has what stands for a verb where a sentence only names it, and it cannot do without operands.
var completed = map[string]string{
	"app migrate sql": "app migrate sql 0002", "modelgen rebase": "modelgen rebase 0004_mine", "modelgen squash": "modelgen squash ..0002",
}

// otherwise has the status of commands that say no in the state that they are run in.
var otherwise = map[string]int{"app migrate check": 1, "modelgen -diff": 1, "modelgen adopt": 2, "modelgen init": 1} // 2: a page names the verb, without a database; there are models already

// shownAs are the words of the pages that stand for others.
var shownAs = []struct {
	word *regexp.Regexp
	is   string
}{
	{regexp.MustCompile(`\bFROM\.\.TO\b`), "0001..0002"},
	{regexp.MustCompile(`-name (NAME|WORDS)\b`), "-name words"},
	{regexp.MustCompile(`\bfake NAME\b`), "fake 0003"},
	{regexp.MustCompile(`\bNAME\b`), "0002"},
	{regexp.MustCompile(`\bDIR\b`), "."},
	{regexp.MustCompile(`(\bVERB\b|<verb>)`), "status"},
	{regexp.MustCompile(`\[directory\] \[name\]`), "migrations 0002"},
	{regexp.MustCompile(`[\[\]]`), ""},
	{regexp.MustCompile(`^\./shop `), "app "},
	{regexp.MustCompile(`^go tool modelgen\b`), "modelgen"},
}

// TestDocsRun runs the commands of the pages outside the guide, and those that the text of the guide names (TestGuide runs its blocks). Each runs in a
// copy of a shop with three migrations, in the state in which somebody would type it.
func TestDocsRun(t *testing.T) {
	states := newStates(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	commands := shownCommands(t)
	if len(commands) < 60 {
		t.Fatalf("only %d commands were found: %q", len(commands), commands)
	}
	for _, list := range [][]string{slices.Collect(maps.Keys(notRun)), slices.Collect(maps.Keys(completed)), slices.Collect(maps.Keys(otherwise))} {
		for _, c := range list {
			if !slices.Contains(commands, c) {
				t.Errorf("no page has the command %s any more", c)
			}
		}
	}
	example := filepath.Join(t.TempDir(), "example") // built once, as go run would each time
	states.run(t, root, "go build -ldflags=-w -o "+example+" ./example", 0)
	for _, shown := range commands {
		t.Run(shown, func(t *testing.T) {
			command := shown
			if c, ok := completed[command]; ok {
				command = c
			}
			for _, s := range shownAs {
				command = s.word.ReplaceAllString(command, s.is)
			}
			words := strings.Fields(command)
			switch _, left := notRun[shown]; {
			case left && words[0] == "make":
				states.run(t, root, "make --no-print-directory -n "+strings.TrimPrefix(command, "make "), 0)
			case left:
			case strings.Contains(command, "DATABASE_URL=postgres://..."):
				states.run(t, root, strings.ReplaceAll(command, "postgres://...", "'"+pgtest.Database(t)+"'"), 0)
			case words[0] == "make", strings.HasPrefix(command, "go run ./internal/"):
				states.run(t, root, command, 0)
			case strings.HasPrefix(command, "go run ./example"):
				dir := t.TempDir() // where it makes its shop.db
				program := func(c string) string { return example + strings.TrimPrefix(c, "go run ./example") }
				if first := "go run ./example migrate up"; command != first {
					states.run(t, dir, program(first), 0)
				}
				states.run(t, dir, program(command), 0)
			case strings.HasPrefix(command, "go get -tool "):
				dir := states.copy(t, "applied")
				states.run(t, dir, "go mod edit -droptool "+words[3]+" && "+command+" && go tool -n modelgen", 0)
			default:
				states.run(t, states.copy(t, stateFor(words)), command, otherwise[command])
			}
		})
	}
}

// stateFor is the state of the shop in which a command is of use.
func stateFor(words []string) string {
	verb := ""
	switch {
	case words[0] == "app" && len(words) > 2:
		verb = words[2]
		if slices.Contains([]string{"up", "plan", "fake", "check", "status"}, verb) {
			return "pending"
		}
		return "applied"
	case strings.Contains(strings.Join(words, " "), "go tool -n modelgen"):
		return "library"
	case words[0] != "modelgen":
		return "applied"
	case len(words) > 1:
		verb = words[1]
	}
	switch {
	case verb == "merge" || verb == "rebase":
		return "branches"
	case verb == "-empty":
		return "applied"
	case verb == "" || strings.HasPrefix(verb, "-"):
		return "changed"
	}
	return "applied"
}

// shownCommands returns the commands of the pages, each once.
func shownCommands(t *testing.T) []string {
	all := map[string]bool{}
	for name, text := range pages(t) {
		guide := strings.HasPrefix(name, "docs/guide/")
		for _, b := range fence.FindAllStringSubmatch(text, -1) {
			if guide || name == "docs/design.md" || !slices.Contains([]string{"", "sh", "bash", "shell"}, b[1]) {
				continue
			}
			for line := range strings.Lines(b[2]) {
				line, note, _ := strings.Cut(strings.TrimSpace(line), " #")
				if line = strings.TrimSpace(line); line != "" {
					all[line] = true
				}
				for more := range strings.SplitSeq(note, ";") {
					if _, command, ok := strings.Cut(more, "go run "); ok {
						all["go run "+strings.TrimSpace(command)] = true
					}
				}
			}
		}
		for _, m := range inline.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			code := strings.ReplaceAll(m[1], `\|`, "|")
			if name == "docs/running.md" && slices.Contains(verbNames(t), strings.SplitN(code, " ", 2)[0]) {
				code = "app migrate " + code
			}
			words := strings.Fields(code)
			known, err := ours(words)
			whole := known && err == nil && !strings.HasPrefix(code, "modelgen VERB")
			if whole || len(words) > 1 && words[0] == "make" || ourGoCommand.MatchString(code) {
				all[code] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// ourGoCommand is a command of go that is whole, and not only the name of one.
var ourGoCommand = regexp.MustCompile(`^go (generate|build|vet|test|fix|run) (\./|-vettool|-fixtool|-tags|-short)`)

// states are copies of a shop, by what has happened to it.
type states struct {
	dirs map[string]string
	env  []string
}

func newStates(t *testing.T) *states {
	m := newModule(t)
	bin := t.TempDir()
	s := &states{dirs: map[string]string{}}
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "DATABASE_URL=") && !strings.HasPrefix(e, "GITHUB_") && !strings.HasPrefix(e, "PATH=") {
			s.env = append(s.env, e)
		}
	}
	s.env = append(append(s.env, m.env...), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	made := func(name, from string, files map[string]string, commands ...string) {
		dir := filepath.Join(t.TempDir(), "shop")
		if from == "" {
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		} else if err := os.CopyFS(dir, os.DirFS(s.dirs[from])); err != nil {
			t.Fatal(err)
		}
		for file, text := range files {
			path := filepath.Join(dir, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range commands {
			s.run(t, dir, c, 0)
		}
		s.dirs[name] = dir
	}
	model := func(fields string) map[string]string {
		return map[string]string{"models/models.go": "package models\n\n//go:generate modelgen -out ../migrations\n\ntype Product struct {\n\t_ struct{} `table:\"products\"`\n\n\tID int64 `db:\"id,pk,identity\"`\n" + fields + "}\n"}
	}
	added := func(n, v, column string) string {
		return fmt.Sprintf("package migrations\n\nimport (\n\tmigrate \"github.com/modelgen/modelgen/runtime\"\n\t\"github.com/modelgen/modelgen/runtime/schema\"\n)\n\nvar %s = &migrate.Migration{Name: %q, "+
			"Parents: []*migrate.Migration{M0003ProductNote}, Ops: []migrate.Op{migrate.AddColumn{Table: \"products\", Column: schema.Text(%q).Null()}}}\n", v, n, column)
	}
	made("start", "", map[string]string{"go.mod": string(m.mod), "go.sum": string(m.sum), "main.go": tutorialProgram(t)})
	made("one", "start", model("\tName string\n"), "go generate ./models")
	made("two", "one", model("\tName string\n\tStock int32 `db:\"stock,default:0\"`\n"), "go generate ./models", "go build -ldflags=-w -o "+filepath.Join(bin, "app")+" .", "app migrate up")
	made("pending", "two", model("\tName string\n\tStock int32 `db:\"stock,default:0\"`\n\tNote *string\n"), "go generate ./models", "go build -ldflags=-w -o "+filepath.Join(bin, "app")+" .")
	made("applied", "pending", nil, "app migrate up")
	made("library", "applied", nil, "rm main.go") // go vet and go fix look at all that a program is made of whenever the tool is another one, and a driver for SQLite is large
	made("changed", "applied", model("\tName string\n\tStock int32 `db:\"stock,default:0\"`\n\tNote *string\n\tLabel *string\n"))
	made("branches", "applied", map[string]string{
		"migrations/0004_mine.go": added("0004_mine", "M0004Mine", "a"), "migrations/0004_theirs.go": added("0004_theirs", "M0004Theirs", "b"),
	})
	return s
}

// copy returns a folder in that state to one command.
func (s *states) copy(t *testing.T, state string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	if err := os.CopyFS(dir, os.DirFS(s.dirs[state])); err != nil {
		t.Fatal(err)
	}
	return dir
}

// run runs a command as a reader would type it.
func (s *states) run(t *testing.T, dir, command string, status int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir, cmd.Env = dir, s.env
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != status {
		t.Errorf("%s: exit status %d, not %d:\n%s", command, got, status, out)
	}
}
