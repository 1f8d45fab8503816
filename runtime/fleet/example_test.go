package fleet_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/fleet"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// All stands for the list that modelgen writes: migrations.All.
var All = migrate.NewSet("shop")

// Five tenants first, then all others, eight at a time.
func ExampleUp() {
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	targets := fleet.Schemas(db, postgres.Dialect{}, "SELECT name FROM public.tenants")
	report, err := fleet.Up(context.Background(), targets, All, &fleet.Options{Canary: 5, CanaryPause: time.Minute})
	if err != nil {
		log.Fatal(err) // it says which are left, and why
	}
	fmt.Println(report.Count(fleet.Changed), "changed")
}

// The program that makes tenants has their schema made with all migrations.
func ExampleProvision() {
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	target, err := fleet.Schemas(db, postgres.Dialect{}, "SELECT name FROM public.tenants").Target("acme")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := fleet.Provision(context.Background(), target, All, nil); err != nil {
		log.Fatal(err)
	}
}

// One that cannot be reached is a failure of that one.
func ExampleURLs() {
	for _, t := range fleet.URLs("pgx", postgres.Dialect{}, "postgres://shop:secret@db1.example.com/acme", "host=db2.example.com dbname=bolt password=secret") {
		fmt.Println(t.Name)
	}
	// Output:
	// db1.example.com/acme
	// db2.example.com/bolt
}
