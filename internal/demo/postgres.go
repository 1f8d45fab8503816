package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	_ "github.com/lib/pq"

	migrate "github.com/modelgen/modelgen/runtime"
)

// tables are what the story makes in a database.
var tables = []string{"products", "modelgen_history"}

// borrow makes sure that nothing in the database is called what the story makes, and gives the function that takes it away again.
func borrow(ctx context.Context, address string) (clean func(*error), err error) {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return nil, errors.New(migrate.ErrorText(err))
	}
	defer db.Close()
	for _, t := range tables {
		var there bool
		if err := db.QueryRowContext(ctx, "SELECT to_regclass($1) IS NOT NULL", t).Scan(&there); err != nil {
			return nil, fmt.Errorf("cannot use the database: %s", migrate.ErrorText(err))
		}
		if there {
			return nil, fmt.Errorf("the database has a table %s already, which the demo would overwrite; give it an empty database", t)
		}
	}
	return func(failed *error) {
		// Also after an interrupt, when ctx is cancelled.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if err := drop(ctx, address); err != nil {
			*failed = errors.Join(*failed, fmt.Errorf("the tables of the demo stay in the database: %s", migrate.ErrorText(err)))
		}
	}, nil
}

func drop(ctx context.Context, address string) error {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, t := range tables {
		if _, err := db.ExecContext(ctx, "DROP TABLE IF EXISTS "+t); err != nil {
			return err
		}
	}
	return nil
}
