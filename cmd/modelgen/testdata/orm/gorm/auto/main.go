// Command auto makes the tables of the models as gorm's AutoMigrate does: auto postgres DSN, auto sqlite FILE.
package main

import (
	"log"
	"os"

	"github.com/glebarez/sqlite"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"

	"example.com/corpus/models"
)

func main() {
	open := postgres.Open
	if os.Args[1] == "sqlite" {
		open = sqlite.Open
	}
	db, err := gorm.Open(open(os.Args[2]), &gorm.Config{})
	if err != nil {
		log.Fatal(err)
	}
	if err := db.SetupJoinTable(&models.Person{}, "Addresses", &models.PersonAddress{}); err != nil {
		log.Fatal(err)
	}
	if err := db.AutoMigrate(models.All...); err != nil {
		log.Fatal(err)
	}
}
