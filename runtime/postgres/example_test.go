package postgres_test

import (
	"database/sql"
	"fmt"
	"log"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

var initial = &migrate.Migration{Name: "0001_initial", Ops: []migrate.Op{migrate.CreateTable{
	Table:      "products",
	Columns:    []schema.ColumnDef{schema.BigInt("id").Identity(), schema.Text("name"), schema.Integer("stock").Null()},
	PrimaryKey: schema.PrimaryKey{Name: "products_pkey", Columns: []string{"id"}},
}}}

// The dialect goes with any driver: pgx through its stdlib package, or lib/pq.
func Example() {
	db, err := sql.Open("pgx", "postgres://localhost/shop") // import _ "github.com/jackc/pgx/v5/stdlib"
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	m, err := migrate.New(db, postgres.Dialect{}, migrate.NewSet("shop", initial), nil)
	if err != nil {
		log.Fatal(err)
	}
	_ = m // its Up applies what is pending
}

// Without a database a dialect shows what it would do. On a table that is in use an index is built beside reads and writes, and a check is
// looked at in all rows without stopping anybody.
func ExampleDialect() {
	state := migrate.NewSet("shop", initial).Schema()
	stages, err := migrate.PlanOps(postgres.Dialect{}.Planner(17), state, []migrate.Op{
		migrate.CreateIndex{Table: "products", Index: schema.Index{Name: "products_name_idx", Parts: []schema.IndexPart{{Column: "name"}}}},
		migrate.AddCheck{Table: "products", Check: schema.Check{Name: "products_stock_check", Expr: "stock >= 0"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, st := range stages {
		for _, s := range st.Statements {
			fmt.Printf("%s\n    transaction: %t, lock: %s\n", s.SQL, !st.NoTx, st.Lock)
		}
	}
	// Output:
	// CREATE INDEX CONCURRENTLY "products_name_idx" ON "public"."products" ("name")
	//     transaction: false, lock: SHARE UPDATE EXCLUSIVE
	// ALTER TABLE "public"."products" ADD CONSTRAINT "products_stock_check" CHECK (stock >= 0) NOT VALID
	//     transaction: true, lock: ACCESS EXCLUSIVE
	// ALTER TABLE "public"."products" VALIDATE CONSTRAINT "products_stock_check"
	//     transaction: true, lock: SHARE UPDATE EXCLUSIVE
}
