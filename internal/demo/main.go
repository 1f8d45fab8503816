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
	"fmt"
	"os"
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
		clean, err := borrow(ctx, address)
		if err != nil {
			return err
		}
		defer clean(&err)
	}
	s, err := newStory(ctx, address)
	if err != nil {
		return err
	}
	defer s.remove(&err)
	return s.tell()
}
