package schema_test

import (
	"fmt"

	"github.com/modelgen/modelgen/runtime/schema"
)

// A constructor carries the Go type of its default: schema.Integer("stock").Default("none") does not compile.
func Example() {
	for _, c := range []schema.ColumnDef{
		schema.BigInt("id").Identity(),
		schema.Varchar("name", 100),
		schema.Integer("stock").Default(0),
		schema.Numeric("price", 8, 2).Null(),
		schema.TimestampTZ("created_at").DefaultExpr("CURRENT_TIMESTAMP"),
		schema.Array(schema.Text("tags")),
	} {
		d := c.Def()
		fmt.Println(d.Name, d.Type, d.Nullable)
	}
	// Output:
	// id bigint false
	// name varchar(100) false
	// stock integer false
	// price numeric(8,2) true
	// created_at timestamptz false
	// tags text[] false
}

// Names of constraints and indexes are made once. What is too long for PostgreSQL is cut, with a hash.
func ExampleDeriveName() {
	free := func(string) bool { return false }
	fmt.Println(schema.DeriveName("products", []string{"category_id", "price"}, "idx", free))
	fmt.Println(schema.DeriveName("a_table_with_a_name_of_many_words", []string{"and_a_column_with_another_long_name"}, "key", free))
	// Output:
	// products_category_id_price_idx
	// a_table_with_a_name_of_many_words_and_a_column_wit_6b72c228_key
}

// Expressions are compared in one spelling, so that blanks and the case of keywords are no change.
func ExampleNormalizeExpr() {
	a, _ := schema.NormalizeExpr("( Price>=0  and stock IS not null )")
	b, _ := schema.NormalizeExpr("price >= 0 AND stock is NOT NULL")
	fmt.Println(a)
	fmt.Println(a == b)
	// Output:
	// price >= 0 AND stock IS NOT NULL
	// true
}

// The columns that an expression uses are known without a database.
func ExampleExprColumns() {
	columns := []string{"price", "stock", "name"}
	fmt.Println(schema.ExprColumns("lower(name) <> 'price' AND stock > 0", columns))
	fmt.Println(schema.UnknownNames("stok > 0", columns))
	// Output:
	// [stock name]
	// [stok]
}
