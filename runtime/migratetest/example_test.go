package migratetest_test

import (
	"database/sql"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/migratetest"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// All stands for the list that modelgen writes: migrations.All.
var All = migrate.NewSet("shop", &migrate.Migration{Name: "0001_initial", Ops: []migrate.Op{migrate.CreateTable{
	Table:      "products",
	Columns:    []schema.ColumnDef{schema.BigInt("id"), schema.Text("name")},
	PrimaryKey: schema.PrimaryKey{Name: "products_pkey", Columns: []string{"id"}},
}}})

// TestMigrations is all that a program needs. The driver is that of the program.
func ExampleRun() {
	TestMigrations := func(t *testing.T) {
		db, err := sql.Open("sqlite", "file:"+t.TempDir()+"/test.db") // import _ "modernc.org/sqlite"
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		migratetest.Run(t, db, sqlite.Dialect{}, All)
	}
	_ = TestMigrations
}

// A program that must be able to go back from everything says so: then a step without a way back fails the test.
func ExampleTest_Run() {
	TestMigrations := func(t *testing.T) {
		db, err := sql.Open("sqlite", "file:"+t.TempDir()+"/test.db")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		migratetest.Test{DB: db, Dialect: sqlite.Dialect{}, Set: All, Reversible: true}.Run(t)
	}
	_ = TestMigrations
}
