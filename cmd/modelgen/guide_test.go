package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
)

const (
	guideDir = "../../docs/guide"

	// shownURL is how the guide writes the address of a PostgreSQL database. It stands for an empty one of the page's own.
	shownURL = "postgres://localhost/shop"

	// shownTime stands in the guide for every point in time.
	shownTime = "2026-03-02 09:14:07"
)

// offline has the commands of the guide that need the network, each with what is run in their place. There may be three at most.
var offline = []struct{ command, reason, instead string }{
	{
		"go get modernc.org/sqlite github.com/lib/pq",
		"asks the module proxy; the module of the page gets the drivers, and the checkout as a tool, instead",
		`cp "$GUIDE_MODULE/go.mod" "$GUIDE_MODULE/go.sum" .`,
	},
	{
		"go get -tool github.com/modelgen/modelgen/cmd/modelgen@latest",
		"asks the module proxy; the go.mod of the line above has the tool",
		"go list github.com/modelgen/modelgen/cmd/modelgen > /dev/null",
	},
}

// TestGuide does what a reader of docs/guide does. Each page is walked from top to bottom in a folder of its own: the tutorial begins in an
// empty one, all others in a module with the program of the tutorial. What a fenced block is for stands in its first line:
//
//	go, sql, yaml  "// models/models.go", "-- files/1.sql" or "# .gitlab-ci.yml": the whole file, which is written; the commands of a yaml file are run, and so are
//	               those of a Dockerfile (dockerfile) and of a unit (ini)
//	go, json       otherwise: lines that stand so in a file of the module; ... is a gap
//	diff           "--- models/models.go": the lines with a blank or - must be there once, and become those with a blank or +
//	console        "$ command" is run by sh, and what it prints must be what stands below; ... is any number of lines, and a status other
//	               than 0 is a last line "(exit status 1)"
//	text           is for reading only
//
// Points in time, and durations at the end of a line, may be others. With -update the outputs are written into the pages.
func TestGuide(t *testing.T) {
	if len(offline) > 3 {
		t.Errorf("%d commands of the guide are not run as they are", len(offline))
	}
	pages, err := filepath.Glob(filepath.Join(guideDir, "*.md"))
	if err != nil || len(pages) < 10 {
		t.Fatalf("the guide has %d pages: %v", len(pages), err)
	}
	m := newModule(t)
	module := t.TempDir()
	for name, data := range map[string][]byte{"go.mod": m.mod, "go.sum": m.sum} {
		if err := os.WriteFile(filepath.Join(module, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	program := tutorialProgram(t)
	for _, file := range pages {
		name := strings.TrimSuffix(filepath.Base(file), ".md")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &page{t: t, file: file, dir: t.TempDir(), state: filepath.Join(t.TempDir(), "state")}
			for _, e := range os.Environ() {
				if !strings.HasPrefix(e, "DATABASE_URL=") && !strings.HasPrefix(e, "PG") && !strings.HasPrefix(e, "GIT_") && !strings.HasPrefix(e, "GITHUB_") && !strings.HasPrefix(e, "CI=") {
					p.env = append(p.env, e)
				}
			}
			p.env = append(append(p.env, m.env...), "GOFLAGS=-ldflags=-w", "GUIDE_MODULE="+module, "GUIDE_STATE="+p.state, "LC_ALL=C", "TZ=UTC",
				"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
				"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com")
			p.remember(p.dir)
			if name != "tutorial" {
				p.write("main.go", program)
				for _, f := range []string{"go.mod", "go.sum"} {
					data, err := os.ReadFile(filepath.Join(module, f))
					if err != nil {
						t.Fatal(err)
					}
					if f == "go.mod" && (name == "from-gorm" || name == "from-bun") {
						data = withFakes(t, data)
					}
					p.write(f, string(data))
				}
			}
			p.walk()
		})
	}
}

// tutorialProgram returns the main.go of the tutorial.
func tutorialProgram(t *testing.T) string {
	for _, b := range readBlocks(t, filepath.Join(guideDir, "tutorial.md")) {
		if path, text := b.title(); b.lang == "go" && path == "main.go" {
			return text
		}
	}
	t.Fatal("the tutorial has no main.go")
	return ""
}

// block is a fenced block of a page.
type block struct {
	lang  string
	line  int // of its first line in the file, from 1
	lines []string
}

// readBlocks returns the fenced blocks of a page.
func readBlocks(t *testing.T, file string) (all []block) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var open *block
	for i, line := range strings.Split(string(data), "\n") {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		switch {
		case fence && open != nil:
			all = append(all, *open)
			open = nil
		case fence:
			open = &block{lang: strings.TrimPrefix(strings.TrimSpace(line), "```"), line: i + 2}
		case open != nil:
			open.lines = append(open.lines, line)
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: the block has no end", file, open.line)
	}
	return all
}

var titleLine = regexp.MustCompile(`^(?://|#|---|--) (\S+\.\w+)$`)

// title returns the name of the file that the first line of a block has, "" for none, and what follows it.
func (b block) title() (name, text string) {
	if len(b.lines) == 0 {
		return "", ""
	}
	m := titleLine.FindStringSubmatch(b.lines[0])
	if m == nil {
		return "", ""
	}
	return m[1], strings.TrimLeft(strings.Join(b.lines[1:], "\n"), "\n") + "\n"
}

// page is one page on its walk.
type page struct {
	t          *testing.T
	file       string
	dir, state string
	env        []string
	url        string // of the page's database on PostgreSQL, once it has one
}

func (p *page) walk() {
	lines := map[int][]string{} // what the console blocks should be, by their first line
	if *update {
		defer p.rewrite(lines)
	}
	for _, b := range readBlocks(p.t, p.file) {
		name, text := b.title()
		switch {
		case b.lang == "console":
			lines[b.line] = p.console(b)
		case b.lang == "diff" && name != "":
			p.patch(b, name)
		case (b.lang == "go" || b.lang == "sql") && name != "":
			p.write(name, text)
		case slices.Contains([]string{"yaml", "ini", "dockerfile"}, b.lang) && (name != "" || b.lang == "dockerfile"):
			if b.lang == "dockerfile" {
				name, text = "Dockerfile", strings.Join(b.lines, "\n")+"\n"
			}
			p.write(name, text)
			p.recipe(b)
		case b.lang == "go" || b.lang == "json":
			p.excerpt(b)
		case b.lang != "text":
			p.t.Errorf("%s:%d: a block of %q is neither run nor compared with anything", p.file, b.line, b.lang)
		case strings.HasPrefix(strings.Join(b.lines, "\n"), "$ "):
			p.t.Errorf("%s:%d: a command that is not run", p.file, b.line)
		}
	}
}

// rewrite puts blocks in the place of those of the page.
func (p *page) rewrite(blocks map[int][]string) {
	data, err := os.ReadFile(p.file)
	if err != nil {
		p.t.Fatal(err)
	}
	var out []string
	skip := false
	for i, line := range strings.Split(string(data), "\n") {
		if now, ok := blocks[i+1]; ok {
			out = append(out, now...)
			skip = true
		}
		if strings.HasPrefix(line, "```") {
			skip = false
		}
		if !skip {
			out = append(out, line)
		}
	}
	if text := strings.Join(out, "\n"); text != string(data) {
		if err := os.WriteFile(p.file, []byte(text), 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
}

// cwd is the folder that the reader is in.
func (p *page) cwd() string {
	data, err := os.ReadFile(p.state + ".dir")
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

func (p *page) remember(dir string) {
	for name, text := range map[string]string{p.state: "", p.state + ".dir": dir} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *page) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.cwd(), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
	if strings.HasSuffix(name, ".go") {
		if out, err := exec.Command("gofmt", "-l", path).CombinedOutput(); err != nil || len(out) > 0 {
			p.t.Errorf("%s: %s is not formatted: %s", p.file, name, out)
		}
	}
}

// patch makes the change that a diff shows; it may have several parts, with lines of @@ between them.
func (p *page) patch(b block, name string) {
	path := filepath.Join(p.cwd(), filepath.FromSlash(name))
	data, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatalf("%s:%d: %v", p.file, b.line, err)
	}
	text := "\n" + string(data)
	for part := range strings.SplitSeq(strings.Join(b.lines[1:], "\n"), "\n@@\n") {
		old, now := "\n", "\n"
		for line := range strings.SplitSeq(strings.TrimPrefix(part, "@@\n"), "\n") {
			sign, rest := " ", ""
			if line != "" {
				sign, rest = line[:1], line[1:]
			}
			if sign != "+" {
				old += rest + "\n"
			}
			if sign != "-" {
				now += rest + "\n"
			}
			if !strings.Contains(" +-", sign) {
				p.t.Fatalf("%s:%d: %q is no line of a diff", p.file, b.line, line)
			}
		}
		if n := strings.Count(text, old); n != 1 {
			p.t.Fatalf("%s:%d: %s has the lines %d times, not once:%s\nit is%s", p.file, b.line, name, n, old, text)
		}
		text = strings.Replace(text, old, now, 1)
	}
	p.write(name, text[1:])
}

// excerpt looks for the lines of a block in the files of the module.
func (p *page) excerpt(b block) {
	want := trimmed(b.lines)
	found := false
	err := filepath.WalkDir(p.cwd(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != "."+b.lang {
			return err
		}
		data, err := os.ReadFile(path)
		if matches(append(append([]string{"..."}, want...), "..."), trimmed(strings.Split(string(data), "\n"))) {
			found = true
			return fs.SkipAll
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	if !found {
		p.t.Errorf("%s:%d: no file of the module has these lines:\n%s", p.file, b.line, strings.Join(b.lines, "\n"))
	}
}

func trimmed(lines []string) (out []string) {
	for _, line := range lines {
		out = append(out, strings.TrimSpace(line))
	}
	return out
}

// matches compares lines with those that are wanted, among which ... is any number of them.
func matches(want, got []string) bool {
	for i, w := range want {
		if strings.TrimSpace(w) == "..." {
			for j := range len(got) - i + 1 {
				if matches(want[i+1:], got[i+j:]) {
					return true
				}
			}
			return false
		}
		if i >= len(got) || got[i] != w {
			return false
		}
	}
	return len(want) == len(got)
}

// console runs the commands of a block and returns the block as it should be.
func (p *page) console(b block) (now []string) {
	if len(b.lines) == 0 || !strings.HasPrefix(b.lines[0], "$ ") {
		p.t.Errorf("%s:%d: a console begins with a command", p.file, b.line)
	}
	for i := 0; i < len(b.lines); i++ {
		at, start := b.line+i, i
		var command strings.Builder
		command.WriteString(strings.TrimPrefix(b.lines[i], "$ "))
		for strings.HasSuffix(b.lines[i], `\`) && i+1 < len(b.lines) {
			i++
			command.WriteString("\n" + b.lines[i])
		}
		now = append(now, b.lines[start:i+1]...)
		var want []string
		for i+1 < len(b.lines) && !strings.HasPrefix(b.lines[i+1], "$ ") {
			i++
			want = append(want, b.lines[i])
		}
		got := p.run(at, command.String())
		if same(want, got) {
			now = append(now, want...)
			continue
		}
		now = append(now, got...)
		if !*update {
			p.t.Errorf("%s:%d: $ %s\nprints\n%s\nnot\n%s", p.file, at, command.String(), strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	return now
}

var (
	momentText = regexp.MustCompile(`\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\b`)
	spanText   = regexp.MustCompile(`[ \t]+<?[0-9.]+(µs|ms|s)$`)
)

// same compares outputs, but for the times in them.
func same(want, got []string) bool {
	plain := func(lines []string) []string {
		out := make([]string, len(lines))
		for i, line := range lines {
			out[i] = spanText.ReplaceAllString(momentText.ReplaceAllString(line, shownTime), " 1ms")
		}
		return out
	}
	return matches(plain(want), plain(got))
}

// prelude goes on where the command before ended, and has the modelgen of this test in the place of the one that go tool would build.
const prelude = `. "$GUIDE_STATE"
cd "$(cat "$GUIDE_STATE.dir")"
go() {
	if [ "$1 $2" = "tool modelgen" ]; then shift 2; command modelgen "$@"; else command go "$@"; fi
}
`

// epilogue notes the folder and the variables that a command leaves.
const epilogue = `
guide_status=$?
export -p > "$GUIDE_STATE"
pwd > "$GUIDE_STATE.dir"
exit $guide_status
`

// run runs one command and returns the lines that it prints.
func (p *page) run(line int, command string) []string {
	p.t.Helper()
	for _, o := range offline {
		if o.command == command {
			command = o.instead
		}
	}
	if strings.Contains(command, shownURL) {
		if p.url == "" {
			p.url = pgtest.Database(p.t)
		}
		command = strings.ReplaceAll(command, shownURL, "'"+p.url+"'")
	}
	cmd := exec.CommandContext(p.t.Context(), "sh", "-c", prelude+command+epilogue)
	cmd.Dir, cmd.Env = p.dir, p.env
	out, err := cmd.CombinedOutput()
	text := string(out)
	if p.url != "" {
		text = strings.ReplaceAll(text, p.url, shownURL)
	}
	text = momentText.ReplaceAllString(text, shownTime)
	for _, folder := range []string{p.dir, os.Getenv("HOME")} {
		if len(folder) > 1 && strings.Contains(text, folder) {
			p.t.Errorf("%s:%d: %s prints a folder of this machine: %s", p.file, line, command, text)
		}
	}
	var lines []string
	if text = strings.TrimSuffix(text, "\n"); text != "" {
		lines = strings.Split(text, "\n")
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return append(lines, fmt.Sprintf("(exit status %d)", exit.ExitCode()))
	}
	if err != nil {
		p.t.Fatalf("%s:%d: %s: %v", p.file, line, command, err)
	}
	return lines
}

var (
	runLine    = regexp.MustCompile(`^ *(?:- )?run: (.+)$`)
	scriptLine = regexp.MustCompile(`^ *- (.+)$`)
	buildLine  = regexp.MustCompile(`^RUN (.+)$`)                                // of a Dockerfile
	unitLine   = regexp.MustCompile(`^ExecStartPre=/srv/shop/(.+)$`)             // of a unit of systemd
	podLine    = regexp.MustCompile(`^ *(?:args: |command: \["/shop", )(.+)\]$`) // of Kubernetes
)

// checkout makes the folder what a CI job finds: a clone whose origin has the branch main. What the page wrote up to here is on it.
func (p *page) checkout() {
	if _, err := os.Stat(filepath.Join(p.dir, ".git")); err == nil {
		return
	}
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"}, {"add", "."}, {"-c", "user.name=me", "-c", "user.email=me@example.com", "commit", "-q", "-m", "all"},
		{"remote", "add", "origin", p.dir}, {"fetch", "-q", "origin"},
	} {
		cmd := exec.Command("git", args...)
		cmd.Dir = p.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			p.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// recipe runs the commands of a file for another program: those of GitHub stand behind run:, those of GitLab below script:, those of Kubernetes behind args:
// and command:, those of systemd behind ExecStartPre=, those of Docker behind RUN.
func (p *page) recipe(b block) {
	p.checkout()
	ran := 0
	run := func(i int, command string) {
		ran++
		if got := p.run(b.line+i, command); len(got) > 0 && strings.HasPrefix(got[len(got)-1], "(exit status ") {
			p.t.Errorf("%s:%d: %s\n%s", p.file, b.line+i, command, strings.Join(got, "\n"))
		}
	}
	for i := 0; i < len(b.lines); i++ {
		line := b.lines[i]
		if m := runLine.FindStringSubmatch(line); m != nil {
			if strings.HasPrefix(m[1], "|") {
				p.t.Errorf("%s:%d: write each command behind a run: of its own", p.file, b.line+i)
			}
			run(i, m[1])
		}
		if m := buildLine.FindStringSubmatch(line); m != nil {
			run(i, m[1])
		}
		if m := unitLine.FindStringSubmatch(line); m != nil {
			run(i, "./"+m[1])
		}
		if m := podLine.FindStringSubmatch(line); m != nil {
			run(i, "./shop "+strings.NewReplacer(`"`, "", ",", "", "[", "").Replace(m[1]))
		}
		if key := strings.TrimSpace(line); !slices.Contains([]string{"script:", "before_script:", "after_script:"}, key) {
			continue
		}
		for i+1 < len(b.lines) {
			m := scriptLine.FindStringSubmatch(b.lines[i+1])
			if m == nil {
				break
			}
			i++
			run(i, m[1])
		}
	}
	if ran == 0 {
		p.t.Errorf("%s:%d: the recipe has no command", p.file, b.line)
	}
}
