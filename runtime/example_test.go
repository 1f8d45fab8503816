package migrate_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// Migrations as modelgen writes them, one to a file, and the list of them.
var (
	M0001Initial = &migrate.Migration{
		Name: "0001_initial",
		Ops: []migrate.Op{
			migrate.CreateTable{
				Table:      "products",
				Columns:    []schema.ColumnDef{schema.BigInt("id").Identity(), schema.Varchar("name", 100)},
				PrimaryKey: schema.PrimaryKey{Name: "products_pkey", Columns: []string{"id"}},
			},
		},
	}
	M0002ProductStock = &migrate.Migration{
		Name:    "0002_product_stock",
		Parents: []*migrate.Migration{M0001Initial},
		Ops:     []migrate.Op{migrate.AddColumn{Table: "products", Column: schema.Integer("stock").Default(0)}},
	}
	All = migrate.NewSet("shop", M0001Initial, M0002ProductStock)
)

// A program applies what is pending when it starts. Several may do so at once: one works, the others wait.
func ExampleMigrator_Up() {
	db, err := sql.Open("pgx", "postgres://localhost/shop")
	if err != nil {
		log.Fatal(err)
	}
	m, err := migrate.New(db, postgres.Dialect{}, All, nil)
	if err != nil {
		log.Fatal(err)
	}
	res, err := m.Up(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range res.Done {
		log.Println("applied", d.Migration, "in", d.Duration)
	}
}

// A readiness probe asks whether the database is what the program was written for. It changes nothing and takes no lock.
func ExampleMigrator_Check() {
	var m *migrate.Migrator // made with New when the program starts
	err := m.Check(context.Background())
	if pending, ok := errors.AsType[*migrate.PendingError](err); ok {
		log.Println("not ready: it waits for", pending.Pending)
	} else if err != nil {
		log.Println("not ready:", err)
	}
}

// A set checks itself, as a package variable, before there is any database.
func ExampleNewSet() {
	fmt.Println(All.Err(), All.Head().Name)
	for _, c := range All.Schema().Table("products").Columns {
		fmt.Println(c.Name, c.Type)
	}

	twice := &migrate.Migration{Name: "0003_stock", Parents: []*migrate.Migration{M0002ProductStock}, Ops: M0002ProductStock.Ops}
	fmt.Println(migrate.NewSet("shop", M0001Initial, M0002ProductStock, twice).Err())
	// Output:
	// <nil> 0002_product_stock
	// id bigint
	// name varchar(100)
	// stock integer
	// set shop: op 1 of 0003_stock does not fit: add column products.stock: already exists
}

// The SQL of a migration can be had without a database, for each dialect, forward and back.
func ExampleSet_Plan() {
	for _, back := range []bool{false, true} {
		stages, err := All.Stages(postgres.Dialect{}, 17, "0002_product_stock", back)
		if err != nil {
			log.Fatal(err)
		}
		for _, st := range stages {
			fmt.Printf("-- %s; locks %s: %s\n", st.Cause, st.Tables, st.Lock)
			for _, s := range st.Statements {
				fmt.Println(s.SQL)
			}
		}
	}
	// Output:
	// -- Add column products.stock; locks [products]: ACCESS EXCLUSIVE
	// ALTER TABLE "public"."products" ADD COLUMN "stock" integer DEFAULT 0 NOT NULL
	// -- Drop column products.stock; locks [products]: ACCESS EXCLUSIVE
	// ALTER TABLE "public"."products" DROP COLUMN "stock"
}

// Every op keeps what it takes to be undone; the inverses come in the other order.
func ExampleInvert() {
	back, err := migrate.Invert([]migrate.Op{
		migrate.RenameColumn{Table: "products", From: "caption", To: "label"},
		migrate.DropColumn{Table: "products", Column: schema.Text("notes").Null()},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, op := range back {
		fmt.Println(op.Describe())
	}
	_, err = migrate.Invert([]migrate.Op{migrate.SQL{Up: []string{"DELETE FROM products"}}})
	fmt.Println(err)
	// Output:
	// Add column products.notes
	// Rename column products.label to caption
	// cannot be undone: Run SQL: DELETE FROM products: it has no Down; write one, or say in NoDown why none is needed
}

// productsAt0003 is what 0003 reads and writes of a row. It is a struct of the migration's own, so that it stays as it is when the model
// changes.
type productsAt0003 struct {
	ID   int64   `db:"id"`
	Name string  `db:"name"`
	Slug *string `db:"slug"`
}

// The fields are compared with the columns before anything runs.
func ExampleBackfill() {
	m := &migrate.Migration{
		Name:    "0003_product_slug",
		Parents: []*migrate.Migration{M0002ProductStock},
		Ops: []migrate.Op{
			migrate.AddColumn{Table: "products", Column: schema.Text("slag").Null()}, // the mistake
			migrate.Backfill[productsAt0003]{
				Table: "products",
				Where: "slug IS NULL",
				Row:   func(p *productsAt0003) error { p.Slug = &p.Name; return nil },
			},
		},
	}
	fmt.Println(migrate.NewSet("shop", M0001Initial, M0002ProductStock, m).Err())
	// Output:
	// set shop: op 2 of 0003_product_slug does not fit: backfill products: field Slug of productsAt0003: the table has no column slug; did you mean slag?
}

// On SQLite a table is recreated for what ALTER TABLE cannot do. Transactions groups the stages as the migrator would run them.
func ExampleTransactions() {
	m := &migrate.Migration{
		Name:    "0003_names_may_be_missing",
		Parents: []*migrate.Migration{M0002ProductStock},
		Ops:     []migrate.Op{migrate.AlterColumn{Table: "products", From: schema.Varchar("name", 100), To: schema.Varchar("name", 100).Null()}},
	}
	stages, err := migrate.NewSet("shop", M0001Initial, M0002ProductStock, m).Stages(sqlite.Dialect{}, 3, m.Name, false)
	if err != nil {
		log.Fatal(err)
	}
	for _, tx := range migrate.Transactions(stages) {
		fmt.Println("foreign keys off:", tx[0].KeysOff)
		for _, st := range tx {
			for _, s := range st.Statements {
				fmt.Println(s.SQL)
			}
		}
	}
	// Output:
	// foreign keys off: true
	// CREATE TABLE "modelgen_new_products" (
	//   "id" INTEGER NOT NULL CONSTRAINT "products_pkey" PRIMARY KEY AUTOINCREMENT,
	//   "name" TEXT,
	//   "stock" INTEGER NOT NULL DEFAULT 0
	// )
	// INSERT INTO "modelgen_new_products" ("id", "name", "stock") SELECT "id", "name", "stock" FROM "products"
	// DELETE FROM sqlite_sequence WHERE name = 'modelgen_new_products'
	// INSERT INTO sqlite_sequence (name, seq) SELECT 'modelgen_new_products', seq FROM sqlite_sequence WHERE name = 'products'
	// PRAGMA legacy_alter_table = ON
	// DROP TABLE "products"
	// ALTER TABLE "modelgen_new_products" RENAME TO "products"
	// PRAGMA legacy_alter_table = OFF
}
