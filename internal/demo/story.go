package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// story runs the commands of the demo in its folder.
type story struct {
	ctx  context.Context
	dir  string
	env  []string
	name string // of the database, without password; "" is SQLite
}

// errStopped is an interrupt.
var errStopped = errors.New("stopped")

func newStory(ctx context.Context, address string) (*story, error) {
	dir, err := os.MkdirTemp("", "modelgen-demo-")
	if err != nil {
		return nil, err
	}
	s := &story{ctx: ctx, dir: dir, name: migrate.Redact(address)}
	flags := strings.TrimSpace(os.Getenv("GOFLAGS") + " -mod=mod")
	s.env = append(os.Environ(), "GOFLAGS="+flags, "GOWORK=off", "PWD="+dir, "DATABASE_URL="+address)
	if err := write(dir, address); err != nil {
		s.remove(&err)
		return nil, err
	}
	return s, nil
}

func (s *story) remove(failed *error) {
	if err := os.RemoveAll(s.dir); err != nil {
		*failed = errors.Join(*failed, err)
	}
}

// tell is the story.
func (s *story) tell() error {
	on := "SQLite"
	if s.name != "" {
		on = "PostgreSQL"
	}
	steps := []func() error{
		s.say("A shop, on %s. Its models are structs:", on),
		s.cat("models/models.go"),
		s.say("Its module has modelgen as a tool (go get -tool %s/cmd/modelgen).\nThe first migration:", self),
		s.cmd(0, "go generate ./models", "0001_initial.go"),
		s.cmd(0, "ls migrations", "0001_initial.go", "migrations.go", "snapshot.json"),
		s.cat("migrations/0001_initial.go", "migrate.CreateTable{"),

		s.say("The shop's own program carries it to the database; see main.go, of which this is all there is to it:"),
		s.cmd(0, "grep cli.Run main.go", "cli.Run("),
	}
	if s.name != "" {
		steps = append(steps, s.say("$ export DATABASE_URL=%s", s.name))
	}
	steps = append(steps,
		s.cmd(0, "go build -o shop ."),
		s.cmd(0, "./shop migrate up", "applied  0001_initial"),
		s.cmd(0, "./shop add Tea 450"),
		s.cmd(0, "./shop add Coffee 790"),
		s.cmd(0, "./shop list", "Tea", "450", "Coffee", "790"),

		s.say("The shop wants to know its stock. A field more in the model:"),
		s.edit("models/models.go", "\tStock int32  `db:\"stock,default:0\"`"),
		s.cmd(0, "go generate ./models", "0002_product_stock.go"),
		s.cat("migrations/0002_product_stock.go", `schema.Integer("stock").Default(0)`),
		s.cmd(0, "go build -o shop ."),
		s.cmd(0, "./shop migrate status", "1 applied, 1 pending", "pending", "0002_product_stock"),
		s.cmd(0, "./shop migrate plan", "0002_product_stock", "ALTER TABLE", "stock"),
		s.cmd(0, "./shop migrate up", "applied  0002_product_stock"),
		s.say("The rows are still there, with a stock of 0:"),
		s.cmd(0, "./shop list", "stock", "Tea", "Coffee", "0"),

		s.say("Back to the first migration, and forward again:"),
		s.cmd(0, "./shop migrate to 0001", "undone   0002_product_stock"),
		s.cmd(0, "./shop list", "Tea", "Coffee", "!stock"),
		s.cmd(0, "./shop migrate up", "applied  0002_product_stock"),
		s.cmd(0, "./shop list", "stock", "Tea", "Coffee"),
		s.cmd(0, "./shop migrate status", "2 applied, 0 pending"),

		s.say("And if somebody changes a model and forgets to generate? Then it does not compile:"),
		s.edit("models/models.go", "\tNote  *string `db:\"note\"`"),
		s.cmd(1, "go build ./...", "models/modelgen_guard.go:", "Product"),
		s.say("The line it stands on says what to do, and so does modelgen check, in CI for instance:"),
		s.cmd(1, "go tool modelgen check", "models/models.go:", "products.note", "run go generate"),
		s.say("That is all. README.md says how to begin with your own models."),
	)
	for _, step := range steps {
		if err := s.ctx.Err(); err != nil {
			return errStopped
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) say(format string, args ...any) func() error {
	return func() error {
		_, err := fmt.Printf("\n"+format+"\n", args...)
		return err
	}
}

// cat shows a file.
func (s *story) cat(name string, want ...string) func() error {
	return s.cmd(0, "cat "+name, want...)
}

// edit adds a line to the end of the struct in a file, and shows it.
func (s *story) edit(name, line string) func() error {
	return func() error {
		path := filepath.Join(s.dir, filepath.FromSlash(name))
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		body, ok := strings.CutSuffix(string(text), "}\n")
		if !ok {
			return fmt.Errorf("%s does not end with a struct", name)
		}
		if err := os.WriteFile(path, []byte(body+line+"\n}\n"), 0o644); err != nil {
			return err
		}
		_, err = fmt.Printf("\n%s:\n+%s\n", name, line)
		return err
	}
}

// cmd prints a command, runs it, prints what it prints, and checks the exit status and words of the output: those that must be there,
// and those behind a ! that must not.
func (s *story) cmd(status int, line string, want ...string) func() error {
	return func() error {
		fmt.Printf("\n$ %s\n", line)
		out, code, err := s.exec(strings.Fields(line))
		if err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
		fmt.Print(out)
		if out != "" && !strings.HasSuffix(out, "\n") {
			fmt.Println()
		}
		if code != 0 {
			fmt.Printf("(exit status %d)\n", code)
		}
		switch {
		case s.ctx.Err() != nil:
			return errStopped
		case code != status:
			return fmt.Errorf("%s: the exit status is %d, it should be %d", line, code, status)
		}
		for _, w := range want {
			if w, not := strings.CutPrefix(w, "!"); strings.Contains(out, w) == not {
				return fmt.Errorf("%s: the output should %s", line, map[bool]string{false: "have ", true: "not have "}[not]+strconv.Quote(w))
			}
		}
		return nil
	}
}

// exec runs a command of the story. Those of other systems than Go are done here: cat, ls, grep.
func (s *story) exec(args []string) (out string, status int, err error) {
	path := filepath.Join(s.dir, filepath.FromSlash(args[len(args)-1]))
	switch args[0] {
	case "cat":
		text, err := os.ReadFile(path)
		return string(text), 0, err
	case "ls":
		entries, err := os.ReadDir(path)
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		slices.Sort(names)
		return strings.Join(names, "  ") + "\n", 0, err
	case "grep":
		text, err := os.ReadFile(path)
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, args[1]) {
				out += line
			}
		}
		return out, 0, err
	}
	cmd := exec.CommandContext(s.ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = s.dir, s.env
	text, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(text), exit.ExitCode(), nil
	}
	return string(text), 0, err
}
