// Command pgtables looks after the tables that the demo makes in a PostgreSQL database, DATABASE_URL:
//
//	pgtables check   is one of them there already? then the demo must not run
//	pgtables drop    take them away again
//
// It is a command of its own so that the demo on SQLite need not wait until the driver is compiled.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"

	_ "github.com/lib/pq"

	migrate "github.com/modelgen/modelgen/runtime"
)

// tables are what the story makes in a database.
var tables = []string{"products", "modelgen_history"}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, migrate.ErrorText(err))
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	defer db.Close()
	switch {
	case len(args) == 1 && args[0] == "check":
		return check(ctx, db)
	case len(args) == 1 && args[0] == "drop":
		return drop(ctx, db)
	}
	return fmt.Errorf("usage: pgtables check|drop")
}

func check(ctx context.Context, db *sql.DB) error {
	for _, t := range tables {
		var there bool
		if err := db.QueryRowContext(ctx, "SELECT to_regclass($1) IS NOT NULL", t).Scan(&there); err != nil {
			return fmt.Errorf("cannot use the database: %w", err)
		}
		if there {
			return fmt.Errorf("the database has a table %s already, which the demo would overwrite; give it an empty database", t)
		}
	}
	return nil
}

func drop(ctx context.Context, db *sql.DB) error {
	for _, t := range tables {
		if _, err := db.ExecContext(ctx, "DROP TABLE IF EXISTS "+t); err != nil {
			return fmt.Errorf("the tables of the demo stay in the database: %w", err)
		}
	}
	return nil
}
