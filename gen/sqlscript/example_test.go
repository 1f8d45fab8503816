package sqlscript_test

import (
	"fmt"
	"log"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/sqlscript"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// shop is about the shop in the folder example of this module.
var shop = gen.Config{
	Dir: "../../example/models", Out: "../migrations", Targets: map[string]migrate.Dialect{"postgres": postgres.Dialect{}},
}

// Plan returns the SQL of migrations from their files alone.
func ExamplePlan() {
	scripts, err := sqlscript.Plan(shop, "0002", "postgres")
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range scripts {
		fmt.Println(s.Migration, s.Dialect)
		for _, st := range s.Stages {
			for _, q := range st.Statements {
				fmt.Println(q.SQL)
			}
		}
	}
	// Output:
	// 0002_product_stock postgres@14
	// ALTER TABLE "public"."products" ADD COLUMN "stock" integer DEFAULT 0 NOT NULL
	// CREATE INDEX CONCURRENTLY "products_available" ON "public"."products" ("name") WHERE (stock > 0)
}
