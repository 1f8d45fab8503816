package check_test

import (
	"context"
	"fmt"
	"log"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/check"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// shop is about the shop in the folder example of this module.
var shop = gen.Config{
	Dir:      "../../example/models",
	Patterns: []string{"."},
	Out:      "../migrations",
	Targets:  map[string]migrate.Dialect{"postgres": postgres.Dialect{}, "sqlite": sqlite.Dialect{}},
}

// Run is for CI: verify that models, snapshot, migrations, list and guard are consistent.
func ExampleRun() {
	found, err := check.Run(context.Background(), shop)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(found), "findings")
	// Output:
	// 0 findings
}
