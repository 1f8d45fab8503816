package sqlite_test

import (
	"database/sql"
	"fmt"
	"log"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

var initial = &migrate.Migration{Name: "0001_initial", Ops: []migrate.Op{migrate.CreateTable{
	Table:      "products",
	Columns:    []schema.ColumnDef{schema.BigInt("id"), schema.Text("name"), schema.Integer("stock").Null()},
	PrimaryKey: schema.PrimaryKey{Name: "products_pkey", Columns: []string{"id"}},
}}}

// The dialect goes with any driver: modernc.org/sqlite, which is Go alone, or mattn/go-sqlite3.
func Example() {
	db, err := sql.Open("sqlite", "file:shop.db?_pragma=foreign_keys(1)") // import _ "modernc.org/sqlite"
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	m, err := migrate.New(db, sqlite.Dialect{}, migrate.NewSet("shop", initial), nil)
	if err != nil {
		log.Fatal(err)
	}
	_ = m // its Up applies what is pending
}

// What SQLite cannot alter is a table recreated, in one transaction with foreign keys off, which are checked as a whole before it commits.
func ExampleDialect() {
	state := migrate.NewSet("shop", initial).Schema()
	stages, err := migrate.PlanOps(sqlite.Dialect{}.Planner(0), state, []migrate.Op{
		migrate.AddColumn{Table: "products", Column: schema.Text("label").Null()},
		migrate.AddCheck{Table: "products", Check: schema.Check{Name: "products_stock_check", Expr: "stock >= 0"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, st := range stages {
		fmt.Println("--", st.Cause)
		for _, s := range st.Statements {
			fmt.Println(s.SQL)
		}
	}
	// Output:
	// -- Rebuild table products: Add column products.label; Add check products_stock_check to products
	// CREATE TABLE "modelgen_new_products" (
	//   "id" INTEGER NOT NULL,
	//   "name" TEXT NOT NULL,
	//   "stock" INTEGER,
	//   "label" TEXT,
	//   CONSTRAINT "products_pkey" PRIMARY KEY ("id"),
	//   CONSTRAINT "products_stock_check" CHECK (stock >= 0)
	// )
	// -- Rebuild table products: copy the rows
	// INSERT INTO "modelgen_new_products" ("id", "name", "stock", "label") SELECT "id", "name", "stock", NULL FROM "products"
	// -- Rebuild table products: put the new table in its place
	// PRAGMA legacy_alter_table = ON
	// DROP TABLE "products"
	// ALTER TABLE "modelgen_new_products" RENAME TO "products"
	// PRAGMA legacy_alter_table = OFF
}
