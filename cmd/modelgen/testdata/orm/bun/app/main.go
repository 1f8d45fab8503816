// Command app carries a database to the migrations of the models: app postgres DSN up, app sqlite FILE verify.
package main

import (
	"context"
	"database/sql"
	"log"
	"os"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"

	"example.com/corpus/migrations"
)

func main() {
	driver, dialect := "pgx", migrate.Dialect(postgres.Dialect{})
	if os.Args[1] == "sqlite" {
		driver, dialect = "sqlite", sqlite.Dialect{}
	}
	db, err := sql.Open(driver, os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(cli.Run(context.Background(), db, dialect, migrations.All, os.Args[3:]))
}
