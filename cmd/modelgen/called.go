package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/diff"
)

// ownName is how the tool is called where it is on PATH.
const ownName = "modelgen"

// cached are the places where the go command keeps a tool that it has built: the build cache for go tool, a temporary folder for go run.
var cached = regexp.MustCompile(`/[0-9a-f]{2}/[0-9a-f]{64}-d/[^/]+$|/go-build[0-9]*/`)

// calledAs returns the words that call the tool again, by the path that it was started with: a command that is printed is there to be pasted.
func calledAs(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".exe")
	if path == "" || path == ownName {
		return ownName
	}
	if cached.MatchString(filepath.ToSlash(path)) {
		return "go tool " + name
	}
	if found, err := exec.LookPath(name); err == nil && (path == name || sameFile(found, path)) {
		return name
	}
	return path
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// named finds commands of the tool in messages: what a verb, a flag or a package follows, and go tool does not precede.
var named = regexp.MustCompile(`(go tool )?\bmodelgen ((?:generate|check|lint|merge|rebase|remove|squash|show|sql|hash|init|adopt|help|version)\b|-[a-z]|\./)`)

// asCalled puts the words that call the tool in the place of its name in a message.
func (e env) asCalled(text string) string {
	if e.called == "" || e.called == ownName {
		return text
	}
	return named.ReplaceAllStringFunc(text, func(s string) string {
		return e.called + strings.TrimPrefix(strings.TrimPrefix(s, "go tool "), ownName)
	})
}

// answered prints what to run with the answers: the command as it was, flags of a go:generate line included, and where. On PATH the name of the
// tool says as much.
func (e env) answered(args, told []string, questions []gen.Question) {
	if (e.called == "" || e.called == ownName) && os.Getenv("GOFILE") == "" {
		fmt.Fprintf(e.stderr, "modelgen: nothing was written; run modelgen generate again with the answers\n")
		return
	}
	var command strings.Builder
	command.WriteString(cmp.Or(e.called, ownName))
	if e.dir != "" {
		command.WriteString(" -C " + diff.Quote(e.dir))
	}
	for _, a := range args {
		command.WriteString(" " + diff.Quote(a))
	}
	for _, flag := range told {
		command.WriteString(" " + flag)
	}
	in := ""
	if os.Getenv("GOFILE") != "" { // go generate runs it in the folder of the package
		in = ", in " + fromModule(e.dir)
	}
	var flags []string
	for _, q := range questions {
		for _, c := range open(q.Choice, flags) { // one of each that are right together
			if c.Flag == "" {
				continue
			}
			flags = append(flags, c.Flag)
			if len(questions) > 1 {
				break
			}
		}
	}
	switch {
	case len(flags) == 0:
		fmt.Fprintf(e.stderr, "modelgen: nothing was written; change the models, then run this again%s:\n  %s\n", in, command.String())
	case len(questions) > 1:
		fmt.Fprintf(e.stderr, "modelgen: nothing was written; run it again with an answer to each question%s, for instance:\n  %s %s\n", in, command.String(), strings.Join(flags, " "))
	case len(flags) == 1:
		fmt.Fprintf(e.stderr, "modelgen: nothing was written; run it again with the answer%s:\n  %s %s\n", in, command.String(), flags[0])
	default:
		fmt.Fprintf(e.stderr, "modelgen: nothing was written; run it again with the answer%s, one of:\n", in)
		for _, f := range flags {
			fmt.Fprintf(e.stderr, "  %s %s\n", command.String(), f)
		}
	}
}

// fromModule names a folder from the root of its module.
func fromModule(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "the folder of the models"
	}
	rel, err := filepath.Rel(moduleOf(dir), abs)
	if err != nil || rel == "." {
		return "the root of the module"
	}
	return filepath.ToSlash(rel)
}

// elsewhereVerbs are words that people know from other tools, or from their own program, and what does it here.
var elsewhereVerbs = map[string]string{
	"status": "program", "plan": "program", "up": "program", "down": "program", "to": "program", "fake": "program", "verify": "program", "prune": "program", "inspect": "program",
	"rehearse": "program", "protect": "program", "unprotect": "program", "log": "program",
	"migrate": "up", "apply": "up", "upgrade": "up", "deploy": "up", "rollback": "down", "undo": "down", "downgrade": "down", "goto": "to NAME", "force": "fake NAME",
	"history": "status", "showmigrations": "status", "applied": "status",
	"makemigrations": "generate", "new": "generate", "create": "generate", "add": "generate", "gen": "generate", "make": "generate", "migration": "generate", "revision": "generate",
	"diff": "generate -diff", "sqlmigrate": "sql", "squashmigrations": "squash", "validate": "check", "graph": "show", "schema": "show",
	"setup": "init", "start": "init", "startproject": "init", "startapp": "init", "scaffold": "init",
}

// unknown says what a word that is no command may have been meant for.
func (e env) unknown(word string) error {
	called := cmp.Or(e.called, ownName)
	switch meant := elsewhereVerbs[word]; {
	case meant == "program":
		return fmt.Errorf("%s is a verb of your own program, which has the database: app migrate %[1]s, where app stands for it (see go doc github.com/modelgen/modelgen/runtime/cli)", word)
	case meant != "" && verbs[firstWord(meant)] == nil:
		return fmt.Errorf("there is no command %q: modelgen writes migrations and knows no database; your own program applies them: app migrate %s, where app stands for it "+
			"(see go doc github.com/modelgen/modelgen/runtime/cli)", word, meant)
	case meant != "":
		return fmt.Errorf("there is no command %q; it is %s %s here", word, called, meant)
	}
	if info, err := os.Stat(filepath.Join(e.dir, word)); err == nil && info.IsDir() && near(word) == "" {
		return fmt.Errorf("there is no command %q; for the models of that folder it is %s ./%[1]s", word, called)
	}
	if n := near(word); n != "" {
		return fmt.Errorf("there is no command %q; did you mean %s?", word, n)
	}
	return fmt.Errorf("there is no command %q; modelgen help lists them", word)
}

func firstWord(s string) string {
	first, _, _ := strings.Cut(s, " ")
	return first
}
