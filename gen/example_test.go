package gen_test

import (
	"context"
	"fmt"
	"log"

	"github.com/modelgen/modelgen/gen"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// shop is about the shop in the folder example of this module. The dialects are handed in, as the package knows none.
var shop = gen.Config{
	Dir:      "../example/models",
	Patterns: []string{"."},
	Out:      "../migrations",
	Targets:  map[string]migrate.Dialect{"postgres": postgres.Dialect{}, "sqlite": sqlite.Dialect{}},
}

// Generate works out what is missing, and writes nothing: that is for Commit to do, all or nothing.
func ExampleGenerate() {
	r, err := gen.Generate(context.Background(), shop)
	if err != nil {
		log.Fatal(err)
	}
	for _, q := range r.Questions {
		fmt.Println(q) // with its answers; they go into Config.Answers
	}
	fmt.Printf("migration %q, %d questions, %d files to write\n", r.Migration, len(r.Questions), len(r.Files))
	// Output:
	// migration "", 0 questions, 0 files to write
}
