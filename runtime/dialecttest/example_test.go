package dialecttest_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"regexp"
	"strings"

	_ "modernc.org/sqlite"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// exampleSet is what modelgen writes for a table that gets a column later.
var exampleSet = func() *migrate.Set {
	first := &migrate.Migration{
		Name: "0001_initial",
		Ops: []migrate.Op{migrate.CreateTable{
			Table:      "products",
			Columns:    []schema.ColumnDef{schema.BigInt("id").Identity(), schema.Varchar("name", 100)},
			PrimaryKey: schema.PrimaryKey{Name: "products_pkey", Columns: []string{"id"}},
		}},
	}
	second := &migrate.Migration{
		Name:    "0002_product_slug",
		Parents: []*migrate.Migration{first},
		Ops: []migrate.Op{
			migrate.AddColumn{Table: "products", Column: schema.Text("slug").Null()},
			migrate.Fill{Table: "products", Column: "slug", Expr: "lower(name)"},
			migrate.AlterColumn{Table: "products", From: schema.Text("slug").Null(), To: schema.Text("slug")},
		},
	}
	return migrate.NewSet("shop", first, second)
}()

// memory opens an empty database. It has one connection, as each would have a database of its own.
func memory() *sql.DB {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

// A database goes to the first migration, gets a row, and goes on; the row is there, and has a value in the new column.
func Example_migrator() {
	ctx := context.Background()
	db := memory()
	defer db.Close()
	m, err := migrate.New(db, sqlite.Dialect{}, exampleSet, nil)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := m.To(ctx, "0001"); err != nil {
		log.Fatal(err)
	}
	if _, err := db.ExecContext(ctx, "INSERT INTO products (name) VALUES ('Tea')"); err != nil {
		log.Fatal(err)
	}
	res, err := m.Up(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range res.Done {
		fmt.Println("applied", d.Migration)
	}
	var name, slug string
	if err := db.QueryRowContext(ctx, "SELECT name, slug FROM products").Scan(&name, &slug); err != nil {
		log.Fatal(err)
	}
	fmt.Println(name, slug)
	fmt.Println(m.Check(ctx))
	drift, err := m.Verify(ctx)
	fmt.Println(drift, err)
	// Output:
	// applied 0002_product_slug
	// Tea tea
	// <nil>
	// [] <nil>
}

// The command line of a program with migrations. What takes a while is different every time, so it is left out here.
func Example_commandLine() {
	db := memory()
	defer db.Close()
	c := cli.Command{DB: db, Dialect: sqlite.Dialect{}, Set: exampleSet, Stdout: withoutTimes{}, Stderr: os.Stdout}
	for _, args := range [][]string{{"check"}, {"plan", "-to", "0001"}, {"up"}, {"check"}, {"down"}, {"to", "zero"}} {
		fmt.Println("$ shop migrate", strings.Join(args, " "))
		if status := c.Run(context.Background(), args); status != 0 {
			fmt.Printf("(exit status %d)\n", status)
		}
	}
	// Output:
	// $ shop migrate check
	// migrate: set shop: 2 pending: 0001_initial, 0002_product_slug; apply with up
	// (exit status 1)
	// $ shop migrate plan -to 0001
	// 0001_initial
	//   BEGIN;
	//   Create table products
	//     CREATE TABLE "products" (
	//       "id" INTEGER NOT NULL CONSTRAINT "products_pkey" PRIMARY KEY AUTOINCREMENT,
	//       "name" TEXT NOT NULL
	//     );
	//   COMMIT;
	// $ shop migrate up
	// applied  0001_initial
	// applied  0002_product_slug
	// $ shop migrate check
	// $ shop migrate down
	// undone   0002_product_slug
	// $ shop migrate to zero
	// undone   0001_initial
}

// withoutTimes prints without durations.
type withoutTimes struct{}

func (withoutTimes) Write(text []byte) (int, error) {
	fmt.Print(regexp.MustCompile(`  <?[0-9.]+(µs|ms|s)\n`).ReplaceAllString(string(text), "\n"))
	return len(text), nil
}
