// Command auto makes the tables of the models as bun does, and prints the statements: auto postgres DSN, auto sqlite FILE.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/schema"
	_ "modernc.org/sqlite"

	"example.com/corpus/models"
)

func main() {
	driver, dialect := "pgx", schema.Dialect(pgdialect.New())
	if os.Args[1] == "sqlite" {
		driver, dialect = "sqlite", sqlitedialect.New()
	}
	sqldb, err := sql.Open(driver, os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	db := bun.NewDB(sqldb, dialect)
	db.RegisterModel((*models.UserToGroup)(nil))
	for _, m := range models.All {
		q := db.NewCreateTable().Model(m).WithForeignKeys()
		fmt.Print(q.String(), ";\n\n")
		if _, err := q.Exec(context.Background()); err != nil {
			log.Fatal(err)
		}
	}
}
