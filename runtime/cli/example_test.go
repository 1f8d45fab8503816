package cli_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// All stands for the list that modelgen writes: migrations.All.
var All = migrate.NewSet("shop")

// The program gets a command for its migrations: shop migrate status, shop migrate up.
func ExampleRun() {
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	if len(os.Args) > 1 && os.Args[1] == "migrate" {
		os.Exit(cli.Run(context.Background(), db, postgres.Dialect{}, All, os.Args[2:]))
	}
}

// With a Command, more can be set: where to print, how the program is called, options.
func ExampleCommand() {
	c := cli.Command{Dialect: postgres.Dialect{}, Set: All, Stderr: os.Stdout, Name: "shop migrate"}
	status := c.Run(context.Background(), []string{"statsu"})
	fmt.Println("exit status", status)
	// Output:
	// shop migrate: there is no verb "statsu"; did you mean status?
	// exit status 2
}
