// Command auto makes the tables of the models as gorm's AutoMigrate does, and prints the statements: auto postgres DSN, auto sqlite FILE.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/glebarez/sqlite"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"example.com/corpus/models"
)

// printer prints the statements that make something.
type printer struct{ logger.Interface }

func (p printer) LogMode(logger.LogLevel) logger.Interface { return p }

func (printer) Trace(_ context.Context, _ time.Time, statement func() (string, int64), _ error) {
	if sql, _ := statement(); strings.HasPrefix(sql, "CREATE") || strings.HasPrefix(sql, "COMMENT") {
		fmt.Print(sql, ";\n\n")
	}
}

func main() {
	open := postgres.Open
	if os.Args[1] == "sqlite" {
		open = sqlite.Open
	}
	config := models.Config()
	config.Logger = printer{logger.Discard}
	db, err := gorm.Open(open(os.Args[2]), config)
	if err != nil {
		log.Fatal(err)
	}
	if os.Args[1] == "postgres" {
		db.Exec("CREATE SCHEMA IF NOT EXISTS billing")
	}
	if err := models.Setup(db); err != nil {
		log.Fatal(err)
	}
	if err := db.AutoMigrate(models.All...); err != nil {
		log.Fatal(err)
	}
}
