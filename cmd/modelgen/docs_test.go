package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/runtime/cli"
)

// TestTypesInDocs makes a model with a field of each type in the table of docs/models.md, and compares the SQL of both dialects with
// what the table says.
func TestTypesInDocs(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join(root, "docs", "models.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(doc), "| Go | PostgreSQL | SQLite |\n|---|---|---|\n")
	if !ok {
		t.Fatal("docs/models.md has no table of types")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	rows := regexp.MustCompile(`(?m)^\| (.+?) \| (.+?) \| (.+?) \|$`).FindAllStringSubmatch(table, -1)
	if len(rows) < 30 {
		t.Fatalf("only %d rows", len(rows))
	}
	dir := t.TempDir()
	files := map[string]string{
		"go.mod": "module example.com/types\n\ngo 1.26\n\nrequire (\n\tgithub.com/google/uuid v1.6.0\n\tgithub.com/modelgen/modelgen v0.0.0\n\tgithub.com/shopspring/decimal v1.4.0\n)\n\n" +
			"replace (\n\tgithub.com/modelgen/modelgen => " + root + "\n\tgithub.com/google/uuid => ./uuid\n\tgithub.com/shopspring/decimal => ./decimal\n)\n",
		"uuid/go.mod":        "module github.com/google/uuid\n",
		"uuid/uuid.go":       "package uuid\n\ntype UUID [16]byte\n\ntype NullUUID struct {\n\tUUID UUID\n\tValid bool\n}\n",
		"decimal/go.mod":     "module github.com/shopspring/decimal\n",
		"decimal/decimal.go": "package decimal\n\ntype Decimal struct{ exp int32 }\n\ntype NullDecimal struct {\n\tDecimal Decimal\n\tValid bool\n}\n",
	}
	var b strings.Builder
	b.WriteString("package models\n\nimport (\n\t\"database/sql\"\n\t\"encoding/json\"\n\t\"net\"\n\t\"net/netip\"\n\t\"time\"\n\n\t\"github.com/google/uuid\"\n\t\"github.com/shopspring/decimal\"\n)\n\n" +
		"type T struct {\n\t_ struct{} `table:\"ts\"`\n\n\tID int64 `db:\"id,pk\"`\n")
	for i, r := range rows {
		fmt.Fprintf(&b, "\tF%d %s `db:\"f%d\"`\n", i, r[1], i)
	}
	b.WriteString("}\n")
	files["models/models.go"] = b.String()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r, err := gen.Generate(t.Context(), gen.Config{Dir: filepath.Join(dir, "models"), Out: "../migrations", Targets: targets})
	if err != nil {
		t.Fatal(err)
	}
	plans, err := r.Plans()
	if err != nil || len(plans) != 2 {
		t.Fatal(plans, err)
	}
	for n, p := range plans {
		sql := p.Stages[0].Statements[0].SQL
		for i, row := range rows {
			want := fmt.Sprintf(`"f%d" %s`, i, row[2+n])
			if !strings.Contains(row[1], "Null") {
				want += " NOT NULL"
			}
			if !strings.Contains(sql, want+",") {
				t.Errorf("%s on %s: want %s in\n%s", row[1], p.Dialect, want, sql)
			}
		}
	}
}

// pages returns the files of the documentation, by their names from the root of the module.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"README.md", "CONTRIBUTING.md", "docs/*.md", "docs/guide/*.md"} {
		files, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no %s: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel("../..", file)
			if err != nil {
				t.Fatal(err)
			}
			all[filepath.ToSlash(name)] = string(data)
		}
	}
	return all
}

// TestREADMEIsShort: what it is, how it is installed and for which databases stands on the first screen, and all of it is skimmed in a minute.
func TestREADMEIsShort(t *testing.T) {
	text := pages(t)["README.md"]
	first := strings.Join(strings.SplitN(text, "\n", 13)[:12], "\n")
	for _, says := range []string{"go get -tool ", "PostgreSQL 14 to 18", "SQLite 3.35", "No MySQL", "Go:", "Status:", "modelgen init"} {
		if !strings.Contains(first, says) {
			t.Errorf("the first screen of the README does not say %s:\n%s", says, first)
		}
	}
	const most = 700 // beside code
	if n := len(strings.Fields(fence.ReplaceAllString(text, ""))); n > most {
		t.Errorf("the README has %d words, which is more than the %d that somebody skims in a minute: link to a page", n, most)
	}
}

var (
	fence  = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
	inline = regexp.MustCompile("`([^`\n]+)`")
	target = regexp.MustCompile(`(?m)^([a-z-]+):`)
)

// TestDocCommands: each line of a block of commands, and each piece of code in the text that is a command of ours, has a verb and flags
// that exist. TestGuide and TestDocsRun run them.
func TestDocCommands(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	for _, m := range target.FindAllStringSubmatch(string(makefile), -1) {
		targets = append(targets, m[1])
	}
	blocks, spans := 0, 0
	for name, text := range pages(t) {
		for _, b := range fence.FindAllStringSubmatch(text, -1) {
			if !slices.Contains([]string{"", "sh", "bash", "shell"}, b[1]) || name == "docs/design.md" { // which draws folders and files
				continue
			}
			for line := range strings.Lines(b[2]) {
				line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
				if line == "" {
					continue
				}
				blocks++
				words := strings.Fields(line)
				known, err := ours(words)
				switch {
				case known:
				case words[0] == "make" && len(words) > 1 && slices.Contains(targets, words[1]):
				case strings.HasPrefix(line, "go get -tool github.com/modelgen/modelgen/"):
					_, err = os.Stat("../.." + strings.TrimPrefix(words[3], "github.com/modelgen/modelgen"))
				case strings.HasPrefix(line, "go fix -fixtool="), strings.HasPrefix(line, "go fix -diff -fixtool="): // testdata/script/vet_fix.txtar runs it
				case words[0] == "go" && len(words) > 1 && slices.Contains([]string{"build", "generate", "test", "vet"}, words[1]):
				default:
					err = errors.New("nobody knows whether it works")
				}
				if err != nil {
					t.Errorf("%s: %s: %v", name, line, err)
				}
			}
		}
		for _, m := range inline.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			code := strings.ReplaceAll(m[1], `\|`, "|")
			if name == "docs/running.md" && slices.ContainsFunc(verbNames(t), func(v string) bool {
				return code == v || strings.HasPrefix(code, v+" -") || strings.HasPrefix(code, v+" NAME")
			}) {
				code = "app migrate " + code
			}
			words := strings.Fields(code)
			known, err := ours(words)
			if known {
				spans++
			}
			if len(words) == 2 && words[0] == "make" && !slices.Contains(targets, words[1]) {
				err = errors.New("the Makefile has no such target")
			}
			if err != nil {
				t.Errorf("%s: `%s`: %v", name, code, err)
			}
		}
	}
	if blocks < 6 || spans < 60 {
		t.Errorf("only %d lines and %d pieces of code are commands: where are the others?", blocks, spans)
	}
}

// ours reports whether words are a command of modelgen, or of a program with its migrations, and what is wrong with it.
func ours(words []string) (bool, error) {
	for _, prefix := range [][]string{{"go", "tool", "modelgen"}, {"modelgen"}} {
		if rest, ok := cutWords(words, prefix); ok {
			if len(rest) >= 2 && rest[0] == "-C" {
				rest = rest[2:]
			}
			verb := "generate"
			if len(rest) > 0 && verbs[rest[0]] != nil {
				verb, rest = rest[0], rest[1:]
			} else if len(rest) > 0 && (rest[0] == "help" || rest[0] == "VERB") {
				return true, nil
			} else if len(rest) > 0 && !strings.ContainsAny(rest[0][:1], "-[.") {
				return true, fmt.Errorf("there is no verb %s", rest[0])
			}
			if verb == "version" {
				return true, fits("", rest)
			}
			help, err := exec.Command("modelgen", verb, "-h").CombinedOutput() // the one that TestMain installs
			if err != nil {
				return true, fmt.Errorf("%w: %s", err, help)
			}
			return true, fits(string(help), rest)
		}
	}
	for _, prefix := range [][]string{{"app", "migrate"}, {"./shop", "migrate"}, {"go", "run", "./example", "migrate"}} {
		if rest, ok := cutWords(words, prefix); ok {
			if len(rest) == 0 || rest[0] == "VERB" || rest[0] == "<verb>" || rest[0] == "help" {
				return true, nil
			}
			var help bytes.Buffer
			if code := (cli.Command{Stdout: &help, Stderr: &help}).Run(context.Background(), []string{rest[0], "-h"}); code != 0 {
				return true, errors.New(strings.TrimSpace(help.String()))
			}
			return true, fits(help.String(), rest[1:])
		}
	}
	_, example := cutWords(words, []string{"go", "run", "./example"})
	return example, nil
}

func cutWords(words, prefix []string) ([]string, bool) {
	if len(words) < len(prefix) || !slices.Equal(words[:len(prefix)], prefix) {
		return nil, false
	}
	return words[len(prefix):], true
}

var flagLine = regexp.MustCompile(`(?m)^  -([\w-]+)( \S+)?`)

// fits parses words with the flags that a help text lists. Brackets around what can be left out are taken off.
func fits(help string, words []string) error {
	f := flag.NewFlagSet("", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	for _, m := range flagLine.FindAllStringSubmatch(help, -1) {
		if m[2] == "" {
			f.Bool(m[1], false, "")
		} else {
			f.String(m[1], "", "")
		}
	}
	plain := make([]string, len(words))
	for i, w := range words {
		plain[i] = strings.Trim(w, "[]")
	}
	_, err := parse(f, plain)
	return err
}

// verbNames returns the verbs of the user's program, as its help lists them.
func verbNames(t *testing.T) (names []string) {
	t.Helper()
	var help bytes.Buffer
	cli.Command{Stdout: &help, Stderr: &help}.Run(t.Context(), []string{"help"})
	for _, m := range regexp.MustCompile(`(?m)^  (\w+) `).FindAllStringSubmatch(help.String(), -1) {
		names = append(names, m[1])
	}
	if len(names) < 10 {
		t.Fatalf("the help lists only %q", names)
	}
	return names
}

// TestDocLinks: what the pages link to is there, headings included.
func TestDocLinks(t *testing.T) {
	all, links := pages(t), 0
	for name, text := range all {
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			links++
			file, anchor, _ := strings.Cut(m[1], "#")
			to := name
			if file != "" {
				to = filepath.ToSlash(filepath.Join(filepath.Dir(name), file))
			}
			if _, err := os.Stat(filepath.Join("../..", to)); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
			if anchor != "" && !slices.Contains(anchors(all[to]), anchor) {
				t.Errorf("%s links to %s, and there is no such heading; there are %s", name, m[1], strings.Join(anchors(all[to]), ", "))
			}
		}
	}
	if links < 30 {
		t.Errorf("only %d links", links)
	}
}

// anchors returns the names by which the headings of a page can be linked to.
func anchors(text string) (all []string) {
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		all = append(all, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, m[1]))
	}
	return all
}
