// Command demo tells the story of modelgen with a small shop, from the first model to a rollback, in a temporary directory:
//
//	go run ./internal/demo                  # on SQLite
//	go run ./internal/demo postgres://...   # inside a database that has no tables of those names yet
//
// Every command is printed as a person would type it, then run, and what it must do is checked: the demo ends with an error when
// anything does not behave as told. It leaves nothing behind.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	address := ""
	switch {
	case len(args) > 1:
		return fmt.Errorf("it takes the postgres:// address of a database, or nothing for SQLite")
	case len(args) == 1 && args[0] != "":
		if address = args[0]; !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
			// What it is instead is not shown: it may hold a password.
			return fmt.Errorf("the address must be like postgres://user:password@host:5432/database")
		}
		tables, failed := lookAfter(ctx, address)
		if failed != nil {
			return failed
		}
		defer os.Remove(tables.path)
		if err := tables.run("check"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, tables.run("drop")) }()
	}
	s, err := newStory(ctx, address)
	if err != nil {
		return err
	}
	defer s.remove(&err)
	return s.tell()
}

// caretaker is the command that looks after the tables in a database, see internal/demo/pgtables.
type caretaker struct{ path, address string }

func lookAfter(ctx context.Context, address string) (*caretaker, error) {
	f, err := os.CreateTemp("", "modelgen-demo-tables-*.exe")
	if err != nil {
		return nil, err
	}
	f.Close()
	out, err := exec.CommandContext(ctx, "go", "build", "-o", f.Name(), self+"/internal/demo/pgtables").CombinedOutput()
	if err != nil {
		os.Remove(f.Name())
		if ctx.Err() != nil {
			return nil, errStopped
		}
		return nil, fmt.Errorf("run the demo from the checkout of modelgen: %w: %s", err, out)
	}
	return &caretaker{f.Name(), address}, nil
}

// run has no context: what is dropped must be dropped after an interrupt, too.
func (c *caretaker) run(verb string) error {
	cmd := exec.Command(c.path, verb)
	cmd.Env = append(os.Environ(), "DATABASE_URL="+c.address)
	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.New(strings.TrimSpace(string(out)))
	}
	return nil
}
